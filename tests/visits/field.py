"""What the tests of visits start from: customers with sites, and commands as a phone would send them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from core.batches import CommandRequest, Verdict
from core.commands import execute_all
from core.fence import company_fence
from core.ids import uuid7
from tests.personas import Persona
from visits.models.visits import CheckIn, Visit

SHOP = {"lat": 39.9042, "lon": 116.4074}
FIX = SHOP | {"accuracy_m": 12.0, "provider": "gps", "age_ms": 900, "is_mock": False}
FAR = FIX | {"lat": 39.9942}
MORNING = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
"""09:30 in Shanghai, where the companies of the tests are."""


def add_customer(owner: Persona, *positions: dict[str, Any], **fields: Any) -> UUID:
    """A customer of `owner` with a site at each position (members of a site; `lat` and `lon` make its position)."""
    customer_id = uuid7()
    applied(owner.execute("customers.create", {"id": str(customer_id), "name": "Corner shop"} | fields))
    for position in positions:
        add_site(owner, customer_id, **position)
    return customer_id


def add_site(owner: Persona, customer_id: UUID, lat: float, lon: float, **fields: Any) -> UUID:
    """A site of the customer."""
    site_id = uuid7()
    payload = {
        "id": str(site_id),
        "customer_id": str(customer_id),
        "name": "Door",
        "position": {"lat": lat, "lon": lon},
    }
    applied(owner.execute("customers.add_site", payload | fields))
    return site_id


def request(name: str, payload: dict[str, Any], **members: Any) -> CommandRequest:
    """A command as it comes from a phone; ids in the payload become text."""
    plain = {key: str(value) if isinstance(value, UUID) else value for key, value in payload.items()}
    return CommandRequest(name, plain, **({"occurred_at": MORNING} | members))


def push(persona: Persona, *requests: CommandRequest) -> list[Verdict]:
    """Run commands as one push."""
    return execute_all(list(requests), actor=persona.actor, door="push")


def applied(*verdicts: Verdict) -> None:
    """Assert that the commands took effect."""
    assert all(verdict.settled for verdict in verdicts), verdicts


def plan(persona: Persona, customer_id: UUID, **fields: Any) -> UUID:
    """A planned visit of `persona`."""
    visit_id = uuid7()
    payload = {"id": visit_id, "customer_id": customer_id, "planned_date": "2026-11-20"} | fields
    applied(*push(persona, request("visits.plan", payload)))
    return visit_id


def check_in(persona: Persona, customer_id: UUID, visit_id: UUID | None = None, fix: Any = FIX, **members: Any) -> UUID:
    """An open visit of `persona`."""
    visit_id = visit_id or uuid7()
    payload = {"visit_id": visit_id, "customer_id": customer_id, "fix": fix}
    applied(*push(persona, request("visits.check_in", payload, **members)))
    return visit_id


def visit_row(persona: Persona, visit_id: UUID) -> Visit:
    """The visit as it is stored."""
    with company_fence(persona.actor.company_id):
        return Visit.objects.get(id=visit_id)


def evidence_row(persona: Persona, visit_id: UUID, direction: str = "in") -> CheckIn:
    """The evidence as it is stored."""
    with company_fence(persona.actor.company_id):
        return CheckIn.objects.get(visit_id=visit_id, direction=direction)
