"""Judging a rep's day as a whole: ways that nobody can have travelled, and visits that overlap. Pure.

The result depends on the sightings alone and not on the order in which they arrived: a check-in that a phone delivers
days late is judged against its neighbours, and they against it.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from core.geodesy import Coordinates, at_most_m, distance_m


class Sighting(NamedTuple):
    """Where a rep's phone measured itself. at: the time of the measurement, not of the message that carried it."""

    id: UUID
    at: datetime
    position: Coordinates
    accuracy_m: float


@dataclass(frozen=True, slots=True)
class Jump:
    """A way from the sighting `from_id` that takes more than the highest speed. speed_mps: None if no time passed."""

    from_id: UUID
    distance_m: float
    seconds: float
    speed_mps: float | None
    max_speed_mps: float

    def as_details(self) -> dict[str, Any]:
        """The numbers, as they are stored with the judgement."""
        return {
            "from": str(self.from_id),
            "distance_m": self.distance_m,
            "seconds": self.seconds,
            "speed_mps": self.speed_mps,
            "max_speed_mps": self.max_speed_mps,
        }


@dataclass(frozen=True, slots=True)
class Stay:
    """The time of a visit. end: None while it is open."""

    id: UUID
    begin: datetime
    end: datetime | None


def find_jumps(
    sightings: Iterable[Sighting],
    max_speed_mps: float,
    known: Container[UUID] = (),
    known_until: datetime | None = None,
) -> dict[UUID, Jump]:
    """The sightings that cannot be reached in time from those before them, by id.

    A sighting is blamed when neither the one before it nor the last blameless one allows it: after a jump there and
    back, the way back is nobody's fault. known: the ids blamed already among those up to `known_until`, which are not
    judged again.
    """
    found: dict[UUID, Jump] = {}
    before: Sighting | None = None
    blameless: Sighting | None = None
    for sighting in sorted(sightings, key=lambda item: (item.at, item.id)):
        if known_until is not None and sighting.at <= known_until:
            jump = None
            blamed = sighting.id in known
        else:
            jump = _jump(before, sighting, max_speed_mps)
            if jump is not None and blameless is not before:
                jump = _jump(blameless, sighting, max_speed_mps)
            blamed = jump is not None
        if jump is not None:
            found[sighting.id] = jump
        if not blamed:
            blameless = sighting
        before = sighting
    return found


def _jump(start: Sighting | None, end: Sighting, max_speed_mps: float) -> Jump | None:
    """What is impossible about the way, or None. Both circles of accuracy are believed: the shortest way counts."""
    if start is None:
        return None
    seconds = (end.at - start.at).total_seconds()
    in_time = max_speed_mps * max(seconds, 1.0)  # times are exact to a second at best
    if at_most_m(start.position, end.position) <= in_time:  # so it nearly always is
        return None
    distance = max(0.0, distance_m(start.position, end.position) - start.accuracy_m - end.accuracy_m)
    if distance <= in_time:
        return None
    speed = round(distance / seconds, 1) if seconds > 0 else None
    return Jump(start.id, round(distance, 1), round(seconds, 3), speed, max_speed_mps)


def find_overlaps(stays: Sequence[Stay]) -> dict[UUID, list[UUID]]:
    """For each visit those that took place at the same time, in the order of their beginning; others are left out.

    Visits that only touch (the end of one is the beginning of the next) do not overlap.
    """
    ordered = sorted(stays, key=lambda stay: (stay.begin, stay.id))
    found: dict[UUID, list[UUID]] = {}
    running: list[Stay] = []
    for stay in ordered:
        running = [other for other in running if other.end is None or other.end > stay.begin]
        for other in running:
            if stay.end is None or stay.end > other.begin:
                found.setdefault(other.id, []).append(stay.id)
                found.setdefault(stay.id, []).append(other.id)
        running.append(stay)
    begins = {stay.id: (stay.begin, stay.id) for stay in stays}
    return {id_: sorted(others, key=begins.__getitem__) for id_, others in found.items()}
