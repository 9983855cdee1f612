"""Made tracks of which everything is known, for the tests of what is derived from trails."""

from math import cos, radians
from random import Random

import numpy as np

from trails.track import Track

BEGIN_MS = 1_779_000_000_000
LAT, LON = 39.98, 116.32
_M_PER_DEGREE_NORTH = 111_031.0  # of the ellipsoid, at LAT
_M_PER_DEGREE_EAST = 85_430.0

Leg = tuple[float, float, float]
"""Metres east and north of the beginning, and how many seconds it takes to get there; standing is a leg as well."""


def drive(
    *legs: Leg, every_s: float = 5, spread_m: float = 0, accuracy_m: float = 10, seed: int = 1, lat: float = LAT
) -> Track:
    """The fixes of somebody who goes along `legs`, in straight lines. spread_m: jitter of each axis."""
    chance = Random(seed)
    scale = cos(radians(lat)) / cos(radians(LAT))
    fixes = []
    at_s, x, y = 0.0, 0.0, 0.0
    for to_x, to_y, seconds in legs:
        steps = int(seconds // every_s)
        for step in range(steps):
            share = step / steps
            east = x + share * (to_x - x) + chance.gauss(0, spread_m)
            north = y + share * (to_y - y) + chance.gauss(0, spread_m)
            at_ms = BEGIN_MS + round((at_s + step * every_s) * 1000)
            fixes.append(
                (at_ms, lat + north / _M_PER_DEGREE_NORTH, LON + east / _M_PER_DEGREE_EAST / scale, accuracy_m)
            )
        at_s, x, y = at_s + seconds, to_x, to_y
    fixes.append(
        (BEGIN_MS + round(at_s * 1000), lat + y / _M_PER_DEGREE_NORTH, LON + x / _M_PER_DEGREE_EAST / scale, accuracy_m)
    )
    return Track.of(fixes)


def silenced(track: Track, from_s: float, to_s: float) -> Track:
    """The track without the fixes strictly between two times after its beginning."""
    after_s = (track.at_ms - BEGIN_MS) / 1000
    return track.take((after_s <= from_s) | (after_s >= to_s))


def moved(track: Track, east_deg: float) -> Track:
    """The track elsewhere on the Earth, longitudes from -180 to 180."""
    return Track(track.at_ms, track.lat, (track.lon + east_deg + 180) % 360 - 180, track.accuracy_m)


def joined(*tracks: Track) -> Track:
    """All fixes in the order of time."""
    whole = tracks[0]
    for track in tracks[1:]:
        whole = whole.joined(track)
    return whole.take(np.argsort(whole.at_ms, kind="stable"))
