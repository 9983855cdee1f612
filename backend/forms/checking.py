"""Whether a definition can be answered: what has to hold beyond its shape. Each fault names its question."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from forms import definitions as d
from forms import errors

_ORDERED = ("number", "date")
_COMPARED = {
    "answered": None,  # any type
    "equals": ("text", "barcode", "number", "date", "boolean", "choice", "multi_choice"),
    "in": ("text", "barcode", "number", "date", "choice", "multi_choice"),
    "gt": _ORDERED,
    "gte": _ORDERED,
    "lt": _ORDERED,
    "lte": _ORDERED,
}


def read_definition(raw: dict[str, Any]) -> d.Definition:
    """A definition as it was sent, checked.

    Raises forms.definition_invalid, question_repeated, choice_repeated, range_empty, score_unfit, points_missing,
    condition_unknown and condition_unfit.
    """
    try:
        definition = d.Definition.model_validate(raw)
    except ValidationError as error:
        raise _misshapen(raw, error) from None
    before: dict[str, d.AnyQuestion] = {}
    for number, question in enumerate(definition.questions):
        place = f"definition.questions.{number}"
        if question.id in before:
            raise errors.QuestionRepeated(f"{place}.id", question=question.id)
        _check_asked(question, question.id, place)
        if isinstance(question, d.MatrixQuestion):
            _check_measures(question, place)
        if question.visible_if is not None:
            _check_condition(question, before, place)
        before[question.id] = question
    return definition


def _misshapen(raw: dict[str, Any], error: ValidationError) -> errors.DefinitionInvalid:
    first = error.errors(include_url=False, include_context=False)[0]
    # pydantic names the variant of a union, which is the type, in the path; what was sent has no such step.
    path: list[str] = []
    value: Any = raw
    for step in first["loc"]:
        if isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        elif isinstance(value, dict) and (step in value or step not in ("questions", value.get("type"))):
            value = value.get(str(step))
        else:
            continue
        path.append(str(step))
    question = "–"
    if path[:1] == ["questions"] and len(path) > 1:
        given = raw["questions"][int(path[1])]
        question = str(given.get("id"))[:64] if isinstance(given, dict) else f"{int(path[1]) + 1}."
    place = ".".join(["definition", *path])
    return errors.DefinitionInvalid(place, question=question, place=place, reason=first["msg"])


def _check_asked(asked: Any, name: str, place: str) -> None:
    """Limits, choices and points of a question or of a measure of a matrix."""
    if isinstance(asked, d.NumberRules | d.DateQuestion):
        _require_range(name, asked.min, asked.max, f"{place}.min")
    if isinstance(asked, d.PhotoQuestion):
        _require_range(name, asked.min_count, asked.max_count, f"{place}.min_count")
    if isinstance(asked, d.ChoiceRules):
        _check_choices(asked, name, place)
    if isinstance(asked, d.BooleanRules) and asked.score and not (asked.score.yes or asked.score.no):
        raise errors.PointsMissing(f"{place}.score", question=name)
    if isinstance(asked, d.NumberRules) and asked.score:
        for number, one in enumerate(asked.score.ranges):
            _require_range(name, one.from_, one.to, f"{place}.score.ranges.{number}")
        if not any(one.points for one in asked.score.ranges):
            raise errors.PointsMissing(f"{place}.score", question=name)


def _require_range(name: str, least: Any, greatest: Any, place: str) -> None:
    if least is not None and greatest is not None and least > greatest:
        raise errors.RangeEmpty(place, question=name, least=str(least), greatest=str(greatest))


def _check_choices(asked: d.ChoiceRules, name: str, place: str) -> None:
    known: set[str] = set()
    for number, choice in enumerate(asked.choices):
        if choice.id in known:
            raise errors.ChoiceRepeated(f"{place}.choices.{number}.id", question=name, choice=choice.id)
        known.add(choice.id)
    if asked.score is None:
        return
    for choice_id in sorted(asked.score.points.keys() - known):
        raise errors.ScoreUnfit(f"{place}.score.points", question=name, choice=choice_id)
    if not any(asked.score.points.values()):
        raise errors.PointsMissing(f"{place}.score", question=name)


def _check_measures(question: d.MatrixQuestion, place: str) -> None:
    known: set[str] = set()
    for number, measure in enumerate(question.measures):
        name, where = f"{question.id}.{measure.id}", f"{place}.measures.{number}"
        if measure.id in known:
            raise errors.QuestionRepeated(f"{where}.id", question=name)
        known.add(measure.id)
        _check_asked(measure, name, where)


def _check_condition(question: d.AnyQuestion, before: dict[str, d.AnyQuestion], place: str) -> None:
    assert question.visible_if is not None
    conditions = list(_walk(question.visible_if, 1))
    where = f"{place}.visible_if"
    if len(conditions) > d.MAX_CONDITIONS or max(depth for _, depth in conditions) > d.MAX_DEPTH:
        reason = f"at most {d.MAX_CONDITIONS} conditions, {d.MAX_DEPTH} deep"
        raise errors.DefinitionInvalid(where, question=question.id, place=where, reason=reason)
    for condition, _ in conditions:
        if condition.question is None:
            continue
        other = before.get(condition.question)
        if other is None:
            raise errors.ConditionUnknown(where, question=question.id, other=condition.question)
        if not _fits(condition, other):
            raise errors.ConditionUnfit(where, question=question.id, other=condition.question)


def _walk(condition: d.Condition, depth: int) -> Iterator[tuple[d.Condition, int]]:
    yield condition, depth
    for inner in condition.of or ():
        yield from _walk(inner, depth + 1)


def _fits(condition: d.Condition, other: d.AnyQuestion) -> bool:
    types = _COMPARED[condition.op]
    if types is None:
        return True
    named: Sequence[Any] = condition.values if condition.values is not None else [condition.value]
    return other.type in types and all(_is_answer(value, other) for value in named)


def _is_answer(value: Any, other: d.AnyQuestion) -> bool:
    """Whether the value could be an answer to that question, or one of several that are chosen."""
    if isinstance(other, d.BooleanQuestion):
        return isinstance(value, bool)
    if not isinstance(value, str):
        return False
    if isinstance(other, d.ChoiceRules):
        return any(choice.id == value for choice in other.choices)
    try:
        read_value(other.type, value)
    except ValueError:
        return False
    return True


def read_value(kind: str, value: str) -> Any:
    """A value of a condition in the form in which answers are compared. Raises ValueError."""
    if kind == "number":
        return d.to_decimal(value)
    if kind == "date":
        return d.to_day(value)
    return value


def list_kinds(definition: d.Definition) -> Iterator[tuple[str, str]]:
    """Every question, and every measure as `question.measure`, with its type."""
    for question in definition.questions:
        yield question.id, question.type
        if isinstance(question, d.MatrixQuestion):
            for measure in question.measures:
                yield f"{question.id}.{measure.id}", measure.type


def is_whole(value: Decimal, decimals: int) -> bool:
    """Whether the number has no more digits after the point than that."""
    return value == value.quantize(Decimal(1).scaleb(-decimals))
