"""Finding the places where somebody stayed in a track: stay points, after Li, Zheng et al. 2008.

A stay lasts as long as the next fix lies within a radius of the middle of its fixes so far; it counts when it lasted
long enough. (The original measures from the first fix, which is often at the edge of the place: jitter then cuts the
stay in two. The middle moves to where somebody is, and falls behind somebody who moves.) A receiver that loses its
signal indoors gives no fixes for a while: the time between the last fix before and the first after counts, if both lie
within the radius. Somebody who moves to another corner of the same yard begins a new stay; neighbours in time whose
middles lie within the radius are therefore joined.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import cos, hypot, radians
from typing import NamedTuple, Protocol

M_PER_DEGREE = 111_195
"""Of latitude, on a sphere with the earth's mean radius; good to half a percent, which is enough here."""
RADIUS_M = 60.0
AT_LEAST = timedelta(minutes=5)
AT_MOST = timedelta(hours=2)
"""Longer is somebody's home or desk."""


class Point(Protocol):
    """A fix: an instant and degrees."""

    @property
    def at(self) -> datetime: ...
    @property
    def lat(self) -> float: ...
    @property
    def lon(self) -> float: ...


class Stay(NamedTuple):
    """Where somebody stayed (the mean of the fixes, degrees), from when to when, and of how many fixes it is known."""

    lat: float
    lon: float
    arrived: datetime
    left: datetime
    fixes: int


def find_stays(
    track: Sequence[Point],
    *,
    radius_m: float = RADIUS_M,
    at_least: timedelta = AT_LEAST,
    at_most: timedelta = AT_MOST,
) -> list[Stay]:
    """The stays in a track, in their order; fixes must be in the order of time."""
    stays: list[Stay] = []
    first = 0
    while first < len(track):
        middle = _Middle(track[first])
        after = first + 1
        while after < len(track) and metres(middle, track[after]) <= radius_m:
            middle.add(track[after])
            after += 1
        group = track[first:after]
        if group[-1].at - group[0].at < at_least:
            first += 1
            continue
        stay = Stay(middle.lat, middle.lon, group[0].at, group[-1].at, len(group))
        if stays and metres(stays[-1], stay) <= radius_m:
            stays[-1] = _joined(stays[-1], stay)
        else:
            stays.append(stay)
        first = after
    return [stay for stay in stays if stay.left - stay.arrived <= at_most]


class _Place(Protocol):
    @property
    def lat(self) -> float: ...
    @property
    def lon(self) -> float: ...


def metres(a: _Place, b: _Place) -> float:
    """The distance of two places that are near each other."""
    return M_PER_DEGREE * hypot(b.lat - a.lat, (b.lon - a.lon) * cos(radians(a.lat)))


def _joined(a: Stay, b: Stay) -> Stay:
    fixes = a.fixes + b.fixes
    lat, lon = ((x * a.fixes + y * b.fixes) / fixes for x, y in ((a.lat, b.lat), (a.lon, b.lon)))
    return Stay(lat, lon, a.arrived, b.left, fixes)


class _Middle:
    """The mean position of points that are added one by one."""

    def __init__(self, first: _Place) -> None:
        self.lat, self.lon, self._points = first.lat, first.lon, 1

    def add(self, place: _Place) -> None:
        self._points += 1
        self.lat += (place.lat - self.lat) / self._points
        self.lon += (place.lon - self.lon) / self._points
