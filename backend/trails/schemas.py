"""The shapes of trails on the wire. Angles in degrees, lengths metres, instants RFC 3339 with offset."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from ninja import Schema
from pydantic import Field, StrictInt, StringConstraints, model_validator

from calendars.hours import WeeklyHours
from core.geodesy import Datum
from core.payloads import Day, Flag, Instant, Payload
from core.rest_schemas import PageQuery, QueryText
from trails.batches import MAX_POINTS, MAX_STATES
from trails.gaps import Reason, State
from trails.purposes import Purpose, View

LONGEST_DAYS = 730
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
ViewerRole = Literal["manager", "dispatcher"]


class PurposeDays(Payload):
    """What trails are kept for, and how long.

    purpose: what the company looks at them for. days: for so many days after its own it keeps a day.
    """

    purpose: Purpose
    days: Annotated[StrictInt, Field(ge=0, le=LONGEST_DAYS, examples=[90])]


class SetPolicy(Payload):
    """`trails.set_policy`: from `effective_at` on, the people of this org unit and of those below it are tracked so.

    org_unit_id: whose people; a unit below with a policy of its own follows that. tracks: whether they are tracked at
    all. purposes: what is recorded is kept for these; one that is taken out ends, and what was kept for it alone goes.
    hours: when they are tracked, in the time zone of their work calendar; null for the hours of that calendar, holidays
    included. viewer_roles: which superiors may look. gap_after_s: a longer time without points is a gap. live_s: a
    position younger than this is live. effective_at: from when on, never in the past; null for at once.
    """

    id: UUID
    org_unit_id: UUID
    tracks: Flag = Field(examples=[True])
    purposes: Annotated[list[PurposeDays], Field(max_length=4)] = []
    hours: WeeklyHours | None = None
    viewer_roles: Annotated[list[ViewerRole], Field(max_length=2)] = ["manager"]
    gap_after_s: Annotated[StrictInt, Field(ge=60, le=3600)] = 300
    live_s: Annotated[StrictInt, Field(ge=30, le=3600)] = 300
    effective_at: Instant | None = None

    @model_validator(mode="after")
    def _for_something(self) -> Self:
        named = [item.purpose for item in self.purposes]
        if len(set(named)) != len(named):
            raise ValueError("a purpose is named twice")
        if self.tracks and not named:
            raise ValueError("nobody is tracked without a purpose")
        return self


class PublishText(Payload):
    """`trails.publish_text`: what employees are asked to agree to, in both languages, from now on.

    text_version: counts the company's texts. en, zh: the text. renews: whether consents to earlier versions end, so
    that nobody is tracked until he agrees anew.
    """

    id: UUID
    text_version: Annotated[StrictInt, Field(ge=1, le=10_000, examples=[2])]
    en: Words = Field(examples=["I agree that my position is recorded in working hours."])
    zh: Words = Field(examples=["本人同意在工作时间内记录位置。"])
    renews: Flag = False


class GiveConsent(Payload):
    """`trails.give_consent`: one's own consent to a text. text_id: the text."""

    id: UUID
    text_id: UUID


class WithdrawConsent(Payload):
    """`trails.withdraw_consent`: one's own consent ends. Points that were recorded after that are deleted."""

    id: UUID


# Batches of points


class DeviceClock(Schema):
    """What the device's clocks show. uptime_ms: since boot, deep sleep included; boot_id: changes at every boot."""

    at: datetime | None = None
    uptime_ms: int | None = Field(None, ge=0)
    boot_id: str | None = Field(None, min_length=1, max_length=64)


class PointColumns(Schema):
    """Points as columns of equal length, in any order of time. Each number is a difference to the one before.

    after_ms: milliseconds of uptime, the first after the batch's own. lat_e7, lon_e7: 1e-7 degrees, the first to zero;
    null: not known. accuracy_m: metres, radius of the circle that the phone believes it is in; no difference.
    """

    after_ms: list[int] = Field([], max_length=MAX_POINTS, examples=[[0, 5000, 5000]])
    lat_e7: list[int | None] = Field([], max_length=MAX_POINTS, examples=[[399042000, -120, 75]])
    lon_e7: list[int | None] = Field([], max_length=MAX_POINTS, examples=[[1164074000, 80, -31]])
    accuracy_m: list[float | None] = Field([], max_length=MAX_POINTS, examples=[[12, 8.5, 9]])


class StateColumns(Schema):
    """What the phone says of its tracking from a moment on, as columns. after_ms: differences, as with points.

    state: tracking (again), permission (withdrawn), gps_off, no_signal, low_power, still (no points on purpose),
    killed, phone_off; the last two are told afterwards, from the last moment at which the app knew itself alive.
    """

    after_ms: list[int] = Field([], max_length=MAX_STATES, examples=[[0]])
    state: list[State] = Field([], max_length=MAX_STATES, examples=[["tracking"]])


class BatchIn(Schema):
    """A batch of points of one boot of one device.

    id: made by the phone, the same whenever it sends the batch. clock: the clocks at the sending. at, uptime_ms,
    boot_id: the clocks when the batch was begun. datum: of all positions.
    """

    schema_: Literal[1] = Field(1, alias="schema")
    id: UUID
    clock: DeviceClock | None = None
    at: datetime | None = None
    uptime_ms: int | None = Field(None, ge=0)
    boot_id: str | None = Field(None, min_length=1, max_length=64)
    datum: Datum = "WGS-84"
    points: PointColumns | None = None
    states: StateColumns | None = None


# Answers


class DiscardedOut(Schema):
    """Points that were not stored, and why: an error code with its message."""

    code: str
    points: int
    message: str


class BatchOut(Schema):
    """The receipt of a batch; the same whenever it comes again."""

    id: UUID
    received_at: datetime
    stored: int
    discarded: list[DiscardedOut]


class PolicyOut(Schema):
    """A trail policy. The latest that is in force counts, of the nearest org unit on the way up that has one."""

    id: UUID
    version: int
    org_unit_id: UUID
    effective_at: datetime
    tracks: bool
    purposes: list[PurposeDays]
    hours: WeeklyHours | None
    viewer_roles: list[str]
    gap_after_s: int
    live_s: int


class PolicyPage(Schema):
    """Policies, the latest first."""

    items: list[PolicyOut]
    next: str | None = Field(description="cursor of the next page; null on the last")


class ConsentTextOut(Schema):
    """A text to agree to. `version` is the row's; `text_version` counts the texts."""

    id: UUID
    version: int
    text_version: int
    en: str
    zh: str
    renews: bool
    effective_at: datetime


class ConsentTextPage(Schema):
    """Texts, the latest first."""

    items: list[ConsentTextOut]
    next: str | None


class ConsentOut(Schema):
    """An employee's word: he agrees (gives), or no longer."""

    id: UUID
    version: int
    user_id: UUID
    gives: bool
    text_id: UUID | None
    occurred_at: datetime
    occurred_verified: bool


class ConsentPage(Schema):
    """Words, the latest first."""

    items: list[ConsentOut]
    next: str | None


class ConsentQuery(PageQuery):
    """Whose consents; the caller's own by default."""

    user_id: UUID | None = None


# Looking


class LookQuery(Schema):
    """What for. Whoever looks at others' trails names the purpose; it is noted and shown to them.

    note: more about it, such as the number of a complaint.
    """

    purpose: Purpose | None = None
    note: QueryText = ""


class TrailDayQuery(LookQuery):
    """How much of a day. detail: every point, or a line that is never farther than tolerance_m from any."""

    detail: Literal["simplified", "full"] = "simplified"
    tolerance_m: float = Field(15, ge=1, le=1000)


class PointsOut(Schema):
    """Points in the order of time, as columns of equal length. after_ms: after the beginning of the day."""

    after_ms: list[int]
    lat: list[float]
    lon: list[float]
    accuracy_m: list[int]


class StopOut(Schema):
    """A stop: its middle, from when to when."""

    lat: float
    lon: float
    from_at: datetime
    to_at: datetime


class GapOut(Schema):
    """A time without points, and why. told: by the phone itself."""

    from_at: datetime
    to_at: datetime
    reason: Reason
    told: bool


class MileageOut(Schema):
    """moved_m: along the points. bridged_m: straight across gaps, where the way is not known."""

    moved_m: float
    bridged_m: float


class TrailDayOut(Schema):
    """One day of an employee. points_stored: how many are stored; discarded: how many were not, by error code.

    unverified: how many of those stored rest on a clock that could not be corrected.
    """

    user_id: UUID
    day: date
    from_at: datetime
    to_at: datetime
    detail: Literal["simplified", "full"]
    points_stored: int
    unverified: int
    discarded: dict[str, int]
    points: PointsOut
    stops: list[StopOut]
    gaps: list[GapOut]
    mileage: MileageOut


class PositionOut(Schema):
    """Where an employee was last. state: `live` only while it is; otherwise it is the last known one.

    age_minutes: whole minutes since then. verified: false: the time rests on a clock that could not be corrected.
    """

    user_id: UUID
    state: Literal["live", "last_known"]
    age_minutes: int
    at: datetime
    verified: bool
    lat: float
    lon: float
    accuracy_m: int


class PositionPage(Schema):
    """The last positions of everybody whom the caller may see for the purpose, and his own."""

    items: list[PositionOut]


class MileageQuery(PageQuery, LookQuery):
    """Whose days, both included; everybody's whom the caller may see by default."""

    user_id: UUID | None = None
    from_date: Day | None = None
    to_date: Day | None = None


class DayFigureOut(Schema):
    """What a day came to. derived_at: by the points that were there at that time."""

    id: UUID
    version: int
    user_id: UUID
    day: date
    moved_m: float
    bridged_m: float
    stops: int
    stopped_s: int
    derived_at: datetime


class DayFigurePage(Schema):
    """Days, the latest first."""

    items: list[DayFigureOut]
    next: str | None


class TrailAccessOut(Schema):
    """A look at the caller's trail: who, at what, what for, which days; between at and until_at, once or more often."""

    id: UUID
    version: int
    viewer_id: UUID
    view: View
    purpose: Purpose
    note: str
    from_date: date | None
    to_date: date | None
    at: datetime
    until_at: datetime


class TrailAccessPage(Schema):
    """Looks, the latest first."""

    items: list[TrailAccessOut]
    next: str | None
