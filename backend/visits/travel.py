"""How long it takes from one place to the next: an estimate that needs no map. Pure.

Travel time = distance on the sphere × detour factor ÷ speed. The detour factor is the usual ratio of the way by road
to the beeline in towns; the speed is that of a car in a large city by day, parking and the walk to the door included.
"""

from collections.abc import Sequence
from math import asin, cos, radians, sin, sqrt

from core.geodesy import Coordinates

EARTH_RADIUS_M = 6_371_008.8
"""The mean radius of the Earth (IUGG)."""
DETOUR_FACTOR = 1.3
SPEED_MPS = 7.0
"""About 25 km/h."""


def beeline_m(a: Coordinates, b: Coordinates) -> float:
    """The distance on the sphere, in metres (haversine); at most 0.6 % off the ellipsoid."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    half = sin((lat_b - lat_a) / 2) ** 2
    half += cos(lat_a) * cos(lat_b) * sin(radians(b.lon - a.lon) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(half)))


def way_m(a: Coordinates, b: Coordinates) -> float:
    """The estimated way by road, in metres."""
    return beeline_m(a, b) * DETOUR_FACTOR


def travel_s(places: Sequence[Coordinates]) -> list[list[int]]:
    """The estimated travel time between any two places, in whole seconds."""
    return [[round(way_m(a, b) / SPEED_MPS) for b in places] for a in places]
