"""The shapes of customers on the wire: payloads of its commands, bodies and answers of its endpoints."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field, StringConstraints

from calendars.hours import WeeklyHours
from core.geodesy import Position
from core.payloads import Change, Code, EditPayload, Flag, Instant, Line, Name, Note, Payload
from core.rest_schemas import PageQuery, QueryText

CustomerClass = Literal["A", "B", "C", "D"]
Stage = Literal["lead", "prospect", "active", "dormant", "lost"]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Email = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254)]
FenceRadius = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=100_000, description="metres")]
MAX_REASSIGNED = 1_000


# Customers


class CreateCustomer(Payload):
    """A new customer. owner_id: the sender unless given; null for a customer that nobody owns."""

    id: UUID
    name: Name
    code: Code | None = None
    external_id: Code | None = None
    customer_class: CustomerClass | None = None
    channel: Code | None = None
    stage: Stage = "active"
    owner_id: UUID | None = None
    territory_id: UUID | None = None
    phone: Phone = ""
    address: Line = ""
    notes: Note = ""
    credit_hold: Flag = False


class CustomerChanges(EditPayload):
    """The fields of a customer that can be edited."""

    never_null = frozenset({"name", "stage", "phone", "address", "notes", "credit_hold"})
    name: Change[Name] | None = None
    code: Change[Code] | None = None
    external_id: Change[Code] | None = None
    customer_class: Change[CustomerClass] | None = None
    channel: Change[Code] | None = None
    stage: Change[Stage] | None = None
    phone: Change[Phone] | None = None
    address: Change[Line] | None = None
    notes: Change[Note] | None = None
    credit_hold: Change[Flag] | None = None


class CustomerEdit(Payload):
    """Per field, the value that the edit was based on and the new one."""

    changes: CustomerChanges


class UpdateCustomer(CustomerEdit):
    """An edit of a customer: per field, the value that it was based on and the new one."""

    id: UUID


class CustomerId(Payload):
    """Names a customer."""

    id: UUID


# Sites


class AddSite(Payload):
    """A new site of a customer. fence_radius_m: how near a check-in has to be."""

    id: UUID
    customer_id: UUID
    name: Name
    address: Line = ""
    position: Position | None = None
    fence_radius_m: FenceRadius = 200
    opening_hours: WeeklyHours | None = None


class SiteChanges(EditPayload):
    """The fields of a site that can be edited. `from` of a position is compared in WGS-84."""

    never_null = frozenset({"name", "address", "fence_radius_m"})
    name: Change[Name] | None = None
    address: Change[Line] | None = None
    position: Change[Position] | None = None
    fence_radius_m: Change[FenceRadius] | None = None
    opening_hours: Change[WeeklyHours] | None = None


class UpdateSite(Payload):
    """An edit of a site: per field, the value that it was based on and the new one."""

    id: UUID
    changes: SiteChanges


class SiteId(Payload):
    """Names a site."""

    id: UUID


# Contacts


class AddContact(Payload):
    """A new contact of a customer."""

    id: UUID
    customer_id: UUID
    name: Name
    title: Title = ""
    phone: Phone = ""
    email: Email = ""
    notes: Note = ""
    is_primary: Flag = False


class ContactChanges(EditPayload):
    """The fields of a contact that can be edited."""

    never_null = frozenset({"name", "title", "phone", "email", "notes", "is_primary"})
    name: Change[Name] | None = None
    title: Change[Title] | None = None
    phone: Change[Phone] | None = None
    email: Change[Email] | None = None
    notes: Change[Note] | None = None
    is_primary: Change[Flag] | None = None


class UpdateContact(Payload):
    """An edit of a contact: per field, the value that it was based on and the new one."""

    id: UUID
    changes: ContactChanges


class ContactId(Payload):
    """Names a contact."""

    id: UUID


# Who has them


class Reassign(Payload):
    """Give customers to a new owner. customer_ids: which. territory_id: their new one; left out, each keeps its own."""

    customer_ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_REASSIGNED)]
    owner_id: UUID
    territory_id: UUID | None = None


class ShareCustomer(Payload):
    """A customer and the user who shall see it, or no longer."""

    customer_id: UUID
    user_id: UUID


class FollowCustomer(Payload):
    """Have a customer on one's phone, or no longer."""

    customer_id: UUID


# Questions and answers


class CustomerQuery(PageQuery):
    """Which customers. q: a part of the name, code or phone. updated_since: written by the server then or later."""

    q: QueryText | None = None
    owner_id: UUID | None = None
    territory_id: UUID | None = None
    customer_class: CustomerClass | None = None
    channel: QueryText | None = None
    stage: Stage | None = None
    archived: Literal["no", "yes", "all"] = "no"
    updated_since: Instant | None = None


class CustomerOut(Schema):
    """A customer as it is published."""

    id: UUID
    version: int
    name: str
    code: str | None
    external_id: str | None
    customer_class: CustomerClass | None
    channel: str | None
    stage: Stage
    owner_id: UUID | None
    territory_id: UUID | None
    phone: str
    address: str
    notes: str
    credit_hold: bool
    archived_at: datetime | None
    created_at: datetime
    created_by_id: UUID | None


class SiteOut(Schema):
    """A site as it is published. lat, lon: degrees, WGS-84. confirmed: a manager has placed or approved it."""

    id: UUID
    version: int
    customer_id: UUID
    name: str
    address: str
    lat: float | None
    lon: float | None
    fence_radius_m: float
    confirmed: bool
    opening_hours: WeeklyHours | None


class SitePositionOut(Schema):
    """Where a site was from `set_at` on."""

    site_id: UUID
    lat: float | None
    lon: float | None
    fence_radius_m: float
    confirmed: bool
    cause: Literal["added", "edited", "approved"]
    pin_id: UUID | None
    set_at: datetime
    set_by_id: UUID


class SiteHistory(Schema):
    """Where sites were, the present position first."""

    items: list[SitePositionOut]


class ContactOut(Schema):
    """A contact as it is published."""

    id: UUID
    version: int
    customer_id: UUID
    name: str
    title: str
    phone: str
    email: str
    notes: str
    is_primary: bool


class CustomerPage(Schema):
    """A page of customers. next: the cursor of the following page, null on the last."""

    items: list[CustomerOut]
    next: str | None


class SitePage(Schema):
    """A page of sites."""

    items: list[SiteOut]
    next: str | None


class ContactPage(Schema):
    """A page of contacts."""

    items: list[ContactOut]
    next: str | None


class AccessOut(Schema):
    """One user who sees a customer, and why. phone: it reaches his phones."""

    user_id: UUID
    username: str
    name: str
    reasons: list[str]
    phone: bool
    devices: int


class CustomerAccess(Schema):
    """Everybody who sees a customer."""

    items: list[AccessOut]


class AffectedDevice(Schema):
    """A phone installation that would gain or lose rows."""

    id: UUID
    name: str
    platform: str


class AffectedUser(Schema):
    """What a planned reassignment would change for one user: customers by id.

    gains, loses: on his phones. sees, no_longer_sees: by REST and on the web, phones aside.
    """

    user_id: UUID
    username: str
    name: str
    gains: list[UUID]
    loses: list[UUID]
    sees: list[UUID]
    no_longer_sees: list[UUID]
    devices: list[AffectedDevice]


class ReassignPreview(Schema):
    """What a planned reassignment would change. devices: on how many phones rows would come or go."""

    customers: int
    users: list[AffectedUser]
    devices: int
