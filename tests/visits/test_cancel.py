"""Cancelling planned visits."""

import pytest

from core.ids import uuid7
from tests.personas import TestCompany
from tests.visits.field import SHOP, add_customer, check_in, plan, push, request, visit_row


def test_by_rest_and_twice(company: TestCompany) -> None:
    visit_id = plan(company.alice, add_customer(company.alice))
    client, key, path = company.client("alice"), uuid7(), f"/api/v1/visits/{visit_id}/cancel"
    answers = [client.call("POST", path, {"reason": "holiday"}, key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    visit = client.get(f"/api/v1/visits/{visit_id}").json()
    assert (visit["state"], visit["cancel_reason"]) == ("cancelled", "holiday")
    assert visit["cancelled_at"] is not None
    again = client.call("POST", path, {"reason": "holiday"}, key=uuid7())
    assert (again.status_code, again.json()["error"]["code"]) == (409, "visits.already_cancelled")


def test_a_visit_that_began_is_not_cancelled(company: TestCompany) -> None:
    visit_id = check_in(company.alice, add_customer(company.alice, SHOP))
    [verdict] = push(company.carol, request("visits.cancel", {"visit_id": visit_id, "reason": "no"}))
    assert (verdict.status, verdict.code) == ("refused", "visits.already_open")
    push(company.alice, request("visits.check_out", {"visit_id": visit_id, "fix": None}))
    [verdict] = push(company.alice, request("visits.cancel", {"visit_id": visit_id, "reason": "no"}))
    assert verdict.code == "visits.already_closed"


@pytest.mark.parametrize(
    ("who", "code"), [("carol", None), ("dan", None), ("bob", "visits.not_yours"), ("zed", "visits.not_found")]
)
def test_who_may(company: TestCompany, who: str, code: str | None) -> None:
    customer_id = add_customer(company.alice)
    share = {"customer_id": str(customer_id), "user_id": str(company.bob.id)}
    assert company.alice.execute("customers.share", share).settled
    visit_id = plan(company.alice, customer_id)
    [verdict] = push(company.people[who], request("visits.cancel", {"visit_id": visit_id, "reason": ""}))
    assert verdict.code == code
    assert visit_row(company.alice, visit_id).state == ("planned" if code else "cancelled")


def test_a_visit_of_nowhere(company: TestCompany) -> None:
    answer = company.client("alice").call("POST", f"/api/v1/visits/{uuid7()}/cancel", {"reason": ""})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "visits.not_found")
