"""The rolling plan: which visits should stand in the coming weeks, from cycles, routes, calendars and what people did.

Pure: facts in, wishes and changes out. The same facts always give the same, and once the changes are made there are
none. What is kept: everything before the first open day; what a person moved, cancelled or made; a day that was chosen
earlier, as long as it is still allowed. What is new goes to the least loaded of the allowed days of its window, and of
those to the one that keeps the interval to the visit before.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from calendars.working_time import WorkingTime
from visits.call_cycles import Cycle, Window, due_windows
from visits.routes import Route

HORIZON_DAYS = 28
UNTOUCHED = timedelta(hours=2)
"""What begins so soon is on somebody's phone already, and he may be on his way."""
_DAY = timedelta(days=1)


class Standing(NamedTuple):
    """A visit that is stored. day: planned, or made. moved: by a person. withdrawn: by the plan, which may restore it.

    ordered: a person has put his day in order.
    """

    id: UUID
    customer_id: UUID
    rep_id: UUID
    for_rep_id: UUID | None
    day: date
    state: str
    origin: str
    sequence: int | None
    planned_at: datetime | None
    moved: bool
    withdrawn: bool
    ordered: bool

    @property
    def made(self) -> bool:
        """Whether somebody checked in."""
        return self.state in ("open", "closed")

    @property
    def given_up(self) -> bool:
        """Whether a person cancelled it."""
        return self.state == "cancelled" and not self.withdrawn

    @property
    def of_the_plan(self) -> bool:
        """Whether the rolling plan made it."""
        return self.origin in ("cycle", "route")


class Away(NamedTuple):
    """A rep's absence, the days both included; without a substitute his visits go to other days."""

    first: date
    last: date
    substitute_id: UUID | None


@dataclass(frozen=True, slots=True)
class Rep:
    """One rep and all that his plan follows from.

    time: his work calendar. cycles: of each of his customers, the strongest first. chosen: the days chosen earlier.
    """

    id: UUID
    time: WorkingTime
    cycles: Mapping[UUID, Sequence[Cycle]] = field(default_factory=dict)
    routes: Sequence[Route] = ()
    absences: Sequence[Away] = ()
    chosen: Mapping[UUID, date] = field(default_factory=dict)


class Wish(NamedTuple):
    """Something due, and its day. visit: a visit of the plan stands for it; otherwise one that a person made, planned
    or gave up does."""

    id: UUID
    customer_id: UUID
    rep_id: UUID
    for_rep_id: UUID | None
    day: date
    window: Window
    source: Cycle | Route
    sequence: int | None
    visit: bool

    @property
    def origin(self) -> str:
        """What asks for it."""
        return "route" if isinstance(self.source, Route) else "cycle"


class Change(NamedTuple):
    """What has to be done to a visit so that the plan stands. wish: None for what is withdrawn.

    fulfilled: it is withdrawn because another visit stands for it.
    """

    kind: Literal["add", "change", "restore", "withdraw"]
    id: UUID
    before: Standing | None
    wish: Wish | None = None
    fulfilled: bool = False


class Due(NamedTuple):
    """Something that a cycle asks for. clipped: the part of its window within the cycle's validity."""

    id: UUID
    customer_id: UUID
    cycle: Cycle
    window: Window
    clipped: Window


def open_from(time: WorkingTime, now: datetime) -> date:
    """The first day whose plan may still change: its shift begins more than two hours from now."""
    day = time.local_day(now)
    while _shift_start(time, day) <= now + UNTOUCHED:
        day += _DAY
    return day


def _shift_start(time: WorkingTime, day: date) -> datetime:
    stretches = time.stretches(day)
    return stretches[0][0] if stretches else time.at(day, 0)


class RollingPlan:
    """The plan of one rep from today to the end of the horizon. include_today: also add to a shift that has begun."""

    def __init__(self, rep: Rep, now: datetime, *, include_today: bool = False) -> None:
        self.rep, self.now = rep, now
        self.today = rep.time.local_day(now)
        self.last = self.today + timedelta(days=HORIZON_DAYS - 1)
        self.first_open = open_from(rep.time, now)
        self.first_added = self.today if include_today else self.first_open
        self.dues = [
            Due(
                cycle.occurrence_id(customer_id, window),
                customer_id,
                cycle,
                window,
                window.clipped(cycle.valid_from, cycle.valid_to),
            )
            for customer_id, cycles in rep.cycles.items()
            for cycle, window in due_windows(cycles, self.today, self.last)
        ]
        self._standing: dict[UUID, Standing] = {}
        self._at_customer: dict[UUID, list[Standing]] = {}
        self._load: Counter[date] = Counter()
        self._wishes: dict[UUID, Wish] = {}
        self._on_route: dict[UUID, list[Wish]] = {}
        self._working: dict[Window, list[date]] = {}
        self._choices: dict[tuple[UUID, Window], list[date]] = {}

    def ids(self) -> Iterator[UUID]:
        """Of everything that may become due, so that what is stored of it can be read."""
        yield from (due.id for due in self.dues)
        for route, day in self._route_days():
            yield from (route.occurrence_id(customer_id, day) for customer_id in route.customer_ids)

    def earliest(self) -> date:
        """The first day of all windows that matter: visits since then can stand for something due."""
        return min((due.window.first for due in self.dues), default=self.today)

    def wish(self, standing: Sequence[Standing]) -> list[Wish]:
        """What should stand. standing: the visits at the rep's customers, and his own, from `earliest` on."""
        self._standing = {visit.id: visit for visit in standing}
        for visit in sorted(standing, key=lambda visit: (visit.day, visit.id)):
            self._at_customer.setdefault(visit.customer_id, []).append(visit)
        for route, day in self._route_days():
            self._plan_route(route, day)
        ids = {due.id for due in self.dues} | self._wishes.keys()
        for visit in standing:  # what people planned or made is load that the plan goes around
            if visit.id not in ids and self._is_his(visit) and (visit.made or visit.state == "planned"):
                self._load[visit.day] += 1
        fresh = [due for due in self.dues if not self._settle(due)]
        # Window by window, so that each follows the visit before; those with the least choice first.
        for due in sorted(fresh, key=lambda due: (due.window, len(self._choice(due)), due.customer_id)):
            self._choose(due)
        return list(self._wishes.values())

    def due(self) -> Iterator[Wish]:
        """What cycles make due, whatever stands for it."""
        return (wish for wish in self._wishes.values() if wish.origin == "cycle")

    def changes(self) -> Iterator[Change]:
        """What differs between the wishes and what stands, in a fixed order."""
        for wish in sorted(self._wishes.values(), key=lambda wish: (wish.day, wish.id)):
            change = self._change(wish)
            if change is not None:
                yield change
        for visit in sorted(self._standing.values(), key=lambda visit: (visit.day, visit.id)):
            wished = self._wishes.get(visit.id)
            if not (wished and wished.visit) and self._may_withdraw(visit):
                yield Change("withdraw", visit.id, visit, fulfilled=wished is not None)

    def _change(self, wish: Wish) -> Change | None:
        known = self._standing.get(wish.id)
        if not wish.visit:
            return None
        if known is None or known.withdrawn:
            if not self.first_added <= wish.day <= self.last:
                return None
            return Change("restore" if known else "add", wish.id, known, wish)
        if self._is_untouchable(known):
            return None
        resequenced = wish.sequence is not None and not known.ordered and wish.sequence != known.sequence
        same = (known.rep_id, known.for_rep_id, known.day) == (wish.rep_id, wish.for_rep_id, wish.day)
        return None if same and not resequenced else Change("change", wish.id, known, wish)

    def _may_withdraw(self, visit: Standing) -> bool:
        """Whether a visit is the plan's own, and still its to take back."""
        of_the_plan = visit.of_the_plan and self._is_his(visit) and not visit.moved
        return of_the_plan and visit.state == "planned" and not self._is_untouchable(visit)

    def _is_untouchable(self, visit: Standing) -> bool:
        """Whether a visit has to stay as it is: made, given up, of a day that is not open, or soon to begin."""
        soon = visit.planned_at is not None and visit.planned_at <= self.now + UNTOUCHED
        return visit.made or visit.given_up or visit.day < self.first_open or soon

    def _plan_route(self, route: Route, day: date) -> None:
        for sequence, customer_id in enumerate(route.customer_ids, 1):
            id_ = route.occurrence_id(customer_id, day)
            known = self._standing.get(id_)
            others = self._at_customer.get(customer_id, ())
            taken = any(wish.day == day for wish in self._on_route.get(customer_id, ())) or any(
                visit.day == day and not visit.of_the_plan and self._counts(visit) for visit in others
            )
            if taken or (known is not None and known.given_up):
                continue
            at = known.day if known and (known.moved or known.made) else day
            wish = self._add(id_, customer_id, at, Window(day, day), route, sequence=sequence)
            self._on_route.setdefault(customer_id, []).append(wish)

    def _settle(self, due: Due) -> bool:
        """Take what is settled already: visits made, planned, moved or given up by people, and days that are kept."""
        own = self._standing.get(due.id)
        chosen = self.rep.chosen.get(due.id)
        if own is not None and (own.given_up or own.made or own.moved):
            self._add(due.id, due.customer_id, own.day, due.clipped, due.cycle, visit=not own.given_up)
        elif own is not None and own.state == "planned" and self._is_untouchable(own):
            self._add(due.id, due.customer_id, own.day, due.clipped, due.cycle)
        elif (day := self._fulfilled_on(due)) is not None:
            self._add(due.id, due.customer_id, day, due.clipped, due.cycle, visit=False)
        elif chosen is not None and chosen >= self.first_open and chosen in self._keepable(due):
            self._add(due.id, due.customer_id, chosen, due.clipped, due.cycle)
        else:
            return False
        return True

    def _fulfilled_on(self, due: Due) -> date | None:
        """The day of a visit that stands for something due without being the plan's own."""
        days = [
            visit.day
            for visit in self._at_customer.get(due.customer_id, ())
            if visit.id != due.id and (visit.made or not visit.of_the_plan) and self._counts(visit)
        ]
        days += [wish.day for wish in self._on_route.get(due.customer_id, ())]
        return next((day for day in days if due.window.first <= day <= due.window.last), None)

    def _choose(self, due: Due) -> None:
        choice = self._choice(due)
        known = self.rep.chosen.get(due.id)
        if not choice:
            if known is not None and known < self.first_open:  # missed: it stays due, and nobody can plan it any more
                self._add(due.id, due.customer_id, known, due.clipped, due.cycle, visit=False)
            return
        if known is None and not self._is_worth_it(due):
            return
        before = self._before(due)
        ideal = before or choice[due.customer_id.int % len(choice)]
        day = min(choice, key=lambda day: (self._load[day], abs((day - ideal).days), day))
        self._add(due.id, due.customer_id, day, due.clipped, due.cycle)

    def _choice(self, due: Due) -> list[date]:
        """The days that are left for something due: preferred weekdays if there are any, else every working day."""
        key = (due.cycle.id, due.clipped)
        if key not in self._choices:
            self._choices[key] = self._preferred(due, self._left(due))
        return self._choices[key]

    def _keepable(self, due: Due) -> list[date]:
        """The days on which something chosen earlier may stay."""
        days = self._days(due.clipped)
        return self._preferred(due, days) if self._choice(due) != self._left(due) else days

    def _left(self, due: Due) -> list[date]:
        return [day for day in self._days(due.clipped) if day >= self.first_added]

    def _preferred(self, due: Due, days: list[date]) -> list[date]:
        return [day for day in days if day.isoweekday() in due.cycle.weekdays] or days

    def _is_worth_it(self, due: Due) -> bool:
        """Something is newly due only while half of its window's working days are left: the next window is near."""
        return 2 * len(self._left(due)) >= len(self._days(due.window))

    def _before(self, due: Due) -> date | None:
        """The day that keeps the interval to the same customer's visit in the window before, where that is known."""
        for window in due.cycle.windows(due.window.first - _DAY, due.window.first - _DAY):
            id_ = due.cycle.occurrence_id(due.customer_id, window)
            earlier = self._wishes[id_].day if id_ in self._wishes else self.rep.chosen.get(id_)
            if earlier is not None:
                return earlier + (due.window.first - window.first)
        return None

    def _days(self, window: Window) -> list[date]:
        """The working days of a window on which the rep, or a substitute, is there."""
        found = self._working.get(window)
        if found is None:
            days = self.rep.time.working_days(window.first, window.last)
            found = self._working[window] = [day for day in days if self._is_covered(day)]
        return found

    def _is_covered(self, day: date) -> bool:
        away = self._away(day)
        return away is None or away.substitute_id is not None

    def _away(self, day: date) -> Away | None:
        return next((away for away in self.rep.absences if away.first <= day <= away.last), None)

    def _is_his(self, visit: Standing) -> bool:
        return self.rep.id in (visit.rep_id, visit.for_rep_id)

    def _counts(self, visit: Standing) -> bool:
        """Whether a visit at a customer does for something due: made by anybody, or still planned by the rep."""
        return visit.made or (visit.state == "planned" and visit.day >= self.today and self._is_his(visit))

    def _route_days(self) -> Iterator[tuple[Route, date]]:
        """The days on which the rep drives a route, in the order of days and routes."""
        for day in self._days(Window(self.first_added, self.last)):
            for route in self.rep.routes:
                if route.runs_on(day):
                    yield route, day

    def _add(
        self,
        id_: UUID,
        customer_id: UUID,
        day: date,
        window: Window,
        source: Cycle | Route,
        *,
        sequence: int | None = None,
        visit: bool = True,
    ) -> Wish:
        away = self._away(day)
        substitute = away.substitute_id if away else None
        for_rep = self.rep.id if substitute else None
        wish = Wish(id_, customer_id, substitute or self.rep.id, for_rep, day, window, source, sequence, visit)
        self._wishes[id_] = wish
        self._load[day] += visit
        return wish
