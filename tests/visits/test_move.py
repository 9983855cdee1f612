"""visits.move: a planned visit on another day, from the phone or the office."""

from datetime import UTC, date, datetime

import pytest

from tests.personas import TestCompany
from tests.visits.field import FIX, MORNING, add_customer, applied, check_in, plan, push, request, visit_row


def test_a_rep_moves_his_visit(company: TestCompany) -> None:
    alice = company.alice
    visit_id = plan(alice, add_customer(alice), planned_at="2026-11-20T09:00:00+08:00")
    payload = {"planned_date": {"from": "2026-11-20", "to": "2026-11-24"}}
    response = alice.client().call("POST", f"/api/v1/visits/{visit_id}/move", payload)
    assert response.status_code == 200, response.content
    row = visit_row(alice, visit_id)
    assert (row.planned_date, row.visit_date, row.planned_at) == (date(2026, 11, 24), date(2026, 11, 24), None)
    assert (row.state, row.is_appointment) == ("planned", False)
    again = {"planned_date": {"from": "2026-11-24", "to": "2026-11-24"}, "planned_at": "2026-11-24T02:00:00Z"}
    assert alice.client().call("POST", f"/api/v1/visits/{visit_id}/move", again).status_code == 200
    row = visit_row(alice, visit_id)
    assert (row.planned_at, row.is_appointment) == (datetime(2026, 11, 24, 2, 0, tzinfo=UTC), True)


def test_a_move_says_when_it_happened(company: TestCompany) -> None:
    alice = company.alice
    visit_id = plan(alice, add_customer(alice))
    move = {"visit_id": visit_id, "planned_date": {"from": "2026-11-20", "to": "2026-11-21"}}
    applied(*push(alice, request("visits.move", move)))
    assert visit_row(alice, visit_id).moved_at == MORNING


def test_a_move_that_did_not_know_of_another_is_refused(company: TestCompany) -> None:
    alice = company.alice
    visit_id = plan(alice, add_customer(alice))
    first = {"visit_id": visit_id, "planned_date": {"from": "2026-11-20", "to": "2026-11-24"}}
    applied(*push(company.carol, request("visits.move", first)))
    applied(*push(alice, request("visits.move", first)))  # the same wish is no conflict
    other = {"visit_id": visit_id, "planned_date": {"from": "2026-11-20", "to": "2026-11-25"}}
    verdict = push(alice, request("visits.move", other))[0]
    assert (verdict.status, verdict.code, verdict.details) == (
        "refused", "visits.moved_meanwhile", {"planned_date": "2026-11-24"},
    )  # fmt: skip


def test_only_planned_visits_move(company: TestCompany) -> None:
    alice = company.alice
    customer = add_customer(alice, {"lat": FIX["lat"], "lon": FIX["lon"]})
    move = {"planned_date": {"from": "2026-11-20", "to": "2026-11-24"}}
    opened = check_in(alice, customer)
    cancelled = plan(alice, customer)
    applied(*push(alice, request("visits.cancel", {"visit_id": cancelled, "reason": "ill"})))
    codes = [
        push(alice, request("visits.move", move | {"visit_id": visit_id}))[0].code for visit_id in (opened, cancelled)
    ]
    assert codes == ["visits.already_open", "visits.already_cancelled"]


@pytest.mark.parametrize(("who", "code"), [("bob", "visits.not_found"), ("zed", "visits.not_found"), ("carol", None)])
def test_who_may_move(company: TestCompany, who: str, code: str | None) -> None:
    visit_id = plan(company.alice, add_customer(company.alice))
    move = {"visit_id": visit_id, "planned_date": {"from": "2026-11-20", "to": "2026-11-24"}}
    assert push(company.people[who], request("visits.move", move))[0].code == code


@pytest.mark.parametrize(
    "planned_date", [{"from": "2026-11-20", "to": None}, {"from": "2026-11-20", "to": "soon"}, None]
)
def test_a_move_goes_to_a_day(company: TestCompany, planned_date: object) -> None:
    visit_id = plan(company.alice, add_customer(company.alice))
    response = company.client("alice").call("POST", f"/api/v1/visits/{visit_id}/move", {"planned_date": planned_date})
    assert (response.status_code, response.json()["error"]["code"]) == (422, "core.invalid_input")
