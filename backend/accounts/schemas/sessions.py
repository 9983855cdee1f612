"""Devices, sessions and the caller on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, Field, StringConstraints

from accounts.schemas.people import Password, ShortText, Text, clean_text
from core.payloads import Name, Payload
from core.rest_schemas import PageQuery


class RenameDevice(Payload):
    """A device's new name."""

    id: UUID
    name: Name


class DeviceId(Payload):
    """Names a device."""

    id: UUID


class DeviceIn(Schema):
    """The installation that signs in.

    id: made by the installation itself and kept for its life. name: as its user calls it. platform: what it runs on.
    app_version: for support. push_kind: what sort of address `push_id` is.
    """

    id: UUID | None = None
    name: Annotated[Name, AfterValidator(clean_text)]
    platform: Literal["ios", "android", "web", "other"]
    app_version: ShortText = ""
    push_id: Annotated[Text, StringConstraints(max_length=4096)] | None = Field(
        None, description="the address for pokes"
    )
    push_kind: Literal["fcm_token", "fid", "webpush"] | None = None


class SignInIn(Schema):
    """Company, user name and password, and the device that signs in.

    company: its code. username: in any case. password: sent and not kept. device: the installation. code: of the user's
    second factor; sent once the answer without it was `accounts.code_required`.
    """

    company: ShortText
    username: ShortText
    password: Password
    device: DeviceIn
    code: ShortText | None = None


class RefreshIn(Schema):
    """A session to go on with. refresh_token: of the last answer."""

    refresh_token: Annotated[Text, StringConstraints(max_length=256)]


class SignOutIn(Schema):
    """The session to end. refresh_token: of the last answer; without it, every session of the calling device."""

    refresh_token: Annotated[Text, StringConstraints(max_length=256)] | None = None


class SessionUser(Schema):
    """Who signed in. id: the user's. name: for people. roles: what he may do. org_unit_id: where he belongs."""

    id: UUID
    name: str
    roles: list[str]
    org_unit_id: UUID | None


class SessionDevice(Schema):
    """The device that signed in. id: as it was sent, or a new one where none was."""

    id: UUID


class SessionOut(Schema):
    """A session.

    access_token: for the next minutes, in `Authorization: Bearer …`. expires_in_s: how long it lives. refresh_token:
    good for one use. user: who signed in. device: which installation. api_level: of the server, as in CHANGELOG.md.
    """

    access_token: str
    expires_in_s: int
    refresh_token: str
    user: SessionUser
    device: SessionDevice
    api_level: int


class MeOut(Schema):
    """The caller.

    id: the user's. username: what he signs in with. name: for people. roles: what he may do. org_unit_id: where he
    belongs. locale: the language of the server's messages. company: whose user he is. device_id: the session's.
    territory_ids: what he covers.
    """

    id: UUID
    username: str
    name: str
    roles: list[str]
    org_unit_id: UUID | None
    locale: str
    company: "CompanyOut"
    device_id: UUID | None
    territory_ids: list[UUID]


class CompanyOut(Schema):
    """The caller's company. id: its own scope. code: for signing in. name: for people. time_zone: of its days, IANA."""

    id: UUID
    code: str
    name: str
    time_zone: str


class DeviceQuery(PageQuery):
    """Which devices."""

    user_id: UUID | None = None
    is_revoked: bool | None = None


class DeviceOut(Schema):
    """A device. signed_in_at: the last sign-in with a password."""

    id: UUID
    user_id: UUID
    name: str
    platform: str
    app_version: str
    created_at: datetime
    signed_in_at: datetime | None
    revoked_at: datetime | None
    revoked_by_id: UUID | None


class DevicePage(Schema):
    """A page of devices."""

    items: list[DeviceOut]
    next: str | None


MeOut.model_rebuild()
