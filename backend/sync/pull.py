"""The pull: one statement, and the answer's JSON put together from finished text.

No domain table is touched, no model object is built and nothing is serialised. `sql/pull.sql` reads; this module
decides what the cursor means and writes the next one.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from django.db import connection, transaction

from accounts.errors import DeviceRevoked, UserInactive
from core.actor import Actor
from core.clock import now, to_wire
from core.errors import Unauthenticated, Unavailable
from core.feeds import kinds_for
from core.load import LOAD
from sync.cursors import Cursor, Paging, Position, kinds_digest, seal, unseal
from sync.limits import DEFAULT_PAGE_BYTES, MAX_PAGE_BYTES, MAX_REPAIRS, MIN_PAGE_BYTES
from sync.snapshots import Snapshot

TOMBSTONE_RETENTION = timedelta(days=90)
_STATEMENT = (
    "select * from sync_pull(%s::uuid, %s::uuid, %s::uuid, %s::text[], %s::text[], %s::pg_snapshot,"
    " %s::pg_snapshot, %s::uuid, %s::text, %s::uuid, %s::uuid, %s::uuid[], %s::int, %s::text, %s::uuid)"
)


@dataclass(frozen=True, slots=True)
class PullRequest:
    """What a phone asks for. digests: none, sample or all. max_bytes: of the rows' JSON, before compression."""

    cursor: str | None = None
    repair: tuple[UUID, ...] = ()
    digests: str = "sample"
    max_bytes: int = DEFAULT_PAGE_BYTES


class _Page(NamedTuple):
    """The columns of sync_pull, in its order."""

    state: str | None
    roles: list[str] | None
    epoch: UUID | None
    snapshot: str
    high: str | None
    acknowledged: int | None
    enters: str
    leaves: str
    rows: bytes
    row_count: int
    last_scope: UUID | None
    last_kind: str | None
    last_id: UUID | None
    complete: bool
    digests: str
    digest_last: UUID | None
    missing: str


def pull(actor: Actor, request: PullRequest, received_at: datetime, verdicts: bytes = b"[]") -> bytes:
    """One page of the answer as JSON bytes; `verdicts` is the finished JSON of a push in the same round trip.

    Raises sync.cursor_invalid, accounts.device_revoked, accounts.user_inactive.
    """
    given = unseal(request.cursor, actor) if request.cursor else None
    kinds = kinds_for(actor.roles)
    cursor = _reliable(given, kinds)
    page = _fetch(actor, kinds, cursor, request)
    if page.state == "roles":
        actor = replace(actor, roles=frozenset(page.roles or ()))
        kinds = kinds_for(actor.roles)
        cursor = _reliable(given, kinds)
        page = _fetch(actor, kinds, cursor, request)
    if page.state == "epoch":
        renew_epoch()
        page = _fetch(actor, kinds, cursor, request)
    _refuse(page.state)
    assert page.epoch is not None
    earlier = cursor.paging if cursor and cursor.epoch == page.epoch else None
    return b"".join(
        (
            b'{"epoch":"',
            str(page.epoch).encode(),
            b'","received_at":"',
            to_wire(received_at).encode(),
            b'","verdicts":',
            verdicts,
            b',"changes":{"enter":',
            page.enters.encode(),
            b',"leave":',
            page.leaves.encode(),
            b',"rows":[',
            page.rows,
            b']},"acknowledged":',
            str(earlier.acknowledged if earlier else page.acknowledged).encode(),
            b',"complete":true' if page.complete else b',"complete":false',
            b',"cursor":"',
            seal(_next(cursor, page, kinds, received_at, request), actor).encode(),
            b'","digests":',
            page.digests.encode(),
            b',"missing_files":',
            page.missing.encode(),
            b',"next_sync_after_s":%d}' % (LOAD.spread_s() if page.complete else 0),
        )
    )


def renew_epoch(*, always: bool = False) -> UUID:
    """Begin a new epoch where the present one is not valid on this cluster and timeline, or in any case."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select sync_renew_epoch(%s)", [always])
        epoch: UUID = cursor.fetchone()[0]
        return epoch


def _fetch(actor: Actor, kinds: tuple[str, ...], cursor: Cursor | None, request: PullRequest) -> _Page:
    """Run the statement. It stands alone in its transaction: one round trip, one snapshot."""
    paging = cursor.paging if cursor else None
    position = paging.position if paging else None
    values: list[Any] = [
        actor.company_id,
        actor.user_id,
        actor.device_id,
        sorted(actor.roles),
        list(kinds),
        str(cursor.seen) if cursor and cursor.seen else None,
        str(paging.snapshot) if paging else None,
        position.scope if position else None,
        position.kind if position else None,
        position.id if position else None,
        cursor.epoch if cursor else None,
        list(paging.repair if paging else request.repair[:MAX_REPAIRS]),
        max(MIN_PAGE_BYTES, min(request.max_bytes, MAX_PAGE_BYTES)),
        request.digests,
        cursor.sampled if cursor else None,
    ]
    connection.ensure_connection()
    try:
        # Past Django's own cursor: bound by the server and prepared, and the rows come as bytes.
        with psycopg.Cursor(connection.connection) as raw:
            found = raw.execute(_STATEMENT, values, prepare=True, binary=True).fetchone()
    except psycopg.errors.ObjectNotInPrerequisiteState as error:  # a standby: its snapshots omit running transactions
        raise Unavailable from error
    return _Page(*found)  # type: ignore[misc]


def _reliable(cursor: Cursor | None, kinds: tuple[str, ...]) -> Cursor | None:
    """The cursor as far as it can be relied on.

    Other kinds than it was made for, or an age at which tombstones may be gone: the answer begins anew and enters
    every scope. That is never a refusal, and the outbox is not touched.
    """
    if cursor is None or (cursor.kinds == kinds_digest(kinds) and not cursor.expired(now(), TOMBSTONE_RETENTION)):
        return cursor
    return replace(cursor, seen=None, paging=None)


def _refuse(state: str | None) -> None:
    if state == "revoked":
        raise DeviceRevoked
    if state == "inactive":
        raise UserInactive
    if state is None or state == "signed_out":
        raise Unauthenticated
    if state != "ok":
        raise Unavailable


def _next(
    cursor: Cursor | None, page: _Page, kinds: tuple[str, ...], received_at: datetime, request: PullRequest
) -> Cursor:
    """The cursor to hand out: of a page inside an answer, or the bounded snapshot of the answer's first page."""
    assert page.epoch is not None
    assert page.acknowledged is not None
    same = cursor if cursor is not None and cursor.epoch == page.epoch else None
    paging = same.paging if same else None
    snapshot = paging.snapshot if paging else Snapshot.parse(page.snapshot)
    began_at = paging.began_at if paging else received_at
    seen = same.seen if same else None
    sampled = same.sampled if same else None
    ever = [int(page.high)] if page.high else []
    if seen is not None:
        ever.append(seen.xmax - 1)
    if paging is not None:
        ever.append(paging.high)
    high = max(ever, default=0)
    # After the digests of a new epoch, and as long as the phone repairs what they showed.
    compares = cursor is not None and (same is None or (same.compares and bool(request.repair or paging)))
    digest = kinds_digest(kinds)
    if page.complete:
        if request.digests != "none":
            sampled = page.digest_last
        return Cursor(page.epoch, snapshot.bounded(high), digest, began_at, sampled, compares=compares)
    assert page.last_scope is not None
    assert page.last_kind is not None
    assert page.last_id is not None
    position = Position(page.last_scope, page.last_kind, page.last_id)
    repair = paging.repair if paging else request.repair[:MAX_REPAIRS]
    acknowledged = paging.acknowledged if paging else page.acknowledged
    # While paging, `seen` stays the old one: what is new to the phone is judged by it on every page.
    issued_at = same.issued_at if same and seen else began_at
    return Cursor(
        page.epoch,
        seen,
        digest,
        issued_at,
        sampled,
        Paging(snapshot, began_at, acknowledged, high, position, tuple(repair)),
        compares,
    )
