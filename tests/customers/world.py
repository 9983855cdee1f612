"""What the tests of customers share: making customers, and looking at grants and entries as they are stored."""

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.batches import CommandRequest, Verdict
from core.commands import execute_all
from core.fence import company_fence
from core.ids import uuid7
from core.models import Entry, Grant
from tests.personas import Persona, TestCompany

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def create_customer(persona: Persona, **fields: Any) -> UUID:
    """A customer made by `persona`; returns its id."""
    customer_id: UUID = fields.pop("id", None) or uuid7()
    payload = {"id": str(customer_id), "name": "Lotus Tea"} | {
        name: str(value) if isinstance(value, UUID) else value for name, value in fields.items()
    }
    verdict = persona.execute("customers.create", payload)
    assert verdict.status == "applied", verdict
    return customer_id


def create_territory(company: TestCompany, *members: Persona, unit: str | None = None) -> UUID:
    """A territory with these members, of an org unit if one is named."""
    territory_id = uuid7()
    payload = {"id": str(territory_id), "code": f"T-{territory_id.hex[-8:]}", "name": "Riverside"}
    if unit:
        payload["org_unit_id"] = str(company.units[unit])
    assert company.dora.execute("accounts.create_territory", payload).settled
    for member in members:
        add_member(company, territory_id, member)
    return territory_id


def add_member(company: TestCompany, territory_id: UUID, member: Persona) -> None:
    """Have a user cover a territory."""
    payload = {"territory_id": str(territory_id), "user_id": str(member.id)}
    assert company.dora.execute("accounts.add_territory_member", payload).settled


def run_at(persona: Persona, name: str, payload: dict[str, Any], at: datetime) -> Verdict:
    """Run a command that happened in the field at `at`."""
    return execute_all([CommandRequest(name, payload, occurred_at=at)], actor=persona.actor, door="push")[0]


def run_many(persona: Persona, name: str, payloads: list[dict[str, Any]]) -> list[Verdict]:
    """Run commands of one kind as one set."""
    return execute_all([CommandRequest(name, payload) for payload in payloads], actor=persona.actor, door="push")


def sight(company: TestCompany, customer_id: UUID) -> dict[str, set[str]]:
    """Who sees a customer by name, and why. An asterisk stands with those who have it on their phones."""
    names = {persona.id: name for name, persona in company.people.items()}
    with company_fence(company.id):
        grants = Grant.objects.filter(scope_id=customer_id, active=True)
        return {names[grant.user_id] + ("*" if grant.phone else ""): set(grant.reasons) for grant in grants}


def entries(company: TestCompany, scope_id: UUID) -> dict[tuple[str, UUID], dict[str, Any] | None]:
    """The published rows of a scope by kind and id; None for a tombstone."""
    with company_fence(company.id):
        rows = Entry.objects.filter(scope_id=scope_id)
        return {(row.kind, row.id): orjson.loads(row.body) if row.body else None for row in rows}


@contextmanager
def counted_queries() -> Any:
    """Collects the statements of the application's connection."""
    with CaptureQueriesContext(connection) as captured:
        yield captured
