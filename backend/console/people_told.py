"""Somebody in the field as lists, cards and maps tell of him."""

from typing import Any

from console.cells import State
from console.people_now import Person
from console.registry import address_if_any
from console.voice import Voice

TONES = {"visiting": "good", "planned": "plain", "late": "bad", "unplaced": "warn"}


def urgency(person: Person) -> tuple[bool, bool, str]:
    """For sorting: whoever is late first, then who is with a customer."""
    return not person.waited_for, not person.open, person.name


def told(person: Person, voice: Voice) -> dict[str, Any]:
    """What templates say of him."""
    where = person.whereabouts
    open_, following = person.open[-1:], person.to_come[:1]
    return {
        "id": person.id,
        "name": person.name,
        "team": person.team,
        "tone": person.tone,
        "mark": person.mark,
        "states": [State(f"map.state.{state}", TONES[state]) for state in person.states if state != "planned"],
        "visiting": open_[0] if open_ else None,
        "next": following[0] if following else None,
        "next_late": bool(following) and following[0] in person.waited_for,
        "where": where,
        "spot": where and where.spot,
        "age": where and voice.say(f"map.age.{'live' if where.live else where.source}", ago=voice.ago(where.at)),
        "ago": where and voice.ago(where.at),
        "done": len(person.done),
        "all": len(person.calls),
        "day": address_if_any("visits.day", {"id": person.id}, day=voice.today()),
    }
