"""The endpoints of imports: upload a table and get its preview, look at it, apply it."""

import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO, cast
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile

from core.actor import Actor
from core.clock import to_wire
from core.errors import CATALOGUE, DomainError, InvalidInput
from core.fence import company_fence
from core.imports import commands, queries, running, schemas
from core.imports.models import Import
from core.imports.registry import SPECS
from core.imports.rows import OUTCOMES, Result
from core.imports.undo_results import UNDO_OUTCOMES
from core.rest import fenced, idempotency_key, json_response, locale_of, read_cursor, write_cursor
from core.rest_schemas import READ_ERRORS, ErrorBody, PageQuery

router = Router(tags=["imports"])
_FIRST_ERRORS = 50
_UPLOAD_ERRORS = {400: ErrorBody, 401: ErrorBody, 403: ErrorBody, 409: ErrorBody, 413: ErrorBody, 422: ErrorBody}


@router.get("/imports/nouns", response={200: schemas.NounList, 401: ErrorBody})
def list_nouns(request: HttpRequest) -> HttpResponse:
    """What the caller may import, with the columns that each import understands."""
    actor, locale = _actor(request), locale_of(request)
    items = [
        {
            "noun": spec.noun,
            "title": spec.title(locale),
            "required": spec.required,
            "columns": [
                {
                    "name": column.name,
                    "title": column.title(locale),
                    "kind": column.kind.name,
                    "choices": column.kind.choices,
                    "headers": [column.name, column.en, column.zh, *column.aliases],
                }
                for column in spec.columns
            ],
        }
        for spec in SPECS.values()
        if not actor.roles.isdisjoint(spec.roles)
    ]
    return json_response({"items": items})


@router.post("/imports", response={200: schemas.ImportOut, 202: schemas.ImportOut, 503: ErrorBody} | _UPLOAD_ERRORS)
def create(
    request: HttpRequest,
    noun: Form[str],
    file: File[UploadedFile],
    columns: Form[str] = "",
    defaults: Form[str] = "",
    sheet: Form[str] = "",
) -> HttpResponse:
    """Upload a table (CSV or xlsx) and get its preview. Nothing is applied yet.

    columns: JSON, header in the file to column, or to null for one that shall not be used. defaults: JSON, column to
    text for cells that say nothing. sheet: of a workbook; the first one unless given. 202: the table is large, and its
    preview is being made. The same upload with the same `Idempotency-Key` gives the same import.
    """
    actor = _actor(request)
    item = running.upload_and_check(
        actor,
        noun,
        cast(BinaryIO, file.file),
        file_name=_plain_name(file.name or ""),
        sheet=sheet or None,
        columns=_mapping(columns, "columns", nullable=True),
        defaults=_mapping(defaults, "defaults"),
        import_id=idempotency_key(request),
    )
    return _answer(request, item)


@router.get("/imports", response={200: schemas.ImportPage} | READ_ERRORS)
@fenced
def list_imports(request: HttpRequest, filters: Query[PageQuery]) -> HttpResponse:
    """The caller's imports, for an administrator everybody's; the newest first."""
    rows = queries.list_imports(_actor(request)).order_by("-id")
    if filters.cursor:
        rows = rows.filter(id__lt=read_cursor(filters.cursor, 1)[0])
    found = list(rows[: filters.limit + 1])
    shown = found[: filters.limit]
    following = write_cursor([shown[-1].id]) if len(found) > filters.limit else None
    return json_response({"items": [_import(request, item, []) for item in shown], "next": following})


@router.get("/imports/{import_id}", response={200: schemas.ImportOut} | READ_ERRORS)
@fenced
def get(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """One import: its state, progress, counts, and the first rows with errors."""
    return _answer(request, queries.get_import(_actor(request), import_id), status=200)


@router.get("/imports/{import_id}/rows", response={200: schemas.ImportRowPage} | READ_ERRORS)
@fenced
def list_rows(request: HttpRequest, import_id: UUID, filters: Query[schemas.ImportRowQuery]) -> HttpResponse:
    """What is to become, or became, of each row, in the order of the file."""
    item = queries.get_import(_actor(request), import_id)
    after = _row_number(filters.cursor)
    shown, following = _cut(queries.list_results(item, filters.outcome, after, noted=filters.noted), item, filters)
    headers, locale = _headers(item), locale_of(request)
    return json_response({"items": [row.as_wire(headers, locale) for row in shown], "next": following})


@router.get(
    "/imports/{import_id}/errors.csv",
    response={200: None} | READ_ERRORS,
    openapi_extra={"responses": {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}},
)
@fenced
def download_errors(request: HttpRequest, import_id: UUID) -> StreamingHttpResponse:
    """Every error as CSV (UTF-8 with a mark, as spreadsheets like it): row, column, code, message."""
    item = queries.get_import(_actor(request), import_id)
    response = StreamingHttpResponse(_error_lines(item, locale_of(request)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-errors-{item.id}.csv"'
    return response


@router.post(
    "/imports/{import_id}/apply",
    response={200: schemas.ImportOut, 202: schemas.ImportOut, 400: ErrorBody, 409: ErrorBody, 503: ErrorBody}
    | READ_ERRORS,
)
def run(request: HttpRequest, import_id: UUID, payload: schemas.ApplyIn) -> HttpResponse:
    """Apply an import: the whole table or nothing, or its good rows. What was applied is not applied again.

    202: the table is large, and its rows are being applied.
    """
    return _answer(request, running.apply_checked(_actor(request), import_id, payload.mode))


@router.post(
    "/imports/{import_id}/undo/preview",
    response={200: schemas.ImportOut, 202: schemas.ImportOut, 409: ErrorBody, 503: ErrorBody} | READ_ERRORS,
)
def preview_undo(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Ask what undoing an applied import would do, row by row. Nothing is undone yet.

    202: the table is large, and the preview is being made.
    """
    return _answer(request, running.preview_undo(_actor(request), import_id))


@router.post(
    "/imports/{import_id}/undo",
    response={200: schemas.ImportOut, 202: schemas.ImportOut, 409: ErrorBody, 503: ErrorBody} | READ_ERRORS,
)
def undo(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Undo an import whose undoing was previewed: remove what it made, set back what it changed.

    What was changed since stays. What was undone is not undone again. 202: the table is large, and is being undone.
    """
    return _answer(request, running.undo(_actor(request), import_id))


@router.get("/imports/{import_id}/undo/rows", response={200: schemas.UndoRowPage} | READ_ERRORS)
@fenced
def list_undo_rows(request: HttpRequest, import_id: UUID, filters: Query[schemas.UndoRowQuery]) -> HttpResponse:
    """What undoing is to make, or made, of each row that took effect, in the order of the file."""
    item = queries.get_import(_actor(request), import_id)
    shown, following = _cut(
        queries.list_undo_results(item, filters.outcome, _row_number(filters.cursor)), item, filters
    )
    headers, locale = _headers(item), locale_of(request)
    return json_response({"items": [row.as_wire(headers, locale) for row in shown], "next": following})


def _cut(results: Iterator[Any], item: Import, filters: PageQuery) -> tuple[list[Any], str | None]:
    """A page of results, and the cursor of what follows."""
    shown = list(islice(results, filters.limit + 1))
    if len(shown) <= filters.limit:
        return shown, None
    return shown[:-1], write_cursor([shown[-2].row, item.id])


def _answer(request: HttpRequest, item: Import, status: int | None = None) -> HttpResponse:
    with company_fence(item.company_id):
        errors = []
        for result in queries.list_results(item, "error"):
            errors.append(result)
            if len(errors) == _FIRST_ERRORS:
                break
    return json_response(_import(request, item, errors), status or (202 if item.is_running else 200))


def _import(request: HttpRequest, item: Import, errors: list[Result]) -> dict[str, Any]:
    headers, locale = _headers(item), locale_of(request)
    return {
        "id": item.id,
        "noun": item.noun,
        "file_name": item.file_name,
        "file_format": item.file_format,
        "file_bytes": item.file_bytes,
        "state": item.state,
        "mode": item.mode,
        "progress": {"done": item.done, "rows": item.rows},
        "counts": {outcome: item.counts.get(outcome, 0) for outcome in OUTCOMES},
        "noted": item.counts.get("noted", 0),
        "columns": item.header,
        "defaults": item.defaults,
        "errors": [result.as_wire(headers, locale) for result in errors],
        "error": _reason(item.error, locale),
        "user_id": item.user_id,
        "created_at": to_wire(item.created_at),
        "expires_at": to_wire(item.expires_at),
        "applied_at": item.applied_at and to_wire(item.applied_at),
        "applied_by_id": item.applied_by_id,
        "undo_counts": {outcome: item.undo_counts.get(outcome, 0) for outcome in UNDO_OUTCOMES},
        "undone_at": item.undone_at and to_wire(item.undone_at),
        "undone_by_id": item.undone_by_id,
    }


def _reason(error: dict[str, Any] | None, locale: str) -> dict[str, Any] | None:
    if error is None:
        return None
    kind = CATALOGUE.get(error["code"], DomainError)
    body: dict[str, Any] = kind(error["field"], **error["details"]).as_body(locale)["error"]
    return body


def _error_lines(item: Import, locale: str) -> Iterator[bytes]:
    """A header and one line per error. It is sent after the request and as slowly as the client takes it, so each part
    is read in a transaction of its own."""
    titles = ("行", "列", "代码", "说明") if locale.startswith("zh") else ("row", "column", "code", "message")
    yield b"\xef\xbb\xbf" + _csv_line(titles)
    headers = _headers(item)
    with company_fence(item.company_id):
        numbers = queries.list_parts_with_errors(item)
    for number in numbers:
        with company_fence(item.company_id):
            results = commands.read_results(queries.get_part(item, number))
        for result in results:
            for fault in result.errors:
                wire = fault.as_wire(headers, locale)
                yield _csv_line((result.row, wire["header"] or "", wire["code"], wire["message"]))


def _csv_line(cells: tuple[Any, ...]) -> bytes:
    """A line of CSV. A text that a spreadsheet would take for a formula is quoted as text."""
    safe = [f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@")) else cell for cell in cells]
    line = io.StringIO()
    csv.writer(line).writerow(safe)
    return line.getvalue().encode()


def _headers(item: Import) -> dict[str, str]:
    """What the columns are called in the file."""
    return {given["column"]: given["header"] for given in item.header if given["column"]}


def _mapping(text: str, name: str, *, nullable: bool = False) -> dict[str, Any]:
    """A form field with a JSON object of texts."""
    try:
        value = orjson.loads(text or "{}")
    except orjson.JSONDecodeError:
        value = None
    kinds = (str, type(None)) if nullable else (str,)
    if not isinstance(value, dict) or not all(isinstance(item, kinds) for item in value.values()):
        raise InvalidInput(name, reason="must be a JSON object of texts")
    if any("\0" in part for pair in value.items() for part in pair if part is not None):
        raise InvalidInput(name, reason="must not hold NUL")
    return value


def _row_number(cursor: str | None) -> int:
    if cursor is None:
        return 0
    after = read_cursor(cursor, 2)[0]
    if not isinstance(after, int) or not 0 <= after < 2**31:
        raise InvalidInput("cursor", reason="not a cursor of this list")
    return after


def _plain_name(name: str) -> str:
    return "".join(char for char in name if char.isprintable())


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
