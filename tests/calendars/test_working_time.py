"""Working time against a count of minute after minute, in zones whose clocks change and in one whose do not."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.inheritance import USUAL_WEEK, Layer, SpecialDay, resolve
from calendars.working_time import WorkingTime

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZONES = [SHANGHAI, ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")]
# Around both clock changes of the year in the northern zones.
FIRST, LAST = date(2026, 3, 1), date(2026, 11, 10)


@st.composite
def spans(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """Up to three stretches of a day, apart from each other."""
    marks = sorted(draw(st.sets(st.integers(0, 1440), max_size=6)))
    return tuple(zip(marks[0::2], marks[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> WorkingTime:
    """Any calendar."""
    days = st.dates(FIRST, LAST)
    return WorkingTime(
        draw(st.sampled_from(ZONES)),
        draw(st.tuples(*[spans()] * 7)),
        draw(st.dictionaries(days, spans(), max_size=10)),
    )


instants = st.integers(0, 254 * 1440).map(lambda minute: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minute))
short = st.integers(0, 4_000)


@settings(max_examples=150, deadline=None)
@given(calendars(), instants, short)
def test_minutes_between_are_the_minutes_that_are_worked(calendar: WorkingTime, start: datetime, length: int) -> None:
    counted = sum(calendar.is_working(start + timedelta(minutes=minute)) for minute in range(length))
    end = start + timedelta(minutes=length)
    assert calendar.working_minutes(start, end) == counted
    assert calendar.working_minutes(end, start) == -counted


@settings(max_examples=200, deadline=None)
@given(calendars(), instants)
def test_an_instant_is_worked_when_the_clock_on_the_wall_says_so(calendar: WorkingTime, instant: datetime) -> None:
    """In a zone whose clocks never change, local time is all there is."""
    plain = WorkingTime(SHANGHAI, [calendar.hours_on(date(2027, 3, 1) + timedelta(days=n)) for n in range(7)], {})
    local = instant.astimezone(SHANGHAI)
    minute = local.hour * 60 + local.minute
    hours = plain.hours_on(local.date())
    assert plain.is_working(instant) == any(start <= minute < end for start, end in hours)


@settings(max_examples=150, deadline=None)
@given(calendars(), instants, st.integers(0, 3_000))
def test_adding_and_counting_undo_each_other(calendar: WorkingTime, start: datetime, minutes: int) -> None:
    end = calendar.add_working_minutes(start, minutes)
    if end is None:
        assert calendar.next_working_instant(start + timedelta(days=300)) is None
        return
    assert calendar.working_minutes(start, end) == minutes
    if minutes:
        assert calendar.working_minutes(start, end - timedelta(minutes=1)) == minutes - 1, "not the earliest instant"


@settings(max_examples=150, deadline=None)
@given(calendars(), instants, short, short)
def test_minutes_add_up(calendar: WorkingTime, start: datetime, one: int, other: int) -> None:
    middle = start + timedelta(minutes=one)
    end = middle + timedelta(minutes=other)
    parts = calendar.working_minutes(start, middle) + calendar.working_minutes(middle, end)
    assert parts == calendar.working_minutes(start, end)


@settings(max_examples=150, deadline=None)
@given(calendars(), instants)
def test_the_next_working_instant_is_worked_and_nothing_before_it(calendar: WorkingTime, start: datetime) -> None:
    found = calendar.next_working_instant(start)
    if found is not None:
        assert calendar.is_working(found)
        assert calendar.working_minutes(start, found) == 0


@settings(max_examples=100, deadline=None)
@given(calendars(), st.dates(FIRST, LAST), st.integers(-3, 40))
def test_working_days_are_counted_one_by_one(calendar: WorkingTime, first: date, length: int) -> None:
    days = [first + timedelta(days=n) for n in range(max(length, 0))]
    last = first + timedelta(days=length - 1)
    assert calendar.count_working_days(first, last) == sum(bool(calendar.hours_on(day)) for day in days)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),  # 02:00 to 03:00 is skipped
        ("Europe/Berlin", date(2026, 10, 25), 25),  # 02:00 to 03:00 comes twice
        ("Asia/Shanghai", date(2026, 3, 29), 24),
    ],
)
def test_a_whole_day_is_as_long_as_the_clocks_make_it(zone: str, day: date, hours: int) -> None:
    calendar = WorkingTime(ZoneInfo(zone), [((0, 1440),)] * 7, {})
    start, end = calendar.at(day, 0), calendar.at(day, 1440)
    assert calendar.working_minutes(start, end) == hours * 60


def test_a_skipped_time_means_the_moment_of_the_skip() -> None:
    calendar = WorkingTime(ZoneInfo("Europe/Berlin"), [((60, 150),)] * 7, {})
    skip = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert calendar.at(date(2026, 3, 29), 150) == skip
    assert calendar.stretches(date(2026, 3, 29)) == [(datetime(2026, 3, 29, 0, 0, tzinfo=UTC), skip)]


HOLIDAY, WEEKEND = date(2026, 10, 1), date(2026, 10, 10)
SHORT_WEEK = (((480, 720),), *((),) * 6)


def test_what_nobody_states_is_usual() -> None:
    found = resolve([], "Asia/Shanghai")
    assert [found.time.hours_on(date(2026, 11, 16) + timedelta(days=n)) for n in range(7)] == list(USUAL_WEEK)
    assert found.time.zone == SHANGHAI


def test_the_nearest_statement_wins_day_by_day() -> None:
    company = Layer("company", week=SHORT_WEEK, days={HOLIDAY: SpecialDay(works=False, name="National Day")})  # type: ignore[arg-type]
    team = Layer("team", time_zone="Asia/Urumqi", days={HOLIDAY: SpecialDay(works=True), WEEKEND: SpecialDay(True)})  # type: ignore[arg-type]
    above, below = resolve([company], "Asia/Shanghai"), resolve([company, team], "Asia/Shanghai")
    assert above.time.hours_on(HOLIDAY) == ()
    assert below.time.hours_on(HOLIDAY) == ((480, 720),)
    assert (above.time.zone.key, below.time.zone.key) == ("Asia/Shanghai", "Asia/Urumqi")
    assert below.time.hours_on(WEEKEND) == ((480, 720),), "an ordinary day's hours, although it is a Saturday"
    assert below.days[HOLIDAY][1] == "team"
