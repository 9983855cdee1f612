"""Finding where somebody stopped: stay points, after Li, Zheng et al. 2008, weighted by the accuracy of each fix.

A window of fixes slides along the track, each fix within `RADIUS_M` of the middle of those before it. Once it is long
enough in time and its ends are near each other, somebody has stopped. The stop lasts until fixes stay away for
`AWAY_S`: shorter excursions are errors of the receiver, as happen indoors. Time without fixes counts if the fixes
before and after it are at the place. Each fix is looked at once or twice, so a day costs what it has fixes.
"""

from dataclasses import dataclass
from math import hypot

import numpy as np

from trails.track import Floats, Track

RADIUS_M = 75.0
LEAST_S = 300
"""Shorter is a traffic light."""
AWAY_S = 120
REJOINED_S = 600
"""Who is back at the same place within this time never left it."""
_CORE = 0.5
"""Somebody has arrived when he is so near to the middle, as a part of the radius."""
_SHARPEST_M = 10.0
"""No fix is taken for more accurate than this, or one lucky fix would pull the middle to itself."""
_BLUREST_M = 1_000.0
"""Half of a fix's accuracy is given it as a benefit of the doubt, of no more than this."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Where somebody stopped (the weighted mean of the fixes, degrees), from when to when in Unix ms.

    first, last: the numbers of its first and last fix in the track.
    """

    lat: float
    lon: float
    from_ms: int
    to_ms: int
    first: int
    last: int


def find_stops(
    track: Track, *, radius_m: float = RADIUS_M, least_s: float = LEAST_S, away_s: float = AWAY_S
) -> list[Stop]:
    """The stops of a track, in their order."""
    finder = _Finder(track, radius_m, least_s * 1000, away_s * 1000)
    return [_stop(track, first, last) for first, last in finder.run()]


class _Finder:
    """Works on plain lists: a loop over the numbers of an array takes three times as long."""

    def __init__(self, track: Track, radius_m: float, least_ms: float, away_ms: float) -> None:
        x, y, scale = track.plane
        x, y = x - x[:1], y - y[:1]
        weight = 1 / np.maximum(track.accuracy_m, _SHARPEST_M) ** 2
        self._at: list[int] = track.at_ms.tolist()
        self._x: list[float] = x.tolist()
        self._y: list[float] = y.tolist()
        self._weight: list[float] = weight.tolist()
        # Sums up to each fix: the middle of any stretch of the track is then one subtraction away.
        self._weights, self._sums_x, self._sums_y = (_sums(values) for values in (weight, x * weight, y * weight))
        doubt_m = np.minimum(track.accuracy_m, _BLUREST_M) / 2
        self._near: list[float] = ((radius_m + doubt_m) / scale).tolist()
        self._inside: list[float] = ((_CORE * radius_m + doubt_m) / scale).tolist()
        self._radius: list[float] = (radius_m / scale).tolist()
        self._least_ms, self._away_ms = least_ms, away_ms

    def run(self) -> list[tuple[int, int]]:
        """The first and last fix of each stop."""
        found: list[tuple[int, int]] = []
        here = 0
        while (began := self._slide(here)) is not None:
            first, last = began[0], self._last_fix(*began)
            here = last + 1
            if found and self._is_back(found[-1], (first, last)):
                first = found.pop()[0]
            found.append((first, last))
        trimmed = (self._trimmed(first, last) for first, last in found)
        return [(first, last) for first, last in trimmed if self._at[last] - self._at[first] >= self._least_ms]

    def _slide(self, start: int) -> tuple[int, int] | None:
        """From fix `start` on, the first and last fix of the first window that is a stop; None if there is none."""
        first = start
        for here in range(start + 1, len(self._at)):
            x, y, near = self._x[here], self._y[here], self._near[here]
            while first < here:
                middle_x, middle_y = self._middle(first, here - 1)
                if hypot(x - middle_x, y - middle_y) <= near:
                    break
                first += 1
            if self._at[here] - self._at[first] >= self._least_ms:
                began = self._stopped(first, here)
                if began is not None:
                    return began, here
        return None

    def _stopped(self, first: int, here: int) -> int | None:
        """The earliest fix of the window from which on somebody has stopped. Those before it saw him come."""
        x, y, near, latest = self._x[here], self._y[here], self._near[here], self._at[here] - self._least_ms
        while self._at[first] <= latest:
            if hypot(x - self._x[first], y - self._y[first]) <= near:
                return first
            first += 1
        return None

    def _last_fix(self, first: int, last: int) -> int:
        """The last fix of the stop whose window has been found."""
        middle_x, middle_y = self._middle(first, last)
        weights = self._weights[last + 1] - self._weights[first]
        left_ms = None
        for here in range(last + 1, len(self._at)):
            x, y = self._x[here] - middle_x, self._y[here] - middle_y
            if hypot(x, y) <= self._near[here]:
                weights += self._weight[here]
                share = self._weight[here] / weights
                middle_x += x * share
                middle_y += y * share
                last, left_ms = here, None
            elif left_ms is None:
                left_ms = self._at[here]
            elif self._at[here] - left_ms > self._away_ms:
                break
        return last

    def _is_back(self, before: tuple[int, int], after: tuple[int, int]) -> bool:
        """Whether two stops that follow each other are one."""
        if self._at[after[0]] - self._at[before[1]] > REJOINED_S * 1000:
            return False
        there, here = self._middle(*before), self._middle(*after)
        return hypot(here[0] - there[0], here[1] - there[1]) <= self._radius[after[0]]

    def _trimmed(self, first: int, last: int) -> tuple[int, int]:
        """The stop without the fixes that only saw him come and go: it begins and ends well inside of its circle."""
        middle_x, middle_y = self._middle(first, last)

        def outside(here: int) -> bool:
            return hypot(self._x[here] - middle_x, self._y[here] - middle_y) > self._inside[here]

        arrived, left = first, last
        while arrived < last and outside(arrived):
            arrived += 1
        while left > arrived and outside(left):
            left -= 1
        return (arrived, left) if arrived < left else (first, last)  # somebody who circles around a middle

    def _middle(self, first: int, last: int) -> tuple[float, float]:
        weights = self._weights[last + 1] - self._weights[first]
        return (
            (self._sums_x[last + 1] - self._sums_x[first]) / weights,
            (self._sums_y[last + 1] - self._sums_y[first]) / weights,
        )


def _sums(values: Floats) -> list[float]:
    sums: list[float] = np.concatenate([[0.0], np.cumsum(values)]).tolist()
    return sums


def _stop(track: Track, first: int, last: int) -> Stop:
    part = track.take(slice(first, last + 1))
    weight = 1 / np.maximum(part.accuracy_m, _SHARPEST_M) ** 2
    turn = np.unwrap(part.lon, period=360)
    lat, lon = (float((values * weight).sum() / weight.sum()) for values in (part.lat, turn))
    return Stop(lat, (lon + 180) % 360 - 180, int(part.at_ms[0]), int(part.at_ms[-1]), first, last)
