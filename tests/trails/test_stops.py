"""Stops: found where somebody stopped, on made tracks of which it is known."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trails.tracks import BEGIN_MS, drive, joined, moved, silenced
from trails.stops import LEAST_S, RADIUS_M, Stop, find_stops
from trails.track import Track


def minutes(stops: list[Stop]) -> list[tuple[float, float]]:
    """From and up to which minute of the track."""
    return [((stop.from_ms - BEGIN_MS) / 60_000, (stop.to_ms - BEGIN_MS) / 60_000) for stop in stops]


def test_who_stays_long_enough_is_found() -> None:
    track = drive((0, 0, 600), (4000, 0, 400), (4000, 0, 1200), (0, 4000, 600))
    assert [tuple(round(value) for value in stop) for stop in minutes(find_stops(track))] == [(0, 10), (17, 37)]


def test_who_only_passes_is_not() -> None:
    assert find_stops(drive((5000, 0, 3600))) == []  # a stroll at 1.4 m/s
    assert find_stops(drive((0, 0, LEAST_S - 10), (5000, 0, 500))) == []
    assert find_stops(Track.of([])) == []
    assert find_stops(drive()) == []  # one fix


def test_arriving_on_foot_is_no_part_of_the_stop() -> None:
    track = drive((300, 0, 240), (300, 0, 900), (600, 0, 240))
    ((arrived, left),) = minutes(find_stops(track))
    assert arrived == pytest.approx(4, abs=0.8)
    assert left == pytest.approx(19, abs=0.8)


def test_silence_indoors_belongs_to_the_stop() -> None:
    track = silenced(drive((3000, 0, 600), (3000, 0, 2400), (0, 0, 600)), 640, 2960)
    ((arrived, left),) = minutes(find_stops(track))
    assert (round(arrived), round(left)) == (10, 50)


def test_silence_between_two_places_is_no_stop() -> None:
    track = joined(drive((0, 0, 60)), silenced(drive((0, 0, 60), (9000, 0, 1800), (9000, 0, 60)), -1, 1850))
    assert find_stops(track) == []


def test_a_receiver_that_strays_for_a_while_ends_no_stop() -> None:
    track = drive((0, 0, 900), (0, 200, 30), (0, 0, 30), (0, 0, 900))
    ((arrived, left),) = minutes(find_stops(track))
    assert (round(arrived), round(left)) == (0, 31)


def test_an_errand_parts_two_stops() -> None:
    track = drive((0, 0, 900), (0, 1000, 400), (0, 0, 400), (0, 0, 900))
    assert len(find_stops(track)) == 2


def test_inaccurate_fixes_pull_no_middle_away() -> None:
    sharp = drive((0, 0, 1200), accuracy_m=8)
    blurred = drive((0, 150, 1), (0, 150, 1200), every_s=20, accuracy_m=300)
    (stop,) = find_stops(joined(sharp, blurred))
    alone = find_stops(sharp)[0]
    assert abs(stop.lat - alone.lat) < 1e-6
    assert abs(stop.lon - alone.lon) < 1e-6


@given(st.integers(0, 10_000), st.floats(0, 20), st.integers(7, 90))
@settings(max_examples=40, deadline=None)
def test_standing_is_one_stop_however_the_receiver_jitters(seed: int, spread_m: float, long_min: int) -> None:
    track = drive((0, 0, long_min * 60), spread_m=spread_m, accuracy_m=max(5, 1.5 * spread_m), seed=seed)
    stops = minutes(find_stops(track))
    assert len(stops) == 1
    assert stops[0][0] == pytest.approx(0, abs=1)
    assert stops[0][1] == pytest.approx(long_min, abs=1)


@given(st.integers(0, 10_000), st.floats(-180, 180), st.sampled_from([-80.0, -33.0, 0.0, 39.98, 71.0]))
@settings(max_examples=40, deadline=None)
def test_stops_are_the_same_everywhere_on_earth(seed: int, east_deg: float, lat: float) -> None:
    legs = ((0, 0, 900), (2000, 1000, 300), (2000, 1000, 1500), (0, 500, 400))
    here = find_stops(drive(*legs, spread_m=5, seed=seed))
    there = find_stops(moved(drive(*legs, spread_m=5, seed=seed, lat=lat), east_deg))
    assert len(there) == len(here)
    for one, other in zip(here, there, strict=True):
        assert (other.first, other.last) == pytest.approx((one.first, one.last), abs=3)
    assert all(-180 <= stop.lon < 180 for stop in there)


@given(st.lists(st.tuples(st.floats(-3000, 3000), st.floats(-3000, 3000), st.floats(30, 1500)), max_size=8))
@settings(max_examples=60, deadline=None)
def test_stops_are_long_enough_apart_and_in_order(legs: list[tuple[float, float, float]]) -> None:
    track = drive(*legs, spread_m=3)
    stops = find_stops(track)
    for stop in stops:
        assert stop.to_ms - stop.from_ms >= LEAST_S * 1000
        assert (track.at_ms[stop.first], track.at_ms[stop.last]) == (stop.from_ms, stop.to_ms)
        ends = Track.of([(0, stop.lat, stop.lon, 1.0), (1, track.lat[stop.first], track.lon[stop.first], 1.0)])
        assert ends.steps_m[0] <= 2 * RADIUS_M + 10
    assert all(before.last < after.first for before, after in pairwise(stops))
