"""The shapes of calendars on the wire: payloads of its commands, bodies and answers of its endpoints."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from ninja import Schema
from pydantic import Field, StringConstraints, model_validator

from accounts.schemas.people import TimeZone
from calendars.hours import DayHours, WeeklyHours
from core.payloads import Day, Flag, Name, Payload
from core.rest_schemas import PageQuery

MAX_DAYS = 400
"""As many days as fit into one command or one answer: a year, and some."""


DayName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class SetCalendar(Payload):
    """`calendars.set_calendar`: makes the calendar with this id, or puts these members in place of its own.

    org_unit_id: whose it is; null for the company's. time_zone, week: null to inherit them from above.
    """

    id: UUID
    name: Name
    org_unit_id: UUID | None = None
    time_zone: TimeZone | None = Field(None, examples=["Asia/Shanghai"])
    week: WeeklyHours | None = None


class SpecialDay(Payload):
    """A day that differs from its week.

    day: the day. works: false for a holiday. hours: of a working day; null for the usual ones.
    """

    day: Day
    works: Flag = Field(examples=[True])
    name: DayName = ""
    hours: DayHours | None = None

    @model_validator(mode="after")
    def _holidays_have_none(self) -> Self:
        if not self.works and self.hours is not None:
            raise ValueError("a holiday has no hours")
        if self.works and self.hours == []:
            raise ValueError("a working day has hours; leave them out for the usual ones")
        return self


class SetDays(Payload):
    """`calendars.set_days`: states the days of a calendar, each in place of what was said of it before.

    calendar_id: the calendar. days: the holidays, and the working days that make up for them. clear: days that are as
    their week says again.
    """

    calendar_id: UUID
    days: Annotated[list[SpecialDay], Field(max_length=MAX_DAYS)] = []
    clear: Annotated[list[Day], Field(max_length=MAX_DAYS, examples=[["2026-11-24"]])] = []

    @model_validator(mode="after")
    def _each_day_once(self) -> Self:
        named = [special.day for special in self.days] + self.clear
        if len(set(named)) != len(named):
            raise ValueError("a day is named twice")
        return self


class CalendarId(Payload):
    """Names a calendar."""

    id: UUID


class DayQuery(PageQuery):
    """Which days, both included."""

    from_date: Day | None = None
    to_date: Day | None = None


class EffectiveQuery(Schema):
    """Where and when: an org unit, or the company without one; the days are both included, at most 400.

    from_date: today unless given. to_date: the 31st day from there unless given.
    """

    org_unit_id: UUID | None = None
    from_date: Day | None = None
    to_date: Day | None = None


class WorkCalendarOut(Schema):
    """A work calendar as phones get it."""

    id: UUID
    version: int
    org_unit_id: UUID | None
    name: str
    time_zone: str | None
    week: WeeklyHours | None


class WorkCalendarPage(Schema):
    """Work calendars, by name."""

    items: list[WorkCalendarOut]
    next: str | None = Field(description="cursor of the next page; null on the last")


class CalendarDayOut(Schema):
    """A day that differs from its week, as phones get it."""

    id: UUID
    version: int
    work_calendar_id: UUID
    day: date
    works: bool
    hours: DayHours | None
    name: str


class CalendarDayPage(Schema):
    """Days, the earliest first."""

    items: list[CalendarDayOut]
    next: str | None


class EffectiveDay(Schema):
    """What applies on one day. calendar_id: which calendar states it, where it differs from its week."""

    day: date
    works: bool
    hours: DayHours
    name: str
    calendar_id: UUID | None


class EffectiveDays(Schema):
    """What applies in one place, day by day, after inheritance."""

    time_zone: str
    items: list[EffectiveDay]
