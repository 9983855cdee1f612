"""Opening hours as people write them: a line for each weekday, `09:00-12:00, 13:30-18:00`."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from calendars.hours import WEEKDAYS
from console.voice import Voice

Stored = Mapping[str, list[dict[str, str]]]


def as_line(stretches: list[dict[str, str]]) -> str:
    """The hours of a day."""
    return ", ".join(f"{hours['start']}-{hours['end']}" for hours in stretches)


def as_fields(stored: Stored | None) -> dict[str, str]:
    """A line for each weekday; nobody said: all empty."""
    return {day: as_line((stored or {}).get(day, [])) for day in WEEKDAYS}


def from_fields(lines: Mapping[str, Any]) -> dict[str, Any] | None:
    """The hours as commands take them; None where no line says anything. What makes no sense the command refuses."""
    said = {day: from_line(lines.get(day)) for day in WEEKDAYS}
    return said if any(said.values()) else None


def from_line(line: Any) -> list[dict[str, str]]:
    """The hours of a day as commands take them; none where the line says nothing."""
    parts = str(line or "").replace("，", ",").replace("：", ":").split(",")
    return [_stretch(part) for part in parts if part.strip()]


def in_words(stored: Stored | None, voice: Voice) -> list[tuple[str, str]]:
    """The days that have the same hours together, each with its hours; empty where nobody said."""
    if not stored:
        return []
    told = []
    for line, days in groupby(WEEKDAYS, key=lambda day: as_line(stored.get(day, []))):
        named = [voice.say(f"customers.weekday.{day}") for day in days]
        label = named[0] if len(named) == 1 else f"{named[0]} – {named[-1]}"
        told.append((label, line or voice.say("customers.weekday.closed")))
    return told


def _stretch(text: str) -> dict[str, str]:
    start, _, end = text.strip().replace("–", "-").partition("-")
    return {"start": start.strip().rjust(5, "0"), "end": end.strip().rjust(5, "0")}
