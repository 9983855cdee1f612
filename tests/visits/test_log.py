"""Visit logs: append-only, several per visit, in whatever state it is."""

import pytest

from core.ids import uuid7
from tests.personas import TestCompany
from tests.visits.field import SHOP, add_customer, applied, check_in, plan, push, request


def test_several_logs_by_rest(company: TestCompany) -> None:
    visit_id = check_in(company.alice, add_customer(company.alice, SHOP))
    client = company.client("alice")
    path, key, log_id = f"/api/v1/visits/{visit_id}/log", uuid7(), uuid7()
    steps = [{"text": "send prices", "due_date": "2026-12-01"}, {"text": "bring samples"}]
    first = {"id": log_id, "result": "follow_up", "next_steps": steps}
    for _ in range(2):
        answer = client.call("POST", path, first, key=key)
        assert (answer.status_code, answer.json()["id"]) == (200, str(log_id))
    assert client.call("POST", path, {"id": uuid7(), "result": "ordered", "note": "12 箱"}).status_code == 200
    logs = client.get(f"/api/v1/visits/{visit_id}/logs").json()["items"]
    assert [entry["result"] for entry in logs] == ["follow_up", "ordered"]
    assert logs[0]["next_steps"] == [steps[0], {"text": "bring samples", "due_date": None}]
    assert logs[1]["next_steps"] == [] and logs[1]["note"] == "12 箱"
    assert logs[0]["author_id"] == str(company.alice.id)


def test_in_every_state(company: TestCompany) -> None:
    customer_id = add_customer(company.alice, SHOP)
    planned, cancelled, closed = plan(company.alice, customer_id), plan(company.alice, customer_id), uuid7()
    check_in(company.alice, customer_id, closed)
    applied(
        *push(
            company.alice,
            request("visits.cancel", {"visit_id": cancelled, "reason": "closed"}),
            request("visits.check_out", {"visit_id": closed, "fix": None}),
            *(
                request("visits.log", {"id": uuid7(), "visit_id": visit_id, "result": "other"})
                for visit_id in (planned, cancelled, closed)
            ),
        )
    )


@pytest.mark.parametrize(
    ("author", "code"),
    [("carol", None), ("dora", None), ("bob", "visits.not_yours"), ("zed", "visits.not_found")],
)
def test_who_may_write_one(company: TestCompany, author: str, code: str | None) -> None:
    customer_id = add_customer(company.alice, SHOP)
    share = {"customer_id": str(customer_id), "user_id": str(company.bob.id)}
    assert company.alice.execute("customers.share", share).settled
    visit_id = check_in(company.alice, customer_id)
    payload = {"id": uuid7(), "visit_id": visit_id, "result": "ordered"}
    [verdict] = push(company.people[author], request("visits.log", payload))
    assert verdict.code == code


def test_results_are_a_closed_list(company: TestCompany) -> None:
    visit_id = check_in(company.alice, add_customer(company.alice, SHOP))
    payload = {"id": uuid7(), "visit_id": visit_id, "result": "great"}
    [verdict] = push(company.alice, request("visits.log", payload))
    assert (verdict.code, verdict.field) == ("core.invalid_input", "result")


@pytest.mark.parametrize(
    ("steps", "field"),
    [
        ([{}], "next_steps.0"),
        ([{"text": "", "due_date": None}], "next_steps.0"),
        ([{"text": "x" * 501}], "next_steps.0.text"),
        ([{"text": "call", "due_date": "tomorrow"}], "next_steps.0.due_date"),
        ([{"text": "call"}] * 11, "next_steps"),
        ("call", "next_steps"),
    ],
)
def test_a_next_step_says_something(company: TestCompany, steps: object, field: str) -> None:
    visit_id = check_in(company.alice, add_customer(company.alice, SHOP))
    payload = {"id": uuid7(), "visit_id": visit_id, "result": "other", "next_steps": steps}
    [verdict] = push(company.alice, request("visits.log", payload))
    assert (verdict.code, verdict.field) == ("core.invalid_input", field)
