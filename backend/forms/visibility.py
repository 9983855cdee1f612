"""Which questions are asked, by the answers to those before them. Pure."""

from collections.abc import Callable, Container
from typing import Any

from forms import definitions as d
from forms.answers import Answers
from forms.checking import read_value

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
}


def list_visible(definition: d.Definition, answers: Answers) -> list[str]:
    """The questions that are asked, in their order.

    An answer to a question that is not asked counts as none: what hangs on it is judged as if it were not there.
    """
    types: dict[str, str] = {question.id: question.type for question in definition.questions}
    visible: dict[str, None] = {}
    for question in definition.questions:
        if question.visible_if is None or _holds(question.visible_if, types, answers, visible):
            visible[question.id] = None
    return list(visible)


def _holds(condition: d.Condition, types: dict[str, str], answers: Answers, visible: Container[str]) -> bool:
    """Whether a condition holds. A comparison with what was not answered does not."""
    if condition.of is not None:
        results = (_holds(inner, types, answers, visible) for inner in condition.of)
        if condition.op == "not":
            return not next(results)
        return all(results) if condition.op == "all" else any(results)
    assert condition.question is not None
    if condition.question not in visible or not answers.has(condition.question):
        return False
    if condition.op == "answered":
        return True
    given: Any = answers.values[condition.question]
    kind = types[condition.question]
    if condition.op in _COMPARE:
        assert isinstance(condition.value, str)
        return _COMPARE[condition.op](given, read_value(kind, condition.value))
    wanted = condition.values if condition.values is not None else [condition.value]
    named = {read_value(kind, one) if isinstance(one, str) else one for one in wanted}
    return not named.isdisjoint(given if kind == "multi_choice" else (given,))
