"""The shapes of sync on the wire, for the OpenAPI and for the commands of this app."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from core.envelope import MAX_BOOT_ID, MAX_UPTIME_MS, YEARS
from core.judging import MAX_PAYLOAD_BYTES, MAX_PAYLOAD_DEPTH
from core.payloads import Line, Payload
from core.rest_schemas import VerdictOut
from sync.limits import (
    DEFAULT_PAGE_BYTES,
    MAX_BIGINT,
    MAX_COMMANDS,
    MAX_CURSOR,
    MAX_DEPENDS_ON,
    MAX_NAME,
    MAX_PAGE_BYTES,
    MAX_REPAIRS,
    MAX_SCHEMA,
    MIN_PAGE_BYTES,
)

UptimeMs = Annotated[int, Field(ge=0, le=MAX_UPTIME_MS)]
BootId = Annotated[str, Field(min_length=1, max_length=MAX_BOOT_ID)]


class RestoreValue(Payload):
    """Put a losing value back: `sync.restore_value`."""

    conflict_id: UUID


class AcceptValue(Payload):
    """Leave the value that stands: `sync.accept_value`."""

    conflict_id: UUID


class Release(Payload):
    """Run a parked or refused command once more: `sync.release`. as_user_id: under whose name; its own by default."""

    command_id: UUID
    as_user_id: UUID | None = None


class Discard(Payload):
    """Decide that a parked command is not applied: `sync.discard`."""

    command_id: UUID
    reason: Line


class ClockIn(Schema):
    """What the device's clocks read when the request was sent. boot_id: the same from one start to the next."""

    at: datetime = Field(description=f"wall clock, RFC 3339 with offset, between the years {YEARS[0]} and {YEARS[1]}")
    uptime_ms: UptimeMs | None = Field(None, description="milliseconds since boot, deep sleep included")
    boot_id: BootId | None = None


class CommandIn(Schema):
    """One recorded command, the same to the last byte whenever it is sent.

    id: made by the phone. name: as in commands.md. schema: the version of the payload, as this app writes it.
    uptime_ms: since boot, deep sleep included, when it was recorded. boot_id: when it was recorded. depends_on:
    commands without which this one makes no sense.
    """

    id: UUID
    seq: int = Field(gt=0, le=MAX_BIGINT, description="contiguous per device")
    name: str = Field(min_length=1, max_length=MAX_NAME)
    schema_: int = Field(1, alias="schema", gt=0, le=MAX_SCHEMA)
    payload: dict[str, Any] = Field(
        description=f"as in commands.md; at most {MAX_PAYLOAD_BYTES} bytes of JSON and {MAX_PAYLOAD_DEPTH} levels",
        json_schema_extra={"x-max-bytes": MAX_PAYLOAD_BYTES, "x-max-depth": MAX_PAYLOAD_DEPTH},
    )
    at: datetime | None = Field(
        None, description=f"wall clock when it was recorded, between the years {YEARS[0]} and {YEARS[1]}"
    )
    uptime_ms: UptimeMs | None = None
    boot_id: BootId | None = None
    depends_on: list[UUID] = Field([], max_length=MAX_DEPENDS_ON)


class SyncIn(Schema):
    """A round trip: push and pull. Members that are absent mean nothing to push, a first pull, the defaults.

    schema: of the protocol. clock: at the moment of sending. commands: in the order of their numbers. digests: of which
    scopes a complete answer shall bring the digests.
    """

    schema_: Literal[1] = Field(1, alias="schema")
    clock: ClockIn | None = None
    commands: list[CommandIn] = Field([], max_length=MAX_COMMANDS)
    cursor: str | None = Field(
        None, max_length=MAX_CURSOR, description="as the last answer gave it; null for a first pull"
    )
    repair: list[UUID] = Field([], max_length=MAX_REPAIRS, description="scopes whose digest differs")
    digests: Literal["none", "sample", "all"] = "sample"
    max_bytes: int = Field(
        DEFAULT_PAGE_BYTES,
        gt=0,
        le=MAX_BIGINT,
        description=f"of the rows' JSON on this page; kept between {MIN_PAGE_BYTES} and {MAX_PAGE_BYTES}",
    )


class LeaveOut(Schema):
    """A scope that the phone has to drop. scope: its id. reason: for people and logs, such as reassigned."""

    scope: UUID
    reason: str


class RowOut(Schema):
    """A published row.

    scope: what it is visible with. kind: as in feeds.md. id: the row's. version: counts the row's changes. data: as in
    feeds.md; null is a tombstone.
    """

    scope: UUID
    kind: str
    id: UUID
    version: int
    tag: str = Field(description="16 hex digits")
    data: dict[str, Any] | None


class ChangesOut(Schema):
    """What changed for this phone. Apply leave, then enter, then rows.

    enter: scopes whose rows follow whole; drop what is here of them. leave: scopes to drop. rows: new, changed, gone.
    """

    enter: list[UUID]
    leave: list[LeaveOut]
    rows: list[RowOut]


class DigestOut(Schema):
    """What a scope ought to hold. rows: how many. sum: of their tags modulo 2^64, as 16 hex digits."""

    rows: int
    sum: str


class SyncOut(Schema):
    """The answer of a round trip: one page of it.

    epoch: the server's history; another one means that digests are to be compared. received_at: by the server's clock.
    verdicts: one for each command sent, in their order. changes: what is new for this phone. acknowledged: the highest
    number up to which every command of this device is contained in the answer. complete: whether this is its last page;
    if not, ask again with the cursor and no commands. cursor: opaque; give it back as it came. digests: by scope.
    missing_files: SHA-256 of files that this device is still to send. next_sync_after_s: stay away that long when idle.
    """

    epoch: UUID
    received_at: datetime
    verdicts: list[VerdictOut]
    changes: ChangesOut
    acknowledged: int
    complete: bool
    cursor: str
    digests: dict[str, DigestOut]
    missing_files: list[str]
    next_sync_after_s: int = Field(description="above zero: a phone without work to send stays away so many seconds")


class PushOut(Schema):
    """The answer of a push alone.

    received_at: by the server's clock. verdicts: one for each command sent, in their order. acknowledged: the highest
    number up to which every command of this device has a verdict.
    """

    received_at: datetime
    verdicts: list[VerdictOut]
    acknowledged: int
