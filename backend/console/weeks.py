"""Days and weeks of a page: which one its address asks for, and how a reader is told of it."""

from datetime import date, timedelta

from console.voice import Voice
from core.errors import InvalidInput

YEARS = range(2000, 2101)
"""Those that there are pages of."""


def read_week(word: str, voice: Voice) -> date:
    """The Monday of the week in which the day lies; of this week without a word. Raises core.invalid_input."""
    day = read_day(word, "week", voice)
    return day - timedelta(days=day.weekday())


def read_day(word: str, name: str, voice: Voice) -> date:
    """A day that pages can be about; today without a word. Raises core.invalid_input for the member `name`."""
    try:
        day = date.fromisoformat(word) if word else voice.today()
    except ValueError:
        raise InvalidInput(name, reason=voice.say("list.bad_day")) from None
    if day.year not in YEARS:
        raise InvalidInput(name, reason=voice.say("list.bad_day"))
    return day


def week_days(monday: date) -> list[date]:
    """Monday to Sunday."""
    return [monday + timedelta(days=number) for number in range(7)]


def weekday(day: date, voice: Voice) -> str:
    """The name of the day of the week, in short."""
    return voice.say(f"planning.weekday.{day.isoweekday()}")
