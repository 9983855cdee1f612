"""Sites are governed: who stands at the door proposes, a manager decides, and the evidence is judged again."""

from typing import Any
from uuid import UUID

import pytest

from core.ids import uuid7
from tests.personas import Persona, TestCompany
from tests.visits.field import FIX, SHOP, add_customer, applied, check_in, visit_row
from visits.jobs.evidence import rescore

MOVED = {"lat": 39.9242, "lon": 116.4074}


def confirmed_site(company: TestCompany, customer_id: UUID, **position: float) -> UUID:
    site_id = uuid7()
    payload = {"id": str(site_id), "customer_id": str(customer_id), "name": "Door", "position": position or SHOP}
    applied(company.carol.execute("customers.add_site", payload))
    return site_id


def propose(persona: Persona, customer_id: UUID, **fields: Any) -> UUID:
    pin_id = uuid7()
    payload = {"id": str(pin_id), "customer_id": str(customer_id), "position": MOVED} | fields
    applied(persona.execute("customers.propose_pin", payload))
    return pin_id


def sites(company: TestCompany, customer_id: UUID) -> list[dict[str, Any]]:
    answer = company.client("alice").call("GET", f"/api/v1/customers/{customer_id}/sites")
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_a_rep_moves_no_confirmed_site(company: TestCompany) -> None:
    shop = add_customer(company.alice)
    site_id = confirmed_site(company, shop)
    edit = {"id": str(site_id), "changes": {"position": {"from": SHOP, "to": MOVED}}}
    assert company.alice.execute("customers.update_site", edit).code == "customers.site_confirmed"
    fence = {"id": str(site_id), "changes": {"fence_radius_m": {"from": 200.0, "to": 9000.0}}}
    assert company.alice.execute("customers.update_site", fence).code == "customers.site_confirmed"
    name = {"id": str(site_id), "changes": {"name": {"from": "Door", "to": "Back door"}}}
    applied(company.alice.execute("customers.update_site", name))
    assert [(site["name"], site["lat"], site["confirmed"]) for site in sites(company, shop)] == [
        ("Back door", SHOP["lat"], True)
    ]


def test_an_approved_pin_moves_the_site_and_its_evidence_is_judged_again(company: TestCompany) -> None:
    shop = add_customer(company.alice)
    site_id = confirmed_site(company, shop)
    visit_id = check_in(company.alice, shop, fix=FIX | MOVED)
    assert visit_row(company.alice, visit_id).check_in_verdict == "outside"
    pin_id = propose(company.alice, shop, site_id=str(site_id), note="They moved across the park")
    assert sites(company, shop)[0]["lat"] == SHOP["lat"]  # nothing moves before somebody decides
    queue = company.client("carol").call("GET", "/api/v1/customers/pins").json()["items"]
    assert [(pin["id"], pin["name"], pin["note"]) for pin in queue] == [
        (str(pin_id), "Door", "They moved across the park")
    ]
    assert company.client("carol").call("POST", "/api/v1/customers/approve-pin", {"id": pin_id}).status_code == 200
    assert [(site["lat"], site["confirmed"]) for site in sites(company, shop)] == [(MOVED["lat"], True)]
    rescore(str(company.id), str(company.carol.actor.user_id), [str(pin_id)])
    assert visit_row(company.alice, visit_id).check_in_verdict == "verified"
    history = (
        company.client("alice")
        .call("GET", f"/api/v1/customers/{shop}/site-positions?site_id={site_id}")
        .json()["items"]
    )
    assert [(one["cause"], one["lat"], one["pin_id"]) for one in history] == [
        ("approved", MOVED["lat"], str(pin_id)),
        ("added", SHOP["lat"], None),
    ]


def test_a_new_site_is_proposed_with_a_name(company: TestCompany) -> None:
    shop = add_customer(company.alice)
    nameless = {"id": str(uuid7()), "customer_id": str(shop), "position": MOVED}
    assert company.alice.execute("customers.propose_pin", nameless).code == "core.invalid_input"
    pin_id = propose(company.alice, shop, name="Warehouse", fence_radius_m=80.0)
    applied(company.carol.execute("customers.approve_pin", {"id": str(pin_id)}))
    assert [(site["id"], site["name"], site["fence_radius_m"]) for site in sites(company, shop)] == [
        (str(pin_id), "Warehouse", 80)
    ]


def test_a_pin_in_gcj02_is_placed_where_it_was_measured(company: TestCompany) -> None:
    shop = add_customer(company.alice)
    given = {"lat": 39.91334545536069, "lon": 116.38404722455657, "datum": "GCJ-02"}
    pin_id = propose(company.alice, shop, name="Shop", position=given)
    applied(company.carol.execute("customers.approve_pin", {"id": str(pin_id)}))
    site = sites(company, shop)[0]
    assert (site["lat"], site["lon"]) == (pytest.approx(39.911954, abs=1e-6), pytest.approx(116.377817, abs=1e-6))


def test_a_rejected_pin_says_why_and_is_settled_once(company: TestCompany) -> None:
    shop = add_customer(company.alice)
    site_id = confirmed_site(company, shop)
    pin_id = propose(company.alice, shop, site_id=str(site_id))
    applied(company.carol.execute("customers.reject_pin", {"id": str(pin_id), "reason": "That is the car park"}))
    assert sites(company, shop)[0]["lat"] == SHOP["lat"]
    again = company.carol.execute("customers.approve_pin", {"id": str(pin_id)})
    assert (again.code, again.details) == ("customers.pin_settled", {"state": "rejected"})
    rejected = company.client("alice").call("GET", "/api/v1/customers/pins?state=rejected").json()["items"]
    assert [pin["reason"] for pin in rejected] == ["That is the car park"]


@pytest.mark.parametrize("persona", ["alice", "dan"])
def test_only_managers_decide(company: TestCompany, persona: str) -> None:
    pin_id = propose(company.alice, add_customer(company.alice), name="Door")
    verdict = getattr(company, persona).execute("customers.approve_pin", {"id": str(pin_id)})
    assert verdict.code == "core.forbidden"


def test_a_pin_of_another_customers_site_is_refused(company: TestCompany) -> None:
    mine, other = add_customer(company.alice), add_customer(company.alice)
    site_id = confirmed_site(company, other)
    payload = {"id": str(uuid7()), "customer_id": str(mine), "site_id": str(site_id), "position": MOVED}
    assert company.alice.execute("customers.propose_pin", payload).code == "customers.site_not_found"


def test_a_pin_whose_site_was_removed_is_refused(company: TestCompany) -> None:
    shop = add_customer(company.alice)
    site_id = confirmed_site(company, shop)
    pin_id = propose(company.alice, shop, site_id=str(site_id))
    applied(company.carol.execute("customers.remove_site", {"id": str(site_id)}))
    assert company.carol.execute("customers.approve_pin", {"id": str(pin_id)}).code == "customers.site_not_found"
