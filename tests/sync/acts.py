"""What people do in the oracle: on their phones, and in the office."""

import random
from collections.abc import Callable
from uuid import UUID

from accounts.models import User
from core.fence import company_fence
from core.ids import uuid7
from core.models import CommandRecord
from customers.models import Customer
from tests.personas import TestCompany
from tests.sync.gadgets import Gadget

FIX = {"lat": 39.9, "lon": 116.4, "accuracy_m": 12.5, "provider": "gps", "is_mock": False}
_TEXTS = ("1", "2", "3", "", "电话 🙂")

# On phones. Each is based on what the user sees there, which may be long out of date.


def create_customer(gadget: Gadget, chance: random.Random) -> None:
    payload = {"id": gadget.client.new_id(), "name": "Customer", "phone": chance.choice(_TEXTS)}
    if chance.random() < 0.1:
        payload["code"] = chance.choice("XY")  # taken, sooner or later
    gadget.do("customers.create", payload)


def edit_customer(gadget: Gadget, chance: random.Random) -> None:
    if id_ := _one(gadget, "customer", chance):
        fields = chance.choice([["phone"], ["notes"], ["phone", "notes"]])
        payload = gadget.client.changes("customer", id_, **{field: chance.choice(_TEXTS) for field in fields})
        if chance.random() < 0.2:  # based on a value that nobody ever saw
            payload["changes"][fields[0]]["from"] = "never"
        gadget.do("customers.update", payload)


def add_contact(gadget: Gadget, chance: random.Random) -> None:
    if id_ := _one(gadget, "customer", chance):
        payload = {"id": gadget.client.new_id(), "customer_id": id_, "name": f"contact {uuid7()}"}
        gadget.do("customers.add_contact", payload)


def edit_contact(gadget: Gadget, chance: random.Random) -> None:
    if id_ := _one(gadget, "contact", chance):
        gadget.do("customers.update_contact", gadget.client.changes("contact", id_, title=chance.choice(_TEXTS)))


def remove_contact(gadget: Gadget, chance: random.Random) -> None:
    if id_ := _one(gadget, "contact", chance):
        gadget.do("customers.remove_contact", {"id": id_})


def visit(gadget: Gadget, chance: random.Random, customer_id: str | None = None) -> None:
    if id_ := customer_id or _one(gadget, "customer", chance):
        visit_id = gadget.client.new_id()
        if chance.random() < 0.3:
            gadget.do("visits.plan", {"id": visit_id, "customer_id": id_, "planned_date": "2026-12-01"})
        fix = None if chance.random() < 0.2 else FIX
        gadget.do("visits.check_in", {"visit_id": visit_id, "customer_id": id_, "fix": fix})
        for _ in range(chance.randint(0, 2)):
            _log(gadget, visit_id, chance)
        if chance.random() < 0.6:
            gadget.do("visits.check_out", {"visit_id": visit_id, "fix": fix})


def go_on_with_a_visit(gadget: Gadget, chance: random.Random) -> None:
    if id_ := _one(gadget, "visit", chance):
        name = chance.choice(["visits.check_out", "visits.cancel", "visits.log"])
        if name == "visits.log":
            _log(gadget, id_, chance)
        else:
            gadget.do(name, {"visit_id": id_, "reason": "ill"} if name == "visits.cancel" else {"visit_id": id_})


def delete_or_archive(gadget: Gadget, chance: random.Random) -> None:
    if id_ := _one(gadget, "customer", chance):
        gadget.do(chance.choice(["customers.delete", "customers.archive", "customers.unarchive"]), {"id": id_})


def share(gadget: Gadget, chance: random.Random) -> None:
    if id_ := _one(gadget, "customer", chance):
        other = chance.choice(list(gadget.persona.company.people.values()))
        name = chance.choice(["customers.share", "customers.share", "customers.unshare"])
        gadget.do(name, {"customer_id": id_, "user_id": str(other.id)})


def restore_a_value(gadget: Gadget, chance: random.Random) -> None:
    if id_ := _one(gadget, "conflict", chance):
        gadget.do("sync.restore_value", {"conflict_id": id_})


def something_odd(gadget: Gadget, chance: random.Random) -> None:
    customer = {"id": gadget.client.new_id(), "name": "Odd"}
    match chance.randrange(4):
        case 0:
            gadget.do("customers.invent", customer)
            gadget.do("customers.update", {"id": customer["id"], "changes": {"phone": {"from": "", "to": "1"}}})
        case 1:
            gadget.do("customers.create", customer, schema=7)
        case 2:
            gadget.do("customers.create", customer | {"name": None})
            gadget.do(
                "customers.add_contact", {"id": gadget.client.new_id(), "customer_id": customer["id"], "name": "X"}
            )
        case 3:
            known = sorted(gadget.commands)
            gadget.do("customers.create", customer, [chance.choice(known)] if known else [])


ON_PHONES: list[Callable[[Gadget, random.Random], None]] = [
    create_customer, edit_customer, edit_customer, edit_customer, add_contact, add_contact, edit_contact, edit_contact,
    remove_contact, visit, visit, go_on_with_a_visit, delete_or_archive, share, restore_a_value, something_odd,
]  # fmt: skip


def steal(gadget: Gadget, victim: Gadget, chance: random.Random) -> None:
    """Edit, visit and share a customer of another company, whose id has become known somehow."""
    if id_ := _one(victim, "customer", chance):
        gadget.do("customers.update", {"id": id_, "changes": {"name": {"from": "Customer", "to": "Stolen"}}})
        gadget.do("visits.check_in", {"visit_id": gadget.client.new_id(), "customer_id": id_, "fix": FIX})
        gadget.do("customers.share", {"customer_id": id_, "user_id": str(gadget.persona.id)})


# In the office


def reassign(company: TestCompany, chance: random.Random) -> None:
    if ids := _customers(company):
        some = chance.sample(ids, min(len(ids), chance.randint(1, 3)))
        owner = company.people[chance.choice(["alice", "alice", "bob", "bob", "zed", "carol"])]
        company.dora.execute("customers.reassign", {"customer_ids": some, "owner_id": str(owner.id)})


def office_shares(company: TestCompany, chance: random.Random) -> None:
    if ids := _customers(company):
        person = company.people[chance.choice(["alice", "bob"])]
        name = chance.choice(["customers.share", "customers.share", "customers.unshare"])
        company.dora.execute(name, {"customer_id": chance.choice(ids), "user_id": str(person.id)})


def office_edits(company: TestCompany, chance: random.Random) -> None:
    if ids := _customers(company):
        changes = {chance.choice(["phone", "notes"]): {"from": chance.choice(_TEXTS), "to": chance.choice(_TEXTS)}}
        company.dora.execute("customers.update", {"id": chance.choice(ids), "changes": changes})


def office_deletes(company: TestCompany, chance: random.Random) -> None:
    if ids := _customers(company):
        company.dora.execute("customers.delete", {"id": chance.choice(ids)})


def decide(company: TestCompany, chance: random.Random) -> None:
    """Release or discard something that waits, under its user's name or another's."""
    with company_fence(company.id):
        rows = CommandRecord.objects.filter(company_id=company.id, status="parked", settles=None).order_by("id")
        parked = [str(id_) for id_ in rows.values_list("id", flat=True)]
    if not parked:
        return
    payload = {"command_id": chance.choice(parked)}
    match chance.randrange(4):
        case 0:
            company.dora.execute("sync.discard", payload | {"reason": "no"})
        case 1:
            company.dora.execute("sync.release", payload)
        case _:
            person = company.people[chance.choice(["alice", "bob", "zed"])]
            company.dora.execute("sync.release", payload | {"as_user_id": str(person.id)})


def bob_goes_or_comes(company: TestCompany, chance: random.Random) -> None:
    name = chance.choice(["accounts.deactivate_user", "accounts.reactivate_user", "accounts.reactivate_user"])
    company.dora.execute(name, {"id": str(company.bob.id)})


def alice_changes_teams(company: TestCompany, chance: random.Random) -> None:
    with company_fence(company.id):
        present = User.objects.get(id=company.alice.id).org_unit_id
    to: UUID = company.units[chance.choice(["north", "south", "region"])]
    changes = {"org_unit_id": {"from": str(present), "to": str(to)}}
    company.dora.execute("accounts.update_user", {"id": str(company.alice.id), "changes": changes})


IN_THE_OFFICE: list[Callable[[TestCompany, random.Random], None]] = [
    reassign, reassign, reassign, office_shares, office_shares, office_edits, office_edits, office_deletes,
    decide, decide, decide, bob_goes_or_comes, alice_changes_teams,
]  # fmt: skip


def _one(gadget: Gadget, kind: str, chance: random.Random) -> str | None:
    ids = [row.id for row in gadget.client.rows(kind)]
    return chance.choice(ids) if ids else None


def _customers(company: TestCompany) -> list[str]:
    with company_fence(company.id):
        return [str(id_) for id_ in Customer.objects.order_by("id").values_list("id", flat=True)]


def _log(gadget: Gadget, visit_id: str, chance: random.Random) -> None:
    """As the present app writes it, or as one does that was not updated for a year."""
    payload = {"id": gadget.client.new_id(), "visit_id": visit_id, "result": "ordered", "note": f"log {uuid7()}"}
    step = {"text": "call", "due_date": None}
    if chance.random() < 0.5:
        gadget.do("visits.log", payload | {"next_steps": [step] * chance.randrange(3)}, schema=2)
    else:
        gadget.do("visits.log", payload | {"next_step": step["text"]}, schema=1)
