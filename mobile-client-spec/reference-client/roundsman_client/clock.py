"""The device's clocks: wall time, uptime and boot id.

The wall clock may be wrong, and its user may change it. Uptime cannot be changed and is exact while one boot lasts; it
must count deep sleep (Android `elapsedRealtime`, iOS continuous time). The server corrects times with it, so every
command and every request carries all three.
"""

import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Protocol

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the clocks showed at one moment. at: wall clock with its offset; uptime_ms: milliseconds since boot."""

    at: datetime
    uptime_ms: int
    boot_id: str

    def wire(self) -> dict[str, Any]:
        """The three members as they stand in a request and in every command."""
        return {
            "at": self.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "uptime_ms": self.uptime_ms,
            "boot_id": self.boot_id,
        }

    def unix_ms(self) -> int:
        """The wall clock in Unix milliseconds."""
        return int(self.at.timestamp() * 1000)


class Clock(Protocol):
    """What the client asks of a clock. `FakeClock` answers in tests."""

    def read(self) -> Reading:
        """All three values, taken together."""

    def pause(self, seconds: float) -> None:
        """Wait; only ever called with a few seconds."""


class SystemClock:
    """The clocks of the machine this runs on."""

    def __init__(self) -> None:
        # Where the system names no boot, this process is the boot: uptimes of two runs are then never compared.
        self._boot_id = _BOOT_ID.read_text().strip() if _BOOT_ID.exists() else str(uuid.uuid4())
        self._uptime_clock = getattr(time, "CLOCK_BOOTTIME", None)

    def read(self) -> Reading:
        if self._uptime_clock is None:
            uptime_s = time.monotonic()
        else:
            uptime_s = time.clock_gettime(self._uptime_clock)
        return Reading(datetime.now(UTC).astimezone(), int(uptime_s * 1000), self._boot_id)

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)


class FakeClock:
    """A clock that a test or a simulation moves: time passes, the user sets the wall clock, the phone boots."""

    def __init__(self, at: datetime, *, offset_hours: int = 8) -> None:
        """at: the first reading's wall clock (aware); it is shown with an offset of `offset_hours` from UTC."""
        self._zone = timezone(timedelta(hours=offset_hours))
        self._at = at.astimezone(self._zone)
        self._uptime_ms = 60_000
        self._boots = 1
        self._seed = uuid.uuid4().hex[:12]

    def read(self) -> Reading:
        return Reading(self._at, self._uptime_ms, f"boot-{self._seed}-{self._boots}")

    def pause(self, seconds: float) -> None:
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Time passes: wall clock and uptime move together."""
        self._at += timedelta(seconds=seconds)
        self._uptime_ms += int(seconds * 1000)

    def advance_to(self, at: datetime) -> None:
        """Time passes until the wall clock shows `at`; an instant already past changes nothing."""
        self.advance(max(0.0, (at - self._at).total_seconds()))

    def set_wall(self, at: datetime) -> None:
        """The user sets the wall clock; uptime does not notice."""
        self._at = at.astimezone(self._zone)

    def reboot(self, off_s: float = 60) -> None:
        """The phone is off for `off_s` seconds and boots: uptime starts again, the boot id is new."""
        self._at += timedelta(seconds=off_s)
        self._uptime_ms = 0
        self._boots += 1
