"""The routing solver VROOM, where it is installed (the extra `routing`).

It brings pandas and numpy along: some 60 MB of memory and a second for the first question of a process. So it is
imported when it is first asked, never when a server starts.
"""

import logging
from datetime import timedelta
from typing import Any

from visits.day_order import Problem

_EXPLORATION = 2
_TIME_LIMIT = timedelta(milliseconds=300)
_HIGHEST_PRIORITY = 100
_log = logging.getLogger(__name__)


def search(problem: Problem) -> list[int] | None:
    """VROOM's order of indices of stops; None where it is not installed, has no answer, or no stop can be made."""
    if not any(stop.windows for stop in problem.stops):
        return None
    try:
        import numpy
        import vroom
    except ImportError:
        return None
    try:
        return _ask(problem, numpy, vroom)
    except Exception:  # whatever a solver meets, the day has an order all the same
        _log.exception("VROOM gave no answer")
        return None


def _ask(problem: Problem, numpy: Any, vroom: Any) -> list[int]:
    question = vroom.Input()
    question.set_durations_matrix("car", numpy.array(problem.travel, dtype=numpy.uint32))
    horizon = max(closes for stop in problem.stops for _, closes in stop.windows)
    question.add_vehicle(vroom.Vehicle(1, start=0, time_window=vroom.TimeWindow(problem.start_s, horizon)))
    for index, stop in enumerate(problem.stops):
        # VROOM's windows say when a service may begin.
        begins = [(opens, closes - stop.dwell_s) for opens, closes in stop.windows if opens + stop.dwell_s <= closes]
        if begins:
            job = vroom.Job(
                index,
                location=stop.place,
                default_service=stop.dwell_s,
                priority=min(_HIGHEST_PRIORITY, stop.urgency),
                time_windows=[vroom.TimeWindow(first, last) for first, last in begins],
            )
            question.add_job(job)
    routes = question.solve(exploration_level=_EXPLORATION, nb_threads=1, timeout=_TIME_LIMIT).routes
    return [int(index) for index in routes[routes.type == "job"].id]
