"""A form's definition in the reader's words: its questions, when they are asked, how they count, what is wrong."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from console.reasons import in_words
from console.voice import Voice
from core.errors import DomainError

Json = Mapping[str, Any]
_QUESTION = re.compile(r"definition\.questions\.(\d+)(?:\.(.*))?")


@dataclass(frozen=True)
class ToldQuestion:
    """One question to be read. facts: limits, conditions, points, one a line. choices: what there is to choose from."""

    number: int
    name: str
    hint: str
    type: str
    is_required: bool
    facts: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)


def tell_definition(definition: Json, voice: Voice) -> list[ToldQuestion]:
    """Every question of a definition that was published."""
    names = {question["id"]: question for question in definition["questions"]}
    return [_question(number, one, names, voice) for number, one in enumerate(definition["questions"], 1)]


def _question(number: int, question: Json, others: Mapping[str, Json], voice: Voice) -> ToldQuestion:
    facts = list(_facts(question, voice))
    if condition := question.get("visible_if"):
        facts.append(voice.say("forms.reading.asked_if", condition=tell_condition(condition, others, voice)))
    told = [_choice(choice, question, voice) for choice in question.get("choices") or ()]
    for measure in question.get("measures") or ():
        inner = ", ".join([voice.say(f"forms.type.{measure['type']}"), *_facts(measure, voice)])
        told.append(f"{voice.name(measure['names'])} ({inner})")
    return ToldQuestion(
        number,
        voice.name(question["names"]),
        voice.name(question.get("hint")),
        voice.say(f"forms.type.{question['type']}"),
        bool(question.get("required")),
        facts,
        told,
    )


def _facts(asked: Json, voice: Voice) -> Iterator[str]:
    least, greatest = asked.get("min"), asked.get("max")
    if least is not None or greatest is not None:
        yield voice.say("forms.reading.between", least=least or "…", greatest=greatest or "…")
    if asked.get("unit"):
        yield voice.say("forms.reading.unit", unit=asked["unit"])
    if score := asked.get("score"):
        yield voice.say("forms.reading.weight", weight=score.get("weight", 1))
        if "yes" in score or "no" in score:
            yield voice.say("forms.reading.yes_no", yes=score.get("yes", 0), no=score.get("no", 0))
        for one in score.get("ranges") or ():
            span = {"least": one.get("from") or "…", "greatest": one.get("to") or "…"}
            yield voice.say("forms.reading.range", points=one["points"], **span)


def _choice(choice: Json, question: Json, voice: Voice) -> str:
    points = ((question.get("score") or {}).get("points") or {}).get(choice["id"])
    name = voice.name(choice["names"])
    return name if points is None else voice.say("forms.reading.points", choice=name, points=points)


def tell_condition(condition: Json, others: Mapping[str, Json], voice: Voice) -> str:
    """When a question is asked: `Facings ≥ 4 and In stock? = yes`."""
    op = condition["op"]
    if op in ("all", "any"):
        joint = voice.say(f"forms.join.{op}")
        inner = [tell_condition(one, others, voice) for one in condition["of"]]
        return inner[0] if len(inner) == 1 else joint.join(f"({one})" if joint in one else one for one in inner)
    if op == "not":
        return voice.say("forms.reading.not", condition=tell_condition(condition["of"][0], others, voice))
    other = others.get(condition["question"], {})
    name = voice.name(other.get("names")) or condition["question"]
    if op == "answered":
        return voice.say("forms.reading.answered", question=name)
    values = condition["values"] if op == "in" else [condition["value"]]
    said = " / ".join(_value(value, other, voice) for value in values)
    return f"{name} {voice.say(f'forms.sign.{op}')} {said}"


def _value(value: Any, other: Json, voice: Voice) -> str:
    if isinstance(value, bool):
        return voice.say("yes" if value else "no")
    choices = {choice["id"]: choice["names"] for choice in other.get("choices") or ()}
    return voice.name(choices.get(value)) or str(value)


def tell_fault(refusal: DomainError, voice: Voice) -> dict[str, Any]:
    """What is wrong with a definition. question: its place, from 0; null where it is none's."""
    place = _QUESTION.match(refusal.field or "")
    number = int(place[1]) if place else None
    return {"question": number, "message": _message(refusal, (place and place[2]) or "", voice)}


def _message(refusal: DomainError, member: str, voice: Voice) -> str:
    """Without ids and places, where there is a text for it: the page shows it at the question."""
    steps = set(member.split("."))
    if refusal.code == "forms.definition_invalid":
        reason = str(refusal.details.get("reason"))
        if "names" in steps:
            return voice.say("forms.fault.unnamed")
        if "product_ids" in reason or "product_ids" in steps:
            return voice.say("forms.fault.products")
        label = voice.say_if_known(f"forms.member.{member.rpartition('.')[2]}", "")
        return f"{label}: {in_words(reason, voice.locale)}".removeprefix(": ")
    if refusal.code == "core.reference_invalid":
        return voice.say("forms.fault.products")
    return voice.say_if_known(f"forms.fault.{refusal.code.rpartition('.')[2]}", refusal.message(voice.locale))
