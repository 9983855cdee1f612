"""The shapes of call cycles and of the rolling plan on the wire."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from ninja import Schema
from pydantic import Field, StrictInt, model_validator

from core.payloads import ChangeTo, Day, Flag, Instant, Line, Name, Payload
from core.rest_schemas import PageQuery
from customers.schemas import CustomerClass
from visits.call_cycles import LONGEST_WEEKS, MOST_A_MONTH
from visits.schemas.visits import DwellMinutes

Weekday = Annotated[StrictInt, Field(ge=1, le=7)]
EveryWeeks = Annotated[StrictInt, Field(ge=1, le=LONGEST_WEEKS)]
MAX_REPS = 200


class SetCycle(Payload):
    """`visits.set_cycle`: makes the call cycle with this id, or puts these members in place of its own.

    customer_class: for customers of this class, limited to reps of org_unit_id and below where that is given;
    customer_id: for this customer alone; one of the two. every_weeks: one visit in so many weeks, counted from the week
    in which the cycle begins; per_month: so many visits a month; one of the two. weekdays: preferred, 1 monday to 7
    sunday; none: any working day. dwell_minutes: how long a visit takes. purpose: of the visits. valid_from, valid_to:
    the first and the last day; a cycle whose last day lies before its first asks for nothing.
    """

    id: UUID
    name: Name
    customer_class: CustomerClass | None = Field(None, examples=["A"])
    customer_id: UUID | None = Field(None, examples=[None])
    org_unit_id: UUID | None = Field(None, examples=[None])
    every_weeks: EveryWeeks | None = Field(None, examples=[2])
    per_month: Annotated[StrictInt, Field(ge=1, le=MOST_A_MONTH)] | None = Field(None, examples=[None])
    weekdays: Annotated[list[Weekday], Field(max_length=7)] = []
    dwell_minutes: DwellMinutes | None = None
    purpose: Line = ""
    visit_type_id: UUID | None = Field(None, description="of the visits; null: chosen by the company's rules")
    valid_from: Day
    valid_to: Day | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.customer_class is None) == (self.customer_id is None):
            raise ValueError("name a customer or a class, one of the two")
        if self.customer_id is not None and self.org_unit_id is not None:
            raise ValueError("a customer's cycle is not limited to an org unit")
        if (self.every_weeks is None) == (self.per_month is None):
            raise ValueError("say every_weeks or per_month, one of the two")
        if len(set(self.weekdays)) != len(self.weekdays):
            raise ValueError("a weekday is named twice")
        return self


class MoveBody(Payload):
    """Another day for a planned visit. planned_date: from the day that the sender knew, to the new one.

    planned_at: the time that was agreed for it; without one, the visit takes its place in the day as it comes.
    """

    planned_date: ChangeTo[Day]
    planned_at: Instant | None = None


class Move(MoveBody):
    """`visits.move`: puts the planned visit `visit_id` on another day."""

    visit_id: UUID


class PublishPlan(Payload):
    """`visits.publish_plan`: brings the plans of these reps up to date, for today and the 27 days that follow.

    rep_ids: whose plans. include_today: also add to a shift that has begun; nothing that stands there is changed.
    """

    rep_ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_REPS)]
    include_today: Flag = False


class CycleQuery(PageQuery):
    """Which call cycles. valid_on: those that ask for visits on that day."""

    customer_id: UUID | None = None
    valid_on: Day | None = None


class CallCycleOut(Schema):
    """A call cycle as phones get it."""

    id: UUID
    version: int
    name: str
    customer_class: CustomerClass | None
    customer_id: UUID | None
    org_unit_id: UUID | None
    every_weeks: int | None
    per_month: int | None
    weekdays: list[int]
    dwell_minutes: int | None
    purpose: str
    visit_type_id: UUID | None
    valid_from: date
    valid_to: date | None


class CallCyclePage(Schema):
    """Call cycles, by name."""

    items: list[CallCycleOut]
    next: str | None


class PlanChange(Schema):
    """What publishing would do to one visit.

    change: `add`; `change` its day, rep or place in the route; `restore` one that was withdrawn; `withdraw` one that
    nothing asks for any more. was_date, was_rep_id: how it stands now.
    """

    change: Literal["add", "change", "restore", "withdraw"]
    visit_id: UUID
    customer_id: UUID
    rep_id: UUID | None
    for_rep_id: UUID | None
    planned_date: date | None
    origin: Literal["cycle", "route"]
    was_date: date | None
    was_rep_id: UUID | None


class PlanPreview(Schema):
    """What publishing would do. due: visits that cycles ask for in the horizon. changes: at most 1,000 of them."""

    due: int
    added: int
    changed: int
    restored: int
    withdrawn: int
    changes: list[PlanChange]
