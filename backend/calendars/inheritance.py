"""Which hours apply in an org unit: its own, or what it inherits.

A calendar belongs to the company or to an org unit. Weekly hours and the time zone come from the nearest calendar on
the way up that states them, and so does every single day: a branch that only adds a local holiday has a calendar with
nothing but that day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from calendars.hours import Span
from calendars.working_time import WorkingTime

Stated = TypeVar("Stated")
_OFFICE_DAY: tuple[Span, ...] = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
USUAL_WEEK: tuple[tuple[Span, ...], ...] = (*(_OFFICE_DAY,) * 5, (), ())
"""What applies where nobody has stated weekly hours: Monday to Friday, 9 to 12 and 13 to 18."""


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that differs from its week: a holiday, or a working day (one that makes up for a holiday, mostly).

    hours: of a working day; None for the hours of an ordinary one.
    """

    works: bool
    hours: tuple[Span, ...] | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """What one calendar states; None for what it leaves to those above it."""

    calendar_id: UUID
    time_zone: str | None = None
    week: tuple[tuple[Span, ...], ...] | None = None
    days: dict[date, SpecialDay] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resolved:
    """What applies in one place. days: the special days, each with the calendar that states it."""

    time: WorkingTime
    days: dict[date, tuple[SpecialDay, UUID]]


def resolve(layers: Sequence[Layer], company_zone: str) -> Resolved:
    """What applies under these calendars, the company's first and the nearest last.

    A working day without hours of its own has those of an ordinary day: the first day from Monday on that has any.
    """
    zone = _nearest(layer.time_zone for layer in layers) or company_zone
    week = _nearest(layer.week for layer in layers) or USUAL_WEEK
    days = {day: (special, layer.calendar_id) for layer in layers for day, special in layer.days.items()}
    ordinary = next((hours for hours in week if hours), ())
    exceptions = {day: _hours(special, ordinary) for day, (special, _) in days.items()}
    return Resolved(WorkingTime(ZoneInfo(zone), week, exceptions), days)


def _hours(special: SpecialDay, ordinary: tuple[Span, ...]) -> tuple[Span, ...]:
    if not special.works:
        return ()
    return ordinary if special.hours is None else special.hours


def _nearest(stated: Iterable[Stated | None]) -> Stated | None:
    found = None
    for value in stated:
        found = found if value is None else value
    return found
