"""The shapes of photos, signatures and voice notes on the wire."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from core.payloads import Instant, Line, Payload
from files.schemas import FileKind, NamedFile
from visits.schemas.visits import Fix

PhotoSource = Literal["camera", "gallery"]


class AddPhotoBody(Payload):
    """A photo, a signature or a voice note. Its bytes go up by themselves; nobody waits for them."""

    id: UUID
    kind: FileKind = Field(description="which of the three; each has its media types and its limit")
    file: NamedFile = Field(description="its content, by its hash")
    taken_at: Instant | None = Field(
        None,
        description="when the shutter was released, by the phone's wall clock; the command's own clocks say when it was"
        " recorded",
    )
    fix: Fix | None = Field(None, description="where it was taken, exactly as the phone got it; never wait for one")
    source: PhotoSource | None = Field(None, description="made in the app, or picked from what was on the phone")
    caption: Line = Field("", description="what it shows, for people")


class AddPhoto(AddPhotoBody):
    """`visits.add_photo`: attaches it to the visit `visit_id`."""

    visit_id: UUID


class WithdrawPhotoBody(Payload):
    """Taking a photo back: it stays as evidence, but counts no longer."""

    reason: Line


class WithdrawPhoto(WithdrawPhotoBody):
    """`visits.withdraw_photo`: takes back the photo, signature or voice note `id`."""

    id: UUID


class PhotoOut(Schema):
    """A photo, signature or voice note. The attachment with the same id tells of its file."""

    id: UUID
    version: int
    visit_id: UUID
    customer_id: UUID
    author_id: UUID
    kind: FileKind
    sha256: str = Field(description="SHA-256 of the file, in hex")
    bytes: int
    media_type: str
    caption: str
    source: PhotoSource | None
    taken_at: datetime | None
    occurred_at: datetime
    occurred_verified: bool
    lat: float | None
    lon: float | None
    accuracy_m: float | None
    is_mock: bool | None
    withdrawn_at: datetime | None
    withdrawn_by_id: UUID | None
    withdraw_reason: str


class PhotoPage(Schema):
    """Photos, signatures and voice notes, in the order in which they were made."""

    items: list[PhotoOut]
    next: str | None = Field(description="cursor of the next page; null on the last")
