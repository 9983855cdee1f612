"""Absences: the substitute gets the visits and sees the customers, and both end."""

from datetime import date, timedelta
from io import StringIO
from typing import Any
from unittest.mock import patch
from uuid import UUID

from django.core.management import call_command

from core.clock import now
from core.ids import uuid7
from tests.customers.world import sight
from tests.personas import Persona, TestCompany
from tests.visits.field import FIX, add_customer, applied, plan, push, request, visit_row
from tests.visits.planning import MONDAY, day, publish, visits_of, with_cycle
from visits.jobs import plans as jobs

FRIDAY = "2026-11-20"


def absence(rep: Persona, substitute: Persona | None = None, who: Persona | None = None, **fields: Any) -> UUID:
    """An absence of `rep`, on the Friday unless told otherwise."""
    id_ = uuid7()
    payload = {"id": str(id_), "rep_id": str(rep.id), "from_date": FRIDAY, "to_date": FRIDAY} | fields
    if substitute:
        payload["substitute_id"] = str(substitute.id)
    applied((who or rep).execute("visits.record_absence", payload))
    return id_


def test_the_substitute_gets_the_visits_and_sees_the_customers(company: TestCompany) -> None:
    alice, zed = company.alice, company.zed
    customer, other = add_customer(alice), add_customer(alice)
    visit, later = plan(alice, customer), plan(alice, other, planned_date="2026-11-21")
    absence(alice, zed, who=company.dora)
    assert (visit_row(alice, visit).rep_id, visit_row(alice, visit).for_rep_id) == (zed.id, alice.id)
    assert (visit_row(alice, later).rep_id, visit_row(alice, later).for_rep_id) == (alice.id, None)
    assert sight(company, customer)["zed*"] == {"substitution"}
    assert "zed*" not in sight(company, other)
    on_phone = zed.client().call("POST", "/api/v1/sync/pull", {}).json()["changes"]["rows"]
    found = [row["data"] for row in on_phone if row["kind"] == "visit"]
    assert [(row["rep_id"], row["for_rep_id"]) for row in found] == [(str(zed.id), str(alice.id))]
    check_in = {"visit_id": visit, "customer_id": customer, "fix": FIX}
    applied(*push(zed, request("visits.check_in", check_in)))


def test_a_cancelled_absence_gives_back_what_was_not_begun(company: TestCompany) -> None:
    alice, bob = company.alice, company.bob
    customer, begun_at = add_customer(alice), add_customer(alice)
    visit, begun = plan(alice, customer), plan(alice, begun_at)
    id_ = absence(alice, bob)
    applied(*push(bob, request("visits.check_in", {"visit_id": begun, "customer_id": begun_at, "fix": None})))
    response = alice.client().call("POST", "/api/v1/absences/cancel", {"id": str(id_)})
    assert response.status_code == 200, response.content
    assert (visit_row(alice, visit).rep_id, visit_row(alice, visit).for_rep_id) == (alice.id, None)
    assert (visit_row(alice, begun).rep_id, visit_row(alice, begun).for_rep_id) == (bob.id, alice.id)
    assert "bob*" not in sight(company, customer)
    assert sight(company, begun_at)["bob*"] == {"substitution"}
    again = alice.client().call("POST", "/api/v1/absences/cancel", {"id": str(id_)})
    assert (again.status_code, again.json()["error"]["code"]) == (404, "visits.absence_not_found")


def test_the_rolling_plan_goes_on_to_hand_over(company: TestCompany) -> None:
    with_cycle(company, 5)
    absence(company.alice, company.bob, from_date=day(7), to_date=day(11))
    publish(company)
    week = visits_of(company, visit_date__range=(day(7), day(11)))
    assert len(week) == 5
    assert {(visit.rep_id, visit.for_rep_id) for visit in week} == {(company.bob.id, company.alice.id)}
    assert all(sight(company, visit.customer_id)["bob*"] == {"substitution"} for visit in week)
    assert {visit.rep_id for visit in visits_of(company, visit_date__lt=day(7))} == {company.alice.id}


def test_without_a_substitute_the_plan_goes_to_other_days(company: TestCompany) -> None:
    with_cycle(company, 5)
    publish(company)
    absence(company.alice, from_date=day(7), to_date=day(9))
    publish(company)
    week = visits_of(company, state="planned", visit_date__range=(day(7), day(13)))
    assert {visit.visit_date for visit in week} == {MONDAY + timedelta(days=10), MONDAY + timedelta(days=11)}
    assert len(week) == 5


def test_sight_ends_with_the_visit_and_some_days_after_it(company: TestCompany) -> None:
    alice = company.alice
    first, second = add_customer(alice), add_customer(alice)
    cancelled, moved = plan(alice, first), plan(alice, second)
    absence(alice, company.zed, who=company.dora)
    applied(*push(alice, request("visits.cancel", {"visit_id": cancelled, "reason": "closed"})))
    assert "zed*" not in sight(company, first)
    to_tuesday = {"from": FRIDAY, "to": "2026-11-24"}
    applied(*push(alice, request("visits.move", {"visit_id": moved, "planned_date": to_tuesday})))
    for number, seen in ((7, True), (8, False)):
        with patch(
            "visits.jobs.plans.get_company_day", lambda company_id, at, n=number: date(2026, 11, 24) + timedelta(days=n)
        ):
            jobs.lapse_sights(int(now().timestamp()))
        assert ("zed*" in sight(company, second)) == seen
    rows = company.zed.client().call("POST", "/api/v1/sync/pull", {}).json()["changes"]["rows"]
    assert not [row for row in rows if row["kind"] == "visit"]


def test_explain_access_says_why(company: TestCompany) -> None:
    customer = add_customer(company.alice)
    plan(company.alice, customer)
    absence(company.alice, company.zed, who=company.dora)
    printed = StringIO()
    call_command("explain_access", "zed", str(customer), company=company.code, stdout=printed)
    assert "substitution: stands in for the rep of a visit there" in printed.getvalue()


def test_who_records_whose_absence(company: TestCompany) -> None:
    day = {"from_date": FRIDAY, "to_date": FRIDAY}
    for who, fields, code in (
        ("alice", {"rep_id": company.bob.id}, "visits.not_your_team"),
        ("carol", {"rep_id": company.zed.id}, "visits.not_your_team"),
        ("carol", {"rep_id": company.bob.id}, None),
        ("bob", {}, "visits.absence_overlaps"),
        ("alice", {"substitute_id": company.bob.id}, "visits.substitute_away"),
        ("alice", {"substitute_id": company.alice.id}, "core.reference_invalid"),
        ("alice", {"substitute_id": uuid7()}, "core.reference_invalid"),
        ("alice", {"from_date": "2026-11-21"}, "core.invalid_input"),
        ("alice", {}, None),
    ):
        payload = {"id": uuid7()} | day | fields
        plain = {key: str(value) for key, value in payload.items()}
        assert company.people[who].execute("visits.record_absence", plain).code == code, (who, fields)


def test_absences_are_listed_to_whom_they_concern(company: TestCompany) -> None:
    id_ = str(absence(company.alice, company.zed, who=company.dora))
    for who, seen in (("alice", True), ("zed", True), ("carol", True), ("dora", True), ("bob", False), ("erin", False)):
        items = company.client(who).call("GET", "/api/v1/absences").json()["items"]
        assert [item["id"] for item in items] == ([id_] if seen else []), who
    late = company.client("alice").call("GET", "/api/v1/absences?from_date=2026-11-21").json()["items"]
    assert late == []
    on_phone = company.client("alice").call("POST", "/api/v1/sync/pull", {}).json()["changes"]["rows"]
    assert [row["id"] for row in on_phone if row["kind"] == "absence"] == [id_]
