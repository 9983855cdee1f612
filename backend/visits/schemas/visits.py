"""The shapes of visits on the wire. Angles in degrees, lengths in metres, instants RFC 3339 with offset."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from ninja import Schema
from pydantic import Field, StrictInt, model_validator

from core.geodesy import Position
from core.payloads import Day, EarlierPayload, Flag, Instant, Line, Note, Number, Payload
from core.rest_schemas import PageQuery

Result = Literal["ordered", "interested", "not_interested", "follow_up", "closed", "absent", "other"]
VisitState = Literal["planned", "open", "closed", "cancelled"]
MAX_NEXT_STEPS = 10
DwellMinutes = Annotated[StrictInt, Field(ge=1, le=720)]


class Fix(Position):
    """A position exactly as the phone got it from its system, unfiltered. Doubtful ones are judged, not refused."""

    accuracy_m: Annotated[Number, Field(ge=0, description="radius of the circle that the phone believes it is in")]
    altitude_m: Number | None = None
    provider: Literal["gps", "network", "fused", "manual"] | None = Field(
        None, description="`manual`: a pin set by hand"
    )
    age_ms: Number | None = Field(None, description="age of the fix when the button was pressed, by the uptime clock")
    is_mock: Flag | None = Field(None, description="the system says that an app supplied the position")
    speed_mps: Number | None = Field(None, description="negative: unknown")
    heading_deg: Number | None = Field(None, description="clockwise from true north; negative: unknown")
    battery_pct: Number | None = None
    wifi: Annotated[list[dict[str, Any]], Field(max_length=200)] | None = Field(
        None, description="networks in sight, as the system lists them (bssid, ssid, rssi_dbm)"
    )
    cells: Annotated[list[dict[str, Any]], Field(max_length=200)] | None = Field(
        None, description="radio cells in sight, as the system lists them (mcc, mnc, lac, cid, rssi_dbm)"
    )


class Plan(Payload):
    """`visits.plan`: intend a visit.

    rep_id: who will make it; the sender by default. planned_at: the time agreed with the customer. dwell_minutes: how
    long it will take; 30 unless something else is said.
    """

    id: UUID
    customer_id: UUID
    planned_date: Day
    planned_at: Instant | None = None
    site_id: UUID | None = None
    purpose: Line = ""
    rep_id: UUID | None = None
    dwell_minutes: DwellMinutes | None = None
    visit_type_id: UUID | None = Field(None, description="its type; null: chosen by the company's rules")


class CheckInBody(Payload):
    """Arriving. Never wait for a position: send `fix: null` instead."""

    customer_id: UUID
    fix: Fix | None = None
    visit_type_id: UUID | None = Field(
        None, description="its type, where the plan says none; null: chosen by the company's rules"
    )


class CheckIn(CheckInBody):
    """`visits.check_in`: opens the planned visit with the id `visit_id`, or makes one."""

    visit_id: UUID


class CheckOutBody(Payload):
    """Leaving."""

    fix: Fix | None = None


class CheckOut(CheckOutBody):
    """`visits.check_out`: closes the visit."""

    visit_id: UUID


class NextStep(Payload):
    """Something to be done after a visit. It has a text, a day or both.

    text: what is to be done. due_date: the day by which it is to be done.
    """

    text: Line = ""
    due_date: Day | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text and self.due_date is None:
            raise ValueError("a next step needs a text, a due_date or both")
        return self


class LogBody(Payload):
    """What came of a visit. Append-only; a visit can have several."""

    id: UUID
    result: Result
    note: Note = ""
    next_steps: Annotated[list[NextStep], Field(max_length=MAX_NEXT_STEPS)] = Field(
        [], description="each with a text, a day or both"
    )


class Log(LogBody):
    """`visits.log`: a note about the visit `visit_id`."""

    visit_id: UUID


class LogSchema1(EarlierPayload):
    """`visits.log` as apps sent it before a log could have several next steps."""

    id: UUID
    visit_id: UUID
    result: Result
    note: Note = ""
    next_step: Line = ""
    next_step_date: Day | None = None

    def upgraded(self) -> dict[str, Any]:
        """The one next step as the first of the list, if it says anything."""
        step = {"text": self.next_step, "due_date": self.next_step_date}
        kept = self.model_dump(exclude={"next_step", "next_step_date"})
        return kept | {"next_steps": [step] if any(step.values()) else []}


class CancelBody(Payload):
    """Giving up a plan."""

    reason: Line


class Cancel(CancelBody):
    """`visits.cancel`: gives up the planned visit `visit_id`."""

    visit_id: UUID


class VisitQuery(PageQuery):
    """Which visits. from_date, to_date: their days, both included."""

    rep_id: UUID | None = None
    customer_id: UUID | None = None
    state: VisitState | None = None
    from_date: Day | None = None
    to_date: Day | None = None


class VisitOut(Schema):
    """A visit as phones get it. cancelled_at stays when somebody checked in to a cancelled visit after all."""

    id: UUID
    version: int
    customer_id: UUID
    site_id: UUID | None
    rep_id: UUID
    state: VisitState
    visit_type_id: UUID | None
    purpose: str
    planned_date: date | None
    planned_at: datetime | None
    checked_in_at: datetime | None
    checked_out_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str
    check_in_verdict: str | None
    check_out_verdict: str | None
    origin: Literal["ad_hoc", "fixed", "cycle", "route"]
    cycle_id: UUID | None
    route_id: UUID | None
    for_rep_id: UUID | None
    due_from: date | None
    due_to: date | None
    sequence: int | None
    dwell_minutes: int | None
    is_appointment: bool
    moved_at: datetime | None
    withdrawn: Literal["fulfilled", "not_due"] | None


class VisitPage(Schema):
    """Visits, the latest recorded first."""

    items: list[VisitOut]
    next: str | None = Field(description="cursor of the next page; null on the last")


class CheckInOut(Schema):
    """The evidence of a check-in or check-out. lat, lon: WGS-84; distance_m: to the site named, on the ellipsoid."""

    id: UUID
    version: int
    visit_id: UUID
    customer_id: UUID
    direction: Literal["in", "out"]
    occurred_at: datetime
    occurred_verified: bool
    verdict: str
    distance_m: float | None
    site_id: UUID | None
    lat: float | None
    lon: float | None
    accuracy_m: float | None
    is_mock: bool | None


class CheckInPage(Schema):
    """Evidence, in the order in which it happened."""

    items: list[CheckInOut]
    next: str | None


class NextStepOut(Schema):
    """Something to be done after a visit.

    text: what is to be done. due_date: the day by which it is to be done.
    """

    text: str
    due_date: date | None


class VisitLogOut(Schema):
    """A visit log."""

    id: UUID
    version: int
    visit_id: UUID
    customer_id: UUID
    author_id: UUID
    result: Result
    note: str
    next_steps: list[NextStepOut]
    occurred_at: datetime
    next_step: str = Field(deprecated=True, description="the texts of next_steps in one; read next_steps")
    next_step_date: date | None = Field(deprecated=True, description="the earliest day of next_steps")


class VisitLogPage(Schema):
    """Logs, in the order in which they happened."""

    items: list[VisitLogOut]
    next: str | None
