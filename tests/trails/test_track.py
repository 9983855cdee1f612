"""Tracks: lengths on the ellipsoid, and fixes that nobody can have reached."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.geodesy import Coordinates, distance_m
from tests.trails.tracks import BEGIN_MS, LAT, LON, drive, joined
from trails.track import Track

_NEAR = st.floats(-0.05, 0.05)


@given(st.floats(-85, 85), st.floats(-180, 179.9), _NEAR, _NEAR)
@settings(max_examples=200, deadline=None)
def test_steps_are_the_ways_over_the_ellipsoid(lat: float, lon: float, north: float, east: float) -> None:
    to_lat, to_lon = lat + north, (lon + east + 180) % 360 - 180
    track = Track.of([(0, lat, lon, 5.0), (1, to_lat, to_lon, 5.0)])
    exact = distance_m(Coordinates(lat, lon), Coordinates(to_lat, to_lon))
    assert track.steps_m[0] == pytest.approx(exact, rel=2e-5, abs=0.01)


def _jump(second: float, north_deg: float) -> Track:
    return Track.of([(BEGIN_MS + round(second * 1000), LAT + north_deg, LON, 10.0)])


def test_fixes_out_of_reach_are_left_out() -> None:
    good = drive((3000, 0, 300))
    assert len(good.without_errors()) == len(good)
    for at_s in (-3.0, 2.5, 151.0, 303.0):  # before the first, between, behind the last
        bad = joined(good, _jump(at_s, 0.5)).without_errors()
        assert bad.at_ms.tolist() == good.at_ms.tolist()
    two = joined(good, _jump(101, 0.5), _jump(102, 0.5001)).without_errors()
    assert two.at_ms.tolist() == good.at_ms.tolist()


def test_one_who_was_wrong_for_long_does_not_outvote_the_rest() -> None:
    """Three fixes that agree are believed, the lonely one before them is not."""
    track = joined(_jump(0, 0.5), drive((3000, 0, 300))).without_errors()
    assert BEGIN_MS in track.at_ms.tolist()
    assert track.lat.max() < LAT + 0.1


def test_a_journey_by_plane_stays() -> None:
    """What takes long enough is possible, however far."""
    track = joined(drive((0, 0, 600)), _jump(7200, 9.0), _jump(7205, 9.0), _jump(7210, 9.0))
    assert len(track.without_errors()) == len(track)
