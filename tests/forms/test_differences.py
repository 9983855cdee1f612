"""What one definition changes against another."""

from forms.differences import Difference, list_differences
from tests.forms.questionnaires import Json, of, question, when


def told(before: Json | None, after: Json) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.kind, one.question, one.members) for one in list_differences(before, after)]


def test_all_is_added_where_there_was_nothing() -> None:
    assert list_differences(None, of(question("a", "text"))) == [Difference("added", "a", {"en": "A", "zh": ""})]


def test_each_question_is_told_once() -> None:
    before = of(question("a", "text"), question("b", "number", min="0"), question("c", "date"))
    after = of(question("b", "number", min="1", unit="box"), question("d", "text"), question("c", "date"))
    assert told(before, after) == [("changed", "b", ("min", "unit")), ("added", "d", ()), ("removed", "a", ())]


def test_what_is_left_out_is_as_good_as_null() -> None:
    before = of(question("a", "text", required=False, hint=None))
    assert told(before, of(question("a", "text"))) == []
    after = of(question("a", "text", visible_if=when("answered", "z")))
    assert told(before, after) == [("changed", "a", ("visible_if",))]


def test_of_an_order_as_few_as_possible_are_told() -> None:
    asked = [question(id_, "text") for id_ in "abcd"]
    assert told(of(*asked), of(asked[3], *asked[:3])) == [("moved", "d", ())]
    assert told(of(*asked), of(*asked)) == []


def test_drafts_need_not_be_right() -> None:
    assert told({"questions": 1}, {"questions": [1, {"names": 2}]}) == [("added", "None", ())]
