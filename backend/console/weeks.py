"""Weeks of a page: which one its address asks for, and how a reader is told of it."""

from datetime import date, timedelta

from console.voice import Voice
from core.errors import InvalidInput

_YEARS = range(2000, 2101)


def read_week(word: str, voice: Voice) -> date:
    """The Monday of the week in which the day lies; of this week without a word. Raises core.invalid_input."""
    try:
        day = date.fromisoformat(word) if word else voice.today()
    except ValueError:
        raise InvalidInput("week", reason=voice.say("list.bad_day")) from None
    if day.year not in _YEARS:
        raise InvalidInput("week", reason=voice.say("list.bad_day"))
    return day - timedelta(days=day.weekday())


def week_days(monday: date) -> list[date]:
    """Monday to Sunday."""
    return [monday + timedelta(days=number) for number in range(7)]


def weekday(day: date, voice: Voice) -> str:
    """The name of the day of the week, in short."""
    return voice.say(f"planning.weekday.{day.isoweekday()}")
