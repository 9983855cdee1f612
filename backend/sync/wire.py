"""From the bytes of a sync request to plain values. What cannot be read is named; a bad command blocks no other.

The envelope is read by hand: a push of a hundred commands must not cost a validation of a thousand optional members
before the first command is judged.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.batches import CommandRequest
from core.envelope import clock, instant, load_json, member, uptime, uuid
from core.errors import InvalidInput, InvalidJson
from sync.errors import SchemaUnknown, TooManyCommands
from sync.limits import (
    DEFAULT_PAGE_BYTES,
    MAX_BIGINT,
    MAX_COMMANDS,
    MAX_DEPENDS_ON,
    MAX_NAME,
    MAX_REPAIRS,
    MAX_SCHEMA,
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
    content = load_json(body)
    if not isinstance(content, dict):
        raise InvalidJson(reason="not an object")
    schema = content.get("schema", PROTOCOL)
    if schema != PROTOCOL:
        raise SchemaUnknown("schema", schema=schema if isinstance(schema, int) else None)
    reading = clock(member(content, "clock", dict) or {}, received_at, "clock.")
    commands = member(content, "commands", list) or []
    if len(commands) > MAX_COMMANDS:
        raise TooManyCommands("commands", limit=MAX_COMMANDS)
    requests = [_command(item, f"commands.{index}") for index, item in enumerate(commands)]
    return SyncRequest(Push(reading, requests), _pull(content))


def _pull(content: Mapping[str, Any]) -> PullRequest:
    digests = content.get("digests", "sample")
    if digests not in ("none", "sample", "all"):
        raise InvalidInput("digests", reason="must be none, sample or all")
    repair = member(content, "repair", list) or []
    if len(repair) > MAX_REPAIRS:
        raise InvalidInput("repair", reason=f"at most {MAX_REPAIRS} scopes")
    max_bytes = member(content, "max_bytes", int) or DEFAULT_PAGE_BYTES
    if not 0 < max_bytes <= MAX_BIGINT:
        raise InvalidInput("max_bytes", reason="out of range")
    scopes = tuple(uuid(scope, f"repair.{index}") for index, scope in enumerate(repair))
    return PullRequest(member(content, "cursor", str) or None, scopes, digests, max_bytes)


def _command(item: Any, path: str) -> CommandRequest:
    """One command. Without an id, a number and a name it cannot be stored; any other fault is its own refusal."""
    if not isinstance(item, dict):
        raise InvalidInput(path, reason="must be an object")
    name, seq = item.get("name"), item.get("seq")
    if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME or not name.isprintable():
        raise InvalidInput(f"{path}.name", reason=f"must be a string of 1 to {MAX_NAME} characters")
    if not isinstance(seq, int) or isinstance(seq, bool) or not 0 < seq <= MAX_BIGINT:
        raise InvalidInput(f"{path}.seq", reason="must be a positive integer")
    request = CommandRequest(name, item.get("payload"), id=uuid(item.get("id"), f"{path}.id"), schema=1, seq=seq)
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
    request.claimed_at = instant(item.get("at"), "at")
    request.uptime_ms, request.boot_id = uptime(item)
    depends_on = member(item, "depends_on", list) or []
    if len(depends_on) > MAX_DEPENDS_ON:
        raise InvalidInput("depends_on", reason=f"at most {MAX_DEPENDS_ON} commands")
    request.depends_on = [uuid(id_, "depends_on") for id_ in depends_on]
    if not isinstance(request.payload, dict):
        raise InvalidInput("payload", reason="must be an object")
