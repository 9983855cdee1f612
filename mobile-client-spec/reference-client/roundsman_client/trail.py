"""The trail: where the phone was, kept on it until the server has it, and sent in batches of one boot each.

It is not a command: thousands of points a day, each of small worth. The app records only while a policy tracks its
user, he has agreed, and it is working time; the server judges every point by the same three again.
"""

import sqlite3
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from roundsman_client.clock import Clock
from roundsman_client.errors import ServerRefused, Transient
from roundsman_client.protocol import TRAIL_POINTS, Json
from roundsman_client.session import Session
from roundsman_client.store import Store

MOST_POINTS = 5_000
MOST_STATES = 500
_E7 = 10**7


@dataclass
class TrailReport:
    """What one call of `send_trail` did.

    stored: points that the server keeps. discarded: how many it did not, by code. refused: codes of batches that it
    will never take, which are gone. problem: why something is left, if the network or the server is it.
    """

    stored: int = 0
    discarded: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    problem: str | None = None


class Trail:
    """The points in the store, and their way to the server."""

    def __init__(self, store: Store, session: Session, clock: Clock) -> None:
        self._store = store
        self._session = session
        self._clock = clock

    def note_position(self, lat: float, lon: float, accuracy_m: float | None) -> None:
        """Keep one position, measured now. lat, lon: degrees, WGS-84."""
        self._note(None, round(lat * _E7), round(lon * _E7), accuracy_m)

    def note_state(self, state: str) -> None:
        """Keep what is true of the tracking from now on: `tracking`, `permission`, `gps_off`, `no_signal`, …"""
        self._note(state, None, None, None)

    def count(self) -> int:
        """How many points and states the server does not have yet."""
        with self._store.transaction() as db:
            count: int = db.execute("select count(*) from trail_point").fetchone()[0]
        return count

    def send(self, report: TrailReport) -> None:
        """Send all that is kept, batch after batch. What time heals ends up in the report. Raises `SignInRequired`,
        `DeviceRevoked`."""
        try:
            while (batch := self._next_batch()) is not None:
                self._send_one(*batch, report)
        except Transient as trouble:
            report.problem = str(trouble)

    def _note(self, state: str | None, lat_e7: int | None, lon_e7: int | None, accuracy_m: float | None) -> None:
        clock = self._clock.read().wire()
        with self._store.transaction() as db:
            db.execute(
                "insert into trail_point (at, uptime_ms, boot_id, state, lat_e7, lon_e7, accuracy_m)"
                " values (?, ?, ?, ?, ?, ?, ?)",
                (*clock.values(), state, lat_e7, lon_e7, accuracy_m),
            )

    def _next_batch(self) -> tuple[int, Json] | None:
        """The number of the last row of the next batch, and its body: the same until the server has answered it."""
        with self._store.transaction() as db:
            begun: Json | None = self._store.recall("trail_batch")
            most = MOST_POINTS if begun is None else begun["rows"]
            rows = _one_batch(db.execute("select * from trail_point order by n limit ?", (most,)).fetchall())
            if not rows:
                return None
            if begun is None:
                begun = {"id": str(uuid.uuid4()), "rows": len(rows)}
                self._store.remember("trail_batch", begun)
        return rows[-1]["n"], {"id": begun["id"], **_columns(rows)}

    def _send_one(self, last: int, body: Json, report: TrailReport) -> None:
        try:
            answer = self._session.call(TRAIL_POINTS, lambda: {"clock": self._clock.read().wire(), **body})
        except ServerRefused as refusal:
            if refusal.status not in (409, 413, 422):
                raise
            report.refused.append(refusal.code)
        else:
            report.stored += int(answer["stored"])
            report.discarded.update({item["code"]: int(item["points"]) for item in answer["discarded"]})
        with self._store.transaction() as db:
            db.execute("delete from trail_point where n <= ?", (last,))
            self._store.remember("trail_batch", None)


def _one_batch(rows: Sequence[sqlite3.Row]) -> list[sqlite3.Row]:
    """As many of the first rows as one batch may hold: of one boot, and not too many states."""
    batch: list[sqlite3.Row] = []
    states = 0
    for row in rows:
        states += row["state"] is not None
        if row["boot_id"] != rows[0]["boot_id"] or states > MOST_STATES:
            break
        batch.append(row)
    return batch


def _columns(rows: Sequence[sqlite3.Row]) -> Json:
    """The batch's own clocks, those of its first row, and its columns of differences."""
    first = rows[0]
    points = [row for row in rows if row["state"] is None]
    states = [row for row in rows if row["state"] is not None]
    return {
        **{name: first[name] for name in ("at", "uptime_ms", "boot_id")},
        "points": {
            "after_ms": _differences(points, "uptime_ms", first["uptime_ms"]),
            "lat_e7": _differences(points, "lat_e7"),
            "lon_e7": _differences(points, "lon_e7"),
            "accuracy_m": [row["accuracy_m"] for row in points],
        },
        "states": {
            "after_ms": _differences(states, "uptime_ms", first["uptime_ms"]),
            "state": [row["state"] for row in states],
        },
    }


def _differences(rows: Sequence[sqlite3.Row], column: str, start: int = 0) -> list[int]:
    values = [start, *(row[column] for row in rows)]
    return [after - before for before, after in pairwise(values)]
