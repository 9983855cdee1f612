"""The shapes on the wire: what goes into a request, and what an answer says once it has been checked.

An answer is read whole before anything of it is believed. Members that this version does not know are ignored; a
member that it needs and does not find is `AnswerInvalid`.
"""

import dataclasses
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from roundsman_client.clock import Reading
from roundsman_client.digest import Digest
from roundsman_client.errors import AnswerInvalid

SIGN_IN = "/api/v1/auth/sign-in"
REFRESH = "/api/v1/auth/refresh"
SIGN_OUT = "/api/v1/auth/sign-out"
SYNC = "/api/v1/sync"
PUSH = "/api/v1/sync/push"
PULL = "/api/v1/sync/pull"
FILES = "/api/v1/files/"
TRAIL_POINTS = "/api/v1/trails/points"

PROTOCOL_UNKNOWN = "sync.protocol_unknown"
"""The server does not speak this version of the protocol: the app has to be updated, and no command is to blame."""

SCHEMA = 1
"""Version of the envelope. Each command carries a schema number of its own."""
COMMAND_SCHEMAS = {"visits.log": 2}
"""The version of its payload that this app writes, of each command where that is not 1 (see commands.md)."""
BATCH_COMMANDS = 100
"""At most this many commands in one request."""
BATCH_BYTES = 512 * 1024
"""A batch ends before its commands exceed this many bytes of JSON (a single command may)."""
COMMAND_BYTES = 256 * 1024
"""A payload may not exceed this many bytes of JSON."""
PAGE_BYTES = 1024 * 1024
"""How large a page of an answer should be, in bytes of JSON."""
REPAIR_SCOPES = 500
"""At most this many scopes are named in one `repair`."""
KEEP_DAYS = 30
"""Acknowledged commands are kept this long, to be sent again if the server loses them."""

_STATUSES = frozenset({"applied", "merged", "refused", "parked"})

Json = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Command:
    """One command as it was recorded. seq: contiguous per device, from 1. at, uptime_ms, boot_id: the moment."""

    seq: int
    id: str
    name: str
    schema: int
    payload: Json
    at: str
    uptime_ms: int
    boot_id: str
    depends_on: tuple[str, ...] = ()

    def wire(self) -> Json:
        """The command as a member of `commands`. Sent again, it is the same to the last byte."""
        return {
            "id": self.id,
            "seq": self.seq,
            "name": self.name,
            "schema": self.schema,
            "payload": self.payload,
            "at": self.at,
            "uptime_ms": self.uptime_ms,
            "boot_id": self.boot_id,
            "depends_on": list(self.depends_on),
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the server made of a command: applied, merged, refused or parked.

    `held` is this phone's own: the server would not even read the command, so it is kept back and shown.
    settled_at: when a person settled a parked command later.
    """

    command_id: str
    seq: int
    status: str
    name: str = ""
    code: str | None = None
    field: str | None = None
    message: str | None = None
    details: Json = dataclasses.field(default_factory=dict)
    conflicts: tuple[Json, ...] = ()
    settled_at: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a feed. data: None is a tombstone. tag: 16 hex digits, the row's share in its scope's digest."""

    scope: str
    kind: str
    id: str
    version: int
    tag: str
    data: Json | None


@dataclass(frozen=True, slots=True)
class Leave:
    """A scope this user may no longer see, and why."""

    scope: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of `/sync`, or of one of its halves (a push's answer has no cursor and no changes)."""

    epoch: str | None
    received_at_ms: int
    verdicts: tuple[Verdict, ...]
    enter: tuple[str, ...]
    leave: tuple[Leave, ...]
    rows: tuple[Row, ...]
    acknowledged: int
    complete: bool
    cursor: str | None
    digests: dict[str, Digest]
    missing_files: tuple[str, ...]
    next_sync_after_s: float


def push_request(clock: Reading, commands: Sequence[Command]) -> Json:
    """The body of a push."""
    return {"schema": SCHEMA, "clock": clock.wire(), "commands": [command.wire() for command in commands]}


def pull_request(clock: Reading, cursor: str | None, repair: Sequence[str], digests: str, max_bytes: int) -> Json:
    """The body of a pull. digests: `sample` or `all`. max_bytes: the wished size of a page."""
    return {
        "schema": SCHEMA,
        "clock": clock.wire(),
        "cursor": cursor,
        "repair": list(repair),
        "digests": digests,
        "max_bytes": max_bytes,
    }


def parse_push(body: Json) -> Answer:
    """A push's answer, checked."""
    return _parse(body, pull=False)


def parse_pull(body: Json) -> Answer:
    """The answer of a pull or of both halves in one, checked."""
    return _parse(body, pull=True)


def _parse(body: Json, *, pull: bool) -> Answer:
    try:
        changes = body.get("changes") or {}
        answer = Answer(
            epoch=body.get("epoch"),
            received_at_ms=unix_ms(body["received_at"]),
            verdicts=_each(_verdict, body.get("verdicts")),
            enter=tuple(changes.get("enter") or ()),
            leave=_each(lambda item: Leave(item["scope"], item.get("reason") or ""), changes.get("leave")),
            rows=_each(_row, changes.get("rows")),
            acknowledged=int(body.get("acknowledged") or 0),
            complete=bool(body["complete"]) if pull else True,
            cursor=body["cursor"] if pull else None,
            digests={scope: _digest(item) for scope, item in (body.get("digests") or {}).items()},
            missing_files=tuple(body.get("missing_files") or ()),
            next_sync_after_s=float(body.get("next_sync_after_s") or 0),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise AnswerInvalid(f"{type(error).__name__}: {error}") from error
    if pull and not (answer.epoch and answer.cursor):
        raise AnswerInvalid("a pull's answer without epoch or cursor")
    return answer


def _each(parse: Callable[[Json], T], items: Sequence[Json] | None) -> tuple[T, ...]:
    return tuple(parse(item) for item in items or ())


def _verdict(item: Json) -> Verdict:
    return Verdict(
        command_id=item["id"],
        seq=int(item["seq"]),
        status=status_of(item),
        code=item.get("code"),
        field=item.get("field"),
        message=item.get("message"),
        details=item.get("details") or {},
        conflicts=tuple(item.get("conflicts") or ()),
    )


def status_of(item: Json) -> str:
    """The status of a verdict; one that this version does not know waits for a person, as a parked one does."""
    status = item["status"]
    return status if status in _STATUSES else "parked"


def _row(item: Json) -> Row:
    data = item["data"]
    # A tombstone has no share in the digest, whatever stands in its tag.
    tag = _hex16(item["tag"]) if data is not None else ""
    return Row(item["scope"], item["kind"], item["id"], int(item.get("version") or 0), tag, data)


def _digest(item: Json) -> Digest:
    return Digest(int(item["rows"]), _hex16(item["sum"]))


def _hex16(text: str) -> str:
    if len(text) != 16:
        raise ValueError(f"{text!r} is not 16 hex digits")
    return f"{int(text, 16):016x}"


def unix_ms(instant: str) -> int:
    """Unix milliseconds of an RFC 3339 instant with an offset."""
    moment = datetime.fromisoformat(instant)
    if moment.tzinfo is None:
        raise ValueError(f"{instant!r} has no offset")
    return int(moment.timestamp() * 1000)


def holds_nul(value: Any) -> bool:
    """Whether there is a NUL character in a text or a name of this JSON value: no server can store it."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(holds_nul(name) or holds_nul(item) for name, item in value.items())
    return isinstance(value, list | tuple) and any(holds_nul(item) for item in value)


def to_text(value: Any) -> str:
    """Compact JSON. Refuses (ValueError, TypeError) what JSON cannot say, such as NaN or half a surrogate pair."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    text.encode("utf-8")
    return text
