"""Products: who writes them, what is refused, that they merge, and that everybody gets them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.batches import CommandRequest, Verdict
from core.commands import execute_all
from core.fence import company_fence
from core.ids import uuid7
from core.models import Entry
from tests.personas import Persona, TestCompany, make_company

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def product(**fields: Any) -> dict[str, Any]:
    """A product's payload."""
    return {
        "id": str(uuid7()), "code": "P-1", "name": "Green Tea", "unit": "box", "price": "12.5", "currency": "CNY"
    } | fields  # fmt: skip


def run_many(persona: Persona, name: str, payloads: list[dict[str, Any]]) -> list[Verdict]:
    """Run commands of one kind as one set."""
    return execute_all([CommandRequest(name, payload) for payload in payloads], actor=persona.actor, door="push")


def edit_price(persona: Persona, product_id: str, old: Any, new: Any, minutes: int = 0) -> Verdict:
    payload = {"id": product_id, "changes": {"price": {"from": old, "to": new}}}
    request = CommandRequest("catalog.update_product", payload, occurred_at=NOON + timedelta(minutes=minutes))
    return execute_all([request], actor=persona.actor, door="push")[0]


def published(company: TestCompany, product_id: str) -> dict[str, Any]:
    """The product as every phone gets it."""
    with company_fence(company.id):
        body: dict[str, Any] = orjson.loads(Entry.objects.get(scope_id=company.id, id=UUID(product_id)).body or "")
        return body


def test_over_http(company: TestCompany) -> None:
    dora, alice = company.client("dora"), company.client("alice")
    body = product(name="绿茶", price="12345678901234.5678", is_active=False, colour="green")
    assert dora.call("POST", "/api/v1/products", body).status_code == 200
    expected = body | {"category_id": None, "version": 1}
    del expected["colour"]
    assert alice.call("GET", f"/api/v1/products/{body['id']}").json() == expected
    changes = {"price": {"from": "12345678901234.5678", "to": "9.90"}, "is_active": {"from": False, "to": True}}
    edited = dora.call("POST", "/api/v1/products/update", {"id": body["id"], "changes": changes})
    assert edited.json()["verdict"]["status"] == "applied"
    assert alice.call("GET", f"/api/v1/products/{body['id']}").json()["price"] == "9.9000"
    assert alice.call("GET", f"/api/v1/products/{uuid7()}").json()["error"]["code"] == "catalog.product_not_found"
    assert make_company().client("dora").call("GET", f"/api/v1/products/{body['id']}").status_code == 404


@pytest.mark.parametrize(("who", "code"), [("carol", None), ("alice", "core.forbidden"), ("erin", "core.forbidden")])
def test_who_may(company: TestCompany, who: str, code: str | None) -> None:
    body = product()
    assert company.people[who].execute("catalog.create_product", body).code == code
    company.dora.execute("catalog.create_product", body | {"code": "P-2", "id": str(uuid7())})
    payload = {"id": body["id"], "changes": {}}
    assert company.people[who].execute("catalog.update_product", payload).code == code


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": "-1"}, {"price": "1.23456"}, {"price": "123456789012345"}, {"price": "NaN"}, {"price": "Infinity"},
        {"price": "much"}, {"price": None}, {"currency": "cny"}, {"currency": "CNYX"}, {"unit": ""}, {"unit": "x" * 33},
        {"code": ""}, {"name": " "}, {"is_active": 1},
    ],
)  # fmt: skip
def test_what_does_not_fit(company: TestCompany, wrong: dict[str, Any]) -> None:
    assert company.dora.execute("catalog.create_product", product(**wrong)).code == "core.invalid_input"


def test_a_taken_code_refuses_the_guilty_one_alone(company: TestCompany) -> None:
    company.dora.execute("catalog.create_product", product(code="P-3"))
    verdicts = run_many(company.dora, "catalog.create_product", [product(code=f"P-{n}") for n in range(6)])
    assert [verdict.code for verdict in verdicts] == [None, None, None, "catalog.product_code_taken", None, None]


@pytest.mark.parametrize("known", ["12.5", "12.50", "12.5000"])
def test_a_price_is_the_same_however_it_is_written(company: TestCompany, known: str) -> None:
    body = product()
    company.dora.execute("catalog.create_product", body)
    assert published(company, body["id"])["price"] == "12.5000"
    assert edit_price(company.dora, body["id"], known, "13").status == "applied"
    assert published(company, body["id"])["price"] == "13.0000"


def test_merging(company: TestCompany) -> None:
    body = product()
    company.dora.execute("catalog.create_product", body)
    assert edit_price(company.dora, body["id"], "12.5", "13", minutes=600_000).status == "applied"
    late = edit_price(company.carol, body["id"], "12.5", "14", minutes=1)
    assert (late.status, late.conflicts[0]["kept"]) == ("merged", "theirs")
    assert (late.conflicts[0]["yours"], late.conflicts[0]["theirs"]) == ("14.0000", "13.0000")
    assert company.carol.execute("sync.restore_value", {"conflict_id": late.conflicts[0]["conflict_id"]}).settled
    assert published(company, body["id"])["price"] == "14.0000"


def test_category_must_exist_here(company: TestCompany) -> None:
    category = {"id": str(uuid7()), "name": "Tea"}
    assert make_company().dora.execute("catalog.create_category", category).settled
    refused = company.dora.execute("catalog.create_product", product(category_id=category["id"]))
    assert (refused.code, refused.field) == ("core.reference_invalid", "category_id")
    body = product()
    company.dora.execute("catalog.create_product", body)
    changes = {"category_id": {"from": None, "to": category["id"]}}
    assert company.dora.execute("catalog.update_product", {"id": body["id"], "changes": changes}).code == refused.code


def test_lists(company: TestCompany) -> None:
    category = {"id": str(uuid7()), "name": "Tea"}
    assert company.dora.execute("catalog.create_category", category).settled
    bodies = [
        product(code="T-1", name="绿茶", category_id=category["id"]), product(code="T-2", name="Oolong"),
        product(code="C-1", name="Cup", is_active=False),
    ]  # fmt: skip
    assert all(verdict.settled for verdict in run_many(company.dora, "catalog.create_product", bodies))
    client = company.client("alice")

    def names(query: str) -> list[str]:
        return [row["name"] for row in client.call("GET", f"/api/v1/products?{query}").json()["items"]]

    assert names("") == ["Cup", "Oolong", "绿茶"]
    assert names("q=t-") == ["Oolong", "绿茶"]
    assert names("q=绿") == names(f"category_id={category['id']}") == ["绿茶"]
    assert names("is_active=false") == ["Cup"]
    first = client.call("GET", "/api/v1/products?limit=2").json()
    assert names(f"limit=2&cursor={first['next']}") == ["绿茶"]
    assert client.call("GET", "/api/v1/products?q=%00").status_code == 422


def test_the_number_of_statements_does_not_grow(company: TestCompany) -> None:
    def statements(size: int) -> tuple[int, int]:
        made = [product(code=f"{size}-{n}") for n in range(size)]
        edits = [{"id": one["id"], "changes": {"name": {"from": "Green Tea", "to": "Tea"}}} for one in made]
        with CaptureQueriesContext(connection) as making:
            assert all(verdict.settled for verdict in run_many(company.dora, "catalog.create_product", made))
        with CaptureQueriesContext(connection) as editing:
            assert all(verdict.settled for verdict in run_many(company.dora, "catalog.update_product", edits))
        return len(making), len(editing)

    assert statements(1) == statements(50)
