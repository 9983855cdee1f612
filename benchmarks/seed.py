"""The data under measurement, made through the product's own commands; only the filler of other people is plain SQL."""

import random
import uuid
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connections

from accounts import tokens
from accounts.commands.companies import create_company
from accounts.commands.users import create_users
from accounts.models import Device
from accounts.queries import get_actor
from accounts.schemas.people import CreateUser
from core.actor import Actor
from core.batches import CommandRequest
from core.commands import execute_all
from core.fence import company_fence
from core.ids import uuid7

PASSWORD = "measure-me-twice"
_NOTE = "Prefers deliveries before ten; ask for the store keeper at the back gate, the ramp takes 7.5 t at most. "


@dataclass(frozen=True)
class Phone:
    """A user on a device, with a token."""

    actor: Actor
    token: str


@dataclass(frozen=True)
class Company:
    """A fresh company with its administrator."""

    admin: Actor

    def phone(self, name: str, roles: tuple[str, ...] = ("rep",)) -> Phone:
        """A new user on a new device."""
        user_id = uuid7()
        create_users(
            self.admin,
            [CreateUser.model_validate({"id": user_id, "username": name, "name": name, "roles": roles})],
            PASSWORD,
        )
        return self.another_device(user_id)

    def another_device(self, user_id: UUID) -> Phone:
        """One more device of a user."""
        company_id = self.admin.company_id
        with company_fence(company_id):
            device = Device(company_id=company_id, user_id=user_id, name="bench", platform="other")
            device.save(force_insert=True)
        person = get_actor(company_id, user_id)
        actor = Actor(company_id, user_id, person.roles, person.org_unit_id, person.locale, device.id)
        return Phone(actor, tokens.issue(actor))


def make_company() -> Company:
    """A fresh company."""
    code = f"bench-{uuid.uuid4().hex[:10]}"
    return Company(create_company(code, "Benchmark", admin="admin", password=PASSWORD))


def customer_payload(number: int, owner_id: UUID | None = None) -> dict[str, Any]:
    """A customer of about 400 bytes as a row."""
    payload = {
        "id": str(uuid7()),
        "name": f"Store {number:06d} Zhongguancun Trading Co.",
        "code": f"C-{uuid.uuid4().hex[:12]}",
        "customer_class": "ABCD"[number % 4],
        "phone": f"+86 10 {number:08d}",
        "address": f"{number} Haidian Road, Haidian District, Beijing",
        "notes": _NOTE,
    }
    if owner_id is not None:
        payload["owner_id"] = str(owner_id)
    return payload


def contact_payload(customer_id: str, number: int) -> dict[str, Any]:
    """A contact of about 400 bytes as a row."""
    return {
        "id": str(uuid7()),
        "customer_id": customer_id,
        "name": f"Contact {number:03d} of the purchasing department",
        "title": "Head of purchasing, beverages and dairy",
        "phone": f"+86 138 {random.randrange(10**8):08d}",
        "email": f"contact{number}.{uuid.uuid4().hex[:8]}@customer.example",
        "notes": _NOTE,
    }


def fill(actor: Actor, scopes: int, rows_per_scope: int) -> list[str]:
    """Give `actor` as many customers of so many rows each (the customer and its contacts); returns their ids."""
    customers = [customer_payload(number) for number in range(scopes)]
    run(actor, "customers.create", customers)
    ids = [customer["id"] for customer in customers]
    contacts = [contact_payload(id_, number) for id_ in ids for number in range(rows_per_scope - 1)]
    run(actor, "customers.add_contact", contacts)
    return ids


def shops(actor: Actor, count: int) -> list[UUID]:
    """Give `actor` as many customers with a site each, all in the middle of Beijing; returns their ids."""
    customers = [customer_payload(number) for number in range(count)]
    run(actor, "customers.create", customers)
    position = {"lat": 39.9042, "lon": 116.4074}
    sites = [
        {"id": str(uuid7()), "customer_id": customer["id"], "name": "Shop", "position": position}
        for customer in customers
    ]
    run(actor, "customers.add_site", sites)
    return [UUID(customer["id"]) for customer in customers]


def add_foreign_entries(company: Company, count: int, rows_per_scope: int = 10) -> None:
    """Entries of the same company that the measured users do not see: the size of the table, nothing else."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("begin")
        cursor.execute("select set_config('roundsman.company_id', %s, true)", [str(company.admin.company_id)])
        cursor.execute(
            """
            insert into sync_entry (company_id, scope_id, kind, id, xid, version, tag, body)
            select %s, s.scope, case when r = 1 then 'customer' else 'contact' end, gen_random_uuid(),
                   pg_current_xact_id(), 1, 1, repeat('x', 400)
            from (select gen_random_uuid() as scope from generate_series(1, %s)) s, generate_series(1, %s) r
            """,
            [company.admin.company_id, count // rows_per_scope, rows_per_scope],
        )
        cursor.execute("commit")


def analyze() -> None:
    """Fresh statistics, as autovacuum would have made them, so that nothing of the seeding runs into a measurement."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("vacuum analyze")
        cursor.execute("checkpoint") if _may_checkpoint(cursor) else None


def _may_checkpoint(cursor: Any) -> bool:
    cursor.execute("select pg_has_role(current_user, 'pg_checkpoint', 'member')")
    return bool(cursor.fetchone()[0])


def run(actor: Actor, name: str, payloads: list[dict[str, Any]]) -> None:
    """Run a command for each of these payloads. Raises RuntimeError for the first that takes no effect."""
    for start in range(0, len(payloads), 1_000):
        requests = [CommandRequest(name, payload) for payload in payloads[start : start + 1_000]]
        for verdict in execute_all(requests, actor=actor, door="import"):
            if not verdict.settled:
                raise RuntimeError(f"{name}: {verdict.code} {verdict.message}")
