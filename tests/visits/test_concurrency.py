"""Two phones at one visit: one of them opens it, whoever comes first; what both record counts."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from core.batches import CommandRequest, Verdict
from core.ids import uuid7
from tests.personas import TestCompany
from tests.visits.field import FIX, SHOP, add_customer, applied, check_in, plan, push, request, visit_row
from tests.visits.test_visit_scores import check_out, log, photo, score_of, set_type
from visits.queries import scores

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


@pytest.mark.parametrize("held", [True, False], ids=["held", "control"])
def test_what_is_recorded_at_once_counts_together(
    company: TestCompany, monkeypatch: pytest.MonkeyPatch, held: bool
) -> None:
    """Whoever works out a score holds the visit. Without that (the control) each would count without the other."""
    type_ = set_type(company, {"id": "shelf", "kind": "photo"}, {"id": "log", "kind": "log"})
    visit = check_in(company.alice, add_customer(company.alice))
    applied(*push(company.alice, check_out(visit)))
    list_facts, meeting = scores.list_facts, Barrier(2)

    def slowly(visit_ids: Iterable[UUID]) -> list[scores.Facts]:
        """What is there now; then both wait for each other, unless one has to wait for the other's end."""
        facts = list(list_facts(visit_ids))
        with suppress(BrokenBarrierError):
            meeting.wait(0.5)
        return facts

    def record(one: CommandRequest) -> Verdict:
        try:
            return push(company.alice, one)[0]
        finally:
            connections.close_all()

    monkeypatch.setattr(scores, "list_facts", slowly)
    if not held:
        monkeypatch.setattr(scores, "lock_closed", list)
    with ThreadPoolExecutor(2) as phones:
        applied(*phones.map(record, [photo(visit), log(visit)]))
    monkeypatch.undo()
    score = score_of(company, visit)
    assert score is not None and score["visit_type_id"] == type_
    assert (score["done"] == score["required"] == 2) is held
