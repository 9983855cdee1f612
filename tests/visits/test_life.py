"""A visit from plan to check-out, through both doors, with the same result."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from core.ids import uuid7
from tests.personas import TestCompany
from tests.visits.field import FIX, MORNING, SHOP, add_customer, push, request

Step = tuple[str, dict[str, Any]]


def steps(customer_id: UUID, visit_id: UUID) -> list[Step]:
    return [
        ("visits.plan", {"id": visit_id, "customer_id": customer_id, "planned_date": "2026-11-20", "purpose": "stock"}),
        ("visits.check_in", {"visit_id": visit_id, "customer_id": customer_id, "fix": FIX}),
        ("visits.log", {"id": uuid7(), "visit_id": visit_id, "result": "ordered", "note": "12"}),
        ("visits.check_out", {"visit_id": visit_id, "fix": FIX}),
    ]


def by_rest(company: TestCompany, life: list[Step]) -> list[str]:
    client = company.client("alice")
    paths = {"visits.check_in": "check-in", "visits.log": "log", "visits.check_out": "check-out"}
    statuses = []
    for name, payload in life:
        body = {key: value for key, value in payload.items() if key != "visit_id"}
        path = f"/api/v1/visits/{payload['visit_id']}/{paths[name]}" if name in paths else "/api/v1/visits"
        key = uuid7()
        for _ in range(2):
            answer = client.call("POST", path, body, key=key)
            assert answer.status_code == 200, answer.content
        statuses.append(answer.json()["verdict"]["status"])
    return statuses


def by_push(company: TestCompany, life: list[Step]) -> list[str]:
    batch = [
        request(name, payload, occurred_at=MORNING + timedelta(minutes=minute), seq=minute + 1)
        for minute, (name, payload) in enumerate(life)
    ]
    first, again = push(company.alice, *batch), push(company.alice, *batch)
    assert first == again
    return [verdict.status for verdict in first]


@pytest.mark.parametrize("door", [by_rest, by_push])
def test_the_whole_life(company: TestCompany, door: Callable[[TestCompany, list[Step]], list[str]]) -> None:
    customer_id, visit_id = add_customer(company.alice, SHOP), uuid7()
    assert door(company, steps(customer_id, visit_id)) == ["applied"] * 4
    client = company.client("carol")
    visit = client.get(f"/api/v1/visits/{visit_id}").json()
    assert visit["state"] == "closed" and visit["purpose"] == "stock" and visit["planned_date"] == "2026-11-20"
    assert (visit["check_in_verdict"], visit["check_out_verdict"]) == ("verified", "verified")
    assert visit["checked_in_at"] < visit["checked_out_at"]
    proofs = client.get(f"/api/v1/visits/{visit_id}/check-ins").json()["items"]
    assert [proof["direction"] for proof in proofs] == ["in", "out"]
    [entry] = client.get(f"/api/v1/visits/{visit_id}/logs").json()["items"]
    assert (entry["result"], entry["note"]) == ("ordered", "12")
