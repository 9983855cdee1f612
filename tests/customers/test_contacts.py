"""Contacts: added, merged and removed; seen with their customer."""

from datetime import timedelta
from uuid import UUID

import pytest

from core.ids import uuid7
from tests.customers.world import NOON, create_customer, entries, run_at
from tests.personas import TestCompany, make_company


@pytest.fixture
def lotus(company: TestCompany) -> UUID:
    return create_customer(company.alice)


@pytest.fixture
def mei(company: TestCompany, lotus: UUID) -> UUID:
    """A contact of alice's customer."""
    contact_id = uuid7()
    payload = {"id": str(contact_id), "customer_id": str(lotus), "name": "Mei", "phone": "1"}
    assert run_at(company.alice, "customers.add_contact", payload, NOON).settled
    return contact_id


def test_over_http(company: TestCompany, lotus: UUID) -> None:
    client = company.client("alice")
    contact = {
        "id": str(uuid7()), "customer_id": str(lotus), "name": "梅", "title": "Buyer", "phone": "139",
        "email": "mei@lotus.example", "notes": "likes tea", "is_primary": True,
    }  # fmt: skip
    assert client.call("POST", "/api/v1/customers/add-contact", contact).status_code == 200
    shown = client.call("GET", f"/api/v1/customers/{lotus}/contacts").json()
    assert shown["items"] == [contact | {"version": 1}]
    changes = {"is_primary": {"from": True, "to": False}, "email": {"from": "mei@lotus.example", "to": ""}}
    body = {"id": contact["id"], "changes": changes}
    assert client.call("POST", "/api/v1/customers/update-contact", body).status_code == 200
    assert client.call("GET", f"/api/v1/customers/{lotus}/contacts").json()["items"][0]["is_primary"] is False
    assert client.call("POST", "/api/v1/customers/remove-contact", {"id": contact["id"]}).status_code == 200
    assert client.call("GET", f"/api/v1/customers/{lotus}/contacts").json()["items"] == []
    again = client.call("POST", "/api/v1/customers/remove-contact", {"id": contact["id"]})
    assert (again.status_code, again.json()["error"]["code"]) == (404, "customers.contact_not_found")


def test_merging(company: TestCompany, lotus: UUID, mei: UUID) -> None:
    def phone(who: str, new: str, minutes: int) -> str | None:
        payload = {"id": str(mei), "changes": {"phone": {"from": "1", "to": new}}}
        at = NOON + timedelta(minutes=minutes)
        return run_at(company.people[who], "customers.update_contact", payload, at).status

    assert phone("carol", "2", 2) == "applied"
    assert phone("alice", "3", 1) == "merged"
    assert (entries(company, lotus)["contact", mei] or {})["phone"] == "2"
    assert phone("alice", "4", 3) == "merged"
    assert (entries(company, lotus)["contact", mei] or {})["phone"] == "4"


def test_out_of_sight_and_lost(company: TestCompany, lotus: UUID, mei: UUID) -> None:
    new = {"id": str(uuid7()), "customer_id": str(lotus), "name": "Bo"}
    edit = {"id": str(mei), "changes": {"name": {"from": "Mei", "to": "Bo"}}}
    assert company.zed.execute("customers.add_contact", new).code == "customers.not_found"
    assert company.zed.execute("customers.update_contact", edit).code == "customers.not_found"
    assert make_company().dora.execute("customers.update_contact", edit).code == "customers.contact_not_found"
    moved = {"customer_ids": [str(lotus)], "owner_id": str(company.bob.id)}
    assert company.carol.execute("customers.reassign", moved).settled
    for name, payload in {
        "customers.add_contact": new, "customers.update_contact": edit, "customers.remove_contact": {"id": str(mei)}
    }.items():  # fmt: skip
        assert company.alice.execute(name, payload).code == "sync.scope_lost"


def test_a_contact_of_a_customer_that_was_refused_waits_for_it(company: TestCompany) -> None:
    create_customer(company.bob, code="TAKEN")
    customer_id = uuid7()
    refused = company.alice.execute("customers.create", {"id": str(customer_id), "name": "L", "code": "TAKEN"})
    assert refused.code == "customers.code_taken"
    payload = {"id": str(uuid7()), "customer_id": str(customer_id), "name": "Bo"}
    waiting = company.alice.execute("customers.add_contact", payload)
    assert (waiting.status, waiting.code) == ("parked", "sync.dependency_waiting")
