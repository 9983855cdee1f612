"""Two phones of one rep at one visit: one of them opens it, whoever comes first."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from core.batches import Verdict
from core.ids import uuid7
from tests.personas import TestCompany
from tests.visits.field import FIX, SHOP, add_customer, plan, push, request, visit_row

PHONES = 4


@pytest.mark.parametrize("planned", [True, False])
def test_one_opens_the_visit(company: TestCompany, planned: bool) -> None:
    customer_id = add_customer(company.alice, SHOP)
    start = Barrier(PHONES)

    def arrive(visit_id: UUID) -> Verdict:
        payload: dict[str, Any] = {"visit_id": visit_id, "customer_id": customer_id, "fix": FIX}
        start.wait()
        try:
            return push(company.alice, request("visits.check_in", payload))[0]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(PHONES) as phones:
        for _ in range(5):
            visit_id = plan(company.alice, customer_id) if planned else uuid7()
            verdicts = list(phones.map(arrive, [visit_id] * PHONES))
            codes = sorted(verdict.code or "" for verdict in verdicts)
            assert codes[0] == "" and set(codes[1:]) <= {"visits.already_open", "core.id_taken"}, codes
            assert visit_row(company.alice, visit_id).state == "open"
