"""What needs a manager: a command that lost its customer, a refused one, a conflict, an alert, devices in trouble."""

from datetime import date, timedelta
from uuid import UUID

from accounts.models import Device
from core.clock import now
from core.fence import company_fence
from core.ids import uuid7
from core.notices import Notice, send
from sync.models import DeviceState
from tests.contract.wire import command, push, statuses
from tests.personas import ApiClient, Persona, TestCompany


def add_customer(by: ApiClient, name: str, **members: str) -> UUID:
    """A customer of whose phone it is; members: more of it."""
    id_ = uuid7()
    assert statuses(push(by, command("customers.create", {"id": str(id_), "name": name} | members))) == ["applied"]
    return id_


def park(manager: Persona, phone: ApiClient, taker: Persona, name: str) -> UUID:
    """Somebody edits a customer offline that was given to another meanwhile; returns the parked command's id."""
    customer = add_customer(phone, f"{name} Moved on 搬走的店", phone="1")
    reassign = {"customer_ids": [str(customer)], "owner_id": str(taker.id)}
    assert manager.execute("customers.reassign", reassign).settled
    changes = {"phone": {"from": "1", "to": f"{name} 555"}, "notes": {"from": "", "to": "Ring at the rear 请走后门"}}
    edit = command("customers.update", {"id": str(customer), "changes": changes})
    assert statuses(push(phone, edit)) == ["sync.scope_lost"]
    return UUID(edit["id"])


def disagree(manager: Persona, phone: ApiClient, name: str) -> tuple[UUID, UUID]:
    """A manager edits a customer whose rep edited it offline before; returns the conflict's id and the customer's."""
    customer = add_customer(phone, f"{name} Both edit 两人都改", phone="0")
    change = {"id": str(customer), "changes": {"phone": {"from": "0", "to": f"{name} from the desk"}}}
    assert manager.execute("customers.update", change).settled
    change["changes"] = {"phone": {"from": "0", "to": f"{name} from the field"}}
    [verdict] = push(phone, command("customers.update", change, at="2026-11-20T08:00:00+08:00"))
    assert verdict["status"] == "merged", verdict
    return UUID(verdict["conflicts"][0]["conflict_id"]), customer


def alert(person: Persona, customer: str, about: tuple[str, UUID] | None = None) -> None:
    """Somebody is told of a task that is overdue, or of the row that it is about, by its kind and id."""
    kind, id_ = about or ("task", uuid7())
    parameters = {
        "customer": customer,
        "task": "Bring the new price list 带上新价目表",
        "day": "2026-11-20",
        "person": "Alice",
    }
    with company_fence(person.company.id):
        notice = Notice(person.id, f"visits.{kind}_neglected", kind, id_, f"t/{uuid7()}", parameters)
        assert send(person.company.id, [notice]) == 1


def add_task(by: Persona, customer: UUID, text: str, due: date | None) -> UUID:
    """Somebody notes what he is to do."""
    id_ = uuid7()
    payload = {"id": str(id_), "customer_id": str(customer), "text": text, "due_date": due and str(due)}
    assert by.execute("visits.add_task", payload).settled
    return id_


def fall_silent(person: Persona, name: str) -> UUID:
    """A phone with which somebody signed in nine days ago, and that was not heard of since."""
    device = uuid7()
    assert person.sign_in(device, name=name).status_code == 200
    with company_fence(person.company.id):
        Device.objects.filter(id=device).update(created_at=now() - timedelta(days=9))
    return device


def repair(company: TestCompany, phone: ApiClient) -> None:
    """A phone whose data had to be sent anew an hour ago."""
    with company_fence(company.id):
        assert phone.call("POST", "/api/v1/sync/pull", {"schema": 1}).status_code == 200
        state = DeviceState.objects.filter(device_id=phone.device_id)
        assert state.update(repairs=2, last_repair_at=now() - timedelta(hours=1)) == 1


def make_troubles(company: TestCompany, phones: dict[str, ApiClient], north: str, south: str) -> dict[str, UUID]:
    """Every sort of trouble in both teams; ids of the parked command and the conflict, `foreign_…` those of south."""
    rows = {}
    for prefix, manager, taker, name, mark in (
        ("", "carol", "bob", "alice", north),
        ("foreign_", "dora", "dora", "zed", south),
    ):
        people, phone = company.people, phones[name]
        rows[f"{prefix}parked"] = park(people[manager], phone, people[taker], mark)
        rows[f"{prefix}conflict"], customer = disagree(people[manager], phone, mark)
        late = now().date() - timedelta(days=3)
        rows[f"{prefix}task"] = add_task(people[name], customer, f"{mark}: bring the new price list 带上新价目表", late)
        alert(people[manager], f"{mark} Store")
        fall_silent(people["erin" if name == "alice" else "zed"], f"{mark} old phone 旧手机")
        repair(company, phone)
    return rows
