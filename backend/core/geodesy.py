"""Positions on the Earth: taken in the datum of the phone's map service, kept as WGS-84; the distance between them.

Angles are degrees, lengths metres.
"""

from math import atan, atan2, cos, hypot, radians, sin, sqrt, tan
from typing import Annotated, Literal, NamedTuple

import geocoordinates_ffi as datums
from geographiclib.geodesic import Geodesic
from pydantic import Field

from core.payloads import Payload
from core.shifted_area import is_shifted

_EQUATOR_M = 6_378_137.0
_FLATTENING = 1 / 298.257223563
_ECCENTRICITY2 = _FLATTENING * (2 - _FLATTENING)
_NEAR_DEG = 10
_CLOSE_DEG = 0.01
_FAR_NORTH_DEG = 75
_LONGEST_DEG_M = 111_694
"""A degree of latitude at the poles, where it is longest; one of longitude, at the equator, has 111 320 m."""
Datum = Literal["WGS-84", "GCJ-02", "BD-09"]
Latitude = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-90, le=90)]
Longitude = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-180, le=180)]


class Coordinates(NamedTuple):
    """A position in WGS-84, in degrees."""

    lat: float
    lon: float


class Position(Payload):
    """A position as a device gives it. datum: WGS-84 (GPS), GCJ-02 (AMap, Tencent, Apple in China) or BD-09 (Baidu)."""

    lat: Latitude = Field(description="degrees, -90 to 90")
    lon: Longitude = Field(description="degrees, -180 to 180")
    datum: Datum = Field(default="WGS-84", description="the datum in which lat and lon are given")

    def to_wgs84(self) -> Coordinates:
        """The position in WGS-84."""
        return to_wgs84(self.lat, self.lon, self.datum)


def to_wgs84(lat: float, lon: float, datum: Datum) -> Coordinates:
    """A position given in `datum`, in WGS-84; exact to less than a millimetre.

    Outside mainland China, Hong Kong and Macau the map services give plain WGS-84 whatever they call it, so a
    position there stays what it is.
    """
    if datum == "WGS-84" or not is_shifted(lat, lon):
        return Coordinates(lat, lon)
    if datum == "BD-09":
        found = datums.bd09_to_wgs84_refined(datums.Bd09(lat=lat, lon=lon))
    else:
        found = datums.gcj02_to_wgs84_refined(datums.Gcj02(lat=lat, lon=lon))
    return Coordinates(found.lat, found.lon)


def from_wgs84(lat: float, lon: float, datum: Datum) -> Coordinates:
    """A position in WGS-84 as `datum` gives it; `to_wgs84` leads back to less than a millimetre.

    Positions that a map service does not shift stay what they are.
    """
    if datum == "WGS-84":
        return Coordinates(lat, lon)
    shift = datums.wgs84_to_bd09 if datum == "BD-09" else datums.wgs84_to_gcj02
    found = shift(datums.Wgs84(lat=lat, lon=lon))
    return Coordinates(found.lat, found.lon) if is_shifted(found.lat, found.lon) else Coordinates(lat, lon)


def distance_m(a: Coordinates, b: Coordinates) -> float:
    """The shortest way over the WGS-84 ellipsoid between two positions, in metres; exact to less than a millimetre."""
    north, east = abs(a.lat - b.lat), abs(a.lon - b.lon)
    if north < _CLOSE_DEG and east < _CLOSE_DEG and abs(a.lat + b.lat) < 2 * _FAR_NORTH_DEG:
        return _close_m(a, b)
    if north < _NEAR_DEG and east < _NEAR_DEG:
        return _near_m(a, b)
    inverse = Geodesic.WGS84.Inverse(a.lat, a.lon, b.lat, b.lon, Geodesic.DISTANCE)
    return float(inverse["s12"])


def _close_m(a: Coordinates, b: Coordinates) -> float:
    """The way across the street, to less than a tenth of a millimetre, for a tenth of the cost of `_near_m`.

    The radii of curvature at the middle latitude (meridian, prime vertical) make a plane of so small a part of the
    ellipsoid; the error grows with the third power of the distance.
    """
    middle = radians((a.lat + b.lat) / 2)
    sin2 = sin(middle) ** 2
    bulge = 1 - _ECCENTRICITY2 * sin2
    across = _EQUATOR_M / sqrt(bulge)
    along = across * (1 - _ECCENTRICITY2) / bulge
    return hypot(along * radians(b.lat - a.lat), across * cos(middle) * radians(b.lon - a.lon))


def at_most_m(a: Coordinates, b: Coordinates) -> float:
    """A length that `distance_m` never exceeds, for next to nothing: along the meridian, then along the parallel."""
    return _LONGEST_DEG_M * (abs(a.lat - b.lat) + abs(a.lon - b.lon))


def _near_m(a: Coordinates, b: Coordinates) -> float:
    """Vincenty's inverse formula (Survey Review 1975), which always converges for neighbours.

    A check-in asks for the way to a door across the street; here that costs a sixth of the general solution.
    """
    reduced_a = atan((1 - _FLATTENING) * tan(radians(a.lat)))
    reduced_b = atan((1 - _FLATTENING) * tan(radians(b.lat)))
    sin_a, cos_a, sin_b, cos_b = sin(reduced_a), cos(reduced_a), sin(reduced_b), cos(reduced_b)
    span = east = radians(b.lon - a.lon)
    for _ in range(20):
        sin_east, cos_east = sin(east), cos(east)
        sin_arc = hypot(cos_b * sin_east, cos_a * sin_b - sin_a * cos_b * cos_east)
        if sin_arc == 0:
            return 0.0
        cos_arc = sin_a * sin_b + cos_a * cos_b * cos_east
        arc = atan2(sin_arc, cos_arc)
        sin_azimuth = cos_a * cos_b * sin_east / sin_arc
        cos2_azimuth = 1 - sin_azimuth * sin_azimuth
        # On the equator there is no northward part, and what stands for it does not matter.
        cos_middle = cos_arc - 2 * sin_a * sin_b / cos2_azimuth if cos2_azimuth > 1e-12 else 0.0
        term = _FLATTENING / 16 * cos2_azimuth * (4 + _FLATTENING * (4 - 3 * cos2_azimuth))
        swing = 2 * cos_middle * cos_middle - 1
        before, east = (
            east,
            span
            + (1 - term) * _FLATTENING * sin_azimuth * (arc + term * sin_arc * (cos_middle + term * cos_arc * swing)),
        )
        if abs(east - before) < 1e-12:
            break
    u2 = cos2_azimuth * (1 / (1 - _FLATTENING) ** 2 - 1)
    large = 1 + u2 / 16384 * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)))
    small = u2 / 1024 * (256 + u2 * (-128 + u2 * (74 - 47 * u2)))
    bend = small / 6 * cos_middle * (4 * sin_arc * sin_arc - 3) * (4 * cos_middle * cos_middle - 3)
    correction = small * sin_arc * (cos_middle + small / 4 * (cos_arc * swing - bend))
    return _EQUATOR_M * (1 - _FLATTENING) * large * (arc - correction)
