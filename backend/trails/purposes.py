"""What trails are kept for, and what each purpose opens, to whom and for how long.

Nobody sees more than his purpose needs, and nothing is kept longer than the longest purpose that needs it.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Purpose(StrEnum):
    """Why a company may look at where its employees were."""

    DISPATCH = "dispatch"
    SAFETY = "safety"
    EVIDENCE = "evidence"
    MILEAGE = "mileage"


class View(StrEnum):
    """What there is to see of a trail."""

    LAST_POSITION = "last_position"
    DAY = "day"
    MILEAGE = "mileage"


OPENS: Mapping[Purpose, frozenset[View]] = {
    Purpose.DISPATCH: frozenset({View.LAST_POSITION}),
    Purpose.SAFETY: frozenset({View.LAST_POSITION, View.DAY}),
    Purpose.EVIDENCE: frozenset({View.DAY, View.MILEAGE}),
    Purpose.MILEAGE: frozenset({View.MILEAGE}),
}
MEASURING_DAYS = 3
"""For mileage alone, points are kept so long that late ones still count; then the figure is enough."""
Retention = Mapping[Purpose, int]
"""For how many days after its own each purpose keeps a day."""


def opens(kept: Retention, view: View) -> bool:
    """Whether any of these purposes opens a view."""
    return any(view in OPENS[purpose] for purpose in kept)


def both(then: Retention, now: Retention | None) -> Retention:
    """The shorter of what was promised when a day was recorded and what is in force now (None: nothing is).

    A purpose that was not among those promised cannot be added later; one that was given up ends.
    """
    if now is None:
        return then
    return {purpose: min(days, now[purpose]) for purpose, days in then.items() if purpose in now}


def point_days(kept: Retention) -> int:
    """For how many days after its own a day's points are kept; -1: not even on the day."""
    longest = [days for purpose, days in kept.items() if View.DAY in OPENS[purpose]]
    measured = [min(days, MEASURING_DAYS) for purpose, days in kept.items() if View.MILEAGE in OPENS[purpose]]
    return max([*longest, *measured], default=-1)


def figure_days(kept: Retention) -> int:
    """For how many days after its own a day's figures (mileage, stops) are kept; -1: not even on the day."""
    return _longest(kept, {View.MILEAGE, View.DAY})


def position_days(kept: Retention) -> int:
    """For how many days a last position is kept; -1: not at all."""
    return _longest(kept, {View.LAST_POSITION})


def _longest(kept: Retention, views: Iterable[View]) -> int:
    wanted = frozenset(views)
    return max((days for purpose, days in kept.items() if not wanted.isdisjoint(OPENS[purpose])), default=-1)
