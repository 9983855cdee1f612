"""The shapes of proposals for pins on the wire."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from ninja import Schema
from pydantic import StringConstraints, model_validator

from core.geodesy import Position
from core.payloads import Line, Payload
from core.rest_schemas import PageQuery
from customers.schemas import FenceRadius, SiteId


class ProposePin(Payload):
    """Where a site is, by the word of somebody who stood there; a manager decides.

    site_id: the site to move; null for a new one, which needs a name. name: of a new site, ignored for one that is
    moved. fence_radius_m: null leaves it as it is. note: what the manager should know.
    """

    id: UUID
    customer_id: UUID
    site_id: UUID | None = None
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    position: Position
    fence_radius_m: FenceRadius | None = None
    note: Line = ""

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.site_id is None and not self.name:
            raise ValueError("a new site needs a name")
        return self


class ApprovePin(SiteId):
    """Put the site where the proposal says. id: the proposal's."""


class RejectPin(Payload):
    """Leave the site where it is. id: the proposal's. reason: why."""

    id: UUID
    reason: Line


class PinProposalOut(Schema):
    """A proposal for a pin as it is published. lat, lon: degrees, WGS-84."""

    id: UUID
    version: int
    customer_id: UUID
    site_id: UUID | None
    name: str
    lat: float
    lon: float
    fence_radius_m: float | None
    note: str
    state: Literal["proposed", "approved", "rejected"]
    proposed_at: datetime
    proposed_by_id: UUID
    settled_at: datetime | None
    settled_by_id: UUID | None
    reason: str


class PinProposalPage(Schema):
    """Proposals, the oldest first."""

    items: list[PinProposalOut]
    next: str | None


class PinQuery(PageQuery):
    """Which proposals."""

    state: Literal["proposed", "approved", "rejected"] = "proposed"
