"""`forms.create`, `forms.update`, `forms.archive`, `forms.save_draft`: forms before and beside their versions."""

import pytest

from core.ids import uuid7
from tests.forms.questionnaires import client_rows, make_form, of, publish, question
from tests.personas import TestCompany, make_company


@pytest.fixture
def company() -> TestCompany:
    return make_company()


def test_a_form_reaches_every_phone_of_the_company(company: TestCompany) -> None:
    form = make_form(company, "carol", code="shelf")
    for name in ("alice", "erin", "zed"):
        rows = {row["id"]: row["data"] for row in client_rows(company, name) if row["kind"] == "form"}
        assert rows == {form: {"code": "shelf", "names": {"en": "Shelf check", "zh": "陈列检查"}, "archived_at": None}}


def test_a_code_is_given_once(company: TestCompany) -> None:
    make_form(company, code="shelf")
    payload = {"id": str(uuid7()), "code": "shelf", "names": {"en": "Other"}}
    answer = company.client("dora").call("POST", "/api/v1/forms", payload)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "forms.code_taken")


def test_a_form_has_a_name_in_some_language(company: TestCompany) -> None:
    for names in ({}, {"en": " ", "zh": ""}):
        payload = {"id": str(uuid7()), "code": "x", "names": names}
        answer = company.client("dora").call("POST", "/api/v1/forms", payload)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "core.invalid_input")


def test_edits_merge_field_by_field(company: TestCompany) -> None:
    form = make_form(company, code="shelf")
    old, new = {"en": "Shelf check", "zh": "陈列检查"}, {"en": "Audit", "zh": "检查"}
    verdict = company.dora.execute("forms.update", {"id": form, "changes": {"names": {"from": old, "to": new}}})
    assert verdict.status == "applied"
    stale = {"names": {"from": old, "to": {"en": "Mine", "zh": ""}}, "code": {"from": "shelf", "to": "audit"}}
    verdict = company.carol.execute("forms.update", {"id": form, "changes": stale})
    assert verdict.status == "merged"
    assert [conflict["field"] for conflict in verdict.conflicts] == ["names"]
    shown = company.client("alice").call("GET", f"/api/v1/forms/{form}").json()
    assert (shown["code"], shown["names"]) == ("audit", {"en": "Mine", "zh": ""})


def test_archiving_takes_a_form_off_the_list(company: TestCompany) -> None:
    form, client = make_form(company), company.client("carol")
    assert client.call("POST", "/api/v1/forms/archive", {"id": form}).status_code == 200
    assert client.call("GET", "/api/v1/forms").json()["items"] == []
    assert [item["id"] for item in client.call("GET", "/api/v1/forms?archived=true").json()["items"]] == [form]
    body = {"id": str(uuid7()), "form_id": form, "definition": of(question("a", "text"))}
    answer = client.call("POST", "/api/v1/forms/publish-version", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "forms.archived")
    assert client.call("POST", "/api/v1/forms/unarchive", {"id": form}).status_code == 200
    assert [item["id"] for item in client.call("GET", "/api/v1/forms").json()["items"]] == [form]


def test_a_draft_need_not_be_right_and_is_done_with_once_published(company: TestCompany) -> None:
    form, client = make_form(company), company.client("carol")
    assert client.call("GET", f"/api/v1/forms/{form}/draft").json()["definition"] is None
    for unfinished in ({"questions": "none yet"}, {"questions": []}):
        body = {"form_id": form, "definition": unfinished}
        assert client.call("POST", "/api/v1/forms/save-draft", body).status_code == 200
        assert client.call("GET", f"/api/v1/forms/{form}/draft").json()["definition"] == unfinished
    publish(company, of(question("a", "text")), form)
    assert client.call("GET", f"/api/v1/forms/{form}/draft").json()["definition"] is None


@pytest.mark.parametrize("name", ["alice", "erin", "dan"])
def test_who_does_not_design_sees_no_draft(company: TestCompany, name: str) -> None:
    form, client = make_form(company), company.client(name)
    assert client.call("GET", f"/api/v1/forms/{form}/draft").status_code == 403
    body = {"form_id": form, "definition": {}}
    assert client.call("POST", "/api/v1/forms/save-draft", body).status_code == 403
    assert client.call("POST", "/api/v1/forms/check", {"definition": {}}).status_code == 403


def test_a_definition_has_its_limit(company: TestCompany) -> None:
    body = {"form_id": make_form(company), "definition": {"note": "x" * 131_072}}
    answer = company.client("dora").call("POST", "/api/v1/forms/save-draft", body)
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "definition")
    body["definition"] = {"number": 2**70}
    answer = company.client("dora").call("POST", "/api/v1/forms/save-draft", body)
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "definition")
