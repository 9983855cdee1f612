"""The mornings that phones live through: real GPS tracks where they are at hand, made ones otherwise.

Real ones are GeoLife's PLT files (`<folder>/<person>/*.plt`): six header lines, then a fix a line: latitude, longitude
(WGS-84), 0, altitude, days, date, time (GMT). Of each person's trips the few hours with the most stays are taken.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import cos, hypot, radians
from pathlib import Path
from typing import NamedTuple

from simulation.stays import M_PER_DEGREE, RADIUS_M, Stay, find_stays, metres

MORNING = timedelta(hours=4)
_HEADER_LINES = 6
_LEAD = timedelta(minutes=5)
"""A morning begins so long before its first stay."""
_LEAST_PLACES = 3

# Made tracks: someone on an electric scooter in the north-west of Beijing, a fix every few seconds.
_HOME = (39.98, 116.32)
_STOPS = 6
_SPEED_M_S = 7.0
_EVERY_S = 10
_SPREAD_M = 6.0


class Fix(NamedTuple):
    """One position as a phone's receiver gave it: degrees in WGS-84."""

    at: datetime
    lat: float
    lon: float


@dataclass(frozen=True)
class Morning:
    """A track of at most `MORNING`, in the time in which it was recorded, with its stays. source: where it is from."""

    source: str
    fixes: Sequence[Fix]
    stays: Sequence[Stay]

    def moved_to(self, start: datetime) -> "Morning":
        """The same morning, with its first fix at `start`."""
        shift = start - self.fixes[0].at
        fixes = [fix._replace(at=fix.at + shift) for fix in self.fixes]
        stays = [stay._replace(arrived=stay.arrived + shift, left=stay.left + shift) for stay in self.stays]
        return Morning(self.source, fixes, stays)

    @property
    def places(self) -> int:
        """The number of stays that are not where an earlier one was."""
        found: list[Stay] = []
        for stay in self.stays:
            if all(metres(stay, other) > RADIUS_M for other in found):
                found.append(stay)
        return len(found)

    def last_fix(self, at: datetime) -> Fix:
        """The newest fix that the receiver had at `at`; the first one before that."""
        newest = self.fixes[0]
        for fix in self.fixes:
            if fix.at > at:
                break
            newest = fix
        return newest


def take_mornings(count: int, folder: Path | None, seed: int) -> list[Morning]:
    """So many mornings: one of each person with real tracks below `folder`, made ones for whoever is left.

    seed: the made ones are the same for the same seed.
    """
    mornings = list(_real_mornings(folder))[:count] if folder and folder.is_dir() else []
    return mornings + [make_morning(seed + number) for number in range(count - len(mornings))]


def read_track(path: Path) -> list[Fix]:
    """The fixes of one PLT file."""
    fixes = []
    for line in path.read_text().splitlines()[_HEADER_LINES:]:
        lat, lon, _, _, _, day, time = line.split(",")
        fixes.append(Fix(datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=UTC), float(lat), float(lon)))
    return fixes


def _real_mornings(folder: Path) -> Iterator[Morning]:
    """One of each person who ever stayed in several places; that with the most of them."""
    for person in sorted(path for path in folder.iterdir() if path.is_dir()):
        tracks = ((path.stem, read_track(path)) for path in sorted(person.glob("*.plt")))
        mornings = [
            morning for trip, fixes in tracks for morning in _mornings_of(f"GeoLife {person.name}/{trip}", fixes)
        ]
        best = max(mornings, key=lambda morning: morning.places, default=None)
        if best and best.places >= _LEAST_PLACES:
            yield best


def _mornings_of(source: str, fixes: Sequence[Fix]) -> Iterator[Morning]:
    """The parts of a track, `MORNING` long, that begin shortly before a stay."""
    stays = find_stays(fixes)
    for number, stay in enumerate(stays):
        start = stay.arrived - _LEAD
        end = start + MORNING
        inside = [other for other in stays[number:] if other.left <= end]
        yield Morning(source, [fix for fix in fixes if start <= fix.at <= end], inside)


def make_morning(seed: int) -> Morning:
    """A morning that nobody had: rides between stops, with the jitter of a receiver and one loss of its signal."""
    chance = random.Random(seed)
    at = datetime(2026, 1, 5, 0, 30, tzinfo=UTC)
    lat, lon = (middle + chance.uniform(-0.04, 0.04) for middle in _HOME)
    fixes = [_jittered(at, lat, lon, chance)]
    for stop in range(_STOPS):
        to_lat, to_lon = (value + chance.choice((-1, 1)) * chance.uniform(0.006, 0.014) for value in (lat, lon))
        ride_s = int(_metres(lat, lon, to_lat, to_lon) / _SPEED_M_S)
        for second in range(_EVERY_S, ride_s, _EVERY_S):
            share = second / ride_s
            here = (lat + share * (to_lat - lat), lon + share * (to_lon - lon))
            fixes.append(_jittered(at + timedelta(seconds=second), *here, chance))
        at, lat, lon = at + timedelta(seconds=ride_s), to_lat, to_lon
        stay_s = chance.randrange(8 * 60, 20 * 60)
        # In one shop there is no signal for some minutes.
        silent_s = range(20, 300) if stop == 1 else range(0)
        for second in range(0, stay_s, _EVERY_S):
            if second not in silent_s:
                fixes.append(_jittered(at + timedelta(seconds=second), lat, lon, chance))
        at += timedelta(seconds=stay_s)
    return Morning(f"made, seed {seed}", fixes, find_stays(fixes))


def _jittered(at: datetime, lat: float, lon: float, chance: random.Random) -> Fix:
    north, east = (chance.gauss(0, _SPREAD_M) / M_PER_DEGREE for _ in range(2))
    return Fix(at, round(lat + north, 6), round(lon + east / cos(radians(lat)), 6))


def _metres(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    return M_PER_DEGREE * hypot(to_lat - lat, (to_lon - lon) * cos(radians(lat)))
