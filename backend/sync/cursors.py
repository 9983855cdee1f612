"""The cursor: one opaque, authenticated string that says what a phone has seen, and where an answer is to go on.

It is bound to company, user and device. Garbage, truncation, tampering and another device's cursor are one typed
error. It can never widen access: grants are read afresh at every pull.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID

import orjson
from django.conf import settings

from core.actor import Actor
from sync.errors import CursorInvalid
from sync.limits import MAX_CURSOR
from sync.snapshots import Snapshot

_FORMAT = 1
_SEAL_BYTES = 16


@dataclass(frozen=True, slots=True)
class Position:
    """The last row of a page, in the order scope, kind, id."""

    scope: UUID
    kind: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Paging:
    """Inside an answer of several pages: what the first page said, the highest id so far, and the last row.

    snapshot, began_at, acknowledged: the first page's. The rows of all pages together show that moment, so the whole
    answer is as old as it and contains no later command.
    """

    snapshot: Snapshot
    began_at: datetime
    acknowledged: int
    high: int
    position: Position
    repair: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Cursor:
    """What a phone has seen.

    seen: the bounded snapshot of its last complete answer; None before the first. issued_at: the moment that it shows.
    kinds: names the kinds that its user's roles gave him; others mean that every scope is entered anew. sampled: the
    last scope whose digest was sent. compares: given with the digests of a new epoch, so that repairs are expected.
    """

    epoch: UUID
    seen: Snapshot | None
    kinds: str
    issued_at: datetime
    sampled: UUID | None = None
    paging: Paging | None = None
    compares: bool = False

    def expired(self, now: datetime, retention: timedelta) -> bool:
        """Whether tombstones that this cursor still needs may have been purged."""
        return now - self.issued_at > retention


@lru_cache(maxsize=64)
def kinds_digest(kinds: tuple[str, ...]) -> str:
    """A short name for a set of kinds."""
    return hashlib.sha256(",".join(sorted(kinds)).encode()).hexdigest()[:8]


def seal(cursor: Cursor, actor: Actor) -> str:
    """The cursor as the opaque string that goes to the phone."""
    paging = cursor.paging
    content = orjson.dumps(
        [
            _FORMAT,
            cursor.epoch.hex,
            str(cursor.seen) if cursor.seen else None,
            cursor.kinds,
            int(cursor.issued_at.timestamp()),
            cursor.sampled.hex if cursor.sampled else None,
            None
            if paging is None
            else [
                str(paging.snapshot),
                int(paging.began_at.timestamp()),
                paging.acknowledged,
                paging.high,
                paging.position.scope.hex,
                paging.position.kind,
                paging.position.id.hex,
                [scope.hex for scope in paging.repair],
            ],
            cursor.compares,
        ]
    )
    return base64.urlsafe_b64encode(_mac(content, actor) + content).decode().rstrip("=")


def unseal(text: str, actor: Actor) -> Cursor:
    """Read a cursor that this server sealed for this very device. Raises sync.cursor_invalid for anything else."""
    try:
        if len(text) > MAX_CURSOR:
            raise ValueError
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        content = raw[_SEAL_BYTES:]
        if not hmac.compare_digest(raw[:_SEAL_BYTES], _mac(content, actor)):
            raise ValueError
        form, epoch, seen, kinds, issued_at, sampled, paging, compares = orjson.loads(content)
        if form != _FORMAT:
            raise ValueError
        return Cursor(
            UUID(epoch),
            Snapshot.parse(seen) if seen else None,
            kinds,
            datetime.fromtimestamp(issued_at, UTC),
            UUID(sampled) if sampled else None,
            _paging(*paging) if paging else None,
            compares,
        )
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise CursorInvalid("cursor") from None


def _paging(
    snapshot: str, began_at: int, acknowledged: int, high: int, scope: str, kind: str, id_: str, repair: list[str]
) -> Paging:
    return Paging(
        Snapshot.parse(snapshot),
        datetime.fromtimestamp(began_at, UTC),
        acknowledged,
        high,
        Position(UUID(scope), kind, UUID(id_)),
        tuple(UUID(item) for item in repair),
    )


def _mac(content: bytes, actor: Actor) -> bytes:
    """The seal: HMAC-SHA-256 over the content and over whom it belongs to, cut to 128 bits."""
    owner = f"{actor.company_id}|{actor.user_id}|{actor.device_id}|".encode()
    return hmac.digest(_key(settings.SECRET_KEY), owner + content, "sha256")[:_SEAL_BYTES]


@lru_cache(maxsize=2)
def _key(secret: str) -> bytes:
    return hashlib.sha256(b"roundsman.sync.cursor|" + secret.encode()).digest()
