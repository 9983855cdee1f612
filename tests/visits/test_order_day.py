"""A day's order through the public door: proposed from where the rep sets out, stored as he likes it."""

from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest

from core.ids import uuid7
from tests.personas import TestCompany
from tests.visits.field import add_customer, applied, plan, push, request, visit_row
from tests.visits.planning import publish, state_of

FRIDAY = "2026-11-20"
# Four doors in a row northwards, about 1.1 km apart.
DOORS = [{"lat": 39.90 + number / 100, "lon": 116.40} for number in range(4)]
NORTH = {"lat": 39.95, "lon": 116.40}


def proposal(company: TestCompany, who: str = "alice", **asked: Any) -> dict[str, Any]:
    query = "&".join(f"{name}={value}" for name, value in ({"date": FRIDAY} | asked).items())
    response = company.client(who).call("GET", f"/api/v1/visits/day-order?{query}")
    assert response.status_code == 200, response.content
    found: dict[str, Any] = response.json()
    return found


def order_of(found: dict[str, Any]) -> list[str]:
    return [stop["visit_id"] for stop in found["stops"]]


def set_out_from(company: TestCompany, position: Any) -> None:
    verdict = company.alice.execute("visits.set_start_point", {"position": position})
    assert verdict.settled, verdict


def planned(company: TestCompany, *doors: int, **fields: Any) -> list[str]:
    """Visits of alice's at these doors."""
    return [str(plan(company.alice, add_customer(company.alice, DOORS[door]), **fields)) for door in doors]


def test_the_order_follows_the_way_from_the_start_point(company: TestCompany) -> None:
    middle, far, near = planned(company, 2, 0, 3)
    set_out_from(company, NORTH)
    found = proposal(company)
    assert order_of(found) == [near, middle, far]
    assert found["starts_at_start_point"] and found["left_out"] == []
    first, second, _ = found["stops"]
    assert first["arrive_at"] > "2026-11-20T01:00:00" and first["travel_s"] == pytest.approx(2224 * 1.3 / 7, abs=3)
    assert second["way_m"] == pytest.approx(1112 * 1.3, rel=0.01)
    assert found["travel_s"] == sum(stop["travel_s"] for stop in found["stops"])
    set_out_from(company, None)
    found = proposal(company)
    assert not found["starts_at_start_point"] and found["stops"][0]["travel_s"] == 0
    assert order_of(found) in ([near, middle, far], [far, middle, near])


def test_appointments_and_opening_hours_are_kept(company: TestCompany) -> None:
    alice = company.alice
    agreed = str(plan(alice, add_customer(alice, DOORS[0]), planned_at="2026-11-20T10:00:00+08:00"))
    hours = {"friday": [{"start": "15:00", "end": "16:00"}]}
    late = str(plan(alice, add_customer(alice, DOORS[1] | {"opening_hours": hours})))
    closed = str(plan(alice, add_customer(alice, DOORS[2] | {"opening_hours": {"monday": hours["friday"]}})))
    nowhere = str(plan(alice, add_customer(alice)))
    anywhen = str(plan(alice, add_customer(alice, DOORS[3])))
    found = proposal(company)
    begins = {stop["visit_id"]: stop["begin_at"] for stop in found["stops"]}
    assert begins[agreed] == "2026-11-20T02:00:00.000Z"
    assert "2026-11-20T07:00:00.000Z" <= begins[late] <= "2026-11-20T07:30:00.000Z"
    assert anywhen in begins
    assert {(stop["visit_id"], stop["reason"]) for stop in found["left_out"]} == {
        (closed, "not_open"), (nowhere, "no_position"),
    }  # fmt: skip


def test_lunch_is_not_worked(company: TestCompany) -> None:
    planned(company, *[0] * 8, dwell_minutes=50)
    for stop in proposal(company)["stops"]:
        begin, end = stop["begin_at"][11:16], stop["end_at"][11:16]
        assert (begin >= "01:00" and end <= "04:00") or (begin >= "05:00" and end <= "10:00")


def test_a_full_day_leaves_out_what_can_wait(company: TestCompany) -> None:
    planned(company, *[0] * 10, dwell_minutes=60)
    found = proposal(company)
    assert len(found["stops"]) == 8
    assert {stop["reason"] for stop in found["left_out"]} == {"no_room"}


def test_without_vroom_there_is_an_order_too(company: TestCompany) -> None:
    planned(company, 2, 0, 3, 1)
    with patch("visits.vroom.search", lambda problem: None):
        found = proposal(company)
    assert found["solver"] == "own" and len(found["stops"]) == 4


def test_an_order_is_stored_and_the_plan_leaves_it(company: TestCompany) -> None:
    alice = company.alice
    first, second = planned(company, 0, 1)
    agreed = str(plan(alice, add_customer(alice, DOORS[2]), planned_at="2026-11-20T10:00:00+08:00"))
    stops = [
        {"visit_id": second, "planned_at": "2026-11-20T09:10:00+08:00"},
        {"visit_id": agreed, "planned_at": "2026-11-20T11:00:00+08:00"},
        {"visit_id": first},
    ]
    response = alice.client().call("POST", "/api/v1/visits/order-day", {"date": FRIDAY, "stops": stops})
    assert response.status_code == 200, response.content
    rows = [visit_row(alice, UUID(stop["visit_id"])) for stop in stops]
    assert [row.sequence for row in rows] == [1, 2, 3]
    assert [row.planned_at and row.planned_at.hour for row in rows] == [1, 2, None]
    assert [row.is_appointment for row in rows] == [False, True, False]
    before = state_of(company)
    publish(company)
    assert state_of(company) == before


def test_what_cannot_be_ordered_is_refused(company: TestCompany) -> None:
    alice = company.alice
    visit, other_day = plan(alice, add_customer(alice)), plan(alice, add_customer(alice), planned_date="2026-11-21")
    cancelled = plan(alice, add_customer(alice))
    applied(*push(alice, request("visits.cancel", {"visit_id": cancelled, "reason": "ill"})))
    for who, ids, code in (
        ("alice", [visit, other_day], "visits.other_day"),
        ("alice", [visit, cancelled], "visits.already_cancelled"),
        ("alice", [uuid7()], "visits.not_found"),
        ("zed", [visit], "visits.not_found"),
        ("alice", [visit, visit], "core.invalid_input"),
        ("carol", [visit], None),
    ):
        payload = {"date": FRIDAY, "stops": [{"visit_id": str(id_)} for id_ in ids]}
        assert company.people[who].execute("visits.order_day", payload).code == code, (who, ids)


def test_whose_day_one_may_see(company: TestCompany) -> None:
    for who, rep, status in (
        ("carol", "alice", 200),
        ("alice", "bob", 403),
        ("carol", "zed", 403),
        ("dora", "zed", 200),
    ):
        path = f"/api/v1/visits/day-order?rep_id={company.people[rep].id}"
        assert company.client(who).call("GET", path).status_code == status, (who, rep)


def test_the_start_point_is_on_ones_own_phone_alone(company: TestCompany) -> None:
    set_out_from(company, NORTH | {"datum": "GCJ-02"})
    for who, seen in (("alice", 1), ("bob", 0), ("carol", 0)):
        rows = company.client(who).call("POST", "/api/v1/sync/pull", {}).json()["changes"]["rows"]
        assert len([row for row in rows if row["kind"] == "start_point"]) == seen, who
    verdict = company.alice.execute("visits.set_start_point", {"rep_id": str(company.bob.id), "position": None})
    assert verdict.code == "visits.not_your_team"
