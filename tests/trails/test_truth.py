"""Stops and mileage on real tracks, beside what a person reads in them (`truth/README.md`)."""

import json
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import pytest

from tests.tracks import GEOLIFE, needs_tracks, read_track
from trails.mileage import measure
from trails.stops import find_stops
from trails.track import Track

pytestmark = [needs_tracks, pytest.mark.real_data]
TRUTHS = sorted(Path(__file__).parent.glob("truth/*.json"))
HELD_BACK = "003/20081028040501"
_ACCURACY_M = 10.0  # these tracks do not say how accurate they are
Minutes = tuple[float, float]


class Outcome(NamedTuple):
    """Of one track: stops that were found and should be, that were missed, and that are none; and how far off, min."""

    hits: int
    missed: int
    wrong: int
    begins: list[float]
    ends: list[float]


def read(truth: dict[str, Any]) -> Track:
    fixes = read_track(GEOLIFE / f"{truth['track']}.plt")
    return Track.of([(round(fix.at.timestamp() * 1000), fix.lat, fix.lon, _ACCURACY_M) for fix in fixes])


def overlap(a: Minutes, b: Minutes) -> float:
    return max(0.0, min(a[1], b[1]) - max(a[0], b[0]))


def compare(truth: dict[str, Any]) -> Outcome:
    """A stop counts as found when the longest overlap with a found one is more than half of it."""
    track = read(truth)
    begin_ms = track.at_ms[0]
    found = [
        ((stop.from_ms - begin_ms) / 60_000, (stop.to_ms - begin_ms) / 60_000)
        for stop in find_stops(track.without_errors())
    ]
    pairs: list[tuple[Minutes, Minutes]] = []
    for stop in truth["stops"]:
        best = max(found, key=lambda other: overlap(stop, other), default=(0.0, 0.0))
        if overlap(stop, best) > (stop[1] - stop[0]) / 2:
            pairs.append((stop, best))
    matched = [best for _, best in pairs]
    wrong = [
        other
        for other in found
        if other not in matched
        and not any(overlap(other, span) >= (other[1] - other[0]) / 2 for span in truth["unclear"])
    ]
    return Outcome(
        len(pairs),
        len(truth["stops"]) - len(pairs),
        len(wrong),
        [abs(best[0] - stop[0]) for stop, best in pairs],
        [abs(best[1] - stop[1]) for stop, best in pairs],
    )


def load(path: Path) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads(path.read_text())
    return truth


def test_stops_on_the_tracks_that_set_the_parameters() -> None:
    outcomes = [compare(truth) for truth in map(load, TRUTHS) if truth["track"] != HELD_BACK]
    assert len(outcomes) == 3
    hits, missed, wrong = (sum(getattr(one, name) for one in outcomes) for name in ("hits", "missed", "wrong"))
    assert hits / (hits + missed) >= 0.96
    assert hits / (hits + wrong) >= 0.96
    assert median(minute for one in outcomes for minute in one.begins) <= 1
    assert median(minute for one in outcomes for minute in one.ends) <= 0.5


def test_stops_on_a_track_that_was_held_back() -> None:
    (outcome,) = (compare(truth) for truth in map(load, TRUTHS) if truth["track"] == HELD_BACK)
    assert (outcome.hits, outcome.missed, outcome.wrong) == (
        6,
        1,
        1,
    )  # one of 3 h 17 min, of which 2 h 53 without a fix
    assert median(outcome.begins) <= 0.5
    assert median(outcome.ends) <= 1


@pytest.mark.parametrize("path", TRUTHS, ids=lambda path: path.stem)
def test_mileage(path: Path) -> None:
    truth = load(path)
    track = read(truth).without_errors()
    minutes = (track.at_ms - read(truth).at_ms[0]) / 60_000
    for leg in truth["legs"]:
        way = track.take((minutes >= leg["from"]) & (minutes <= leg["to"]))
        found = measure(way, find_stops(way), 300)
        assert found.moved_m + found.bridged_m == pytest.approx(leg["metres"], rel=0.02), leg
