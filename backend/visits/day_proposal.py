"""A day's order as it is proposed to people: when to arrive where, and what does not fit in, and why. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

from calendars.hours import Span, overlap
from core.geodesy import Coordinates
from visits import day_order, vroom
from visits.travel import travel_s, way_m

DEFAULT_DWELL_MINUTES = 30
_APPOINTMENT_URGENCY = 20
_HIGHEST_URGENCY = 10


class Call(NamedTuple):
    """A planned visit. position: of the site, None if nobody said. open: of the site that day, None for always.

    appointment: the minute of the day that was agreed. due_to: the last day on which it is due.
    """

    visit_id: UUID
    customer_id: UUID
    position: Coordinates | None
    dwell_minutes: int | None = None
    open: tuple[Span, ...] | None = None
    appointment: int | None = None
    due_to: date | None = None


class Proposed(NamedTuple):
    """A visit with its place in the day; seconds after midnight. travel_s, way_m: from the place before."""

    visit_id: UUID
    customer_id: UUID
    arrive_s: int
    begin_s: int
    end_s: int
    travel_s: int
    way_m: float


class Standing(NamedTuple):
    """A visit in the order that stands now. begin_s: None where the rep comes too late to make it.

    Otherwise as of `Proposed`.
    """

    visit_id: UUID
    customer_id: UUID
    arrive_s: int
    begin_s: int | None
    end_s: int
    travel_s: int
    way_m: float


class LeftOut(NamedTuple):
    """A visit that has no place in the day: its site has no position, is not open while the rep works, or the day is
    full."""

    visit_id: UUID
    customer_id: UUID
    reason: Literal["no_position", "not_open", "no_room"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """The order of a day. standing: the visits that have a position, in the order that stands now. solver: whose order
    it is."""

    stops: list[Proposed]
    left_out: list[LeftOut]
    standing: list[Standing]
    solver: Literal["own", "vroom"]


def propose(day: date, calls: Sequence[Call], work: tuple[Span, ...], start: Coordinates | None) -> Proposal:
    """An order of the day. calls: in the order that stands now. work: the rep's hours; start: where he sets out, None:
    at the first customer."""
    left_out = [LeftOut(call.visit_id, call.customer_id, "no_position") for call in calls if call.position is None]
    placed = [call for call in calls if call.position is not None]
    stops = [_stop(number, call, day, work) for number, call in enumerate(placed, 1)]
    places = [call.position for call in placed if call.position is not None]
    travel = travel_s([start or Coordinates(0.0, 0.0), *places])
    if start is None:
        travel[0] = [0] * len(travel)
    problem = day_order.Problem(stops, travel, work[0][0] * 60 if work else 0)
    order, solver = _order(problem)
    as_it_is = range(len(placed))
    proposed = [
        Proposed(placed[index].visit_id, placed[index].customer_id, *times, *way)
        for index, times, way in zip(
            order, problem.schedule(order) or [], _ways(order, places, start, travel), strict=True
        )
    ]
    standing = [
        Standing(call.visit_id, call.customer_id, *times, *way)
        for call, times, way in zip(placed, problem.walk(as_it_is), _ways(as_it_is, places, start, travel), strict=True)
    ]
    for index in sorted(set(range(len(placed))) - set(order)):
        reason: Literal["not_open", "no_room"] = "no_room" if _fits(stops[index]) else "not_open"
        left_out.append(LeftOut(placed[index].visit_id, placed[index].customer_id, reason))
    return Proposal(proposed, left_out, standing, solver)


def _ways(
    order: Sequence[int], places: Sequence[Coordinates], start: Coordinates | None, travel: Sequence[Sequence[int]]
) -> list[tuple[int, float]]:
    """Travel time and way to each place of the order, from the one before. travel: place 0 is the start."""
    found, before, row = [], start, 0
    for index in order:
        here = places[index]
        found.append((travel[row][index + 1], way_m(before, here) if before is not None else 0.0))
        before, row = here, index + 1
    return found


def _order(problem: day_order.Problem) -> tuple[list[int], Literal["own", "vroom"]]:
    """The better of our own order and VROOM's, where that is installed; the one that stands unless they are better."""
    own, standing = day_order.search(problem), list(range(len(problem.stops)))
    other = vroom.search(problem) if len(problem.stops) > 1 else None
    scores = problem.score(own), problem.score(other) if other is not None else None
    if other is not None and scores[1] is not None and (scores[0] is None or scores[1] < scores[0]):
        return other, "vroom"
    score = problem.score(standing)
    return (standing if score is not None and scores[0] is not None and score <= scores[0] else own), "own"


def _stop(place: int, call: Call, day: date, work: tuple[Span, ...]) -> day_order.Stop:
    dwell = call.dwell_minutes or DEFAULT_DWELL_MINUTES
    if call.appointment is not None:  # agreed: neither the rep's hours nor the site's matter
        windows: Sequence[Span] = ((call.appointment, call.appointment + dwell),)
        urgency = _APPOINTMENT_URGENCY
    else:
        windows = work if call.open is None else overlap(work, call.open)
        left = (call.due_to - day).days if call.due_to is not None else 0
        urgency = max(1, _HIGHEST_URGENCY - max(0, left))
    return day_order.Stop(place, dwell * 60, [(start * 60, end * 60) for start, end in windows], urgency)


def _fits(stop: day_order.Stop) -> bool:
    return any(closes - opens >= stop.dwell_s for opens, closes in stop.windows)
