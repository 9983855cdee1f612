"""customers.delete: for good and with everything, but never a customer with history."""

from typing import Any
from uuid import UUID

from core.ids import uuid7
from tests.customers.world import counted_queries, create_customer, entries, run_many, sight
from tests.personas import TestCompany, make_company


def furnish(company: TestCompany, customer_id: UUID) -> None:
    """A site, a contact, a share and a follow."""
    named = {"customer_id": str(customer_id)}
    assert company.dora.execute("customers.add_site", named | {"id": str(uuid7()), "name": "Shop"}).settled
    assert company.dora.execute("customers.add_contact", named | {"id": str(uuid7()), "name": "Mei"}).settled
    assert company.dora.execute("customers.share", named | {"user_id": str(company.zed.id)}).settled
    assert company.dora.execute("customers.follow", named).settled


def plan(company: TestCompany, customer_id: UUID) -> None:
    """Some history."""
    payload = {"id": str(uuid7()), "customer_id": str(customer_id), "planned_date": "2026-11-23"}
    assert company.alice.execute("visits.plan", payload).settled


def test_everything_goes_over_http(company: TestCompany) -> None:
    lotus = create_customer(company.alice)
    furnish(company, lotus)
    client = company.client("alice")
    assert client.call("POST", "/api/v1/customers/delete", {"id": lotus}).status_code == 200
    assert {kind: body for (kind, _), body in entries(company, lotus).items()} == {
        "customer": None, "site": None, "contact": None
    }  # fmt: skip
    assert sight(company, lotus) == {}
    assert client.call("GET", f"/api/v1/customers/{lotus}").status_code == 404
    again = client.call("POST", "/api/v1/customers/delete", {"id": lotus})
    assert (again.status_code, again.json()["error"]["code"]) == (404, "customers.not_found")


def test_history_stays(company: TestCompany) -> None:
    ids = [create_customer(company.alice) for _ in range(5)]
    plan(company, ids[2])
    verdicts = run_many(company.alice, "customers.delete", [{"id": str(id_)} for id_ in ids])
    assert [verdict.code for verdict in verdicts] == [None, None, "customers.has_history", None, None]
    assert "alice*" in sight(company, ids[2])


def test_who_may(company: TestCompany) -> None:
    def outcome(who: str, **fields: Any) -> str | None:
        lotus = create_customer(company.people["carol" if fields else "alice"], **fields)
        company.dora.execute("customers.share", {"customer_id": str(lotus), "user_id": str(company.bob.id)})
        return company.people[who].execute("customers.delete", {"id": str(lotus)}).code

    assert outcome("alice") is None
    assert outcome("carol") is None
    assert outcome("dora") is None
    assert outcome("bob") == "customers.not_in_charge"
    assert outcome("dan") == "customers.not_in_charge"
    assert outcome("zed") == "customers.not_found"
    assert outcome("alice", owner_id=company.alice.id) == "customers.not_in_charge"  # his, but carol made it
    lotus = create_customer(company.alice)
    assert make_company().dora.execute("customers.delete", {"id": str(lotus)}).code == "customers.not_found"


def test_twice_in_one_set(company: TestCompany) -> None:
    lotus = create_customer(company.alice)
    verdicts = run_many(company.alice, "customers.delete", [{"id": str(lotus)}] * 2)
    assert [verdict.code for verdict in verdicts] == [None, "customers.not_found"]


def test_the_number_of_statements_does_not_grow(company: TestCompany) -> None:
    ids = [create_customer(company.alice) for _ in range(51)]
    for id_ in ids:
        furnish(company, id_)

    def statements(chosen: list[UUID]) -> int:
        with counted_queries() as captured:
            verdicts = run_many(company.alice, "customers.delete", [{"id": str(id_)} for id_ in chosen])
        assert all(verdict.settled for verdict in verdicts)
        return len(captured)

    assert statements(ids[:1]) == statements(ids[1:])
