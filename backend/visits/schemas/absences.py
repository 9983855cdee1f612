"""The shapes of routes, absences and joint visits on the wire."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from ninja import Schema
from pydantic import Field, model_validator

from core.payloads import Day, Line, Name, Payload
from core.rest_schemas import PageQuery
from visits.schemas.plans import EveryWeeks, Weekday
from visits.schemas.visits import DwellMinutes

MAX_STOPS = 100
MAX_DAYS_AWAY = 400


class SetRoute(Payload):
    """`visits.set_route`: makes the route with this id, or puts these members in place of its own.

    rep_id: who drives it; the sender by default. customer_ids: in the order in which they are visited. weekdays: 1
    monday to 7 sunday. every_weeks: in so many weeks once, counted from the week of valid_from. valid_from, valid_to:
    the first and the last day; a route whose last day lies before its first is never driven. dwell_minutes: how long a
    visit takes. purpose: of the visits.
    """

    id: UUID
    name: Name
    rep_id: UUID | None = None
    customer_ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_STOPS)]
    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)]
    every_weeks: EveryWeeks = 1
    dwell_minutes: DwellMinutes | None = None
    purpose: Line = ""
    visit_type_id: UUID | None = Field(None, description="of the visits; null: chosen by the company's rules")
    valid_from: Day
    valid_to: Day | None = None

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.customer_ids)) != len(self.customer_ids) or len(set(self.weekdays)) != len(self.weekdays):
            raise ValueError("a customer or a weekday is named twice")
        return self


class RecordAbsence(Payload):
    """`visits.record_absence`: a rep makes no visits on these days.

    rep_id: who is away; the sender by default. from_date, to_date: the first and the last day. substitute_id: who makes
    the visits that are planned for these days; without one they go to other days.
    """

    id: UUID
    rep_id: UUID | None = None
    from_date: Day
    to_date: Day
    substitute_id: UUID | None = None

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if not 0 <= (self.to_date - self.from_date).days < MAX_DAYS_AWAY:
            raise ValueError(f"an absence has 1 to {MAX_DAYS_AWAY} days")
        return self


class AbsenceId(Payload):
    """Names an absence."""

    id: UUID


class ParticipantBody(Payload):
    """Who comes along, or no longer does."""

    user_id: UUID


class AddParticipant(ParticipantBody):
    """`visits.add_participant`: somebody comes along on the visit `visit_id`."""

    visit_id: UUID


class RemoveParticipant(ParticipantBody):
    """`visits.remove_participant`: somebody does not come along on the visit `visit_id` after all."""

    visit_id: UUID


class AbsenceQuery(PageQuery):
    """Which absences. from_date: those that are not over before that day."""

    rep_id: UUID | None = None
    from_date: Day | None = None


class RouteQuery(PageQuery):
    """Which routes."""

    rep_id: UUID | None = None


class RouteOut(Schema):
    """A route as phones get it."""

    id: UUID
    version: int
    name: str
    rep_id: UUID
    customer_ids: list[UUID]
    weekdays: list[int]
    every_weeks: int
    dwell_minutes: int | None
    purpose: str
    visit_type_id: UUID | None
    valid_from: date
    valid_to: date | None


class RoutePage(Schema):
    """Routes, by name."""

    items: list[RouteOut]
    next: str | None


class AbsenceOut(Schema):
    """An absence as the rep's phone gets it."""

    id: UUID
    version: int
    rep_id: UUID
    substitute_id: UUID | None
    from_date: date
    to_date: date


class AbsencePage(Schema):
    """Absences, the latest first."""

    items: list[AbsenceOut]
    next: str | None


class ParticipantOut(Schema):
    """Who comes along on a visit."""

    id: UUID
    version: int
    visit_id: UUID
    customer_id: UUID
    user_id: UUID
    created_by_id: UUID


class ParticipantPage(Schema):
    """Who comes along on a visit."""

    items: list[ParticipantOut]
    next: str | None
