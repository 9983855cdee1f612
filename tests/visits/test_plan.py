"""Planning visits, for oneself and for one's people."""

from uuid import UUID

import pytest

from core.ids import uuid7
from tests.personas import TestCompany
from tests.visits.field import SHOP, add_customer, add_site, plan, push, request, visit_row


def test_a_rep_plans_by_rest(company: TestCompany) -> None:
    customer_id = add_customer(company.alice)
    site_id = add_site(company.alice, customer_id, **SHOP)
    client, visit_id = company.client("alice"), uuid7()
    body = {
        "id": visit_id,
        "customer_id": customer_id,
        "site_id": site_id,
        "planned_date": "2026-12-01",
        "planned_at": "2026-12-01T09:30:00+08:00",
        "purpose": "new catalogue",
    }
    key = uuid7()
    answers = [client.call("POST", "/api/v1/visits", body, key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    visit = client.get(f"/api/v1/visits/{visit_id}").json()
    assert visit == {
        "id": str(visit_id),
        "version": 1,
        "customer_id": str(customer_id),
        "site_id": str(site_id),
        "rep_id": str(company.alice.id),
        "state": "planned",
        "purpose": "new catalogue",
        "planned_date": "2026-12-01",
        "planned_at": "2026-12-01T01:30:00.000Z",
        "checked_in_at": None,
        "checked_out_at": None,
        "cancelled_at": None,
        "cancel_reason": "",
        "check_in_verdict": None,
        "check_out_verdict": None,
        "origin": "fixed",
        "cycle_id": None,
        "route_id": None,
        "for_rep_id": None,
        "due_from": None,
        "due_to": None,
        "sequence": None,
        "dwell_minutes": None,
        "is_appointment": True,
        "moved_at": None,
        "withdrawn": None,
        "visit_type_id": None,
    }


def test_a_manager_plans_for_his_people(company: TestCompany) -> None:
    customer_id = add_customer(company.alice)
    visit_id = plan(company.carol, customer_id, rep_id=company.alice.id)
    visit = visit_row(company.alice, visit_id)
    assert (visit.rep_id, visit.created_by_id) == (company.alice.id, company.carol.id)


@pytest.mark.parametrize(
    ("planner", "rep", "code"),
    [
        ("alice", "bob", "visits.not_your_team"),  # a colleague
        ("alice", "carol", "visits.not_your_team"),  # upwards
        ("carol", "zed", "visits.not_your_team"),  # another region's rep
        ("carol", "bob", "visits.rep_lacks_customer"),
        ("dora", "bob", "visits.rep_lacks_customer"),
        ("dora", "zed", "visits.rep_lacks_customer"),
        ("dan", "alice", None),
        ("dora", "alice", None),
    ],
)
def test_for_whom_one_may_plan(company: TestCompany, planner: str, rep: str, code: str | None) -> None:
    customer_id = add_customer(company.alice)
    payload = {"id": uuid7(), "customer_id": customer_id, "planned_date": "2026-12-01"}
    payload["rep_id"] = company.people[rep].id
    [verdict] = push(company.people[planner], request("visits.plan", payload))
    assert verdict.code == code
    assert verdict.field == (code and "rep_id")


def test_a_rep_of_nowhere(company: TestCompany) -> None:
    customer_id = add_customer(company.alice)
    stranger = UUID(int=1)
    for planner in (company.carol, company.dora):
        payload = {"id": uuid7(), "customer_id": customer_id, "planned_date": "2026-12-01", "rep_id": stranger}
        [verdict] = push(planner, request("visits.plan", payload))
        assert verdict.code == "visits.not_your_team"


def test_a_site_of_another_customer(company: TestCompany) -> None:
    customer_id, other = add_customer(company.alice), add_customer(company.alice)
    site_id = add_site(company.alice, other, **SHOP)
    payload = {"id": uuid7(), "customer_id": customer_id, "planned_date": "2026-12-01", "site_id": site_id}
    [verdict] = push(company.alice, request("visits.plan", payload))
    assert (verdict.code, verdict.field) == ("core.reference_invalid", "site_id")


def test_a_customer_out_of_sight_or_lost(company: TestCompany) -> None:
    customer_id = add_customer(company.alice)
    payload = {"id": uuid7(), "customer_id": customer_id, "planned_date": "2026-12-01"}
    [verdict] = push(company.zed, request("visits.plan", payload))
    assert verdict.code == "customers.not_found"
    moved = {"customer_ids": [str(customer_id)], "owner_id": str(company.bob.id)}
    assert company.carol.execute("customers.reassign", moved).settled
    [verdict] = push(company.alice, request("visits.plan", payload))
    assert (verdict.status, verdict.code) == ("parked", "sync.scope_lost")


def test_an_id_that_is_taken(company: TestCompany) -> None:
    customer_id = add_customer(company.alice)
    visit_id = plan(company.alice, customer_id)
    payload = {"id": visit_id, "customer_id": customer_id, "planned_date": "2026-12-01"}
    [verdict] = push(company.alice, request("visits.plan", payload))
    assert (verdict.status, verdict.code) == ("refused", "core.id_taken")


@pytest.mark.parametrize("day", ["tomorrow", "2026-13-01", "2026-12-01T00:00:00", "1796000000", 1796000000, None, True])
def test_what_is_no_day(company: TestCompany, day: object) -> None:
    payload = {"id": uuid7(), "customer_id": add_customer(company.alice), "planned_date": day}
    [verdict] = push(company.alice, request("visits.plan", payload))
    assert (verdict.code, verdict.field) == ("core.invalid_input", "planned_date")
