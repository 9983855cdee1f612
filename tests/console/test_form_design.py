"""The form designer over HTTP: drafts, what the server says of them, publication."""

from typing import Any

import pytest

from core.fence import company_fence
from core.ids import uuid7
from forms import queries
from tests.console.desk import Desk, at_desk, words
from tests.console.form_samples import everything, named
from tests.forms.questionnaires import Json, choices, make_form, of, publish, question, when
from tests.personas import TestCompany


def post(desk: Desk, path: str, body: Any) -> Any:
    """What the page's script sends."""
    token = desk.text("/console/preferences").partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    headers = {"X-CSRFToken": token}
    return desk.client.post(f"/console/forms/{path}", body, content_type="application/json", headers=headers)


def tried(company: TestCompany, definition: Json, answers: Json | None = None) -> Json:
    body = {"definition": definition, "answers": answers or {}}
    response = post(at_desk(company.carol), f"{make_form(company)}/check", body)
    assert response.status_code == 200, response.content
    told: Json = response.json()
    return told


def test_the_preview_says_what_the_server_will_say_of_answers(company: TestCompany) -> None:
    definition = everything(company)
    told = tried(company, definition, {"stocked": True, "facings": "2", "place": "floor"})
    assert told["fault"] is None
    assert (told["result"]["hidden"], told["result"]["percent"]) == ([], "55.0")
    assert told["result"]["missing"][0] == ["proof", None, None]
    assert tried(company, definition)["result"]["hidden"] == ["facings", "place"]
    told = tried(company, definition, {"facings": "100"})
    assert told["answer_fault"]["question"] == "facings" and told["result"] is None


@pytest.mark.parametrize(
    ("definition", "at", "said"),
    [
        (of(question("a", "text"), question("a", "text")), 1, "same key"),
        (of(question("a", "number", min="2", max="1")), 0, "least value is above"),
        (of(question("a", "number", min="x")), 0, "least: must be a decimal string"),
        (of({"id": "a", "type": "text", "names": {"en": "", "zh": ""}}), 0, "at least one language"),
        (of(question("a", "text", visible_if=when("answered", "b"))), 0, "does not stand before"),
        (of(question("a", "boolean", score={"yes": 0})), 0, "no answer has points"),
        (of(question("a", "choice", choices=choices("x"), score={"points": {"y": 1}})), 0, "a choice that is gone"),
        (of(question("a", "matrix", measures=[question("m", "number")])), 0, "or a category"),
        (of(question("a", "matrix", measures=[question("m", "number")], category_id=str(uuid7()))), 0, "or a category"),
    ],
)
def test_a_fault_is_told_at_its_question(company: TestCompany, definition: Json, at: int, said: str) -> None:
    fault = tried(company, definition)["fault"]
    assert fault["question"] == at and said in fault["message"]


def test_a_draft_is_kept_shown_and_published_with_what_it_changes(company: TestCompany) -> None:
    form = make_form(company)
    publish(company, of(question("a", "text"), question("b", "text")), form)
    desk, path = at_desk(company.carol), f"/console/forms/{form}"
    assert "There is no draft to publish" in words(desk.text(f"{path}/publish"))
    draft = of(question("a", "text", required=True), named("fresh", "photo", "Photo of the door", "门口照片"))
    assert post(desk, form, {"definition": draft}).status_code == 200
    assert "Photo of the door" in desk.text(path)
    page = words(desk.text(f"{path}/publish"))
    assert "changed A required" in page and "added Photo of the door" in page and "removed B" in page
    assert desk.send(f"{path}/publish", on=f"{path}/publish", saved_at="earlier").status_code == 409
    assert desk.send(f"{path}/publish", on=f"{path}/publish")["Location"] == "/console/forms"
    with company_fence(company.id):
        newest = queries.list_versions(form).order_by("-number").first()
        assert newest is not None and (newest.number, newest.definition) == (2, draft)
        version = newest.id
    text = words(desk.text(f"/console/forms/versions/{version}"))
    assert "Photo of the door" in text and "Required" in text


def test_what_a_draft_is_refused_for_is_said_with_its_question(company: TestCompany) -> None:
    desk, form = at_desk(company.carol), make_form(company)
    post(desk, form, {"definition": of(question("a", "text"), question("b", "number", min="2", max="1"))})
    path = f"/console/forms/{form}/publish"
    response = desk.send(path)
    assert response.status_code == 422
    assert "Question 2: Nothing can be answered" in words(response.content.decode())


def test_a_form_is_made_renamed_and_archived(company: TestCompany) -> None:
    desk = at_desk(company.carol)
    assert desk.send("/console/forms/create", names="", zh="", code="X").status_code == 422
    assert desk.send("/console/forms/create", names="Door check", zh="门店检查", code="DOOR").status_code == 302
    with company_fence(company.id):
        form = queries.list_forms().get(code="DOOR").id
    assert desk.send(f"/console/forms/{form}/rename", names="Gate check").status_code == 302
    text = words(desk.text("/console/forms"))
    assert "Gate check DOOR not published yet" in text
    assert desk.send(f"/console/forms/{form}/archive").status_code == 302
    assert "Gate check DOOR archived" in words(desk.text("/console/forms?state=archived"))
    assert desk.send(f"/console/forms/{form}/unarchive").status_code == 302
    assert "Gate check" not in words(desk.text("/console/forms?state=archived"))


def test_products_are_found_by_name_and_category(company: TestCompany) -> None:
    everything(company)
    desk = at_desk(company.carol)
    found = post(desk, "products", {"q": "oolong"}).json()["products"]
    assert [code for _, _, code in found] == ["T2"]
    assert post(desk, "products", {"category": str(uuid7())}).json()["products"] == []
    assert post(desk, "products", {"category": 7}).status_code == 422


def test_who_designs_no_forms_does_not_come_in(company: TestCompany) -> None:
    form = make_form(company)
    for path in ("products", form, f"{form}/check"):
        assert post(at_desk(company.dan), path, {"definition": of()}).status_code == 403
    assert post(at_desk(company.carol), form, {"definition": 1}).status_code == 422
    assert post(at_desk(company.carol), f"{uuid7()}/check", {"definition": of()}).status_code == 404
