"""Positions on the Earth: taken in the datum of the phone's map service, kept as WGS-84; the distance between them.

Angles are degrees, lengths metres.
"""

from typing import Annotated, Literal, NamedTuple

import geocoordinates_ffi as datums
from geopy.distance import geodesic
from pydantic import Field

from core.payloads import Payload
from core.shifted_area import is_shifted

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


def distance_m(a: Coordinates, b: Coordinates) -> float:
    """The shortest way over the WGS-84 ellipsoid between two positions, in metres."""
    return float(geodesic(a, b).meters)
