"""The clocks of the phone under test, and the server's, as a scenario moves them."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from roundsman_conformance.names import Json

TOLERANCE_S = 120
"""A client's clocks may run on from the value set, and its pauses may move them: so much is believed."""
_ZONE = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Reading:
    """What a phone's clocks show."""

    at: datetime
    uptime_ms: int
    boot_id: str

    def wire(self) -> Json:
        """As it stands in requests and in the adapter's call `clock`."""
        return {
            "at": self.at.isoformat(timespec="milliseconds"),
            "uptime_ms": self.uptime_ms,
            "boot_id": self.boot_id,
        }

    def misfit(self, said: Any) -> str | None:
        """What in `{at, uptime_ms, boot_id}` is not what this clock shows, or None."""
        if problem := malformed(said):
            return problem
        apart_s = (datetime.fromisoformat(said["at"]) - self.at).total_seconds()
        if not -1 <= apart_s <= TOLERANCE_S:
            return f"at {said['at']}, {apart_s:.0f} s from what the clock shows"
        if not 0 <= said["uptime_ms"] - self.uptime_ms <= TOLERANCE_S * 1000:
            return f"uptime_ms {said['uptime_ms']}"
        if said["boot_id"] != self.boot_id:
            return f"boot_id {said['boot_id']}"
        return None


def malformed(said: Any) -> str | None:
    """What is wrong with the form of the three clock values, or None."""
    if not isinstance(said, dict):
        return "no clock"
    try:
        if datetime.fromisoformat(said["at"]).tzinfo is None:
            return f"at {said['at']} without an offset"
    except (KeyError, TypeError, ValueError):
        return f"at {said.get('at')!r}"
    uptime_ms = said.get("uptime_ms")
    if not isinstance(uptime_ms, int) or isinstance(uptime_ms, bool) or uptime_ms < 0:
        return f"uptime_ms {uptime_ms!r}"
    boot_id = said.get("boot_id")
    if not isinstance(boot_id, str) or not 0 < len(boot_id) <= 64:
        return f"boot_id {boot_id!r}"
    return None


class Clocks:
    """The phone's three clocks, and the server's time, which runs on by itself."""

    def __init__(self) -> None:
        self._ahead = timedelta(0)
        self._boots = 1
        self._seed = uuid.uuid4().hex[:12]
        self.phone = Reading(datetime.now(_ZONE), 3_600_000, self._boot_id())

    def _boot_id(self) -> str:
        return f"boot-{self._seed}-{self._boots}"

    def server_now(self) -> datetime:
        """The server's time."""
        return datetime.now(UTC) + self._ahead

    def forward(self, seconds: float) -> None:
        """Time passes, for everybody."""
        phone = self.phone
        self._ahead += timedelta(seconds=seconds)
        self.phone = Reading(
            phone.at + timedelta(seconds=seconds), phone.uptime_ms + round(seconds * 1000), phone.boot_id
        )

    def set_wall(self, seconds: float) -> None:
        """The user sets the phone's wall clock forward or back."""
        phone = self.phone
        self.phone = Reading(phone.at + timedelta(seconds=seconds), phone.uptime_ms, phone.boot_id)

    def reboot(self, off_s: float) -> None:
        """The phone is off for a while and boots."""
        self._boots += 1
        self._ahead += timedelta(seconds=off_s)
        self.phone = Reading(self.phone.at + timedelta(seconds=off_s), 20_000, self._boot_id())

    def move(self, how: Json) -> None:
        """One step `clock`: `{forward_s}`, `{wall_s}` or `{reboot_off_s}`."""
        if "forward_s" in how:
            self.forward(how["forward_s"])
        if "wall_s" in how:
            self.set_wall(how["wall_s"])
        if "reboot_off_s" in how:
            self.reboot(how["reboot_off_s"])
