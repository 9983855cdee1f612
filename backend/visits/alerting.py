"""When people are told that something is due, overdue, or left undone. Plain values in and out, no clock.

Stages come in the morning of working days: whoever rests is not told. A stage that nobody could send in time (the
server stood still, logs of years ago became tasks) goes stale, and is not sent any more.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from calendars.working_time import WorkingTime

FRESH = timedelta(days=7)
"""So long after its moment a stage is still sent."""
MOST_DAYS = 20
"""So many working days at the most pass until superiors are told."""
SEARCHED = timedelta(days=60)
"""So far a working day is looked for; without one, the calendar's days count."""
BEFORE, AFTER = timedelta(days=14), SEARCHED + FRESH + timedelta(days=MOST_DAYS)
"""What is due so long before or after a day can have a stage on it."""
_DAY = timedelta(days=1)


class Stage(StrEnum):
    """How far it has come: due by today, overdue, or left undone so long that superiors are told."""

    DUE = "due"
    OVERDUE = "overdue"
    NEGLECTED = "neglected"


@dataclass(frozen=True, slots=True)
class Rules:
    """A company's rules. after_days: superiors are told on that working day after the due one; None: never.

    morning: from which minute of the local day on people are told.
    """

    task_after_days: int | None = 3
    visit_after_days: int | None = 2
    morning: int = 7 * 60


def stage_at(
    due: date, time: WorkingTime, now: datetime, *, after_days: int | None, morning: int, reminds: bool = True
) -> list[Stage]:
    """The stages that something due by the end of `due` has reached and of which people are to be told at `now`.

    DUE: in the morning of the last working day until then. OVERDUE: of the first one after it. NEGLECTED: of the n-th
    one after it. reminds: whether the first of them is wanted.
    """
    if time.local_day(now) <= due:
        return [Stage.DUE] if reminds and now >= time.at(_last_working_day(due, time), morning) else []
    found = []
    for stage, days in ((Stage.OVERDUE, 1), (Stage.NEGLECTED, after_days)):
        if days is not None:
            moment = time.at(_working_day_after(due, days, time), morning)
            if moment <= now < moment + FRESH:
                found.append(stage)
    return found


def _last_working_day(due: date, time: WorkingTime) -> date:
    """The last working day up to `due`; that day itself where there is none for two weeks."""
    days = list(time.working_days(due - BEFORE + _DAY, due))
    return days[-1] if days else due


def _working_day_after(due: date, count: int, time: WorkingTime) -> date:
    """The `count`-th working day after `due`; so many days after it where nobody works for long."""
    for number, day in enumerate(time.working_days(due + _DAY, due + SEARCHED), start=1):
        if number == count:
            return day
    return due + count * _DAY
