"""The order of a day: in which order one rep visits his customers. Pure.

First as many visits as possible, the urgent before the others; then as little travel as possible; then an early end.
A visit lies wholly within one of its windows (opening hours that are also work hours; an appointment is a window in
which it can only begin on time). The day begins at the start point, or, without one, at the first customer, and ends at
the last.

Our own search: insert the urgent first, then always whatever costs least, where it costs least; then move up to three
neighbours elsewhere (Or-opt) and turn stretches round (2-opt) as long as that saves travel; then shake, and repeat
until that has brought nothing for a while, within a budget of time.
"""

import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

BUDGET_S = 0.6
SHAKES = 2_000
PATIENCE = 12
"""So many shakes in a row for each stop may bring nothing better; then the search ends, on small days long before its
budget does."""
_WAITING = 0.25
"""What a second of waiting costs, in seconds of travel, when a place is looked for."""
_SEED = 20_261_122


class Stop(NamedTuple):
    """A visit to be placed.

    place: its row in the travel times. dwell_s: how long it takes. windows: from when on it may begin and until when it
    has to end, in seconds of the day, in their order. urgency: the greater, the sooner placed.
    """

    place: int
    dwell_s: int
    windows: Sequence[tuple[int, int]]
    urgency: int = 0


class Score(NamedTuple):
    """How good an order is; less is better: urgency left out, stops left out, travel, end of the day in seconds."""

    left_out_urgency: int
    left_out: int
    travel_s: int
    end_s: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A day. travel: seconds from place to place; place 0 is the start, and is nowhere when its row is all zero.

    start_s: when the day begins.
    """

    stops: Sequence[Stop]
    travel: Sequence[Sequence[int]]
    start_s: int = 0

    def begin(self, stop: Stop, ready: int) -> int | None:
        """When a visit can begin if the rep stands before the door at `ready`; None if it cannot any more."""
        for opens, closes in stop.windows:
            begin = ready if ready > opens else opens
            if begin + stop.dwell_s <= closes:
                return begin
        return None

    def schedule(self, order: Iterable[int]) -> list[tuple[int, int, int]] | None:
        """Arrival, begin and end of each visit in this order (of indices of stops); None if one cannot be made."""
        moment, place, found = self.start_s, 0, []
        for index in order:
            stop = self.stops[index]
            arrival = moment + self.travel[place][stop.place]
            begin = self.begin(stop, arrival)
            if begin is None:
                return None
            moment, place = begin + stop.dwell_s, stop.place
            found.append((arrival, begin, moment))
        return found

    def walk(self, order: Iterable[int]) -> list[tuple[int, int | None, int]]:
        """Arrival, begin and end of each visit, whether the order can be kept or not.

        Who comes too late to a visit does not begin it (None), and goes on at once.
        """
        moment, place = self.start_s, 0
        found: list[tuple[int, int | None, int]] = []
        for index in order:
            stop = self.stops[index]
            arrival = moment + self.travel[place][stop.place]
            begin = self.begin(stop, arrival)
            moment, place = arrival if begin is None else begin + stop.dwell_s, stop.place
            found.append((arrival, begin, moment))
        return found

    def travel_of(self, order: Sequence[int]) -> int:
        """The travel time of an order."""
        place, total = 0, 0
        for index in order:
            total += self.travel[place][self.stops[index].place]
            place = self.stops[index].place
        return total

    def score(self, order: Sequence[int]) -> Score | None:
        """How good an order is; None if it cannot be kept."""
        schedule = self.schedule(order)
        if schedule is None:
            return None
        out = set(range(len(self.stops))) - set(order)
        end = schedule[-1][2] if schedule else self.start_s
        return Score(sum(self.stops[i].urgency for i in out), len(out), self.travel_of(order), end)


def search(problem: Problem, budget_s: float = BUDGET_S, shakes: int = SHAKES) -> list[int]:
    """An order of indices of stops that can be kept; what fits in nowhere is left out."""
    return _Search(problem, time.monotonic() + budget_s).run(shakes)


class _Search:
    def __init__(self, problem: Problem, deadline: float) -> None:
        self.problem, self.stops, self.travel = problem, problem.stops, problem.travel
        self.deadline = deadline

    def run(self, shakes: int) -> list[int]:
        best = self._improve(self._insert([], range(len(self.stops))))
        best_score = self._score(best)
        chance = random.Random(_SEED)  # noqa: S311  the same answer every time
        idle = 0
        for _ in range(shakes):
            if len(best) < 2 or idle > PATIENCE * len(self.stops) or time.monotonic() > self.deadline:
                break
            tried = self._improve(self._shaken(best, chance))
            score = self._score(tried)
            idle = 0 if score < best_score else idle + 1
            if score <= best_score:
                best, best_score = tried, score
        return best

    def _score(self, order: Sequence[int]) -> Score:
        score = self.problem.score(order)
        assert score is not None, "an order that cannot be kept"
        return score

    def _insert(self, order: Sequence[int], waiting: Iterable[int], chance: random.Random | None = None) -> list[int]:
        """The order with as many of those that wait as fit in: the urgent first, then whoever costs least, there.

        chance: blurs the costs, so that another shake leads elsewhere.
        """
        order, left = list(order), set(waiting)
        while left:
            room = _Room(self.problem, order)
            choices = [(*found, index) for index in left if (found := room.cheapest(index, chance)) is not None]
            if not choices or time.monotonic() > self.deadline:
                break
            _, _, place, index = min(choices)
            order.insert(place, index)
            left = {index for *_, index in choices} - {index}
        return order

    def _improve(self, order: list[int]) -> list[int]:
        """Take what saves travel, and fit in what was left out, until nothing helps any more."""
        while time.monotonic() < self.deadline:
            better = self._moved(order) or self._turned(order)
            if better is None:
                fuller = self._insert(order, set(range(len(self.stops))) - set(order))
                if len(fuller) == len(order):
                    break
                better = fuller
            order = better
        return order

    def _moved(self, order: list[int]) -> list[int] | None:
        """Or-opt: up to three neighbours taken out and put, either way round, where it saves travel and can be kept."""
        total = self.problem.travel_of(order)
        for length in (1, 2, 3):
            for start in range(len(order) - length + 1):
                rest = order[:start] + order[start + length :]
                saved = total - self.problem.travel_of(rest)
                if saved <= 0:
                    continue
                room = _Room(self.problem, rest)
                taken = order[start : start + length]
                for part in (taken, taken[::-1]) if length > 1 else (taken,):
                    place = room.place_for(part, less_than=saved)
                    if place is not None:
                        return rest[:place] + part + rest[place:]
        return None

    def _turned(self, order: list[int]) -> list[int] | None:
        """2-opt: a stretch turned round, where that saves travel and can be kept."""
        total = self.problem.travel_of(order)
        for start in range(len(order) - 1):
            for end in range(start + 2, len(order) + 1):
                tried = order[:start] + order[start:end][::-1] + order[end:]
                if self.problem.travel_of(tried) < total and self.problem.schedule(tried) is not None:
                    return tried
            if time.monotonic() > self.deadline:
                return None
        return None

    def _shaken(self, order: list[int], chance: random.Random) -> list[int]:
        """Some neighbours, and now and then others, taken out and put back in another way."""
        count = min(len(order), chance.randint(1, max(2, min(10, len(order) // 2))))
        start = chance.randrange(len(order))
        out = {order[(start + number) % len(order)] for number in range(count)}
        out |= {index for index in order if chance.random() < 0.05}
        rest = [index for index in order if index not in out]
        return self._insert(rest, set(range(len(self.stops))) - set(rest), chance)


class _Room:
    """What can be put where into an order. Feasibility costs a glance: the latest moments are worked out beforehand."""

    def __init__(self, problem: Problem, order: Sequence[int]) -> None:
        self.problem = problem
        self.stops = [problem.stops[index] for index in order]
        self.places = [0, *(stop.place for stop in self.stops)]
        self.ends = [problem.start_s]
        for stop, place in zip(self.stops, self.places, strict=False):
            begin = problem.begin(stop, self.ends[-1] + problem.travel[place][stop.place])
            assert begin is not None
            self.ends.append(begin + stop.dwell_s)
        self.latest = self._latest_arrivals()

    def _latest_arrivals(self) -> list[float]:
        """By when the rep has to be at each stop so that it and all that follow can be kept."""
        latest: list[float] = [float("inf")]
        for number in range(len(self.stops) - 1, -1, -1):
            stop = self.stops[number]
            onward = 0
            if number + 1 < len(self.stops):
                onward = self.problem.travel[stop.place][self.stops[number + 1].place]
            limit = latest[-1] - onward - stop.dwell_s
            begins = (min(closes - stop.dwell_s, limit) for opens, closes in stop.windows if opens <= limit)
            latest.append(max(begins))
        return latest[::-1]

    def cheapest(self, index: int, chance: random.Random | None) -> tuple[float, float, int] | None:
        """Minus the urgency, the cost, and where a stop fits in best; None if it does nowhere."""
        stop = self.problem.stops[index]
        best: tuple[float, float, int] | None = None
        for place in range(len(self.places)):
            cost = self._cost(stop, place)
            if cost is not None:
                blurred = cost * chance.uniform(0.7, 1.3) if chance else cost
                if best is None or blurred < best[1]:
                    best = (-stop.urgency, blurred, place)
        return best

    def _cost(self, stop: Stop, place: int) -> float | None:
        """The travel, and a part of the waiting, that a stop brings behind `place` others; None if it cannot be."""
        travel, before = self.problem.travel, self.places[place]
        arrival = self.ends[place] + travel[before][stop.place]
        begin = self.problem.begin(stop, arrival)
        if begin is None:
            return None
        added: float = travel[before][stop.place] + _WAITING * (begin - arrival)
        if place < len(self.stops):
            after = self.places[place + 1]
            if begin + stop.dwell_s + travel[stop.place][after] > self.latest[place]:
                return None
            added += travel[stop.place][after] - travel[before][after]
        return added

    def place_for(self, part: Sequence[int], less_than: int) -> int | None:
        """The first place where these stops, in this order, add less travel than that; None if there is none."""
        problem, travel = self.problem, self.problem.travel
        stops = [problem.stops[index] for index in part]
        inner = sum(travel[a.place][b.place] for a, b in pairwise(stops))
        first, last = stops[0].place, stops[-1].place
        for place, before in enumerate(self.places):
            added = inner + travel[before][first]
            if place < len(self.stops):
                after = self.places[place + 1]
                added += travel[last][after] - travel[before][after]
            if added < less_than and self._holds(stops, place):
                return place
        return None

    def _holds(self, stops: Sequence[Stop], place: int) -> bool:
        moment, here = self.ends[place], self.places[place]
        for stop in stops:
            begin = self.problem.begin(stop, moment + self.problem.travel[here][stop.place])
            if begin is None:
                return False
            moment, here = begin + stop.dwell_s, stop.place
        return (
            place == len(self.stops) or moment + self.problem.travel[here][self.places[place + 1]] <= self.latest[place]
        )
