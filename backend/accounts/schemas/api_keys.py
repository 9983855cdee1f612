"""API keys on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, Field, StringConstraints

from accounts.scopes import AREAS, PATTERN
from core.payloads import Instant, Name, Payload
from core.rest_schemas import CommandOut, PageQuery


def _sorted_once(scopes: list[str]) -> list[str]:
    return sorted(set(scopes))


Scope = Annotated[str, StringConstraints(pattern=PATTERN)]
Scopes = Annotated[list[Scope], Field(min_length=1, max_length=2 * len(AREAS)), AfterValidator(_sorted_once)]


class CreateApiKey(Payload):
    """A new API key.

    id: the key's. name: what it is for. user_id: in whose name it acts; it sees and may do what this user does. scopes:
    what it may be used for, `<app>:read` or `<app>:write`, which includes reading.
    """

    id: UUID
    name: Name
    user_id: UUID
    scopes: Scopes = Field(examples=[["customers:read", "visits:read"]])
    expires_at: Instant | None = Field(None, description="from then on it is refused; null: never")


class ApiKeyId(Payload):
    """Names an API key."""

    id: UUID


class NewApiKeyOut(CommandOut):
    """The answer to a new key. secret: the key itself, this once; null where the answer repeats an earlier one."""

    secret: str | None


class ApiKeyQuery(PageQuery):
    """Which API keys."""

    user_id: UUID | None = None
    is_revoked: bool | None = None


class ApiKeyOut(Schema):
    """An API key, without its secret.

    beginning: its first letters, to recognise it. user_id: in whose name it acts. last_used_at: to the minute.
    """

    id: UUID
    name: str
    beginning: str
    user_id: UUID
    scopes: list[str]
    created_at: datetime
    created_by_id: UUID
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    revoked_by_id: UUID | None


class ApiKeyPage(Schema):
    """A page of API keys."""

    items: list[ApiKeyOut]
    next: str | None
