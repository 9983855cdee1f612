"""visits.set_cycle: who says how often is visited, and what cannot be said."""

from typing import Any

import pytest

from core.ids import uuid7
from tests.customers.world import entries
from tests.personas import TestCompany
from tests.visits.field import add_customer
from tests.visits.planning import set_cycle

CYCLE = {"name": "Calls", "customer_class": "A", "every_weeks": 2, "valid_from": "2026-11-23"}


def test_who_may_set_which_cycle(company: TestCompany) -> None:
    mine, theirs = str(add_customer(company.alice)), str(add_customer(company.zed))
    region, south = (str(company.units[name]) for name in ("region", "south"))
    for who, fields, code in (
        ("dora", {}, None),
        ("dora", {"org_unit_id": south}, None),
        ("carol", {}, "visits.cycle_out_of_reach"),
        ("carol", {"org_unit_id": region}, None),
        ("carol", {"org_unit_id": south}, "visits.cycle_out_of_reach"),
        ("carol", {"customer_class": None, "customer_id": mine}, None),
        ("carol", {"customer_class": None, "customer_id": theirs}, "customers.not_found"),
        ("alice", {}, "visits.cycle_out_of_reach"),
        ("alice", {"customer_class": None, "customer_id": mine}, None),
        ("bob", {"customer_class": None, "customer_id": mine}, "customers.not_found"),
        ("erin", {}, "core.forbidden"),
    ):
        verdict = company.people[who].execute("visits.set_cycle", CYCLE | {"id": str(uuid7())} | fields)
        assert verdict.code == code, (who, fields, verdict)


def test_a_cycle_cannot_be_taken_over_by_its_id(company: TestCompany) -> None:
    id_ = str(set_cycle(company.dora, customer_class="A"))
    stolen = CYCLE | {"id": id_, "org_unit_id": str(company.units["region"])}
    assert company.carol.execute("visits.set_cycle", stolen).code == "visits.cycle_out_of_reach"
    assert company.dora.execute("visits.set_cycle", stolen).settled
    assert company.carol.execute("visits.set_cycle", stolen | {"every_weeks": 3}).settled


def test_cycles_are_listed_to_who_may_see_them(company: TestCompany) -> None:
    mine, theirs = add_customer(company.alice), add_customer(company.zed)
    of_class = set_cycle(company.dora, customer_class="A", name="A everywhere")
    own = set_cycle(company.alice, customer_id=str(mine), name="B mine", valid_to="2026-11-30")
    set_cycle(company.zed, customer_id=str(theirs), name="C theirs")
    alice = company.client("alice")
    items = alice.call("GET", "/api/v1/call-cycles").json()["items"]
    assert [item["id"] for item in items] == [str(of_class), str(own)]
    later = alice.call("GET", "/api/v1/call-cycles?valid_on=2026-12-01").json()["items"]
    assert [item["id"] for item in later] == [str(of_class)]
    only = alice.call("GET", f"/api/v1/call-cycles?customer_id={mine}").json()["items"]
    assert [item["id"] for item in only] == [str(own)]


def test_a_cycle_that_changes_hands_leaves_its_scope(company: TestCompany) -> None:
    customer = add_customer(company.alice)
    id_ = set_cycle(company.dora, customer_id=str(customer))
    assert entries(company, customer)["call_cycle", id_]
    assert company.dora.execute("visits.set_cycle", CYCLE | {"id": str(id_)}).settled
    assert entries(company, customer)["call_cycle", id_] is None
    assert entries(company, company.id)["call_cycle", id_]


@pytest.mark.parametrize(
    "fields",
    [
        {"customer_class": None},
        {"customer_id": str(uuid7())},
        {"every_weeks": None},
        {"per_month": 2},
        {"every_weeks": 0},
        {"every_weeks": 53},
        {"every_weeks": None, "per_month": 11},
        {"weekdays": [0]},
        {"weekdays": [1, 1]},
        {"weekdays": [True]},
        {"customer_class": "E"},
        {"dwell_minutes": 0},
        {"valid_from": "2026-11-31"},
    ],
)
def test_what_makes_no_sense_is_refused(company: TestCompany, fields: dict[str, Any]) -> None:
    response = company.client("dora").call("POST", "/api/v1/call-cycles", CYCLE | {"id": str(uuid7())} | fields)
    assert (response.status_code, response.json()["error"]["code"]) == (422, "core.invalid_input")
