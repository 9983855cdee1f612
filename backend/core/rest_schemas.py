"""Response shapes that every router documents."""

from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import Field, StringConstraints

from core.rest import MAX_PAGE

QueryText = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=200)]
"""Text in a query string. PostgreSQL takes no NUL."""


class PageQuery(Schema):
    """Which page of a list."""

    cursor: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]*$", max_length=4096)] | None = Field(
        None, description="`next` of the page before"
    )
    limit: int = Field(100, ge=1, le=MAX_PAGE, description="rows on a page at most")


class ErrorOut(Schema):
    """A typed refusal. code is stable; message is in the caller's language; field names the offending member."""

    code: str
    message: str
    field: str | None = None
    details: dict[str, Any] = {}


class ErrorBody(Schema):
    """The body of every answer with a 4xx or 5xx status."""

    error: ErrorOut


class ConflictOut(Schema):
    """One field on which two edits did not know of each other."""

    field: str
    yours: Any = None
    theirs: Any = None
    kept: str
    conflict_id: UUID


class VerdictOut(Schema):
    """What became of a command: applied, merged, refused or parked."""

    id: UUID
    seq: int | None = None
    status: str
    code: str | None = None
    field: str | None = None
    message: str | None = None
    details: dict[str, Any] = {}
    conflicts: list[ConflictOut] = []


class CommandOut(Schema):
    """The answer of a writing endpoint: the row's id, where the command names one, and the verdict."""

    id: UUID | None = None
    verdict: VerdictOut


READ_ERRORS = {401: ErrorBody, 403: ErrorBody, 404: ErrorBody, 422: ErrorBody}
"""What a reading endpoint may answer besides 200."""
WRITE_RESPONSES = {
    200: CommandOut,
    202: CommandOut,
    400: ErrorBody,
    401: ErrorBody,
    403: ErrorBody,
    404: ErrorBody,
    409: ErrorBody,
    422: ErrorBody,
}
"""What a writing endpoint may answer."""
