"""Reading what devices send by hand: a fault names its member and blocks nothing else.

Validating a hundred commands or five thousand points member by member would cost more than the work on them.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from core.clock import ClockReading
from core.errors import InvalidInput, InvalidJson

MAX_UPTIME_MS = 10**13 - 1
MAX_BOOT_ID = 64
"""Characters."""
YEARS = (1900, 9000)
"""Of a phone's clock. Wide on purpose: one whose battery was flat says 1970, and must deliver what it recorded."""


def load_json(body: bytes, constant: Callable[[str], Any] | None = None) -> Any:
    """JSON, also with halves of surrogate pairs (which orjson refuses): one bad text must not block the rest.

    constant: what NaN and the infinities, which JSON does not know, stand for; they are refused by default. Raises
    core.invalid_json.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        reason = str(error)
    try:
        return json.loads(body, parse_constant=constant or _no_constant)
    except (ValueError, RecursionError):
        raise InvalidJson(reason=reason) from None


def member(content: Mapping[str, Any], name: str, kind: type[Any]) -> Any:
    """A member of this kind (dict, list, str or int), or None. Raises core.invalid_input."""
    value = content.get(name)
    if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
        raise InvalidInput(name, reason=f"must be {_NAMES[kind]}")
    return value


def clock(content: Mapping[str, Any], received_at: datetime, path: str = "") -> ClockReading:
    """What a device's clocks showed: `at` (when it was received, by default), `uptime_ms`, `boot_id`.

    path: where `content` stands in the request, such as `clock.`. Raises core.invalid_input.
    """
    try:
        uptime_ms, boot_id = uptime(content)
        return ClockReading(instant(content.get("at"), "at") or received_at, uptime_ms, boot_id)
    except InvalidInput as error:
        raise InvalidInput(f"{path}{error.field}", **error.details) from None


def uptime(content: Mapping[str, Any]) -> tuple[int | None, str | None]:
    """`uptime_ms` and `boot_id`, each or None. Raises core.invalid_input."""
    uptime_ms, boot_id = member(content, "uptime_ms", int), member(content, "boot_id", str)
    if uptime_ms is not None and not 0 <= uptime_ms <= MAX_UPTIME_MS:
        raise InvalidInput("uptime_ms", reason="out of range")
    if boot_id is not None and not (0 < len(boot_id) <= MAX_BOOT_ID and boot_id.isprintable()):
        raise InvalidInput("boot_id", reason=f"must have 1 to {MAX_BOOT_ID} printable characters")
    return uptime_ms, boot_id


def instant(value: Any, field: str) -> datetime | None:
    """An RFC 3339 instant with an offset, or None. Raises core.invalid_input."""
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


def uuid(value: Any, field: str) -> UUID:
    """A UUID. Raises core.invalid_input."""
    try:
        if not isinstance(value, str):
            raise ValueError
        return UUID(value)
    except ValueError:
        raise InvalidInput(field, reason="must be a UUID") from None


_NAMES = {dict: "an object", list: "an array", str: "a string", int: "an integer"}


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
