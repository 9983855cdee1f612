"""What the tests of plans start from: a fixed moment, customers with cycles, and publishing by REST."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID
from zoneinfo import ZoneInfo

from core.fence import company_fence
from core.ids import uuid7
from tests.personas import Persona, TestCompany
from tests.visits.field import add_customer
from visits.models.plans import DueVisit
from visits.models.visits import Visit

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
DAWN = datetime(2026, 11, 23, 5, 0, tzinfo=ZONE)
"""Four hours before the shift of a Monday."""


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let plans be published at this moment."""
    with patch("visits.commands.plans.now", lambda: moment):
        yield


def set_cycle(persona: Persona, **fields: Any) -> UUID:
    """A call cycle, weekly from the beginning of the year unless told otherwise."""
    id_ = uuid7()
    payload = {"id": id_, "name": "Calls", "every_weeks": 1, "valid_from": "2026-01-05"} | fields
    if "per_month" in fields:
        del payload["every_weeks"]
    response = persona.client().call("POST", "/api/v1/call-cycles", payload)
    assert response.status_code == 200, response.content
    return id_


def publish(company: TestCompany, *reps: Persona, now: datetime = DAWN, who: str = "carol", **more: Any) -> None:
    """Publish the plans of reps (alice, unless named)."""
    body = {"rep_ids": [str(rep.id) for rep in reps or (company.alice,)]} | more
    with at(now):
        response = company.client(who).call("POST", "/api/v1/visits/publish-plan", body)
    assert response.status_code == 200, response.content
    assert response.json()["verdict"]["status"] == "applied"


def preview(company: TestCompany, *reps: Persona, now: datetime = DAWN) -> dict[str, Any]:
    """What publishing would do."""
    body = {"rep_ids": [str(rep.id) for rep in reps or (company.alice,)]}
    with at(now):
        response = company.client("carol").call("POST", "/api/v1/visits/publish-plan/dry-run", body)
    assert response.status_code == 200, response.content
    found: dict[str, Any] = response.json()
    return found


def with_cycle(company: TestCompany, count: int = 1, **fields: Any) -> list[UUID]:
    """So many customers of alice's, of class A, which is visited every week."""
    set_cycle(company.dora, customer_class="A", **fields)
    return [add_customer(company.alice, customer_class="A") for _ in range(count)]


def visits_of(company: TestCompany, **filters: Any) -> list[Visit]:
    """The company's visits by day."""
    with company_fence(company.id):
        return list(Visit.objects.filter(**filters).order_by("visit_date", "sequence", "id"))


def dues_of(company: TestCompany) -> list[DueVisit]:
    """What is due, by day."""
    with company_fence(company.id):
        return list(DueVisit.objects.order_by("due_on", "id"))


def state_of(company: TestCompany) -> list[Any]:
    """Everything that publishing writes, to compare."""
    rows: list[Any] = []
    with company_fence(company.id):
        for model in (Visit, DueVisit):
            rows += [
                {f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields}
                for row in model.objects.order_by("id")
            ]
    return rows


def day(number: int) -> str:
    """So many days after the Monday."""
    return str(MONDAY + timedelta(days=number))
