"""Call cycles: in which stretch of days a customer is due for a visit, again and again.

A cycle asks for one visit in every window. "Every n weeks" makes windows of n whole weeks, counted from the Monday of
the week in which the cycle begins; "n per month" parts every month into n windows, as equal as its days allow. Pure.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID, uuid5

_DAY = timedelta(days=1)
LONGEST_WEEKS = 52
MOST_A_MONTH = 10


class Window(NamedTuple):
    """Days, both included, in which one visit is due."""

    first: date
    last: date

    def clipped(self, first: date, last: date | None) -> "Window":
        """What of it lies between two days; nothing where `first` comes after `last`."""
        return Window(max(self.first, first), self.last if last is None else min(self.last, last))

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Cycle:
    """How often somebody is visited: every so many weeks, or so many times a month.

    customer_id: for this customer alone; else for customers of the class. org_unit_id: only for reps there and below.
    valid_to: the last day, None for no end. weekdays: preferred, 1 Monday to 7 Sunday; none: any.
    """

    id: UUID
    valid_from: date
    valid_to: date | None = None
    every_weeks: int | None = None
    per_month: int | None = None
    customer_class: str | None = None
    customer_id: UUID | None = None
    org_unit_id: UUID | None = None
    weekdays: frozenset[int] = frozenset()
    dwell_minutes: int | None = None
    purpose: str = ""
    visit_type_id: UUID | None = None

    def is_valid_on(self, day: date) -> bool:
        """Whether the cycle asks for anything on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def windows(self, first: date, last: date) -> Iterator[Window]:
        """The whole windows that have a day between two days and within the cycle's validity, the earliest first."""
        first, last = Window(first, last).clipped(self.valid_from, self.valid_to)
        if first > last:
            return
        yield from self._weeks(first, last) if self.every_weeks else self._month_parts(first, last)

    def _weeks(self, first: date, last: date) -> Iterator[Window]:
        length = timedelta(weeks=self.every_weeks or 1)
        anchor = self.valid_from - timedelta(days=self.valid_from.weekday())
        start = anchor + (first - anchor) // length * length
        while start <= last:
            yield Window(start, start + length - _DAY)
            start += length

    def _month_parts(self, first: date, last: date) -> Iterator[Window]:
        parts = self.per_month or 1
        month = first.replace(day=1)
        while month <= last:
            days = monthrange(month.year, month.month)[1]
            marks = [month + timedelta(days=part * days // parts) for part in range(parts + 1)]
            for start, following in pairwise(marks):
                window = Window(start, following - _DAY)
                if window.first <= last and window.last >= first:
                    yield window
            month = marks[-1]

    def occurrence_id(self, customer_id: UUID, window: Window) -> UUID:
        """The id of what is due at a customer in a window: the same whenever and by whomever it is worked out."""
        return uuid5(self.id, f"{customer_id}/{window.first}")


def applicable(
    cycles: Iterable[Cycle], customer_id: UUID, customer_class: str | None, path: Sequence[UUID]
) -> list[Cycle]:
    """The cycles that concern a customer whose rep belongs to the org units of `path`, the strongest first.

    A customer's own cycle is stronger than one of its class, that of a nearer org unit stronger than that of one above,
    and a cycle that begins later stronger than an earlier one.
    """
    concerned = [
        cycle
        for cycle in cycles
        if cycle.customer_id == customer_id
        or (cycle.customer_id is None and cycle.customer_class == customer_class is not None)
        if cycle.org_unit_id is None or cycle.org_unit_id in path
    ]
    depth = {unit: number for number, unit in enumerate(path, 1)}
    return sorted(
        concerned,
        key=lambda cycle: (
            cycle.customer_id is None,
            -depth.get(cycle.org_unit_id, 0) if cycle.org_unit_id else 0,
            -cycle.valid_from.toordinal(),
            cycle.id,
        ),
    )


def due_windows(cycles: Sequence[Cycle], first: date, last: date) -> Iterator[tuple[Cycle, Window]]:
    """Each window of these cycles, the strongest first, that has a day between two days.

    A cycle counts as long as no stronger one is valid on the first day of its window (within its own validity).
    """
    for number, cycle in enumerate(cycles):
        for window in cycle.windows(first, last):
            start = window.clipped(cycle.valid_from, cycle.valid_to).first
            if not any(stronger.is_valid_on(start) for stronger in cycles[:number]):
                yield cycle, window
