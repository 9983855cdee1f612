"""A trail in words: its stops, its gaps with their reasons, its mileage, and what the map gets of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from console.timeline import Bar, TimeLine
from console.voice import Voice
from core.errors import CATALOGUE
from core.geodesy import Coordinates, distance_m

NEAR_M = 200.0
"""A stop so near to a customer's site is told as a stop there."""
Places = Sequence[tuple[str, Coordinates]]


def tell(found: Mapping[str, Any], places: Places, voice: Voice) -> dict[str, Any]:
    """What the page says of a day. found: as `trails.looking` answers. places: the customers' sites, by name."""
    mileage = found["mileage"]
    return {
        "points": found["points_stored"],
        "moved": voice.distance(mileage["moved_m"]),
        "bridged": voice.distance(mileage["bridged_m"]) if mileage["bridged_m"] >= 1 else None,
        "stops": [_stop(stop, places, voice) for stop in found["stops"]],
        "gaps": [_gap(gap, voice) for gap in found["gaps"]],
        "unverified": voice.number(found["unverified"]) if found["unverified"] else None,
        "discarded": [(voice.number(count), _why(code, voice)) for code, count in found["discarded"].items() if count],
    }


def draw(found: Mapping[str, Any], line: TimeLine, voice: Voice) -> list[Bar]:
    """The stops and gaps as bars."""
    stops = [(stop, "stop", voice.say("visits.trail.stop")) for stop in found["stops"]]
    gaps = [(gap, "gap", voice.say("visits.trail.gap")) for gap in found["gaps"]]
    return [
        line.bar(begin, end, f"{what} {voice.time(begin)}–{voice.time(end)}", tone)
        for span, tone, what in [*stops, *gaps]
        for begin, end in [_span(span)]
        if end > line.begin and begin < line.end
    ]


def _span(row: Mapping[str, Any]) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(row["from_at"]), datetime.fromisoformat(row["to_at"])


def _told(row: Mapping[str, Any], voice: Voice) -> dict[str, Any]:
    begin, end = _span(row)
    return {
        "from": voice.time(begin),
        "to": voice.time(end),
        "long": voice.duration((end - begin).total_seconds()),
        "at_ms": round(begin.timestamp() * 1000),
    }


def _stop(stop: Mapping[str, Any], places: Places, voice: Voice) -> dict[str, Any]:
    here = Coordinates(stop["lat"], stop["lon"])
    near = min(((distance_m(here, at), name) for name, at in places), default=(NEAR_M + 1, ""))
    at = near[1] if near[0] <= NEAR_M else None
    return _told(stop, voice) | {"at": at}


def _gap(gap: Mapping[str, Any], voice: Voice) -> dict[str, Any]:
    return _told(gap, voice) | {"why": voice.say(f"visits.gap.{gap['reason']}"), "told": gap["told"]}


def _why(code: str, voice: Voice) -> str:
    kind = CATALOGUE.get(code)
    return kind().message(voice.locale) if kind else code
