"""How often something is, in words and as the fields of a form: every so many weeks, on which weekdays."""

from collections.abc import Iterable

from console.forms import Field, Values
from console.voice import Voice
from visits.call_cycles import LONGEST_WEEKS

_DAYS = range(1, 8)
DAY_FIELDS = tuple(Field(f"day{day}", "check", required=False, empty=False) for day in _DAYS)
"""A box for each day of the week; their labels are in `texts/rhythms.py`."""


def weekly(weeks: int, voice: Voice) -> str:
    """`every 2 weeks`."""
    return voice.say("rhythm.every_week") if weeks == 1 else voice.say("rhythm.every_weeks", count=weeks)


def week_choices(voice: Voice) -> list[tuple[int, str]]:
    """Every number of weeks that something can be apart."""
    return [(weeks, weekly(weeks, voice)) for weeks in range(1, LONGEST_WEEKS + 1)]


def weekdays(days: Iterable[int], voice: Voice) -> str:
    """`Mon, Thu`; empty without any. days: 1 Monday to 7 Sunday."""
    return ", ".join(voice.say(f"planning.weekday.{day}") for day in days)


def tick(days: Iterable[int]) -> Values:
    """What the boxes begin with."""
    ticked = set(days)
    return {f"day{day}": day in ticked for day in _DAYS}


def take_days(values: Values) -> list[int]:
    """The days that were ticked; their boxes are taken out of the values."""
    return [day for day in _DAYS if values.pop(f"day{day}", False)]
