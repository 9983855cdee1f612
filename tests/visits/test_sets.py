"""A day's backlog costs no query per item, and one bad command harms no other."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.ids import uuid7
from tests.personas import TestCompany
from tests.visits.field import FIX, SHOP, add_customer, check_in, plan, push, request


def queries_of(action: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        action()
    return len(captured)


@pytest.mark.parametrize("kind", ["ad_hoc", "planned", "mixed"])
def test_check_ins(company: TestCompany, kind: str) -> None:
    customers = [add_customer(company.alice, SHOP, SHOP) for _ in range(5)]
    counts = []
    for size in (2, 50):
        requests = []
        for number in range(size):
            customer_id = customers[number % 5]
            planned = kind == "planned" or (kind == "mixed" and number % 2 == 0)
            visit_id = plan(company.alice, customer_id) if planned else uuid7()
            payload = {"visit_id": visit_id, "customer_id": customer_id, "fix": FIX}
            requests.append(request("visits.check_in", payload))
        verdicts: list[Any] = []
        counts.append(queries_of(lambda batch=requests, out=verdicts: out.extend(push(company.alice, *batch))))
        assert {verdict.status for verdict in verdicts} == {"applied"}
    assert counts[0] == counts[1] <= 16, counts


@pytest.mark.parametrize("name", ["visits.plan", "visits.log", "visits.check_out", "visits.cancel"])
def test_the_others(company: TestCompany, name: str) -> None:
    customer_id = add_customer(company.alice, SHOP)
    counts = []
    for size in (1, 50):
        requests = []
        for _ in range(size):
            if name == "visits.plan":
                payload: dict[str, Any] = {"id": uuid7(), "customer_id": customer_id, "planned_date": "2026-12-01"}
            elif name == "visits.log":
                payload = {"id": uuid7(), "visit_id": check_in(company.alice, customer_id), "result": "ordered"}
            elif name == "visits.check_out":
                payload = {"visit_id": check_in(company.alice, customer_id), "fix": FIX}
            else:
                payload = {"visit_id": plan(company.alice, customer_id), "reason": ""}
            requests.append(request(name, payload))
        verdicts: list[Any] = []
        counts.append(queries_of(lambda batch=requests, out=verdicts: out.extend(push(company.alice, *batch))))
        assert {verdict.status for verdict in verdicts} == {"applied"}
    assert counts[0] == counts[1] <= 16, counts


def test_a_bad_one_among_good_ones(company: TestCompany) -> None:
    customer_id, mine = add_customer(company.alice, SHOP), uuid7()
    other = check_in(company.zed, add_customer(company.zed, SHOP))
    payloads = [
        {"visit_id": mine, "customer_id": customer_id, "fix": FIX},
        {"visit_id": uuid7(), "customer_id": uuid7(), "fix": FIX},
        {"visit_id": uuid7(), "customer_id": customer_id, "fix": FIX | {"lat": 91}},
        {"visit_id": other, "customer_id": customer_id, "fix": FIX},
        {"visit_id": mine, "customer_id": customer_id, "fix": FIX},
        {"visit_id": uuid7(), "customer_id": customer_id, "fix": None},
    ]
    verdicts = push(company.alice, *(request("visits.check_in", payload) for payload in payloads))
    assert [verdict.code for verdict in verdicts] == [
        None,
        "customers.not_found",
        "core.invalid_input",
        "visits.not_found",
        "visits.already_open",
        None,
    ]
