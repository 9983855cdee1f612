"""The shapes of files on the wire. Sizes in bytes, instants RFC 3339 with offset."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import BeforeValidator, Field, StringConstraints

from core.payloads import Payload
from core.rest_schemas import PageQuery
from files.kinds import LARGEST, plain_type

FileKind = Literal["photo", "signature", "voice"]
Rendition = Literal["original", "shown", "thumbnail"]
AttachmentState = Literal["missing", "stored", "rejected"]
MediaType = Annotated[
    str,
    BeforeValidator(lambda value: plain_type(value) if isinstance(value, str) else value),
    StringConstraints(pattern=r"^[a-z]+/[a-z0-9.+-]+$", max_length=64),
]


class Exif(Schema):
    """What a picture says of itself; nobody has proved it. lat, lon: degrees, WGS-84."""

    taken_at: str | None = Field(
        description="local time, with its offset from UTC where the camera wrote one",
        examples=["2026-11-21T09:12:03+08:00"],
    )
    lat: float | None
    lon: float | None
    maker: str | None = Field(description="who made the device", examples=["Xiaomi"])
    model: str | None = Field(description="which device it was", examples=["2312DRA50C"])
    software: str | None = Field(description="what wrote the file", examples=["MediaTek Camera Application"])


class NamedFile(Payload):
    """A file that a command names. Its bytes go up by themselves, before or after, see `/api/v1/files/`."""

    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$", max_length=64)] = Field(
        description="SHA-256 of the bytes, in hex",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )
    bytes: Annotated[int, Field(strict=True, ge=1, le=LARGEST)] = Field(
        description="size of the file", examples=[2_483_911]
    )
    media_type: MediaType = Field(description="what the content is", examples=["image/jpeg"])


class AttachmentQuery(PageQuery):
    """What is attached to what."""

    subject_id: UUID = Field(description="the visit, or whatever else the files belong to")


class AttachmentOut(Schema):
    """A file attached to a row, as phones get it.

    state: `missing` until the bytes are here, then `stored`, or `rejected` with the code of the reason. renditions:
    what can be asked for besides the original. near_duplicate: it looks like a photo of another visit.
    """

    id: UUID
    version: int
    subject_kind: str
    subject_id: UUID
    kind: FileKind
    sha256: str
    bytes: int
    media_type: str
    state: AttachmentState
    code: str | None
    width: int | None
    height: int | None
    exif: Exif | None
    readable: bool | None
    renditions: list[str]
    near_duplicate: bool


class AttachmentPage(Schema):
    """Attached files, in the order in which they were recorded."""

    items: list[AttachmentOut]
    next: str | None = Field(description="cursor of the next page; null on the last")


class AddressQuery(Schema):
    """Which form of the file. The original has all of its metadata; the others have none."""

    rendition: Rendition = "original"


class AddressOut(Schema):
    """Where the file can be read until `expires_at`, by whoever has the address: no token is needed."""

    url: str = Field(description="relative to the server")
    expires_at: datetime
    media_type: str


class ContentQuery(Schema):
    """What an address consists of."""

    token: Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=4096)]


class LikenessOut(Schema):
    """A photo of another subject that looks like this one. distance: bits of 64 that differ; 0 is the same motif."""

    attachment_id: UUID
    subject_kind: str
    subject_id: UUID
    distance: int


class LikenessList(Schema):
    """The photos that look like this one. hidden: how many others there are that you may not see."""

    items: list[LikenessOut]
    hidden: int
