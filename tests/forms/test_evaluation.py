"""What an answer set comes to: visibility, what is missing, the score. Pure, so by examples and by properties."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from forms.checking import read_definition
from forms.evaluation import Evaluation, Place, evaluate
from tests.forms.questionnaires import choices, of, question, when

Json = dict[str, Any]
ABC = choices("a", "b", "c")
PRODUCTS = [str(uuid4()) for _ in range(3)]


def judged(definition: Json, answers: Json) -> Evaluation:
    """An answer set under a definition, both as they are sent."""
    return evaluate(read_definition(definition), answers)


def refused(definition: Json, answers: Any) -> DomainError:
    """The refusal of an answer set."""
    with pytest.raises(DomainError) as caught:
        judged(definition, answers)
    return caught.value


@pytest.mark.parametrize(
    ("first", "answer", "condition", "visible"),
    [
        (question("n", "number", decimals=1), "5", when("gt", "n", value="4.9"), True),
        (question("n", "number", decimals=1), "5", when("gt", "n", value="5.0"), False),
        (question("n", "number", decimals=1), "5.0", when("equals", "n", value="5"), True),
        (question("n", "number"), "5", when("lte", "n", value="5"), True),
        (question("n", "number"), "10", when("lt", "n", value="9"), False),  # numbers, not texts
        (question("n", "date"), "2026-11-22", when("gte", "n", value="2026-11-22"), True),
        (question("n", "boolean"), False, when("equals", "n", value=False), True),
        (question("n", "boolean"), False, when("answered", "n"), True),
        (question("n", "boolean"), None, when("equals", "n", value=False), False),
        (question("n", "choice", choices=ABC), "b", when("in", "n", values=["a", "b"]), True),
        (question("n", "choice", choices=ABC), "c", when("in", "n", values=["a", "b"]), False),
        (question("n", "multi_choice", choices=ABC), ["a", "c"], when("equals", "n", value="c"), True),
        (question("n", "multi_choice", choices=ABC), [], when("answered", "n"), False),
        (question("n", "text"), "", when("answered", "n"), False),
        (question("n", "text"), "x", when("all", of=[when("answered", "n"), when("equals", "n", value="y")]), False),
        (question("n", "text"), "x", when("any", of=[when("answered", "n"), when("equals", "n", value="y")]), True),
        (question("n", "text"), None, when("not", of=[when("answered", "n")]), True),
    ],
)
def test_visibility(first: Json, answer: Any, condition: Json, visible: bool) -> None:
    definition = of(first, question("q", "text", required=True, visible_if=condition))
    result = judged(definition, {"n": answer})
    assert result.hidden == ([] if visible else ["q"])
    assert result.missing == ([Place("q")] if visible else [])


def test_what_hangs_on_a_hidden_answer_is_hidden_too() -> None:
    definition = of(
        question("sells", "boolean"),
        question("price", "number", visible_if=when("equals", "sells", value=True)),
        question("why", "text", visible_if=when("answered", "price")),
    )
    result = judged(definition, {"sells": False, "price": "3", "why": "left over"})
    assert result.hidden == ["price", "why"]
    assert [(place.question, value) for place, _, value in result.cells] == [("sells", False)]


AUDIT = of(
    question("clean", "boolean", score={"yes": 5}),
    question(
        "share", "number", max="100", score={"weight": 3, "ranges": [{"from": "50", "points": 10}, {"points": 4}]}
    ),
    question("place", "choice", choices=ABC, score={"points": {"a": 3, "b": 1}}),
    question("extras", "multi_choice", choices=ABC, score={"points": {"a": 1, "b": 1, "c": 2}}),
    question("comment", "text"),
)


@pytest.mark.parametrize(
    ("answers", "percent"),
    [
        ({"clean": True, "share": "50", "place": "a", "extras": ["a", "b", "c"]}, "100.0"),
        ({"clean": True, "share": "49", "place": "b", "extras": ["c"]}, "50.6"),  # (1 + 3 × 0.4 + 1/3 + 1/2) / 6
        ({"clean": False, "share": "50"}, "50.0"),
        ({}, "0.0"),
    ],
)
def test_the_score_is_the_weighted_mean_of_the_shares(answers: Json, percent: str) -> None:
    result = judged(AUDIT, answers)
    assert result.percent == Decimal(percent)
    assert [(part.question, part.weight, part.of) for part in result.parts] == [
        ("clean", 1, 5), ("share", 3, 10), ("place", 1, 3), ("extras", 1, 4),
    ]  # fmt: skip


def test_a_half_is_rounded_up() -> None:
    points = {"a": 1, "b": 1000}
    weighted = [question(f"q{n}", "choice", choices=ABC, score={"points": points}) for n in range(2)]
    assert judged(of(*weighted), {"q0": "a"}).percent == Decimal("0.1")  # 0.05 exactly


def test_only_what_is_asked_counts() -> None:
    definition = of(
        question("open", "boolean"),
        question("clean", "boolean", score={"yes": 1}, visible_if=when("equals", "open", value=True)),
    )
    assert judged(definition, {"open": False, "clean": False}).percent is None
    assert judged(definition, {"open": True, "clean": False}).percent == 0
    assert judged(of(question("comment", "text")), {}).percent is None


def test_a_matrix_counts_every_product_that_it_names() -> None:
    stock = question("stock", "number", required=True, score={"ranges": [{"from": "1", "points": 2}]})
    faced = question("faced", "boolean")
    definition = of(question("shelf", "matrix", product_ids=PRODUCTS, measures=[stock, faced], required=True))
    result = judged(definition, {"shelf": {PRODUCTS[0]: {"stock": "3"}, PRODUCTS[2]: {"faced": True}}})
    assert result.percent == Decimal("33.3")
    assert [(part.points, part.of) for part in result.parts] == [(2, 6)]
    assert result.missing == [Place("shelf", "stock", UUID(id_)) for id_ in PRODUCTS[1:]]
    assert judged(definition, {}).missing == [Place("shelf")]


@pytest.mark.parametrize("table", [None, {}, {PRODUCTS[0]: {}}])
def test_an_optional_matrix_that_nobody_filled_in_lacks_nothing(table: Any) -> None:
    stock = question("stock", "number", required=True)
    definition = of(question("shelf", "matrix", product_ids=PRODUCTS, measures=[stock]))
    assert judged(definition, {"shelf": table}).missing == []


def test_a_matrix_of_a_category_counts_the_products_that_were_answered_for() -> None:
    stock = question("stock", "number", score={"ranges": [{"from": "1", "points": 1}]})
    definition = of(question("shelf", "matrix", category_id=str(uuid4()), measures=[stock]))
    answers = {"shelf": {PRODUCTS[0]: {"stock": "3"}, PRODUCTS[1]: {"stock": "0"}}}
    assert judged(definition, answers).percent == 50
    assert judged(definition, {}).percent is None


def photo(**more: Any) -> Json:
    """A file as an answer names it."""
    return {"id": str(uuid4()), "sha256": "ab" * 32, "bytes": 10, "media_type": "image/jpeg"} | more


def test_too_few_photos_are_missing_and_too_many_refused() -> None:
    definition = of(question("proof", "photo", min_count=2, max_count=3))
    assert judged(definition, {"proof": [photo()]}).missing == [Place("proof")]
    assert judged(definition, {"proof": [photo(), photo()]}).missing == []
    assert judged(definition, {}).missing == []  # not required
    assert refused(definition, {"proof": [photo() for _ in range(4)]}).code == "forms.answer_out_of_range"


@pytest.mark.parametrize(
    ("asked", "answer", "code"),
    [
        (question("q", "number", min="0", max="10"), "11", "out_of_range"),
        (question("q", "number", min="0", max="10"), "-0.0001", "unfit"),
        (question("q", "number", decimals=1), "1.25", "unfit"),
        (question("q", "number"), 5, "unfit"),
        (question("q", "number"), "NaN", "unfit"),
        (question("q", "number"), "1e3", "unfit"),
        (question("q", "number"), "１", "unfit"),
        (question("q", "text", max_length=3), "four", "out_of_range"),
        (question("q", "text"), 1, "unfit"),
        (question("q", "boolean"), "true", "unfit"),
        (question("q", "boolean"), 0, "unfit"),
        (question("q", "date"), "2026-02-30", "unfit"),
        (question("q", "date", max="2026-11-22"), "2026-11-23", "out_of_range"),
        (question("q", "choice", choices=ABC), "d", "not_a_choice"),
        (question("q", "choice", choices=ABC), ["a"], "unfit"),
        (question("q", "multi_choice", choices=ABC), "a", "unfit"),
        (question("q", "multi_choice", choices=ABC), ["a", "a"], "unfit"),
        (question("q", "multi_choice", choices=ABC), ["a", "d"], "not_a_choice"),
        (question("q", "signature"), [photo(), photo()], "out_of_range"),
        (question("q", "photo"), [photo(sha256="ab")], "unfit"),
        (question("q", "photo"), photo(), "unfit"),
        (question("q", "barcode"), "9" * 501, "out_of_range"),
        (question("other", "text"), "x", "unknown"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_question(asked: Json, answer: Any, code: str) -> None:
    error = refused(of(asked), {"q": answer})
    assert (error.code, error.details["question"]) == (f"forms.answer_{code}", "q")
    assert error.field == "answers.q"


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ({PRODUCTS[0]: {"stock": "-1"}}, "out_of_range"),
        ({PRODUCTS[0]: {"depth": "1"}}, "unknown"),
        ({PRODUCTS[0]: "3"}, "unfit"),
        ({str(uuid4()): {"stock": "1"}}, "product_unknown"),
        ({"milk": {"stock": "1"}}, "product_unknown"),
        ({PRODUCTS[0]: {"stock": "1"}, PRODUCTS[0].upper(): {"stock": "2"}}, "unfit"),
        ([], "unfit"),
    ],
)
def test_a_matrix_is_judged_cell_by_cell(table: Any, code: str) -> None:
    measures = [question("stock", "number", min="0")]
    error = refused(of(question("shelf", "matrix", product_ids=PRODUCTS, measures=measures)), {"shelf": table})
    assert error.code == f"forms.answer_{code}"
    assert error.details["question"].startswith("shelf")


# By chance: forms of up to eight questions whose conditions look at any before them.

_TYPES = ["number", "boolean", "choice", "multi_choice", "text", "date"]
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "number": st.integers(0, 5).map(str),
    "boolean": st.booleans(),
    "choice": st.sampled_from("abc"),
    "multi_choice": st.lists(st.sampled_from("abc"), unique=True, min_size=1),
    "text": st.sampled_from(["x", "y"]),
    "date": st.sampled_from(["2026-11-21", "2026-11-22"]),
}


@st.composite
def _conditions(draw: st.DrawFn, before: list[Json], depth: int = 3) -> Json:
    if depth > 1 and draw(st.booleans()):
        op = draw(st.sampled_from(["all", "any", "not"]))
        most = 1 if op == "not" else 3
        return when(op, of=draw(st.lists(_conditions(before, depth - 1), min_size=1, max_size=most)))
    other = draw(st.sampled_from(before))
    ops = ["answered", "equals"] + (["gt", "lt"] if other["type"] in ("number", "date") else [])
    op = draw(st.sampled_from(ops))
    if op == "answered":
        return when(op, other["id"])
    value = draw(_VALUES["choice" if other["type"] == "multi_choice" else other["type"]])
    return when(op, other["id"], value=value)


@st.composite
def _filled(draw: st.DrawFn) -> tuple[Json, Json]:
    """A form, and answers that fit it."""
    asked: list[Json] = []
    answers: Json = {}
    for number in range(draw(st.integers(1, 8))):
        type_ = draw(st.sampled_from(_TYPES))
        one = question(f"q{number}", type_, required=draw(st.booleans()))
        if type_ in ("choice", "multi_choice"):
            one |= {"choices": ABC, "score": {"weight": draw(st.integers(1, 9)), "points": {"a": 1, "b": 3}}}
        if type_ == "boolean":
            one |= {"score": {"yes": 2, "no": 1}}
        if type_ == "number":
            one |= {"score": {"ranges": [{"to": "2", "points": 1}, {"from": "4", "points": 7}]}}
        if asked and draw(st.booleans()):
            one["visible_if"] = draw(_conditions(asked))
        asked.append(one)
        if draw(st.booleans()):
            answers[one["id"]] = draw(_VALUES[type_])
    return of(*asked), answers


@given(_filled())
def test_hidden_answers_change_nothing(filled: tuple[Json, Json]) -> None:
    definition, answers = filled
    result = judged(definition, answers)
    shown = {id_: value for id_, value in answers.items() if id_ not in result.hidden}
    assert judged(definition, shown) == result
    assert {place.question for place, _, _ in result.cells} == set(shown)


@given(_filled())
def test_what_is_missing_is_asked_required_and_unanswered(filled: tuple[Json, Json]) -> None:
    definition, answers = filled
    result = judged(definition, answers)
    expected = [
        one["id"]
        for one in definition["questions"]
        if one["required"] and one["id"] not in answers and one["id"] not in result.hidden
    ]
    assert [place.question for place in result.missing] == expected


@given(_filled())
def test_the_score_lies_between_none_and_all_and_rests_on_its_parts(filled: tuple[Json, Json]) -> None:
    result = judged(*filled)
    assert all(0 <= part.points <= part.of and part.question not in result.hidden for part in result.parts)
    if not result.parts:
        assert result.percent is None
        return
    assert result.percent is not None
    weights = sum(part.weight for part in result.parts)
    mean = sum(100 * part.weight * part.points / part.of for part in result.parts) / weights
    assert 0 <= result.percent <= 100
    assert abs(float(result.percent) - mean) <= 0.05 + 1e-9


@given(_filled(), st.data())
def test_a_condition_and_its_opposite_show_one_of_two(filled: tuple[Json, Json], data: st.DataObject) -> None:
    definition, answers = filled
    condition = data.draw(_conditions(definition["questions"]))
    pair = [
        question("yes", "text", visible_if=condition),
        question("no", "text", visible_if=when("not", of=[condition])),
        question("both", "text", visible_if=when("all", of=[condition, when("not", of=[condition])])),
        question("either", "text", visible_if=when("any", of=[condition, when("not", of=[condition])])),
    ]
    hidden = set(judged(of(*definition["questions"], *pair), answers).hidden) & {"yes", "no", "both", "either"}
    assert hidden in ({"yes", "both"}, {"no", "both"})


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(_filled(), st.sampled_from(["q0", "q1", "x"]), _JSON)
def test_whatever_is_sent_is_judged_or_refused(filled: tuple[Json, Json], id_: str, value: Any) -> None:
    definition, answers = filled
    try:
        judged(definition, answers | {id_: value})
    except DomainError as error:
        assert error.code.startswith("forms.answer_")
        assert error.details["question"] == id_


@given(_JSON)
def test_whatever_is_designed_is_read_or_refused(value: Any) -> None:
    for raw in ({"questions": value}, {"questions": [value]}, of(question("q", "text") | {"visible_if": value})):
        try:
            read_definition(raw)
        except DomainError as error:
            assert error.code.startswith("forms.")
            assert error.field is not None
