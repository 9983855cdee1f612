"""The writers of imports themselves: the uploaded table, its state, and the results of its rows.

What an import does to customers, products and so on is done by those apps' own commands.
"""

import hashlib
import logging
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from typing import Any, BinaryIO
from uuid import UUID

import psycopg
import zstandard
from django.db import DatabaseError, IntegrityError, connection
from django.db.models import Q
from django.db.models.functions import Now

from core.actor import Actor
from core.clock import now
from core.errors import DomainError, IdReused, IdTaken
from core.fence import SETTING, company_fence
from core.ids import uuid7
from core.imports import headers
from core.imports.models import Import, ImportPart, Mode, State
from core.imports.registry import require_spec
from core.imports.rows import RawRow, Result, tally
from core.imports.tables import Table, open_table
from core.imports.undo_results import UndoResult

PART_ROWS = 500
KEPT = timedelta(days=7)
_SILENT_S = 120
"""A check or apply that gave no sign of life for so long has died with its process."""
_PULSE_S = 1.0
_UNDO = (State.UNDO_CHECKING, State.UNDOING)
_BEFORE: dict[State, tuple[tuple[State, ...], tuple[State, ...]]] = {
    State.CHECKING: ((State.CHECKING, State.CHECKED), (State.APPLYING,)),
    State.APPLYING: ((State.CHECKED,), (State.APPLYING,)),
    State.UNDO_CHECKING: ((State.APPLIED, State.UNDO_CHECKED), _UNDO),
    State.UNDOING: ((State.UNDO_CHECKED,), (State.UNDOING,)),
}
"""From which states each can begin; and from which after a crash."""
_log = logging.getLogger(__name__)


def upload(
    actor: Actor,
    noun: str,
    file: BinaryIO,
    *,
    file_name: str,
    sheet: str | None = None,
    columns: Mapping[str, str | None] | None = None,
    defaults: Mapping[str, str] | None = None,
    import_id: UUID | None = None,
) -> Import:
    """Read a table and keep it, in state `checking`. Nothing of it is applied yet.

    columns: headers of the file that mean another column than they seem to, or none. defaults: text for cells that say
    nothing, by column. import_id: the same upload under the same id is kept once. Raises typed errors for the file as
    a whole, for the columns and for the defaults; core.forbidden, imports.unknown_noun, sync.id_reused.
    """
    spec = require_spec(noun, actor)
    columns = dict(columns or {})
    defaults = {name: text.strip() for name, text in (defaults or {}).items() if text.strip()}
    digest = _digest(file, [noun, sheet, columns, defaults])
    with company_fence(actor.company_id):
        _purge_expired()
        known = Import.objects.filter(id=import_id).first() if import_id else None
    if known is not None:
        if known.file_digest != digest or known.user_id != actor.user_id:
            raise IdReused("Idempotency-Key")
        return known
    size = file.seek(0, 2)
    table = open_table(file, sheet or None)
    found = headers.match(spec, table.header, columns)
    headers.require_defaults(spec, defaults)
    headers.require_columns(spec, found, defaults)
    item = Import(
        id=import_id or uuid7(),
        company_id=actor.company_id,
        user_id=actor.user_id,
        noun=noun,
        file_name=file_name[-200:],
        file_format=table.format,
        file_bytes=size,
        file_digest=digest,
        header=[{"header": text, "column": name} for text, name in zip(table.header, found, strict=True)],
        defaults=defaults,
        rows=0,
        created_at=now(),
        beat_at=now(),
        expires_at=now() + KEPT,
    )
    _store(item, table)
    return item


def _store(item: Import, table: Table) -> None:
    with company_fence(item.company_id):
        try:
            item.save(force_insert=True)
        except IntegrityError:  # another company's, or uploaded in this very moment
            raise IdTaken("Idempotency-Key") from None
        number = 0
        while rows := list(islice(table.rows, PART_ROWS)):
            content = _pack(row.as_line() for row in rows)
            part = ImportPart(company_id=item.company_id, source_id=item.id, number=number, first_row=rows[0].number)
            part.content = content
            part.save(force_insert=True)
            item.rows += len(rows)
            number += 1
        item.save(update_fields=["rows"])


def read_rows(part: ImportPart) -> list[RawRow]:
    """The rows of a part as they were read."""
    return [RawRow.from_line(line) for line in _unpack(part.content)]


def read_results(part: ImportPart) -> list[Result]:
    """What is to become, or became, of the rows of a part; none before it was checked."""
    return [Result.from_line(line) for line in _unpack(part.results)]


def keep_results(part: ImportPart, results: list[Result], *, applied: bool) -> None:
    """Keep what is to become, or became, of a part's rows."""
    part.results = _pack(result.as_line() for result in results)
    part.counts = dict(tally(results))
    part.applied = applied
    part.save(update_fields=["results", "counts", "applied"])


def begin(item: Import, state: State, *, mode: Mode | None = None) -> bool:
    """Let a check, an apply or an undoing begin. False when the import is not ready for it; of two, one begins."""
    before, interrupted = _BEFORE[state]
    earlier = Q(state__in=before)
    dead = Q(state__in=interrupted, beat_at__lt=now() - timedelta(seconds=_SILENT_S))
    values: dict[str, Any] = {"state": state, "done": 0, "error": None} | ({"mode": mode} if mode else {})
    with company_fence(item.company_id):
        begun = Import.objects.filter(earlier | dead, id=item.id).update(beat_at=Now(), **values)
    for name, value in values.items():
        setattr(item, name, value)
    return begun == 1


def finish(item: Import, state: State, counts: Counter[str], *, by: Actor | None = None) -> None:
    """A check or an apply is through; in the transaction of its last effect. by: who applied it."""
    item.state, item.counts, item.done, item.error = state, dict(counts), item.rows, None
    names = ["state", "counts", "done", "error"]
    if by is not None:
        item.applied_at, item.applied_by_id = now(), by.user_id
        names += ["applied_at", "applied_by_id"]
    with company_fence(item.company_id):
        item.save(update_fields=names)


def keep_undo_results(part: ImportPart, results: list[UndoResult], *, undone: bool) -> None:
    """Keep what is to become, or became, of a part's rows as they are undone."""
    part.undo_results = _pack(result.as_line() for result in results)
    part.undo_counts = dict(Counter(result.outcome for result in results))
    part.undone = undone
    part.save(update_fields=["undo_results", "undo_counts", "undone"])


def read_undo_results(part: ImportPart) -> list[UndoResult]:
    """What is to become, or became, of a part's rows as they are undone; none before that was asked."""
    return [UndoResult.from_line(line) for line in _unpack(part.undo_results)]


def finish_undo(item: Import, state: State, counts: Counter[str], *, by: Actor | None = None) -> None:
    """A preview of undoing, or the undoing, is through. by: who undid it."""
    item.state, item.undo_counts, item.done, item.error = state, dict(counts), item.rows, None
    names = ["state", "undo_counts", "done", "error"]
    if by is not None:
        item.undone_at, item.undone_by_id = now(), by.user_id
        names += ["undone_at", "undone_by_id"]
    with company_fence(item.company_id):
        item.save(update_fields=names)


def give_up(item: Import, state: State, error: DomainError) -> None:
    """A check or an apply could not finish, and why."""
    item.state, item.error = state, {"code": error.code, "field": error.field, "details": error.details}
    with company_fence(item.company_id):
        item.save(update_fields=["state", "error"])


def purge(company_id: UUID, import_id: UUID) -> None:
    """Remove an import with its table and its results. The records that it made stay, and so do their commands."""
    with company_fence(company_id):
        Import.objects.filter(id=import_id).delete()


def _purge_expired() -> None:
    Import.objects.filter(expires_at__lte=now()).delete()


class Pulse:
    """Tells how far a long check or apply is, from outside of the transaction in which it runs."""

    def __init__(self, item: Import) -> None:
        self._item = item
        self._connection = connection.copy()
        self._told_at = time.monotonic()

    def tell(self, done: int) -> None:
        """So many rows are behind it; told at most once a second. Progress that cannot be told stops nothing."""
        if time.monotonic() - self._told_at < _PULSE_S:
            return
        self._told_at = time.monotonic()
        try:
            self._connection.ensure_connection()
            raw: psycopg.Connection[Any] = self._connection.connection
            with raw.transaction():
                raw.execute("select set_config(%s, %s, true)", [SETTING, str(self._item.company_id)])
                raw.execute("update imports_import set done = %s, beat_at = now() where id = %s", [done, self._item.id])
        except (psycopg.Error, DatabaseError):
            _log.warning("progress not told", extra={"import_id": str(self._item.id)})

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


@contextmanager
def pulse(item: Import) -> Iterator[Pulse]:
    """A pulse for as long as the block runs."""
    beating = Pulse(item)
    try:
        yield beating
    finally:
        beating.close()


def _digest(file: BinaryIO, options: list[Any]) -> str:
    digest = hashlib.sha256(repr(options).encode())
    file.seek(0)
    while chunk := file.read(2**20):
        digest.update(chunk)
    return digest.hexdigest()


def _pack(lines: Iterable[bytes]) -> bytes:
    return zstandard.ZstdCompressor(level=3).compress(b"\n".join(lines))


def _unpack(packed: bytes | memoryview | None) -> list[bytes]:
    if packed is None:
        return []
    plain = zstandard.ZstdDecompressor().decompress(packed)
    return plain.split(b"\n") if plain else []
