"""From the bytes of a batch to points with their times. The form is compact: columns of differences, in integers.

    {"id": "…",
     "clock": {"at": "…", "uptime_ms": 81234567, "boot_id": "…"},   the device's clocks now
     "at": "…", "uptime_ms": 78357687, "boot_id": "…",              … and when the batch was begun
     "points": {"after_ms": [0, 5000], "lat_e7": [399042000, -12], "lon_e7": [1164074000, 8], "accuracy_m": [12, 8.5]},
     "states": {"after_ms": [0], "state": ["tracking"]}}

`after_ms`, `lat_e7` and `lon_e7` are differences to the number before, the first to the batch's own clocks or to zero.
`null` stands for what is not known; the next difference counts from the last number.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import numpy as np

from core.clock import ClockReading, field_time
from core.envelope import clock, load_json, member, uuid
from core.errors import InvalidInput, InvalidJson
from core.geodesy import Datum, to_wgs84
from core.writing import canonical
from trails.errors import TooManyPoints
from trails.gaps import State
from trails.judging import Points, Saying
from trails.track import Floats, Ints, Mask

MAX_POINTS = 5_000
MAX_STATES = 500
SCHEMA = 1
DATUMS = ("WGS-84", "GCJ-02", "BD-09")
_FARTHEST_E7 = 2**32
"""More than once around the Earth in 1e-7 degrees."""
_LONGEST_MS = 10**12


@dataclass(frozen=True)
class SentBatch:
    """A batch as it was sent. clock: at its sending; begun: at its beginning. The columns are not judged yet."""

    id: UUID
    fingerprint: bytes
    clock: ClockReading
    begun: ClockReading
    after_ms: Ints
    lat_e7: Ints
    lon_e7: Ints
    accuracy_m: Floats
    located: Mask
    said_after_ms: Ints
    states: Sequence[State]

    def at(self, received_at: datetime, offsets: dict[str, int]) -> tuple[Points, list[Saying], bool]:
        """Points and sayings with their times, and whether these rest on a clock that the user cannot set.

        offsets: as the server last measured them, by boot.
        """
        begun = field_time(self.begun, self.clock, received_at, offsets)
        begun_ms = round(begun.occurred_at.timestamp() * 1000)
        points = Points(begun_ms + self.after_ms, self.lat_e7, self.lon_e7, self.accuracy_m, self.located)
        said_ms = (begun_ms + self.said_after_ms).tolist()
        return points, [Saying(*said) for said in zip(said_ms, self.states, strict=True)], begun.verified


def read_batch(body: bytes, received_at: datetime) -> SentBatch:
    """Parse the body of `POST /trails/points`.

    Raises core.invalid_json, core.invalid_input (the member is named), trails.too_many_points.
    """
    content = load_json(body, lambda name: None)  # NaN is what some receivers say for "unknown"
    if not isinstance(content, dict):
        raise InvalidJson(reason="not an object")
    if content.get("schema", SCHEMA) != SCHEMA:
        raise InvalidInput("schema", reason=f"must be {SCHEMA}")
    datum = content.get("datum", "WGS-84")
    if datum not in DATUMS:
        raise InvalidInput("datum", reason=f"must be {', '.join(DATUMS)}")
    columns = member(content, "points", dict) or {}
    after_ms = _column(columns, "points.after_ms", MAX_POINTS)
    lat, lon = (_column(columns, f"points.{name}", MAX_POINTS) for name in ("lat_e7", "lon_e7"))
    accuracy = _column(columns, "points.accuracy_m", MAX_POINTS, (int, float))
    _same_length("points", after_ms, lat, lon, accuracy)
    lat_e7, lat_known = _positions(lat)
    lon_e7, lon_known = _positions(lon)
    located = lat_known & lon_known & (abs(lat_e7) <= 90 * 10**7) & (abs(lon_e7) <= 180 * 10**7)
    if datum != "WGS-84":
        lat_e7, lon_e7 = _to_wgs84(lat_e7, lon_e7, located, cast(Datum, datum))
    said = member(content, "states", dict) or {}
    said_after_ms = _column(said, "states.after_ms", MAX_STATES)
    states = _column(said, "states.state", MAX_STATES, (str,))
    _same_length("states", said_after_ms, states)
    return SentBatch(
        uuid(content.get("id"), "id"),
        hashlib.sha256(canonical({name: value for name, value in content.items() if name != "clock"})).digest(),
        clock(member(content, "clock", dict) or {}, received_at, "clock."),
        clock(content, received_at),
        _times("points.after_ms", after_ms),
        lat_e7,
        lon_e7,
        np.array([np.nan if value is None or abs(value) > _FARTHEST_E7 else value for value in accuracy], np.float64),
        located,
        _times("states.after_ms", said_after_ms),
        [_state(value, f"states.state.{number}") for number, value in enumerate(states)],
    )


def _column(columns: Mapping[str, Any], path: str, most: int, kinds: tuple[type, ...] = (int,)) -> list[Any]:
    column = columns.get(path.rpartition(".")[2], [])
    if not isinstance(column, list):
        raise InvalidInput(path, reason="must be an array")
    if len(column) > most:
        raise TooManyPoints(path, limit=most)
    if not set(map(type, column)) <= {*kinds, type(None)}:
        raise InvalidInput(path, reason=f"may hold {_WORDS[kinds]} and null alone")
    return column


_WORDS: dict[tuple[type, ...], str] = {(int,): "integers", (int, float): "numbers", (str,): "strings"}


def _same_length(path: str, *columns: list[Any]) -> None:
    if len({len(column) for column in columns}) > 1:
        raise InvalidInput(path, reason="its columns must have the same length")


def _times(path: str, differences: list[int | None]) -> Ints:
    if None in differences or not all(-_LONGEST_MS < value < _LONGEST_MS for value in cast(list[int], differences)):
        raise InvalidInput(path, reason="may hold no null and no time beyond 30 years")
    return np.cumsum(np.array(differences, dtype=np.int64))


def _positions(differences: list[int | None]) -> tuple[Ints, Mask]:
    """The values that the differences add up to, and which of them are known."""
    known = np.array([value is not None and -_FARTHEST_E7 < value < _FARTHEST_E7 for value in differences], dtype=bool)
    steps = [value if yes else 0 for value, yes in zip(differences, known.tolist(), strict=True)]
    return np.cumsum(np.array(steps, dtype=np.int64)), known


def _to_wgs84(lat_e7: Ints, lon_e7: Ints, located: Mask, datum: Datum) -> tuple[Ints, Ints]:
    lat_e7, lon_e7 = lat_e7.copy(), lon_e7.copy()
    for here in np.flatnonzero(located).tolist():
        found = to_wgs84(lat_e7[here] / 1e7, lon_e7[here] / 1e7, datum)
        lat_e7[here], lon_e7[here] = round(found.lat * 1e7), round(found.lon * 1e7)
    return lat_e7, lon_e7


def _state(value: Any, path: str) -> State:
    try:
        return State(value)
    except ValueError:
        raise InvalidInput(path, reason=f"must be one of {', '.join(State)}") from None
