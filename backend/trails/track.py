"""A track: the fixes of a day in the order of time, as arrays, and the plane in which they are measured.

The plane is the Mercator projection (EPSG:3857), in which maps draw and a straight line on the screen is straight. It
is true to angles: near a fix, real metres are those of the plane times the cosine of the latitude.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import hypot

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

FASTEST_MPS = 100.0
"""360 km/h, an express train. A fix that would take more is an error of the receiver."""
_FLIGHT_MPS = 300.0
_FLIGHT_S = 1_200.0
"""Whoever was not heard of for so long may have flown."""
_AGREEING = 3
"""So many doubtful fixes in a row that agree with each other are believed."""
_EQUATOR_M = 6_378_137.0
_ECCENTRICITY_2 = 0.006_694_379_990_14  # of the ellipsoid of WGS-84, squared
_LAST_LATITUDE = 89.99
"""Behind it the plane has no end; nobody visits customers there."""


@dataclass(frozen=True)
class Track:
    """Fixes in the order of time. at_ms: Unix milliseconds; lat, lon: degrees, WGS-84; accuracy_m: radii, above 0."""

    at_ms: Ints
    lat: Floats
    lon: Floats
    accuracy_m: Floats

    @classmethod
    def of(cls, fixes: Sequence[tuple[int, float, float, float]]) -> "Track":
        """A track of (at_ms, lat, lon, accuracy_m), which need not be in order."""
        columns = zip(*sorted(fixes), strict=True) if fixes else ((), (), (), ())
        at_ms, lat, lon, accuracy_m = columns
        return cls(
            np.array(at_ms, dtype=np.int64),
            np.array(lat, dtype=np.float64),
            np.array(lon, dtype=np.float64),
            np.array(accuracy_m, dtype=np.float64),
        )

    def __len__(self) -> int:
        return len(self.at_ms)

    def take(self, which: Mask | Ints | slice) -> "Track":
        """Some of the fixes."""
        return Track(self.at_ms[which], self.lat[which], self.lon[which], self.accuracy_m[which])

    def joined(self, other: "Track") -> "Track":
        """These fixes and behind them the others, whatever their times."""
        return Track(
            np.concatenate([self.at_ms, other.at_ms]),
            np.concatenate([self.lat, other.lat]),
            np.concatenate([self.lon, other.lon]),
            np.concatenate([self.accuracy_m, other.accuracy_m]),
        )

    @cached_property
    def plane(self) -> tuple[Floats, Floats, Floats]:
        """x and y in the plane, and by what their differences are multiplied, near each fix, to have metres.

        Longitudes run on across the date line, so that neighbours stay neighbours.
        """
        phi = np.radians(np.clip(self.lat, -_LAST_LATITUDE, _LAST_LATITUDE))
        x = _EQUATOR_M * np.unwrap(np.radians(self.lon))
        return x, _EQUATOR_M * np.arctanh(np.sin(phi)), np.cos(phi)

    @cached_property
    def steps_m(self) -> Floats:
        """How far it is from each fix to the next, by the ellipsoid's radii between them; one fewer than fixes.

        Right to a millionth for steps of some kilometres.
        """
        phi = np.radians(self.lat)
        middle = (phi[1:] + phi[:-1]) / 2
        bend = 1 - _ECCENTRICITY_2 * np.sin(middle) ** 2
        north = _EQUATOR_M * (1 - _ECCENTRICITY_2) / bend**1.5 * np.diff(phi)
        east = _EQUATOR_M / np.sqrt(bend) * np.cos(middle) * np.diff(np.unwrap(np.radians(self.lon)))
        return np.hypot(north, east)

    def without_errors(self) -> "Track":
        """The track without fixes that nobody could have reached from the one before, at `FASTEST_MPS`.

        The circles of accuracy are given the benefit of the doubt.
        """
        if len(self) < 2:
            return self
        reach_m = _reach_m(np.diff(self.at_ms) / 1000) + self.accuracy_m[1:] + self.accuracy_m[:-1]
        if bool(np.all(self.steps_m <= reach_m)):
            return self
        return self.take(np.array(self._believable(), dtype=np.int64))

    def _believable(self) -> list[int]:
        """The numbers of the fixes that agree with each other, the doubtful ones judged by what comes behind them."""
        x, y, scale = (values.tolist() for values in self.plane)
        at_ms, accuracy_m = self.at_ms.tolist(), self.accuracy_m.tolist()

        def reaches(a: int, b: int) -> bool:
            way_m = hypot(x[b] - x[a], y[b] - y[a]) * scale[b]
            return way_m <= float(_reach_m((at_ms[b] - at_ms[a]) / 1000)) + accuracy_m[a] + accuracy_m[b]

        kept: list[int] = []
        doubtful: list[int] = []
        for here in range(len(at_ms)):
            if not kept or reaches(kept[-1], here):
                kept.append(here)
                doubtful = []
                continue
            doubtful.append(here)
            if len(doubtful) < _AGREEING:
                continue
            if all(reaches(a, b) for a, b in pairwise(doubtful)):
                # Fewer than these, and out of their reach: it was those before them that were wrong.
                outvoted = [a for a in kept[-_AGREEING + 1 :] if not reaches(a, doubtful[0])]
                if len(kept) <= len(outvoted) or reaches(kept[-len(outvoted) - 1], doubtful[0]):
                    del kept[len(kept) - len(outvoted) :]
                kept += doubtful
                doubtful = []
            else:
                doubtful.pop(0)
        return kept


def _reach_m(seconds: Floats | float) -> Floats:
    """How far somebody gets in this time."""
    return np.where(np.asarray(seconds) < _FLIGHT_S, FASTEST_MPS, _FLIGHT_MPS) * seconds
