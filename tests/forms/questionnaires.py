"""Forms for tests: definitions as a company writes them, and forms with versions made through the door."""

from typing import Any

from core.ids import uuid7
from tests.personas import TestCompany

Json = dict[str, Any]


def question(id_: str, type_: str, **more: Any) -> Json:
    """A question with names."""
    return {"id": id_, "type": type_, "names": {"en": id_.title(), "zh": ""}} | more


def choices(*ids: str) -> list[Json]:
    """What there is to choose from."""
    return [{"id": id_, "names": {"en": id_, "zh": id_}} for id_ in ids]


def when(op: str, other: str | None = None, **more: Any) -> Json:
    """A condition."""
    return {"op": op} | ({"question": other} if other else {}) | more


def of(*questions: Json) -> Json:
    """A definition."""
    return {"questions": list(questions)}


def make_form(company: TestCompany, who: str = "dora", **more: Any) -> str:
    """A form without a version."""
    id_ = str(uuid7())
    payload = {"id": id_, "code": id_[-12:], "names": {"en": "Shelf check", "zh": "陈列检查"}} | more
    verdict = company.people[who].execute("forms.create", payload)
    assert verdict.settled, verdict
    return id_


def publish(company: TestCompany, definition: Json, form: str | None = None) -> str:
    """A version that asks this, of a form of its own unless one is named."""
    id_ = str(uuid7())
    payload = {"id": id_, "form_id": form or make_form(company), "definition": definition}
    verdict = company.people["dora"].execute("forms.publish_version", payload)
    assert verdict.settled, verdict
    return id_


def client_rows(company: TestCompany, who: str) -> list[Json]:
    """What a first pull brings to a phone."""
    answer = company.client(who).call("POST", "/api/v1/sync/pull", {}).json()
    assert answer["complete"]
    rows: list[Json] = answer["changes"]["rows"]
    return rows
