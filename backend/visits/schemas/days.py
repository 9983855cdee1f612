"""The shapes of a day's order on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from ninja import Schema
from pydantic import Field, model_validator

from core.geodesy import Position
from core.payloads import Day, Instant, Payload

MAX_STOPS = 60


class OrderedStop(Payload):
    """A visit in its place. visit_id: which. planned_at: when it is to begin; null: only its place is known."""

    visit_id: UUID
    planned_at: Instant | None = None


class OrderDay(Payload):
    """`visits.order_day`: puts the planned visits of one rep and day in this order.

    date: the day. stops: in the order in which they are to be made.
    """

    date: Day
    stops: Annotated[list[OrderedStop], Field(min_length=1, max_length=MAX_STOPS)]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({stop.visit_id for stop in self.stops}) != len(self.stops):
            raise ValueError("a visit is named twice")
        return self


class SetStartPoint(Payload):
    """`visits.set_start_point`: where a rep sets out in the morning.

    rep_id: who; the sender by default. position: null to forget it.
    """

    rep_id: UUID | None = None
    position: Position | None = None


class DayOrderQuery(Schema):
    """Whose day, and which; yours and today unless given."""

    rep_id: UUID | None = None
    date: Day | None = None


class DayStop(Schema):
    """A visit in its place. way_m, travel_s: from the stop before, estimated."""

    visit_id: UUID
    customer_id: UUID
    sequence: int
    arrive_at: datetime
    begin_at: datetime
    end_at: datetime
    travel_s: int
    way_m: float


class LeftOutStop(Schema):
    """A visit without a place in the day: its site has no position, is not open in the rep's work hours, or the day is
    full."""

    visit_id: UUID
    customer_id: UUID
    reason: Literal["no_position", "not_open", "no_room"]


class DayOrder(Schema):
    """A proposed order. Travel = beeline × detour_factor ÷ speed_mps. solver: whose order it is."""

    rep_id: UUID
    date: date
    starts_at_start_point: bool
    stops: list[DayStop]
    left_out: list[LeftOutStop]
    travel_s: int
    way_m: float
    detour_factor: float
    speed_mps: float
    solver: Literal["own", "vroom"]
