"""Positions in three datums become WGS-84; places outside the shifted area stay; distances are the ellipsoid's."""

import geocoordinates_ffi as datums
import pytest
from geopy.distance import geodesic
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from core.geodesy import Coordinates, Position, at_most_m, distance_m, from_wgs84, to_wgs84
from core.shifted_area import is_shifted

# The published test points of googollee/eviltransform: Shanghai, Shenzhen, Beijing (WGS-84, GCJ-02).
GCJ_POINTS = [
    (31.1774276, 121.5272106, 31.17530398364597, 121.531541859215),
    (22.543847, 113.912316, 22.540796131694766, 113.9171764808363),
    (39.911954, 116.377817, 39.91334545536069, 116.38404722455657),
]
# Published with wandergis/coordtransform, and by Baidu (five places): BD-09, GCJ-02, metres of rounding.
BD_POINTS = [
    (39.92133699351022, 116.41036949371029, 39.915, 116.404, 0.001),
    (39.90851, 116.43351, 39.90245, 116.42703, 1.5),
]
INSIDE = {
    "Beijing": (39.9042, 116.4074), "Shanghai": (31.2304, 121.4737), "Hong Kong": (22.3193, 114.1694),
    "Macau": (22.1987, 113.5439), "Sanya": (18.2528, 109.5119), "Kashgar": (39.4704, 75.9898),
    "Harbin": (45.8038, 126.535), "Lhasa": (29.65, 91.1), "Dandong": (40.1292, 124.3947),
    "Dongxing": (21.547, 107.971), "Ruili": (24.013, 97.852), "Heihe": (50.245, 127.5),
    "Manzhouli": (49.598, 117.379), "Hunchun": (42.863, 130.366), "Mohe": (52.97, 122.53),
    "Xiamen": (24.4798, 118.0894), "Zhoushan": (29.985, 122.207), "Tashkurgan": (37.772, 75.227),
}  # fmt: skip
OUTSIDE = {
    "Seoul": (37.5665, 126.978), "Hanoi": (21.0278, 105.8342), "Taipei": (25.033, 121.5654),
    "Tokyo": (35.6762, 139.6503), "Ulaanbaatar": (47.8864, 106.9057), "Pyongyang": (39.0392, 125.7625),
    "Vladivostok": (43.1155, 131.8855), "Kathmandu": (27.7172, 85.324), "Almaty": (43.222, 76.8512),
    "Bangkok": (13.7563, 100.5018), "Singapore": (1.3521, 103.8198), "Manila": (14.5995, 120.9842),
    "Blagoveshchensk": (50.2907, 127.5272), "Haiphong": (20.8449, 106.6881), "Busan": (35.1796, 129.0756),
    "Delhi": (28.6139, 77.209), "London": (51.5, -0.12), "Sydney": (-33.87, 151.21),
}  # fmt: skip

latitudes = st.floats(-90, 90, allow_nan=False)
longitudes = st.floats(-180, 180, allow_nan=False)


@pytest.mark.parametrize("point", GCJ_POINTS)
def test_gcj02_reference_points(point: tuple[float, float, float, float]) -> None:
    lat, lon, gcj_lat, gcj_lon = point
    assert distance_m(to_wgs84(gcj_lat, gcj_lon, "GCJ-02"), Coordinates(lat, lon)) < 0.001


@pytest.mark.parametrize("point", BD_POINTS)
def test_bd09_reference_points(point: tuple[float, float, float, float, float]) -> None:
    bd_lat, bd_lon, gcj_lat, gcj_lon, rounding_m = point
    assert distance_m(to_wgs84(bd_lat, bd_lon, "BD-09"), to_wgs84(gcj_lat, gcj_lon, "GCJ-02")) < rounding_m


@pytest.mark.parametrize("place", INSIDE)
def test_places_inside_are_shifted(place: str) -> None:
    assert is_shifted(*INSIDE[place])
    assert 50 < distance_m(to_wgs84(*INSIDE[place], "GCJ-02"), Coordinates(*INSIDE[place])) < 1_000


@pytest.mark.parametrize("datum", ["GCJ-02", "BD-09"])
@pytest.mark.parametrize("place", OUTSIDE)
def test_places_outside_stay(place: str, datum: str) -> None:
    assert to_wgs84(*OUTSIDE[place], datum) == OUTSIDE[place]
    assert from_wgs84(*OUTSIDE[place], datum) == OUTSIDE[place]


@given(lat=st.floats(18, 54), lon=st.floats(73, 135), datum=st.sampled_from(["GCJ-02", "BD-09"]))
@settings(max_examples=300, deadline=None)
def test_inverse_of_the_published_shift(lat: float, lon: float, datum: str) -> None:
    """What a map service made of a true position comes back to it, to less than a millimetre."""
    there = datums.wgs84_to_gcj02 if datum == "GCJ-02" else datums.wgs84_to_bd09
    given_as = there(datums.Wgs84(lat=lat, lon=lon))
    assume(is_shifted(given_as.lat, given_as.lon))
    assert from_wgs84(lat, lon, datum) == (given_as.lat, given_as.lon)
    assert distance_m(to_wgs84(given_as.lat, given_as.lon, datum), Coordinates(lat, lon)) < 0.001


@given(lat=latitudes, lon=longitudes, datum=st.sampled_from(["WGS-84", "GCJ-02", "BD-09"]))
@settings(max_examples=300, deadline=None)
def test_never_moves_far_and_never_fails(lat: float, lon: float, datum: str) -> None:
    found = Position(lat=lat, lon=lon, datum=datum).to_wgs84()
    if datum == "WGS-84" or not is_shifted(lat, lon):
        assert found == (lat, lon)
    else:
        assert distance_m(found, Coordinates(lat, lon)) < 2_500


@pytest.mark.parametrize(
    "bad",
    [
        {"lat": float("nan"), "lon": 0.0}, {"lat": 0.0, "lon": float("inf")}, {"lat": 90.1, "lon": 0.0},
        {"lat": 0.0, "lon": -180.1}, {"lat": False, "lon": 0.0}, {"lat": "1", "lon": 0.0}, {"lat": 1.0},
        {"lat": 1.0, "lon": 1.0, "datum": "CGCS2000"}, {"lat": 1.0, "lon": 1.0, "datum": None},
    ],
)  # fmt: skip
def test_refuses_what_is_no_position(bad: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Position.model_validate(bad)


def test_datum_defaults_to_wgs84_and_integers_are_numbers() -> None:
    assert Position.model_validate({"lat": 40, "lon": 116}).to_wgs84() == (40.0, 116.0)


def test_distance_of_flinders_peak_to_buninyong() -> None:
    """The published geodetic line of the Australian datum's manual: 54,972.271 m."""
    flinders = Coordinates(-(37 + 57 / 60 + 3.72030 / 3600), 144 + 25 / 60 + 29.52440 / 3600)
    buninyong = Coordinates(-(37 + 39 / 60 + 10.15610 / 3600), 143 + 55 / 60 + 35.38390 / 3600)
    assert distance_m(flinders, buninyong) == pytest.approx(54_972.271, abs=0.001)


@given(lat=latitudes, lon=longitudes)
@settings(max_examples=50, deadline=None)
def test_distance_to_itself_is_nothing(lat: float, lon: float) -> None:
    assert distance_m(Coordinates(lat, lon), Coordinates(lat, lon)) == 0


@given(a=st.tuples(latitudes, longitudes), b=st.tuples(latitudes, longitudes))
@settings(max_examples=200, deadline=None)
def test_distance_of_anywhere_is_the_ellipsoids(a: tuple[float, float], b: tuple[float, float]) -> None:
    assert distance_m(Coordinates(*a), Coordinates(*b)) == pytest.approx(geodesic(a, b).meters, abs=0.001)
    assert distance_m(Coordinates(*a), Coordinates(*b)) <= at_most_m(Coordinates(*a), Coordinates(*b)) + 1e-6


@given(
    lat=latitudes | st.sampled_from([0.0, 90.0, -90.0]),
    lon=longitudes,
    north=st.floats(-9.99, 9.99) | st.floats(-1e-3, 1e-3) | st.just(0.0),
    east=st.floats(-9.99, 9.99) | st.floats(-1e-3, 1e-3) | st.just(0.0),
)
@settings(max_examples=1_000, deadline=None)
def test_distance_of_neighbours_is_the_ellipsoids(lat: float, lon: float, north: float, east: float) -> None:
    a = Coordinates(lat, lon)
    b = Coordinates(max(-90.0, min(90.0, lat + north)), max(-180.0, min(180.0, lon + east)))
    assert distance_m(a, b) == pytest.approx(geodesic(a, b).meters, abs=0.001)
    assert distance_m(a, b) == pytest.approx(distance_m(b, a), abs=1e-6)
    assert distance_m(a, b) <= at_most_m(a, b) + 1e-6  # of rounding
