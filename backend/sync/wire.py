"""From the bytes of a sync request to plain values. What cannot be read is named; a bad command blocks no other.

The envelope is read by hand: a push of a hundred commands must not cost a validation of a thousand optional members
before the first command is judged.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from core.batches import CommandRequest
from core.clock import ClockReading
from core.errors import InvalidInput, InvalidJson
from sync.errors import SchemaUnknown, TooManyCommands
from sync.limits import (
    DEFAULT_PAGE_BYTES,
    MAX_BIGINT,
    MAX_BOOT_ID,
    MAX_COMMANDS,
    MAX_DEPENDS_ON,
    MAX_NAME,
    MAX_REPAIRS,
    MAX_SCHEMA,
    MAX_UPTIME_MS,
    YEARS,
)
from sync.pull import PullRequest
from sync.push import Push

PROTOCOL = 1


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """Both halves of a round trip."""

    push: Push
    pull: PullRequest


def read_sync(body: bytes, received_at: datetime) -> SyncRequest:
    """Parse the body of `POST /sync`, `/sync/push` or `/sync/pull`.

    Raises core.invalid_json, core.invalid_input (the member is named), sync.protocol_unknown, sync.too_many_commands.
    """
    content = _load(body)
    if not isinstance(content, dict):
        raise InvalidJson(reason="not an object")
    schema = content.get("schema", PROTOCOL)
    if schema != PROTOCOL:
        raise SchemaUnknown("schema", schema=schema if isinstance(schema, int) else None)
    clock = _clock(_member(content, "clock", dict) or {}, received_at)
    commands = _member(content, "commands", list) or []
    if len(commands) > MAX_COMMANDS:
        raise TooManyCommands("commands", limit=MAX_COMMANDS)
    requests = [_command(item, f"commands.{index}") for index, item in enumerate(commands)]
    return SyncRequest(Push(clock, requests), _pull(content))


def _load(body: bytes) -> Any:
    """JSON, also with halves of surrogate pairs (which orjson refuses): one bad text must not block a whole outbox."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        reason = str(error)
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise InvalidJson(reason=reason) from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _member(content: Mapping[str, Any], name: str, kind: type[Any]) -> Any:
    value = content.get(name)
    if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
        raise InvalidInput(name, reason=f"must be {_NAMES[kind]}")
    return value


_NAMES = {dict: "an object", list: "an array", str: "a string", int: "an integer"}


def _pull(content: Mapping[str, Any]) -> PullRequest:
    digests = content.get("digests", "sample")
    if digests not in ("none", "sample", "all"):
        raise InvalidInput("digests", reason="must be none, sample or all")
    repair = _member(content, "repair", list) or []
    if len(repair) > MAX_REPAIRS:
        raise InvalidInput("repair", reason=f"at most {MAX_REPAIRS} scopes")
    max_bytes = _member(content, "max_bytes", int) or DEFAULT_PAGE_BYTES
    if not 0 < max_bytes <= MAX_BIGINT:
        raise InvalidInput("max_bytes", reason="out of range")
    scopes = tuple(_uuid(scope, f"repair.{index}") for index, scope in enumerate(repair))
    return PullRequest(_member(content, "cursor", str) or None, scopes, digests, max_bytes)


def _command(item: Any, path: str) -> CommandRequest:
    """One command. Without an id, a number and a name it cannot be stored; any other fault is its own refusal."""
    if not isinstance(item, dict):
        raise InvalidInput(path, reason="must be an object")
    name, seq = item.get("name"), item.get("seq")
    if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME or not name.isprintable():
        raise InvalidInput(f"{path}.name", reason=f"must be a string of 1 to {MAX_NAME} characters")
    if not isinstance(seq, int) or isinstance(seq, bool) or not 0 < seq <= MAX_BIGINT:
        raise InvalidInput(f"{path}.seq", reason="must be a positive integer")
    request = CommandRequest(name, item.get("payload"), id=_uuid(item.get("id"), f"{path}.id"), schema=1, seq=seq)
    try:
        _read_evidence(request, item)
    except InvalidInput as fault:
        request.fault = fault
    return request


def _read_evidence(request: CommandRequest, item: Mapping[str, Any]) -> None:
    schema = item.get("schema", 1)
    if not isinstance(schema, int) or isinstance(schema, bool) or not 0 < schema <= MAX_SCHEMA:
        raise InvalidInput("schema", reason="must be a positive integer")
    request.schema = schema
    request.claimed_at = _instant(item.get("at"), "at")
    request.uptime_ms, request.boot_id = _uptime(item)
    depends_on = _member(item, "depends_on", list) or []
    if len(depends_on) > MAX_DEPENDS_ON:
        raise InvalidInput("depends_on", reason=f"at most {MAX_DEPENDS_ON} commands")
    request.depends_on = [_uuid(id_, "depends_on") for id_ in depends_on]
    if not isinstance(request.payload, dict):
        raise InvalidInput("payload", reason="must be an object")


def _clock(content: Mapping[str, Any], received_at: datetime) -> ClockReading:
    try:
        uptime_ms, boot_id = _uptime(content)
        return ClockReading(_instant(content.get("at"), "at") or received_at, uptime_ms, boot_id)
    except InvalidInput as error:
        raise InvalidInput(f"clock.{error.field}", **error.details) from None


def _uptime(content: Mapping[str, Any]) -> tuple[int | None, str | None]:
    uptime_ms, boot_id = _member(content, "uptime_ms", int), _member(content, "boot_id", str)
    if uptime_ms is not None and not 0 <= uptime_ms <= MAX_UPTIME_MS:
        raise InvalidInput("uptime_ms", reason="out of range")
    if boot_id is not None and not (0 < len(boot_id) <= MAX_BOOT_ID and boot_id.isprintable()):
        raise InvalidInput("boot_id", reason=f"must have 1 to {MAX_BOOT_ID} printable characters")
    return uptime_ms, boot_id


def _instant(value: Any, field: str) -> datetime | None:
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise InvalidInput(field, reason="must be an RFC 3339 instant") from None
    if found.tzinfo is None or not YEARS[0] <= found.year <= YEARS[1]:
        raise InvalidInput(
            field, reason=f"must be an RFC 3339 instant with an offset, between {YEARS[0]} and {YEARS[1]}"
        )
    return found


def _uuid(value: Any, field: str) -> UUID:
    try:
        if not isinstance(value, str):
            raise ValueError
        return UUID(value)
    except ValueError:
        raise InvalidInput(field, reason="must be a UUID") from None
