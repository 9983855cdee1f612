"""Mileage: what a car's counter would say, and nothing for standing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trails.tracks import Leg, drive, silenced
from trails.mileage import Mileage, measure
from trails.stops import find_stops
from trails.track import Track


def mileage(track: Track, gap_after_s: float = 300) -> Mileage:
    """With the stops that are found in the track."""
    return measure(track, find_stops(track), gap_after_s)


ROUND: tuple[Leg, ...] = (
    (3000, 0, 300), (3000, 0, 1200), (3000, 2000, 250), (3000, 2000, 900), (0, 2000, 300), (0, 0, 200), (0, 0, 600),
)  # fmt: skip
ROUND_M = 10_000


@pytest.mark.parametrize(("spread_m", "off"), [(0.0, 0.002), (2.0, 0.01), (4.0, 0.02)])
def test_a_round_with_stops(spread_m: float, off: float) -> None:
    found = mileage(drive(*ROUND, spread_m=spread_m))
    assert found.moved_m == pytest.approx(ROUND_M, rel=off)
    assert found.bridged_m == 0


@given(st.integers(0, 10_000), st.floats(0, 12), st.integers(6, 120))
@settings(max_examples=40, deadline=None)
def test_standing_still_adds_nothing(seed: int, spread_m: float, minutes: int) -> None:
    """The fixes wander about for kilometres, and know how accurate they are."""
    track = drive((0, 0, minutes * 60), spread_m=spread_m, accuracy_m=max(5, 1.5 * spread_m), seed=seed)
    found = mileage(track)
    assert found.moved_m <= 8 * spread_m  # before and behind the stop, a fix or two
    assert found.bridged_m == 0


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_a_red_light_adds_next_to_nothing(seed: int) -> None:
    track = drive((1000, 0, 100), (1000, 0, 240), (2000, 0, 100), spread_m=3, accuracy_m=8, seed=seed)
    assert mileage(track).moved_m == pytest.approx(2000, abs=100)
    assert track.steps_m.sum() > 2150


def test_to_and_fro_on_one_road_counts_each_way() -> None:
    assert mileage(drive((3000, 0, 300), (0, 0, 300), (3500, 0, 300))).moved_m == pytest.approx(9500, rel=0.002)


def test_the_way_across_a_gap_is_told_apart() -> None:
    track = silenced(drive((2000, 0, 200), (12_000, 0, 1000), (14_000, 0, 200)), 200, 1200)
    found = mileage(track)
    assert found.moved_m == pytest.approx(4000, rel=0.005)
    assert found.bridged_m == pytest.approx(10_000, rel=0.005)


def test_a_gap_indoors_is_no_way() -> None:
    track = silenced(drive((2000, 0, 200), (2000, 0, 3600), (0, 0, 200)), 230, 3770)
    found = mileage(track)
    assert found.moved_m == pytest.approx(4000, rel=0.01)
    assert found.bridged_m == 0


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hardly_any_fixes(count: int) -> None:
    track = drive((100, 0, 10), every_s=10).take(slice(0, count))
    assert mileage(track).moved_m == pytest.approx(100 if count == 2 else 0, rel=0.01)
