"""Real GPS tracks (GeoLife's PLT files) and the places where their owners dwelt."""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from math import cos, hypot, radians
from pathlib import Path
from typing import NamedTuple

import pytest

SHARED_DATA = Path(
    os.environ.get("ROUNDSMAN_SHARED_DATA") or Path(__file__).resolve().parents[1].parent / "shared" / "data"
)
GEOLIFE = SHARED_DATA / "geolife"
needs_tracks = pytest.mark.skipif(not GEOLIFE.is_dir(), reason="the GPS tracks are not here (ROUNDSMAN_SHARED_DATA)")
_HEADER_LINES = 6
_M_PER_DEGREE = 111_195


class Point(NamedTuple):
    """One fix: degrees in WGS-84."""

    at: datetime
    lat: float
    lon: float


class Dwell(NamedTuple):
    """A stay: its mean position and the fixes of it."""

    lat: float
    lon: float
    points: Sequence[Point]


def read_track(path: Path) -> list[Point]:
    """The fixes of one trip, in their order."""
    lines = path.read_text().splitlines()[_HEADER_LINES:]
    return [_point(line) for line in lines]


def list_tracks() -> Iterator[list[Point]]:
    """Every trip of every person."""
    return (read_track(path) for path in sorted(GEOLIFE.glob("*/*.plt")))


def find_dwells(
    track: Sequence[Point], *, radius_m: float = 60, at_least: timedelta = timedelta(minutes=5)
) -> list[Dwell]:
    """The stays in a track: at least so long within `radius_m` of the fix with which the stay began."""
    dwells, first = [], 0
    while first < len(track):
        after = first + 1
        while after < len(track) and _roughly_m(track[first], track[after]) <= radius_m:
            after += 1
        stay = track[first:after]
        if stay[-1].at - stay[0].at < at_least:
            first += 1
            continue
        dwells.append(Dwell(sum(p.lat for p in stay) / len(stay), sum(p.lon for p in stay) / len(stay), stay))
        first = after
    return dwells


def _point(line: str) -> Point:
    lat, lon, _, _, _, day, time = line.split(",")
    return Point(datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=UTC), float(lat), float(lon))


def _roughly_m(a: Point, b: Point) -> float:
    return _M_PER_DEGREE * hypot(b.lat - a.lat, (b.lon - a.lon) * cos(radians(a.lat)))
