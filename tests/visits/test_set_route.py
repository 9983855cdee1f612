"""Routes: planned in their order, on their days, for who drives them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from core.ids import uuid7
from tests.personas import Persona, TestCompany
from tests.visits.field import add_customer, applied
from tests.visits.planning import MONDAY, publish, state_of, visits_of


def set_route(persona: Persona, *customers: UUID, **fields: Any) -> str:
    """A route of Tuesdays."""
    payload = {
        "id": str(uuid7()), "name": "North ring", "customer_ids": [str(id_) for id_ in customers], "weekdays": [2],
        "valid_from": "2026-11-02",
    }  # fmt: skip
    response = persona.client().call("POST", "/api/v1/routes", payload | fields)
    assert response.status_code == 200, response.content
    id_: str = response.json()["id"]
    return id_


def test_a_route_is_planned_in_its_order(company: TestCompany) -> None:
    a, b, c = (add_customer(company.alice) for _ in range(3))
    route = set_route(company.alice, c, a, b, dwell_minutes=20, purpose="Round")
    publish(company)
    tuesday = visits_of(company, visit_date=MONDAY + timedelta(days=1))
    assert [(visit.customer_id, visit.sequence) for visit in tuesday] == [(c, 1), (a, 2), (b, 3)]
    assert {(v.origin, str(v.route_id), v.dwell_minutes, v.purpose) for v in tuesday} == {("route", route, 20, "Round")}
    assert len(visits_of(company)) == 12
    before = state_of(company)
    publish(company)
    assert state_of(company) == before
    rows = company.client("alice").call("POST", "/api/v1/sync/pull", {}).json()["changes"]["rows"]
    assert [row["data"]["customer_ids"] for row in rows if row["kind"] == "route"] == [[str(c), str(a), str(b)]]


def test_a_route_leaves_out_what_is_not_visited_any_more(company: TestCompany) -> None:
    kept, archived, lost = (add_customer(company.alice) for _ in range(3))
    set_route(company.alice, kept, archived, lost)
    applied(company.alice.execute("customers.archive", {"id": str(archived)}))
    given = {"customer_ids": [str(lost)], "owner_id": str(company.bob.id)}
    applied(company.carol.execute("customers.reassign", given))
    publish(company)
    assert {visit.customer_id for visit in visits_of(company)} == {kept}


def test_who_sets_whose_route(company: TestCompany) -> None:
    customer, shared = add_customer(company.alice), add_customer(company.bob)
    payload = {"name": "Ring", "customer_ids": [str(customer)], "weekdays": [1], "valid_from": "2026-11-23"}
    for who, fields, code in (
        ("alice", {"rep_id": company.bob.id}, "visits.not_your_team"),
        ("carol", {"rep_id": company.bob.id}, "visits.rep_lacks_customer"),
        ("carol", {"rep_id": company.alice.id}, None),
        ("alice", {"customer_ids": [str(shared)]}, "customers.not_found"),
        ("erin", {}, "core.forbidden"),
    ):
        sent = payload | {"id": str(uuid7())} | {key: str(v) if key == "rep_id" else v for key, v in fields.items()}
        assert company.people[who].execute("visits.set_route", sent).code == code, (who, fields)


def test_routes_are_listed_to_who_drives_them_and_his_superiors(company: TestCompany) -> None:
    route = set_route(company.alice, add_customer(company.alice))
    for who, seen in (("alice", True), ("carol", True), ("dora", True), ("bob", False), ("zed", False)):
        items = company.client(who).call("GET", "/api/v1/routes").json()["items"]
        assert [item["id"] for item in items] == ([route] if seen else []), who


@pytest.mark.parametrize(
    "fields", [{"weekdays": []}, {"weekdays": [8]}, {"customer_ids": []}, {"every_weeks": 0}, {"weekdays": [1, 1]}]
)
def test_what_makes_no_sense_is_refused(company: TestCompany, fields: dict[str, Any]) -> None:
    payload = {"id": str(uuid7()), "name": "X", "customer_ids": [str(add_customer(company.alice))], "weekdays": [1]}
    sent = payload | {"valid_from": "2026-11-23"} | fields
    response = company.client("alice").call("POST", "/api/v1/routes", sent)
    assert (response.status_code, response.json()["error"]["code"]) == (422, "core.invalid_input")
