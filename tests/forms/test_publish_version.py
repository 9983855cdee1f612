"""`forms.publish_version`: what can be published, and what is refused with the place named."""

from typing import Any

import pytest

from core.ids import uuid7
from forms.models import FormVersion
from tests.architecture.test_query_counts import statements
from tests.contract.wire import command
from tests.forms.questionnaires import choices, client_rows, make_form, of, publish, question, when
from tests.personas import TestCompany, make_company

Json = dict[str, Any]


@pytest.fixture(scope="module")
def company() -> TestCompany:
    return make_company()


def test_versions_are_counted_and_every_phone_gets_all_of_them(company: TestCompany) -> None:
    form = make_form(company)
    definitions = [of(question("a", "text")), of(question("a", "text"), question("b", "date"))]
    versions = [publish(company, one, form) for one in definitions]
    rows = {row["id"]: row["data"] for row in client_rows(company, "zed")}
    assert [rows[id_]["number"] for id_ in versions] == [1, 2]
    assert [rows[id_]["definition"] for id_ in versions] == definitions
    listed = company.client("alice").call("GET", f"/api/v1/forms/{form}/versions").json()["items"]
    assert [item["id"] for item in listed] == versions[::-1]
    one = company.client("alice").call("GET", f"/api/v1/form-versions/{versions[0]}").json()
    assert one["definition"] == definitions[0]


def test_a_published_version_cannot_be_changed() -> None:
    """Nor by the application itself: its role has no right to."""
    assert FormVersion.append_only
    assert not FormVersion.amendable


def test_two_versions_in_one_push(company: TestCompany) -> None:
    form = make_form(company)
    commands = [
        command("forms.publish_version", {"id": str(uuid7()), "form_id": form, "definition": of(question(id_, "text"))})
        for id_ in ("a", "b")
    ]
    answer = company.client("dora").call("POST", "/api/v1/sync/push", {"commands": commands}).json()
    assert [verdict["status"] for verdict in answer["verdicts"]] == ["applied", "applied"]
    listed = company.client("dora").call("GET", f"/api/v1/forms/{form}/versions").json()["items"]
    assert [item["number"] for item in listed] == [2, 1]


AB = choices("a", "b")
EARLIER = question("first", "choice", choices=AB)
FAULTY: list[tuple[str, str, str, Json]] = [
    ("forms.definition_invalid", "–", "definition.questions", of()),
    ("forms.definition_invalid", "q", "definition.questions.0.typ", of(question("q", "text", typ=1))),
    ("forms.definition_invalid", "q", "definition.questions.0", of(question("q", "slider"))),
    ("forms.definition_invalid", "Q 1", "definition.questions.0.id", of(question("Q 1", "text"))),
    ("forms.definition_invalid", "q", "definition.questions.0.names", of(question("q", "text", names={}))),
    ("forms.definition_invalid", "q", "definition.questions.0.choices", of(question("q", "choice", choices=[]))),
    ("forms.definition_invalid", "q", "definition.questions.0.min", of(question("q", "number", min=3))),
    (
        "forms.definition_invalid",
        "q",
        "definition.questions.1.visible_if",
        of(EARLIER, question("q", "text", visible_if=when("equals", "first"))),
    ),
    (
        "forms.definition_invalid",
        "q",
        "definition.questions.0",
        of(question("q", "matrix", measures=[question("n", "number")])),
    ),
    ("forms.question_repeated", "q", "definition.questions.1.id", of(question("q", "text"), question("q", "date"))),
    (
        "forms.choice_repeated",
        "q",
        "definition.questions.0.choices.2.id",
        of(question("q", "choice", choices=[*AB, AB[0]])),
    ),
    ("forms.range_empty", "q", "definition.questions.0.min", of(question("q", "number", min="2", max="1.5"))),
    (
        "forms.range_empty",
        "q",
        "definition.questions.0.min",
        of(question("q", "date", min="2026-12-01", max="2026-11-01")),
    ),
    (
        "forms.range_empty",
        "q",
        "definition.questions.0.score.ranges.0",
        of(question("q", "number", score={"ranges": [{"from": "2", "to": "1", "points": 1}]})),
    ),
    (
        "forms.score_unfit",
        "q",
        "definition.questions.0.score.points",
        of(question("q", "choice", choices=AB, score={"points": {"c": 1}})),
    ),
    ("forms.points_missing", "q", "definition.questions.0.score", of(question("q", "boolean", score={"yes": 0}))),
    (
        "forms.condition_unknown",
        "q",
        "definition.questions.0.visible_if",
        of(question("q", "text", visible_if=when("answered", "later")), question("later", "text")),
    ),
    (
        "forms.condition_unknown",
        "q",
        "definition.questions.0.visible_if",
        of(question("q", "text", visible_if=when("not", of=[when("answered", "q")]))),
    ),
    (
        "forms.condition_unfit",
        "q",
        "definition.questions.1.visible_if",
        of(EARLIER, question("q", "text", visible_if=when("gt", "first", value="3"))),
    ),
    (
        "forms.condition_unfit",
        "q",
        "definition.questions.1.visible_if",
        of(EARLIER, question("q", "text", visible_if=when("in", "first", values=["a", "c"]))),
    ),
    (
        "core.reference_invalid",
        "",
        "definition.questions.0.category_id",
        of(question("q", "matrix", category_id=str(uuid7()), measures=[question("n", "number")])),
    ),
    (
        "core.reference_invalid",
        "",
        "definition.questions.0.product_ids",
        of(question("q", "matrix", product_ids=[str(uuid7())], measures=[question("n", "number")])),
    ),
    (
        "forms.question_repeated",
        "q.n",
        "definition.questions.0.measures.1.id",
        of(
            question(
                "q", "matrix", category_id=str(uuid7()), measures=[question("n", "number"), question("n", "boolean")]
            )
        ),
    ),
]


@pytest.mark.parametrize(("code", "name", "place", "definition"), FAULTY, ids=lambda value: str(value)[:40])
def test_a_fault_is_refused_with_its_place(
    company: TestCompany, code: str, name: str, place: str, definition: Json
) -> None:
    """By publishing, and by asking beforehand."""
    client = company.client("carol")
    body = {"id": str(uuid7()), "form_id": make_form(company), "definition": definition}
    for path in ("publish-version", "check"):
        answer = client.call("POST", f"/api/v1/forms/{path}", body)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"], error["field"]) == (422, code, place)
        assert error["details"].get("question", "") == name
        if name:
            assert name in error["message"]
    assert client.call("GET", f"/api/v1/forms/{body['form_id']}/versions").json()["items"] == []


def test_limits_of_conditions(company: TestCompany) -> None:
    deep = when("answered", "first")
    for _ in range(6):
        deep = when("not", of=[deep])
    for condition in (deep, when("all", of=[when("any", of=[when("answered", "first")] * 17)] * 3)):
        body = {"definition": of(EARLIER, question("q", "text", visible_if=condition))}
        answer = company.client("carol").call("POST", "/api/v1/forms/check", body)
        assert answer.json()["error"]["code"] == "forms.definition_invalid"
        assert answer.json()["error"]["details"]["question"] == "q"


def test_a_question_keeps_its_type_over_the_versions(company: TestCompany) -> None:
    form = make_form(company)
    publish(company, of(question("a", "text"), question("b", "text")), form)
    publish(company, of(question("b", "text")), form)
    body = {"id": str(uuid7()), "form_id": form, "definition": of(question("a", "date"))}
    for path in ("publish-version", "check"):
        answer = company.client("dora").call("POST", f"/api/v1/forms/{path}", body)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (422, "forms.question_type_changed")
        assert error["details"] | {"command_id": None} == {"question": "a", "before": "text", "command_id": None}
    publish(company, of(question("a", "date")))  # of another form


def test_asking_beforehand_costs_as_much_for_few_as_for_many(
    company: TestCompany, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, form = company.client("dora"), make_form(company)
    counts = []
    for many in (1, 150):
        definition = of(*(question(f"q{number}", "text") for number in range(many)))
        body = {"form_id": form, "definition": definition}
        sent = statements(monkeypatch, lambda body=body: client.call("POST", "/api/v1/forms/check", body))
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_a_form_that_nobody_made(company: TestCompany) -> None:
    body = {"id": str(uuid7()), "form_id": str(uuid7()), "definition": of(question("a", "text"))}
    for path in ("publish-version", "save-draft", "check"):
        answer = company.client("dora").call("POST", f"/api/v1/forms/{path}", body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "forms.not_found")
