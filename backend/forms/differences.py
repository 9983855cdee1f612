"""What one definition of a form changes against another, question by question. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """One question that differs. kind: added, removed, changed or moved. names: what people call it now.

    members: of one that changed, which members did, in the order in which definitions name them.
    """

    kind: str
    question: str
    names: Json
    members: tuple[str, ...] = ()


def list_differences(before: Json | None, after: Json) -> list[Difference]:
    """What `after` changes; all its questions are added where there was nothing before. Neither need be right."""
    old, new = _by_id(before or {}), _by_id(after)
    moved = _moved([id_ for id_ in old if id_ in new], [id_ for id_ in new if id_ in old])
    told = []
    for id_, question in new.items():
        if id_ not in old:
            told.append(Difference("added", id_, _names(question)))
        elif members := _changed(old[id_], question):
            told.append(Difference("changed", id_, _names(question), members))
        elif id_ in moved:
            told.append(Difference("moved", id_, _names(question)))
    return told + [Difference("removed", id_, _names(question)) for id_, question in old.items() if id_ not in new]


def _by_id(definition: Json) -> dict[str, Json]:
    given = definition.get("questions")
    questions = given if isinstance(given, list) else []
    return {str(question.get("id")): question for question in questions if isinstance(question, dict)}


def _names(question: Json) -> Json:
    names = question.get("names")
    return names if isinstance(names, dict) else {}


def _changed(old: Json, new: Json) -> tuple[str, ...]:
    """Members that differ; one that is left out is as good as one that is null or false."""
    members = dict.fromkeys([*new, *old])
    return tuple(name for name in members if (old.get(name) or None) != (new.get(name) or None))


def _moved(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """The questions outside of a longest run that kept its order: as few as tell the new order."""
    place = {id_: number for number, id_ in enumerate(old)}
    runs: list[list[str]] = [[]]
    for id_ in new:
        fitting = [run for run in runs if not run or place[run[-1]] < place[id_]]
        longest = max(fitting, key=len)
        runs.append([*longest, id_])
    kept = max(runs, key=len)
    return set(new) - set(kept)
