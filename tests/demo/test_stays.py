"""Stay points: found where somebody stayed, on made tracks of which it is known, and on real ones."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import cos, radians
from pathlib import Path

import pytest

from simulation.stays import M_PER_DEGREE, RADIUS_M, find_stays, metres
from simulation.tracks import MORNING, Fix, make_morning, read_track, take_mornings
from tests.tracks import GEOLIFE, needs_tracks

START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
LAT, LON = 39.98, 116.32


def walk(*legs: tuple[float, float, int]) -> list[Fix]:
    """A track with a fix every 10 s. legs: metres north and east of the start, and for how many minutes."""
    fixes, at = [], START
    for north, east, minutes in legs:
        for _ in range(minutes * 6):
            fixes.append(place(at, north, east))
            at += timedelta(seconds=10)
    return fixes


def place(at: datetime, north: float, east: float) -> Fix:
    return Fix(at, LAT + north / M_PER_DEGREE, LON + east / M_PER_DEGREE / cos(radians(LAT)))


def test_who_stays_long_enough_is_found() -> None:
    stays = find_stays(walk((0, 0, 10), (2000, 0, 1), (4000, 300, 20)))
    assert [
        round(metres(stay, place(START, *where))) for stay, where in zip(stays, [(0, 0), (4000, 300)], strict=True)
    ] == [0, 0]
    assert stays[0].arrived == START
    assert [stay.left - stay.arrived for stay in stays] == [timedelta(minutes=m, seconds=-10) for m in (10, 20)]
    assert [stay.fixes for stay in stays] == [60, 120]


def test_who_only_passes_is_not() -> None:
    ride = [place(START + timedelta(seconds=10 * step), 70.0 * step, 0) for step in range(200)]
    assert find_stays(ride) == []
    assert find_stays(walk((0, 0, 4))) == []
    assert find_stays([]) == []


def test_silence_indoors_belongs_to_the_stay() -> None:
    fixes = walk((0, 0, 20))
    silent = [fix for fix in fixes if not timedelta(minutes=1) < fix.at - START < timedelta(minutes=19)]
    (stay,) = find_stays(silent)
    assert stay.left - stay.arrived == timedelta(minutes=20, seconds=-10)


def test_corners_of_one_yard_are_one_stay() -> None:
    (stay,) = find_stays(walk((0, 0, 6), (0, 70, 2), (0, 40, 8)))
    assert stay.left - stay.arrived == timedelta(minutes=16, seconds=-10)


def test_a_night_at_home_is_no_visit() -> None:
    assert find_stays(walk((0, 0, 9 * 60), (3000, 0, 10)))[0].fixes == 60


def test_made_mornings_have_the_stops_that_were_made() -> None:
    for seed in range(20):
        morning = make_morning(seed)
        assert morning == make_morning(seed)
        assert len(morning.stays) == 6
        assert morning.places >= 4  # chance may lead back to a place
        assert all(timedelta(minutes=7) < stay.left - stay.arrived < timedelta(minutes=22) for stay in morning.stays)
        assert in_order(morning.fixes) and morning.fixes[-1].at - morning.fixes[0].at < MORNING


def test_a_morning_is_moved_whole() -> None:
    morning = make_morning(1)
    moved = morning.moved_to(START)
    assert moved.fixes[0].at == START
    assert moved.stays[-1].left - START == morning.stays[-1].left - morning.fixes[0].at
    arrived = moved.stays[2].arrived
    assert moved.last_fix(arrived).at <= arrived < moved.last_fix(arrived + timedelta(minutes=1)).at
    assert moved.last_fix(START - timedelta(days=1)) == moved.fixes[0]


def test_real_tracks_come_first_and_made_ones_fill_up(tmp_path: Path) -> None:
    person = tmp_path / "007"
    person.mkdir()
    write_track(person / "20260105.plt", walk((0, 0, 10), (900, 0, 10), (2500, 0, 10), (5000, 0, 10)))
    write_track(person / "20260106.plt", walk((0, 0, 10), (900, 0, 10), (2500, 0, 10)))
    homely = tmp_path / "008"
    homely.mkdir()
    write_track(homely / "20260105.plt", walk((0, 0, 30)))
    mornings = take_mornings(3, tmp_path, seed=5)
    assert [morning.source for morning in mornings] == ["GeoLife 007/20260105", "made, seed 5", "made, seed 6"]
    assert mornings[0].places == 4
    assert take_mornings(1, None, seed=5)[0].source == "made, seed 5"


def write_track(path: Path, fixes: Sequence[Fix]) -> None:
    lines = [f"{fix.lat:.6f},{fix.lon:.6f},0,0,0,{fix.at:%Y-%m-%d,%H:%M:%S}" for fix in fixes]
    path.write_text(
        "\n".join(["Geolife trajectory", "WGS 84", "Altitude is in Feet", "Reserved 3", "", "0", *lines, ""])
    )


@needs_tracks
@pytest.mark.real_data
def test_real_people_stayed_in_several_places() -> None:
    mornings = take_mornings(4, GEOLIFE, seed=1)
    assert all(morning.source.startswith("GeoLife") for morning in mornings)
    for morning in mornings:
        assert morning.places >= 3
        assert in_order(morning.fixes)
        for stay in morning.stays:
            here = [fix for fix in morning.fixes if stay.arrived <= fix.at <= stay.left]
            assert len(here) >= 2
            near = sum(metres(fix, stay) <= 2 * RADIUS_M for fix in here)
            assert near / len(here) > 0.8
            assert timedelta(minutes=5) <= stay.left - stay.arrived <= timedelta(hours=2)


@needs_tracks
@pytest.mark.real_data
def test_a_real_file_is_read_whole() -> None:
    path = sorted(GEOLIFE.glob("*/*.plt"))[0]
    fixes = read_track(path)
    assert len(fixes) == len(path.read_text().splitlines()) - 6
    assert all(39 < fix.lat < 41 and 115 < fix.lon < 118 for fix in fixes)


def in_order(fixes: Sequence[Fix]) -> bool:
    return all(before.at <= after.at for before, after in pairwise(fixes))
