"""How far somebody went on a day.

Standing still adds nothing, however the receiver jitters: inside stops nothing counts, and between them the simplest
line that stays within each fix's accuracy is measured. Where fixes are missing, the straight way is told apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trails.simplification import simplify
from trails.stops import Stop
from trails.track import Mask, Track

_LINE_M = 10.0
"""The line may always stay so far from a fix; from one that is less accurate, as far as its accuracy."""


@dataclass(frozen=True, slots=True)
class Mileage:
    """Metres on the ellipsoid. moved_m: along the fixes; bridged_m: straight across gaps, where the way is unknown."""

    moved_m: float
    bridged_m: float


def measure(track: Track, stops: Sequence[Stop], gap_after_s: float) -> Mileage:
    """The mileage of a track with these stops. gap_after_s: a longer time between two fixes is a gap."""
    line, at_stop = _collapsed(track, stops)
    if len(line) < 2:
        return Mileage(0.0, 0.0)
    silent = np.diff(line.at_ms) > gap_after_s * 1000
    corners = np.flatnonzero(np.append(silent, False) | np.append(False, silent) | at_stop)
    kept = simplify(line, np.maximum(line.accuracy_m, _LINE_M), corners)
    steps_m = line.take(kept).steps_m
    # Both ends of a gap are kept, so a step across one leads from a fix to the very next.
    bridged = silent[kept[:-1]] & (np.diff(kept) == 1)
    return Mileage(float(steps_m[~bridged].sum()), float(steps_m[bridged].sum()))


def _collapsed(track: Track, stops: Sequence[Stop]) -> tuple[Track, Mask]:
    """The track with each stop as one place, from its beginning to its end; and which of the fixes are such places."""
    moving = np.ones(len(track), dtype=bool)
    for stop in stops:
        moving[stop.first : stop.last + 1] = False
    way = track.take(moving)
    places = Track.of([(at_ms, stop.lat, stop.lon, _LINE_M) for stop in stops for at_ms in (stop.from_ms, stop.to_ms)])
    order = np.argsort(np.concatenate([way.at_ms, places.at_ms]), kind="stable")
    return way.joined(places).take(order), order >= len(way)
