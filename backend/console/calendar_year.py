"""A year of a work calendar, month by month: what each day is, who states it, and what to say of it."""

from calendar import Calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from calendars.hours import Span, to_time
from calendars.inheritance import Resolved
from console.voice import Voice

FIRST_YEAR, LAST_YEAR = 2000, 2100
_MARKED = ("holiday", "extra")


@dataclass(frozen=True, slots=True)
class Cell:
    """One day. kind: work, rest, holiday (would be worked), extra (worked although it would not be, or otherwise).

    own: this calendar states it, and not one above. told: the day in words, for those who do not see the colour.
    """

    day: date
    kind: str
    own: bool
    mark: str
    told: str


@dataclass(frozen=True, slots=True)
class Month:
    """weeks: from Monday to Sunday; None outside of the month."""

    name: str
    weeks: list[list[Cell | None]]


@dataclass(frozen=True, slots=True)
class Special:
    """A day that differs from its week. calendar_id: who states it."""

    cell: Cell
    name: str
    hours: str
    calendar_id: UUID


class Year:
    """A year as it applies under a calendar."""

    def __init__(self, year: int, found: Resolved, calendar_id: UUID, voice: Voice) -> None:
        self.year = year
        self._found, self._calendar_id, self._voice = found, calendar_id, voice

    def months(self) -> Iterator[Month]:
        """The twelve."""
        for month in range(1, 13):
            weeks = [
                [self.cell(day) if day.month == month else None for day in week]
                for week in Calendar().monthdatescalendar(self.year, month)
            ]
            yield Month(self._voice.month(month), weeks)

    def specials(self) -> list[Special]:
        """The days that differ, the earliest first."""
        days = self._found.days
        return [
            Special(self.cell(day), days[day][0].name, self._hours(day), days[day][1])
            for day in sorted(days)
            if day.year == self.year
        ]

    def count(self) -> int:
        """How many days are worked."""
        return self._found.time.count_working_days(date(self.year, 1, 1), date(self.year, 12, 31))

    def cell(self, day: date) -> Cell:
        """One day of the year."""
        special, calendar_id = self._found.days.get(day, (None, None))
        if special is None:
            kind = "work" if self._found.time.is_working_day(day) else "rest"
        else:
            kind = "extra" if special.works else "holiday"
        mark = self._voice.say(f"calendars.mark.{kind}") if kind in _MARKED else ""
        word, name = self._voice.say(f"calendars.kind.{kind}"), special.name if special else ""
        parts = (self._voice.day(day), word, name, self._hours(day))
        return Cell(day, kind, calendar_id == self._calendar_id, mark, ", ".join(filter(None, parts)))

    def _hours(self, day: date) -> str:
        return spans_in_words(self._found.time.hours_on(day))


def spans_in_words(spans: tuple[Span, ...]) -> str:
    """`09:00-12:00, 13:00-18:00`."""
    return ", ".join(f"{to_time(start)}-{to_time(end)}" for start, end in spans)
