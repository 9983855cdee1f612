"""That a device was here. A pull never waits for a write: it is noted at most every few minutes; repairs always."""

import time
from collections import OrderedDict
from datetime import datetime
from threading import Lock
from uuid import UUID

from django.db import connection, transaction

from core.actor import Actor
from core.clock import ClockReading
from sync.cursors import unseal
from sync.pull import PullRequest

_EVERY_S = 300.0
_REMEMBERED = 50_000
_noted: OrderedDict[UUID, tuple[float, str | None]] = OrderedDict()
_lock = Lock()


def note_pull(actor: Actor, request: PullRequest, clock: ClockReading, received_at: datetime) -> None:
    """Note the device's visit, if the last note of this process is old, and count the scopes it has to repair.

    A boot that is new here is noted at once, with its clock's offset: what the phone records now may reach the server
    after the next boot, and has no other proof of its time.
    Repairs after a new epoch are how phones catch up with it; any other is a divergence that should not have been.
    """
    boot_id = clock.boot_id if clock.uptime_ms is not None else None
    if actor.device_id is None or not (_due(actor.device_id, boot_id) or request.repair):
        return
    expected = request.cursor is not None and unseal(request.cursor, actor).compares
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select sync_note_pull(%s, %s, %s, %s, %s, %s)",
            [
                actor.company_id,
                actor.user_id,
                actor.device_id,
                0 if expected else len(request.repair),
                boot_id,
                clock.offset_ms(received_at) if boot_id is not None else None,
            ],
        )


def _due(device_id: UUID, boot_id: str | None) -> bool:
    present = time.monotonic()
    with _lock:
        last = _noted.get(device_id)
        if last is not None and present - last[0] < _EVERY_S and last[1] == boot_id:
            return False
        _noted[device_id] = (present, boot_id)
        _noted.move_to_end(device_id)
        if len(_noted) > _REMEMBERED:
            _noted.popitem(last=False)
    return True
