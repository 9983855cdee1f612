"""What is remembered of devices' clocks: for each boot, the offset between its uptime and the server's time.

`sync` keeps it with every push. Whoever else takes something from a device (a batch of a trail) asks and tells it here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.actor import Actor
from core.clock import ClockReading

Known = Callable[[UUID], dict[str, int]]
"""The offset last measured for each boot of a device: boot id to Unix ms minus uptime ms."""
Note = Callable[[Actor, ClockReading, datetime], None]
"""Remember what a device's clocks showed at a request, and when that was received."""


@dataclass(frozen=True, slots=True)
class _Keeper:
    known: Known
    note: Note


_keepers: list[_Keeper] = []


def provide_device_clocks(known: Known, note: Note) -> None:
    """Tell the ground floor who remembers. Called once, by the app that owns the devices' states."""
    _keepers[:] = [_Keeper(known, note)]


def known_offsets(device_id: UUID) -> dict[str, int]:
    """The offset last measured for each of the device's boots, by boot id (one query)."""
    return _keepers[0].known(device_id)


def note_clock(actor: Actor, reading: ClockReading, received_at: datetime) -> None:
    """Remember the present boot's offset (one query, none without an uptime)."""
    _keepers[0].note(actor, reading, received_at)
