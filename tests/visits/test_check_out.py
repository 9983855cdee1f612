"""Checking out: closes visits; facts that come out of order."""

from datetime import timedelta

from core.ids import uuid7
from tests.personas import TestCompany
from tests.visits.field import (
    FAR,
    FIX,
    MORNING,
    SHOP,
    add_customer,
    check_in,
    evidence_row,
    plan,
    push,
    request,
    visit_row,
)


def test_by_rest_and_twice(company: TestCompany) -> None:
    visit_id = check_in(company.alice, add_customer(company.alice, SHOP))
    client, key = company.client("alice"), uuid7()
    answers = [client.call("POST", f"/api/v1/visits/{visit_id}/check-out", {"fix": FAR}, key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    visit = client.get(f"/api/v1/visits/{visit_id}").json()
    assert (visit["state"], visit["check_in_verdict"], visit["check_out_verdict"]) == ("closed", "verified", "outside")
    proofs = client.get(f"/api/v1/visits/{visit_id}/check-ins").json()["items"]
    assert [(proof["direction"], proof["verdict"]) for proof in proofs] == [("in", "verified"), ("out", "outside")]
    again = client.call("POST", f"/api/v1/visits/{visit_id}/check-out", {"fix": None}, key=uuid7())
    assert (again.status_code, again.json()["error"]["code"]) == (409, "visits.already_closed")


def test_before_its_check_in_it_is_refused(company: TestCompany) -> None:
    customer_id = add_customer(company.alice, SHOP)
    planned = plan(company.alice, customer_id)
    verdicts = push(
        company.alice,
        request("visits.check_out", {"visit_id": planned, "fix": FIX}),
        request("visits.check_out", {"visit_id": uuid7(), "fix": FIX}),
    )
    assert [verdict.code for verdict in verdicts] == ["visits.not_open", "visits.not_found"]
    assert verdicts[0].details == {"state": "planned"}


def test_before_its_check_in_it_waits_for_the_command_it_names(company: TestCompany) -> None:
    customer_id, visit_id, arrival = add_customer(company.alice, SHOP), uuid7(), uuid7()
    leave = request(
        "visits.check_out",
        {"visit_id": visit_id, "fix": FIX},
        depends_on=[arrival],
        occurred_at=MORNING + timedelta(minutes=20),
    )
    [verdict] = push(company.alice, leave)
    assert (verdict.status, verdict.code) == ("parked", "sync.dependency_waiting")
    arrive = {"visit_id": visit_id, "customer_id": customer_id, "fix": FIX}
    [verdict] = push(company.alice, request("visits.check_in", arrive, id=arrival))
    assert verdict.status == "applied"
    visit = visit_row(company.alice, visit_id)
    assert (visit.state, visit.checked_out_at) == ("closed", MORNING + timedelta(minutes=20))


def test_a_check_out_that_lies_before_its_check_in_is_kept_and_tagged(company: TestCompany) -> None:
    visit_id = check_in(company.alice, add_customer(company.alice, SHOP))
    early = MORNING - timedelta(hours=1)
    push(company.alice, request("visits.check_out", {"visit_id": visit_id, "fix": FIX}, occurred_at=early))
    visit = visit_row(company.alice, visit_id)
    assert (visit.state, visit.checked_out_at, visit.check_out_verdict) == ("closed", early, "clock_suspect")
    assert evidence_row(company.alice, visit_id, "out").verdict_details["in_order"] is False


def test_nobody_leaves_for_somebody_else(company: TestCompany) -> None:
    visit_id = check_in(company.alice, add_customer(company.alice, SHOP))
    for persona, code in ((company.carol, "visits.not_yours"), (company.zed, "visits.not_found")):
        [verdict] = push(persona, request("visits.check_out", {"visit_id": visit_id, "fix": FIX}))
        assert verdict.code == code
    assert visit_row(company.alice, visit_id).state == "open"


def test_a_lost_customer_parks(company: TestCompany) -> None:
    customer_id = add_customer(company.alice, SHOP)
    visit_id = check_in(company.alice, customer_id)
    moved = {"customer_ids": [str(customer_id)], "owner_id": str(company.bob.id)}
    assert company.carol.execute("customers.reassign", moved).settled
    [verdict] = push(company.alice, request("visits.check_out", {"visit_id": visit_id, "fix": FIX}))
    assert (verdict.status, verdict.code) == ("parked", "sync.scope_lost")
