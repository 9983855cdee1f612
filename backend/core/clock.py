"""Time: the server's clock, its form on the wire, and the time at which something happened in the field."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_past: ContextVar[datetime | None] = ContextVar("past", default=None)


def now() -> datetime:
    """The server's present instant, in UTC."""
    return _past.get() or datetime.now(UTC)


@contextmanager
def as_of(instant: datetime) -> Iterator[None]:
    """Have it be `instant` within the block: to fill a company with the past that it would have, as the demo does.

    What answers a request or runs on a clock never uses it; when something was received, the database says by itself.
    """
    token = _past.set(instant)
    try:
        yield
    finally:
        _past.reset(token)


def to_wire(instant: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: `2026-11-21T01:00:00.000Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What a device's clocks showed at one moment.

    at: the wall clock, which its user may have set wrong. uptime_ms: milliseconds since boot, deep sleep included.
    boot_id: changes at every boot; uptimes of different boots say nothing about each other.
    """

    at: datetime
    uptime_ms: int | None = None
    boot_id: str | None = None

    def offset_ms(self, received_at: datetime) -> int | None:
        """Server time minus uptime, in Unix milliseconds: constant during one boot. None without an uptime."""
        if self.uptime_ms is None:
            return None
        return round(received_at.timestamp() * 1000) - self.uptime_ms


@dataclass(frozen=True, slots=True)
class FieldTime:
    """When something happened in the field, and whether that rests on a clock the user cannot set."""

    occurred_at: datetime
    verified: bool


def field_time(
    then: ClockReading, request: ClockReading, received_at: datetime, measured_offsets: dict[str, int]
) -> FieldTime:
    """The corrected time of a command recorded at `then`, sent in a request whose clocks read `request`.

    Same boot: `received_at - (uptime_now - uptime_then)`, exact however wrong the wall clock is. Another boot: the
    offset last measured for that boot (`measured_offsets`: boot id to Unix ms minus uptime ms). Otherwise the
    claimed time, not verified. A result after `received_at` is impossible; it is cut to it and not verified.
    """
    offset = None
    if then.uptime_ms is not None and then.boot_id is not None:
        if then.boot_id == request.boot_id:
            offset = request.offset_ms(received_at)
        if offset is None:
            offset = measured_offsets.get(then.boot_id)
    if offset is None or then.uptime_ms is None:
        return FieldTime(min(then.at, received_at), verified=False)
    occurred_at = datetime.fromtimestamp((offset + then.uptime_ms) / 1000, UTC)
    if occurred_at > received_at + timedelta(seconds=1):
        return FieldTime(received_at, verified=False)
    return FieldTime(min(occurred_at, received_at), verified=True)
