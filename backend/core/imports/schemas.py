"""The shapes of imports on the wire."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from core.imports.models import Mode
from core.rest_schemas import ErrorOut, PageQuery

OutcomeName = Literal["create", "update", "unchanged", "repeated", "error"]
UndoOutcomeName = Literal["removed", "set_back", "left"]


class ColumnOut(Schema):
    """A column that an import understands. headers: under which it is recognised. choices: of a column with some."""

    name: str
    title: str
    kind: Literal["text", "choice", "decimal", "number", "yes_no", "id", "reference"]
    choices: list[str]
    headers: list[str]


class NounOut(Schema):
    """What can be imported. required: of each group the table (or a default) has at least one column."""

    noun: str
    title: str
    required: list[list[str]]
    columns: list[ColumnOut]


class NounList(Schema):
    """Everything that the caller may import."""

    items: list[NounOut]


class ApplyIn(Schema):
    """How to apply an import."""

    mode: Mode = Mode.ALL_OR_NOTHING


class HeaderOut(Schema):
    """A column of the file. column: what it was taken for; null when it is not used."""

    header: str
    column: str | None


class FaultOut(Schema):
    """What is wrong with, or worth knowing of, a row. header: what the column is called in the file."""

    column: str | None
    header: str | None
    code: str
    message: str
    details: dict[str, Any]


class ImportRowOut(Schema):
    """What is to become, or became, of a row. row: as a spreadsheet numbers it. changes: per field `from` and `to`."""

    row: int
    outcome: OutcomeName
    id: UUID | None
    changes: dict[str, Any]
    errors: list[FaultOut]
    notes: list[FaultOut]


class ProgressOut(Schema):
    """How many of the rows the running check or apply has behind it."""

    done: int
    rows: int


class ImportOut(Schema):
    """An import. counts: rows by outcome, as the preview foresees them, once applied as they came about.

    noted: good rows that are worth a look, such as mended ones. errors: the first rows with errors. error: why the last
    check, apply or undoing did not finish. undo_counts: rows that took effect by what undoing makes of them, as its
    preview foresees it, once undone as it came about.
    """

    id: UUID
    noun: str
    file_name: str
    file_format: str
    file_bytes: int
    state: Literal[
        "checking", "checked", "applying", "applied", "failed", "undo_checking", "undo_checked", "undoing", "undone"
    ]
    mode: Literal["all_or_nothing", "skip_errors"] | None
    progress: ProgressOut
    counts: dict[OutcomeName, int]
    noted: int
    columns: list[HeaderOut]
    defaults: dict[str, str]
    errors: list[ImportRowOut]
    error: ErrorOut | None
    user_id: UUID
    created_at: datetime
    expires_at: datetime
    applied_at: datetime | None
    applied_by_id: UUID | None
    undo_counts: dict[UndoOutcomeName, int]
    undone_at: datetime | None
    undone_by_id: UUID | None


class ImportPage(Schema):
    """A page of imports, the newest first; `errors` of rows are not listed here."""

    items: list[ImportOut]
    next: str | None


class ImportRowPage(Schema):
    """A page of rows."""

    items: list[ImportRowOut]
    next: str | None


class ImportRowQuery(PageQuery):
    """Which rows."""

    outcome: OutcomeName | None = Field(None, description="only rows of this outcome")
    noted: bool = Field(False, description="only good rows that are worth a look")


class UndoRowOut(Schema):
    """What undoing is to make, or made, of a row that took effect.

    removed: what it created is no longer there, or no longer active. set_back: what it changed is as it was; reasons
    name the fields that are not. left: nothing of it is touched, for these reasons.
    """

    row: int
    outcome: UndoOutcomeName
    id: UUID | None
    changes: dict[str, Any]
    reasons: list[FaultOut]


class UndoRowPage(Schema):
    """A page of rows."""

    items: list[UndoRowOut]
    next: str | None


class UndoRowQuery(PageQuery):
    """Which rows."""

    outcome: UndoOutcomeName | None = Field(None, description="only rows of this outcome")
