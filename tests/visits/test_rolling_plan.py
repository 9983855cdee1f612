"""The rolling plan by itself: steady, even, and respectful of what people did."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.inheritance import USUAL_WEEK
from calendars.working_time import WorkingTime
from visits.call_cycles import Cycle
from visits.rolling_plan import Away, Change, Rep, RollingPlan, Standing, Wish
from visits.routes import Route

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
DAWN = datetime.combine(MONDAY, time(5), ZONE)
"""Four hours before the shift of a Monday."""
ROOT, REP, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)


def calendar(*holidays: date) -> WorkingTime:
    """Monday to Friday, 9 to 18, without these days."""
    return WorkingTime(ZONE, USUAL_WEEK, dict.fromkeys(holidays, ()))


def customers(count: int) -> list[UUID]:
    return [uuid5(ROOT, str(number)) for number in range(count)]


def weekly(**more: Any) -> Cycle:
    return Cycle(uuid5(ROOT, "cycle"), **({"valid_from": date(2026, 1, 5), "every_weeks": 1} | more))


def rep(count: int, cycle: Cycle, **more: Any) -> Rep:
    """A rep with so many customers of one cycle."""
    return Rep(**({"id": REP, "time": calendar(), "cycles": {id_: [cycle] for id_ in customers(count)}} | more))


def standing(wish: Wish, **more: Any) -> Standing:
    """The visit that a wish becomes."""
    visit = Standing(
        wish.id, wish.customer_id, wish.rep_id, wish.for_rep_id, wish.day, "planned", wish.origin, wish.sequence,
        None, moved=False, withdrawn=False, ordered=False,
    )  # fmt: skip
    return visit._replace(**more)


def own_visit(customer_id: UUID, day: date, **more: Any) -> Standing:
    """A visit that the rep planned himself."""
    visit = Standing(uuid4(), customer_id, REP, None, day, "planned", "fixed", None, None, False, False, False)
    return visit._replace(**more)


def carry_out(visits: Iterable[Standing], changes: Iterable[Change]) -> list[Standing]:
    """The visits after the changes."""
    found = {visit.id: visit for visit in visits}
    for change in changes:
        if change.wish is not None:
            found[change.id] = standing(change.wish)
        else:
            found[change.id] = found[change.id]._replace(state="cancelled", withdrawn=True)
    return list(found.values())


def run(
    who: Rep, visits: Iterable[Standing] = (), now: datetime = DAWN, **options: Any
) -> tuple[Rep, list[Standing], list[Change]]:
    """One publishing: the rep with the days that are chosen now, the visits that stand then, and what was done."""
    visits = list(visits)
    plan = RollingPlan(who, now, **options)
    plan.wish(visits)
    changes = list(plan.changes())
    chosen = {wish.id: wish.day for wish in plan.due()}
    return Rep(who.id, who.time, who.cycles, who.routes, who.absences, chosen), carry_out(visits, changes), changes


def days_of(visits: Iterable[Standing]) -> Counter[date]:
    return Counter(visit.day for visit in visits if visit.state == "planned")


cycles = st.builds(
    lambda often, weekdays: Cycle(
        uuid5(ROOT, "c"), valid_from=date(2026, 11, 2), weekdays=frozenset(weekdays), **often
    ),
    st.one_of(
        st.builds(lambda n: {"every_weeks": n}, st.integers(1, 8)),
        st.builds(lambda n: {"per_month": n}, st.integers(1, 8)),
    ),
    st.sets(st.integers(1, 7), max_size=3),
)
moments = st.integers(0, 14 * 24).map(lambda hours: DAWN + timedelta(hours=hours))
holidays = st.lists(st.integers(0, 60).map(lambda n: MONDAY + timedelta(days=n)), max_size=12)


@settings(max_examples=150, deadline=None)
@given(cycles, st.integers(1, 25), moments, holidays, st.booleans())
def test_a_second_run_changes_nothing(cycle: Cycle, count: int, now: datetime, off: list[date], today: bool) -> None:
    who, visits, _ = run(rep(count, cycle, time=calendar(*off)), now=now, include_today=today)
    again, _, changes = run(who, visits, now=now, include_today=today)
    assert changes == []
    assert again.chosen == who.chosen


@settings(max_examples=60, deadline=None)
@given(cycles, st.integers(1, 12), holidays, st.integers(0, 30))
def test_plans_grow_day_by_day_and_move_no_one(cycle: Cycle, count: int, off: list[date], length: int) -> None:
    """Night after night, nothing that was published is changed, and every window has its visit."""
    who, visits = rep(count, cycle, time=calendar(*off)), list[Standing]()
    for night in range(length):
        who, visits, changes = run(who, visits, now=DAWN + timedelta(days=night))
        assert {change.kind for change in changes} <= {"add"}, changes
    assert len({visit.id for visit in visits}) == len(visits)
    last = MONDAY + timedelta(days=length + 26)
    for customer_id in who.cycles:
        held = [visit.day for visit in visits if visit.customer_id == customer_id]
        for window in cycle.windows(MONDAY, last):
            inside = [day for day in held if window.first <= day <= window.last]
            assert len(inside) <= 1
            if window.first > MONDAY and window.last <= last and length and who.time.count_working_days(*window):
                assert len(inside) == 1, (window, held)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 60), st.integers(1, 8), holidays)
def test_the_load_is_even(count: int, weeks: int, off: list[date]) -> None:
    """Customers of one cycle are spread so that no working day of a window has two visits more than another."""
    who = rep(count, weekly(every_weeks=weeks, valid_from=MONDAY), time=calendar(*off))
    _, visits, _ = run(who)
    plan = RollingPlan(who, DAWN)
    wishes = Counter(wish.day for wish in plan.wish([]))
    for _, window in {(due.cycle.id, due.window) for due in plan.dues}:
        days = list(who.time.working_days(*window))
        if days and any(wishes[day] for day in days):
            loads = [wishes[day] for day in days]
            assert max(loads) - min(loads) <= 1, loads
    assert set(days_of(visits)) <= set(wishes)


@settings(max_examples=100, deadline=None)
@given(cycles, st.integers(1, 20), moments, holidays)
def test_nobody_is_sent_out_on_a_day_off_or_into_a_begun_shift(
    cycle: Cycle, count: int, now: datetime, off: list[date]
) -> None:
    who = rep(count, cycle, time=calendar(*off))
    _, visits, _ = run(who, now=now)
    for visit in visits:
        assert who.time.is_working_day(visit.day)
        assert who.time.stretches(visit.day)[0][0] > now + timedelta(hours=2)
        assert visit.day < now.astimezone(ZONE).date() + timedelta(days=28)


def test_the_interval_is_kept() -> None:
    """Every week on the same weekday, as long as nothing stands against it."""
    _, visits, _ = run(rep(23, weekly()))
    weekdays: dict[UUID, set[int]] = {}
    for visit in visits:
        weekdays.setdefault(visit.customer_id, set()).add(visit.day.weekday())
    assert all(len(found) == 1 for found in weekdays.values())
    assert sorted(Counter(found.pop() for found in weekdays.values()).values()) == [4, 4, 5, 5, 5]


def test_preferred_weekdays_are_kept_unless_they_are_off() -> None:
    tuesday = MONDAY + timedelta(days=1)
    _, visits, _ = run(rep(3, weekly(weekdays=frozenset({2})), time=calendar(tuesday)))
    first_week = [visit.day for visit in visits if visit.day < MONDAY + timedelta(days=7)]
    assert len(first_week) == 3 and tuesday not in first_week
    assert {visit.day.isoweekday() for visit in visits if visit.day not in first_week} == {2}


def test_make_up_days_are_worked() -> None:
    saturday = MONDAY + timedelta(days=5)
    off = dict.fromkeys((MONDAY + timedelta(days=n) for n in range(5)), ())
    time = WorkingTime(ZONE, USUAL_WEEK, off | {saturday: USUAL_WEEK[0]})
    _, visits, _ = run(rep(2, weekly(), time=time))
    assert [visit.day for visit in visits if visit.day < MONDAY + timedelta(days=7)] == [saturday] * 2


def test_a_week_without_work_asks_for_nothing() -> None:
    off = [MONDAY + timedelta(days=n) for n in range(7)]
    who, visits, _ = run(rep(2, weekly(), time=calendar(*off)))
    assert min(visit.day for visit in visits) >= MONDAY + timedelta(days=7)
    assert len(who.chosen) == 6


@pytest.mark.parametrize("state", ["planned", "open", "closed"])
def test_the_reps_own_visit_stands_for_the_cycles(state: str) -> None:
    customer, wednesday = customers(1)[0], MONDAY + timedelta(days=2)
    own = own_visit(customer, wednesday, state=state, origin="fixed" if state == "planned" else "ad_hoc")
    who, visits, _ = run(rep(1, weekly()), [own])
    assert [visit for visit in visits if visit.day < MONDAY + timedelta(days=7)] == [own]
    assert wednesday in who.chosen.values(), "it is due all the same, and counts as that"


def test_a_plan_that_meets_the_reps_own_visit_steps_back_and_returns() -> None:
    who, visits, _ = run(rep(1, weekly()))
    generated = min(visits, key=lambda visit: visit.day)
    own = own_visit(customers(1)[0], MONDAY + timedelta(days=3))
    who, visits, changes = run(who, [*visits, own])
    assert [(change.kind, change.id, change.fulfilled) for change in changes] == [("withdraw", generated.id, True)]
    who, visits, changes = run(who, visits)
    assert changes == []
    given_up = own._replace(state="cancelled")
    _, visits, changes = run(who, [visit if visit.id != own.id else given_up for visit in visits])
    assert [(change.kind, change.id) for change in changes] == [("restore", generated.id)]


def test_what_the_rep_moved_or_cancelled_stays() -> None:
    who, visits, _ = run(rep(5, weekly()))
    moved, cancelled, *_ = sorted(visits, key=lambda visit: visit.id)
    elsewhere = moved.day + timedelta(days=40)
    changed = {moved.id: moved._replace(day=elsewhere, moved=True), cancelled.id: cancelled._replace(state="cancelled")}
    who, after, changes = run(who, [changed.get(visit.id, visit) for visit in visits])
    assert changes == []
    assert {visit.id: visit for visit in after}[moved.id].day == elsewhere


def test_a_shift_about_to_begin_is_left_alone() -> None:
    who, visits, _ = run(rep(10, weekly()))
    begun = datetime.combine(MONDAY, time(7, 30), ZONE)
    today = [visit for visit in visits if visit.day == MONDAY]
    assert today
    gone = Rep(REP, calendar(), {}, chosen=who.chosen)  # no customers any more
    _, after, _ = run(gone, visits, now=begun)
    assert [visit for visit in after if visit.state == "planned"] == today
    _, after, _ = run(gone, visits, now=DAWN)
    assert not [visit for visit in after if visit.state == "planned"]


def test_a_visit_at_a_fixed_hour_is_left_alone_two_hours_before() -> None:
    who, visits, _ = run(rep(5, weekly()))
    first = min(visits, key=lambda visit: visit.day)
    early = first._replace(planned_at=DAWN.astimezone(UTC) + timedelta(minutes=119))
    _, after, _ = run(Rep(REP, calendar(), {}, chosen=who.chosen), [early, *(v for v in visits if v.id != first.id)])
    assert [visit.id for visit in after if visit.state == "planned"] == [first.id]


def test_today_is_filled_on_request_only() -> None:
    noon = datetime.combine(MONDAY, time(12), ZONE)
    _, visits, _ = run(rep(20, weekly()), now=noon)
    assert MONDAY not in days_of(visits)
    _, visits, _ = run(rep(20, weekly()), now=noon, include_today=True)
    assert days_of(visits)[MONDAY] == 4


def test_holidays_that_are_declared_later_move_the_visits() -> None:
    who, visits, _ = run(rep(20, weekly()))
    thursday = MONDAY + timedelta(days=10)
    affected = {visit.id for visit in visits if visit.day == thursday}
    changed = Rep(REP, calendar(thursday), who.cycles, chosen=who.chosen)
    _, after, changes = run(changed, visits)
    assert {change.id for change in changes} == affected
    assert {change.kind for change in changes} == {"change"}
    week = {thursday - timedelta(days=3) + timedelta(days=n) for n in range(5)} - {thursday}
    assert {visit.day for visit in after if visit.id in affected} <= week


def test_a_window_that_is_half_over_is_left_to_the_next() -> None:
    thursday = datetime.combine(MONDAY + timedelta(days=3), time(5), ZONE)
    _, visits, _ = run(rep(4, weekly()), now=thursday)
    assert min(visit.day for visit in visits) >= MONDAY + timedelta(days=7)
    wednesday = thursday - timedelta(days=1)
    _, visits, _ = run(rep(4, weekly()), now=wednesday)
    assert min(visit.day for visit in visits) == wednesday.date()


def test_an_absent_reps_visits_go_to_the_substitute_or_to_other_days() -> None:
    week = Away(MONDAY, MONDAY + timedelta(days=1), OTHER)
    _, visits, _ = run(rep(20, weekly(), absences=[week]))
    covered = [visit for visit in visits if visit.day <= week.last]
    assert len(covered) == 8 and {(v.rep_id, v.for_rep_id) for v in covered} == {(OTHER, REP)}
    assert {(v.rep_id, v.for_rep_id) for v in visits if v.day > week.last} == {(REP, None)}
    _, visits, _ = run(rep(20, weekly(), absences=[week._replace(substitute_id=None)]))
    assert min(visit.day for visit in visits) == MONDAY + timedelta(days=2)


def test_an_absence_that_is_recorded_later_hands_visits_over_and_back() -> None:
    who, visits, _ = run(rep(10, weekly()))
    away = Rep(REP, who.time, who.cycles, absences=[Away(MONDAY, MONDAY, OTHER)], chosen=who.chosen)
    there, visits, changes = run(away, visits)
    assert {(change.kind, change.wish and change.wish.rep_id) for change in changes} == {("change", OTHER)}
    back = Rep(REP, who.time, who.cycles, chosen=there.chosen)
    _, visits, changes = run(back, visits)
    assert len(changes) == 2 and {visit.rep_id for visit in visits} == {REP}


def route(*stops: UUID, **more: Any) -> Route:
    return Route(
        uuid5(ROOT, "route"), stops, **({"weekdays": frozenset({2}), "every_weeks": 1, "valid_from": MONDAY} | more)
    )


def test_a_route_is_planned_in_its_order_and_stands_for_cycles() -> None:
    a, b, c = customers(3)
    who = rep(3, weekly(), routes=[route(c, a)])
    _, visits, _ = run(who)
    tuesday = MONDAY + timedelta(days=1)
    on_route = sorted((v for v in visits if v.day == tuesday and v.origin == "route"), key=lambda v: v.sequence or 0)
    assert [(visit.customer_id, visit.sequence) for visit in on_route] == [(c, 1), (a, 2)]
    assert {visit.customer_id for visit in visits if visit.origin == "cycle"} == {b}


def test_a_route_every_other_week() -> None:
    a = customers(1)[0]
    _, visits, _ = run(Rep(REP, calendar(), routes=[route(a, every_weeks=2, valid_from=MONDAY + timedelta(days=3))]))
    assert sorted(visit.day for visit in visits) == [MONDAY + timedelta(days=15)]
    _, visits, _ = run(Rep(REP, calendar(), routes=[route(a, every_weeks=2)]))
    assert sorted(visit.day for visit in visits) == [MONDAY + timedelta(days=n) for n in (1, 15)]


def test_a_changed_route_is_followed_until_somebody_puts_the_day_in_order() -> None:
    a, b = customers(2)
    _, visits, _ = run(Rep(REP, calendar(), routes=[route(a, b)]))
    turned = Rep(REP, calendar(), routes=[route(b, a)])
    _, after, changes = run(turned, visits)
    assert len(changes) == len(visits) and {v.customer_id: v.sequence for v in after} == {a: 2, b: 1}
    _, _, changes = run(turned, [visit._replace(ordered=True) for visit in visits])
    assert changes == []
    _, after, changes = run(Rep(REP, calendar(), routes=[route(b)]), visits)
    assert [change.kind for change in changes if change.before and change.before.customer_id == a] == ["withdraw"] * 4
