"""A day as it was: from what is stored of it to the trail, its stops, its gaps and its mileage."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import numpy as np

from trails.devices import choose
from trails.gaps import Due, Gap, Seen, State, Told, find_gaps
from trails.mileage import Mileage, measure
from trails.simplification import simplify
from trails.stops import Stop, find_stops
from trails.track import Ints, Mask, Track


class Stretch(Protocol):
    """Stored points of one device, and what it said of its tracking; see `trails.models.Segment`."""

    device_id: UUID
    boot_id: str
    verified: bool
    started_at: datetime
    offset_ms: Sequence[int]
    lat_e7: Sequence[int]
    lon_e7: Sequence[int]
    accuracy_m: Sequence[int]
    state_offset_ms: Sequence[int]
    states: Sequence[str]


@dataclass(frozen=True)
class Stored:
    """All points of a day in the order of time, of each its device and boot as numbers, and what the devices said."""

    track: Track
    device: Ints
    boot: Ints
    unverified: int
    told: list[Told]


@dataclass(frozen=True)
class Played:
    """A day: the trail that the points make, and what follows from it."""

    trail: Track
    stops: list[Stop]
    gaps: list[Gap]
    mileage: Mileage


def unpack(stretches: Sequence[Stretch]) -> Stored:
    """The stretches as one."""
    devices: dict[Any, int] = {}
    boots: dict[Any, int] = {}
    columns: dict[str, list[Ints]] = {name: [] for name in ("at_ms", "lat", "lon", "accuracy", "device", "boot")}
    told, unverified = [], 0
    for stretch in stretches:
        device = devices.setdefault(stretch.device_id, len(devices))
        boot = boots.setdefault((stretch.device_id, stretch.boot_id), len(boots))
        start_ms = round(stretch.started_at.timestamp() * 1000)
        count = len(stretch.offset_ms)
        unverified += 0 if stretch.verified else count
        columns["at_ms"].append(np.array(stretch.offset_ms, dtype=np.int64) + start_ms)
        columns["lat"].append(np.array(stretch.lat_e7, dtype=np.int64))
        columns["lon"].append(np.array(stretch.lon_e7, dtype=np.int64))
        columns["accuracy"].append(np.array(stretch.accuracy_m, dtype=np.int64))
        columns["device"].append(np.full(count, device))
        columns["boot"].append(np.full(count, boot))
        said = zip(stretch.state_offset_ms, stretch.states, strict=True)
        told += [Told(start_ms + after_ms, device, State(state)) for after_ms, state in said]
    whole = {name: np.concatenate([np.array([], dtype=np.int64), *parts]) for name, parts in columns.items()}
    order = np.argsort(whole["at_ms"], kind="stable")
    whole = {name: column[order] for name, column in whole.items()}
    track = Track(whole["at_ms"], whole["lat"] / 1e7, whole["lon"] / 1e7, whole["accuracy"].astype(np.float64))
    return Stored(track, whole["device"], whole["boot"], unverified, told)


def play(stored: Stored, due: Due, *, until_ms: int, complete: bool, gap_after_s: float) -> Played:
    """The day. until_ms: up to when points can have come; complete: none is to be expected any more."""
    track = stored.track
    chosen: Mask = choose(track.at_ms, stored.device, track.accuracy_m, gap_after_s)
    seen = Seen(track.at_ms[chosen], stored.device[chosen], stored.boot[chosen])
    end_ms = min(until_ms, due.tracked[-1][1]) if due.tracked else until_ms
    gaps = find_gaps(seen, stored.told, due, until_ms=end_ms, complete=complete, gap_after_s=gap_after_s)
    trail = track.take(chosen).without_errors()
    stops = find_stops(trail)
    return Played(trail, stops, gaps, measure(trail, stops, gap_after_s))


def thin(trail: Track, tolerance_m: float | None) -> Track:
    """The trail for the map, never farther than the tolerance from any of its points; all of them without one."""
    return trail if tolerance_m is None else trail.take(simplify(trail, tolerance_m))
