"""Filling in a form as a rep does: whatever it asks, from its definition alone (`mobile-client-spec/forms.md`)."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]
_MOST = 20


def fill_in(questions: Sequence[Json], chance: random.Random) -> Json:
    """An answer to every question that the phone would show and that takes no file."""
    answers: Json = {}
    for question in questions:
        if _is_asked(question.get("visible_if"), answers):
            answer = _answer(question, chance)
            if answer is not None:
                answers[question["id"]] = answer
    return answers


def _answer(question: Json, chance: random.Random) -> Any:
    kind = question["type"]
    if kind == "boolean":
        return chance.random() < 0.8
    if kind == "number":
        least, most = (int(float(question.get(name) or default)) for name, default in (("min", 0), ("max", _MOST)))
        return str(chance.randint(least, max(least, min(most, least + _MOST))))
    if kind == "choice":
        return chance.choice(question["choices"])["id"]
    if kind == "text":
        return "见照片 See the photo"
    if kind == "matrix":
        measures = question["measures"]
        return {id_: {m["id"]: _answer(m, chance) for m in measures} for id_ in question.get("product_ids") or ()}
    return None


def _is_asked(condition: Json | None, answers: Mapping[str, Any]) -> bool:
    """Of conditions, only those that look at one question's value: the day's form has no others."""
    if condition is None:
        return True
    if condition["op"] == "not":
        return not _is_asked(condition["of"][0], answers)
    return bool(answers.get(condition["question"]) == condition["value"])
