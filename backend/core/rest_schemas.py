"""Response shapes that every router documents."""

from functools import cache
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from ninja.operation import Operation
from pydantic import Field, StringConstraints

from core.rest import MAX_PAGE

_make_response_model = Operation._create_response_model


@cache
def _response_model(shape: Any) -> type[Schema] | None:
    return _make_response_model(None, shape)  # type: ignore[arg-type]  # it asks the operation for nothing


# Ninja makes a model for each status of each operation, nearly a thousand, most of them of the very same ErrorBody:
# that was a third of the time in which a process starts.
Operation._create_response_model = lambda _, shape: _response_model(shape)  # type: ignore[method-assign, assignment]

QueryText = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=200)]
"""Text in a query string. PostgreSQL takes no NUL."""


class PageQuery(Schema):
    """Which page of a list."""

    cursor: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]*$", max_length=4096)] | None = Field(
        None, description="`next` of the page before"
    )
    limit: int = Field(100, ge=1, le=MAX_PAGE, description="rows on a page at most")


class ErrorOut(Schema):
    """A typed refusal.

    code: stable, as in errors.md. message: the same in the caller's language. field: the offending member, dotted.
    details: what the message was filled from.
    """

    code: str
    message: str
    field: str | None = None
    details: dict[str, Any] = {}


class ErrorBody(Schema):
    """The body of every answer with a 4xx or 5xx status. error: what was wrong."""

    error: ErrorOut


class ConflictOut(Schema):
    """One field on which two edits did not know of each other.

    field: the member of the row. yours: the value of this command. theirs: the value that it found. kept: which of the
    two stands. conflict_id: for `sync.restore_value`.
    """

    field: str
    yours: Any = None
    theirs: Any = None
    kept: Literal["yours", "theirs"]
    conflict_id: UUID


class VerdictOut(Schema):
    """What became of a command.

    id: the command's. seq: the device's number of it; null by REST. status: merged means applied but for the conflicts.
    code: why it was refused or parked, as in errors.md. field: the member that the code is about, dotted. message: the
    same in the user's language. details: what the message was filled from. conflicts: the fields on which somebody
    else's edit stood in the way.
    """

    id: UUID
    seq: int | None = None
    status: Literal["applied", "merged", "refused", "parked"]
    code: str | None = None
    field: str | None = None
    message: str | None = None
    details: dict[str, Any] = {}
    conflicts: list[ConflictOut] = []


class CommandOut(Schema):
    """The answer of a writing endpoint. id: the row's, where the command names one. verdict: what became of it."""

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
