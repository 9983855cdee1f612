"""Simplification: never farther than the tolerance, and much fewer points."""

from itertools import pairwise
from math import cos, hypot, radians
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trails.tracks import BEGIN_MS, drive, moved
from trails.simplification import simplify
from trails.track import Track

_OFFSET = st.floats(-0.02, 0.02)


def away_m(track: Track, kept: list[int]) -> float:
    """How far the farthest fix is from the line through `kept`, measured in the plane around that fix."""
    worst = 0.0
    for before, after in pairwise(kept):
        for here in range(before + 1, after):
            ends = []
            for end in (before, after):
                east = (track.lon[end] - track.lon[here] + 180) % 360 - 180
                ends.append(
                    (111_320 * east * cos(radians(track.lat[here])), 111_320 * (track.lat[end] - track.lat[here]))
                )
            (ax, ay), (bx, by) = ends
            dx, dy = bx - ax, by - ay
            length2 = dx * dx + dy * dy
            share = min(1.0, max(0.0, -(ax * dx + ay * dy) / length2)) if length2 else 0.0
            worst = max(worst, hypot(ax + share * dx, ay + share * dy))
    return worst


@given(
    st.lists(st.tuples(_OFFSET, _OFFSET), max_size=60),
    st.floats(1, 500),
    st.sampled_from([(39.9, 116.4), (-33.9, 151.2), (0.0, 0.0), (64.1, -21.9), (-17.7, 179.995)]),
)
@settings(max_examples=300, deadline=None)
def test_no_fix_is_farther_than_the_tolerance(
    offsets: list[tuple[float, float]], tolerance_m: float, place: tuple[float, float]
) -> None:
    fixes = [
        (BEGIN_MS + number, place[0] + north, (place[1] + east + 180) % 360 - 180, 5.0)
        for number, (north, east) in enumerate(offsets)
    ]
    track = Track.of(fixes)
    kept = simplify(track, tolerance_m).tolist()
    assert kept == sorted(set(kept))
    assert kept[:1] + kept[-1:] == ([0, len(track) - 1] if fixes else [])
    assert away_m(track, kept) <= tolerance_m * 1.005 + 0.01


@given(st.lists(st.integers(0, 99), max_size=20), st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_corners_remain_and_each_fix_has_its_own_tolerance(corners: list[int], seed: int) -> None:
    track = drive((900, 0, 99 * 5), spread_m=15, seed=seed)
    kept = simplify(track, 1e6, np.array(corners, dtype=np.int64)).tolist()
    assert kept == sorted({0, len(track) - 1, *corners})
    strict = np.where(np.arange(len(track)) % 2 == 0, 1e-3, 1e6)
    assert set(range(0, len(track), 2)) <= set(simplify(track, strict).tolist()) | {len(track) - 1}


def test_to_and_fro_on_one_road_stays_to_and_fro() -> None:
    track = drive((3000, 0, 300), (0, 0, 300), (3500, 0, 300), spread_m=2)
    kept = simplify(track, 10)
    assert len(kept) < 12
    assert track.take(kept).steps_m.sum() == pytest.approx(9500, rel=0.01)


def test_a_straight_road_is_two_points_also_across_the_date_line() -> None:
    road = drive((6000, 0, 600))
    assert simplify(road, 1).tolist() == [0, len(road) - 1]
    assert simplify(moved(road, 63.66), 1).tolist() == [0, len(road) - 1]
    bend = drive((1000, 0, 100), (1000, 1000, 100))
    assert simplify(bend, 5).tolist() == [0, 20, len(bend) - 1]


@pytest.mark.parametrize("spread_m", [0.0, 3.0, 12.0])
def test_a_day_of_ten_thousand_fixes_takes_milliseconds(spread_m: float) -> None:
    track = drive(*((1500.0 * (leg % 3), 1200.0 * (leg % 2), 2500.0) for leg in range(20)), spread_m=spread_m)
    assert len(track) > 10_000
    began = perf_counter()
    simplify(track, 15)
    assert perf_counter() - began < 1
