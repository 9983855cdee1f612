"""What waits for a person: lost scopes, dependants, faults; releasing, discarding, restoring."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from django.db import connections

from core.batches import Batch
from core.ids import uuid7
from core.registry import COMMANDS
from tests.personas import TestCompany
from tests.sync.devices import APPLIED, WAITING, Device, Json, statuses

LOST = ("parked", "sync.scope_lost")


class Fault:
    """A fault in `customers.create` that can be repaired, and told to take its time."""

    def __init__(self) -> None:
        self.present = True
        self.running = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()

    def act(self, name: str) -> None:
        if name == "Slow":
            self.running.set()
            assert self.go_on.wait(10)
        if self.present and name == "Boom":
            raise ZeroDivisionError


@pytest.fixture
def fault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fault]:
    """Creating a customer named Boom fails until it is repaired."""
    found = Fault()
    spec = COMMANDS["customers.create"]

    def handler(actor: Any, items: Batch[Any]) -> None:
        for item in items.items:
            found.act(item.payload.name)
        spec.handler(actor, items)

    monkeypatch.setitem(COMMANDS, "customers.create", replace(spec, handler=handler))
    yield found
    found.go_on.set()


@pytest.fixture
def alice(company: TestCompany) -> Device:
    return Device(company.alice)


@pytest.fixture
def bob(company: TestCompany) -> Device:
    return Device(company.bob)


@pytest.fixture
def carol(company: TestCompany) -> Device:
    """The manager of both."""
    return Device(company.carol)


def _release(operator: Device, command: Json, as_user: Device | None = None) -> Json:
    payload = {"command_id": command["id"]}
    if as_user is not None:
        payload["as_user_id"] = str(as_user.persona.id)
    return operator.push(operator.command("sync.release", payload))[0]


def _discard(operator: Device, command: Json) -> Json:
    return operator.push(operator.command("sync.discard", {"command_id": command["id"], "reason": "no"}))[0]


def _now(device: Device, *commands: Json) -> list[tuple[str, str | None]]:
    """The verdicts as a retry gets them, which are the latest."""
    return statuses(device.push(*commands))


def _contacts(device: Device) -> list[str]:
    return sorted(row["name"] for row in device.rows("contact").values())


# Dependants


def test_dependants_wait_and_are_released_with_it(alice: Device, carol: Device, fault: Fault) -> None:
    create = alice.create("Boom")
    id_ = create["payload"]["id"]
    touches = alice.add_contact(id_, "By the row it names")
    other = alice.create("Other")
    named = alice.add_contact(other["payload"]["id"], "By name", depends_on=[create["id"]])
    further = alice.add_contact(other["payload"]["id"], "In a chain", depends_on=[named["id"]])
    free = alice.add_contact(other["payload"]["id"], "Free")
    everything = [create, touches, other, named, further, free]
    expected = [("parked", "sync.unexpected_error"), WAITING, APPLIED, WAITING, WAITING, APPLIED]
    assert statuses(alice.push(*everything)) == expected
    # A retry of it all changes nothing: what they wait for is still parked.
    for _ in range(2):
        assert _now(alice, *everything) == expected
    assert _contacts(alice) == ["Free"]
    # What comes in a later push waits as well.
    later = alice.add_contact(id_, "Later")
    assert statuses(alice.push(later)) == [WAITING]

    assert statuses([_release(carol, create)]) == [APPLIED]
    assert _now(alice, create) == [("parked", "sync.unexpected_error")]  # the fault is still there
    fault.present = False
    assert statuses([_release(carol, create)]) == [APPLIED]
    assert _now(alice, *everything, later) == [APPLIED] * 7
    assert _contacts(alice) == ["By name", "By the row it names", "Free", "In a chain", "Later"]
    verdicts = alice.rows("verdict")
    assert {verdicts[command["id"]]["status"] for command in (create, touches, named, further, later)} == {"applied"}
    assert all(verdicts[command["id"]]["settled_at"] for command in (create, touches, named, further, later))


def test_a_dependant_that_came_first(alice: Device) -> None:
    create = alice.create("Comes second")
    add = alice.add_contact(create["payload"]["id"], "Comes first", depends_on=[create["id"]])
    assert statuses(alice.push(add)) == [WAITING]
    assert statuses(alice.push(create)) == [APPLIED]
    assert _now(alice, add) == [APPLIED]
    assert _contacts(alice) == ["Comes first"]


def test_a_dependant_of_two_waits_for_both(alice: Device) -> None:
    first, second = alice.create("First"), alice.create("Second")
    add = alice.add_contact(first["payload"]["id"], depends_on=[first["id"], second["id"]])
    assert statuses(alice.push(add)) == [WAITING]
    assert statuses(alice.push(first)) == [APPLIED]
    assert _now(alice, add) == [WAITING]
    assert statuses(alice.push(second)) == [APPLIED]
    assert _now(alice, add) == [APPLIED]


def test_a_dependant_of_a_refused_command(alice: Device) -> None:
    """It is not lost: it waits until the row comes by another command, or a person decides."""
    assert statuses(alice.push(alice.create("Holder", code="X"))) == [APPLIED]
    create = alice.create("Same code", code="X")
    add = alice.add_contact(create["payload"]["id"])
    assert statuses(alice.push(create, add)) == [("refused", "customers.code_taken"), WAITING]
    mended = alice.command("customers.create", create["payload"] | {"code": "Y"})
    assert statuses(alice.push(mended)) == [APPLIED]
    assert _now(alice, add) == [APPLIED]


@pytest.mark.parametrize("members", [{"name": "customers.invent"}, {"schema": 99}], ids=["command", "schema"])
def test_what_a_newer_app_makes_can_be_built_upon(alice: Device, members: Json) -> None:
    create = alice.create() | members
    add = alice.add_contact(create["payload"]["id"])
    code = "sync.unknown_command" if "name" in members else "sync.unknown_schema"
    assert statuses(alice.push(create, add)) == [("parked", code), WAITING]


def test_a_dependant_of_what_was_never_sent(alice: Device) -> None:
    add = alice.add_contact(str(uuid7()), depends_on=[str(uuid7())])
    assert statuses(alice.push(add)) == [WAITING]


def test_nothing_waits_for_what_took_effect(alice: Device, carol: Device, fault: Fault) -> None:
    """A row that was made and deleted since is not found; its maker is settled and will not come back."""
    create = alice.create("Boom")
    alice.push(create)
    fault.present = False
    _release(carol, create)
    id_ = create["payload"]["id"]
    assert statuses(alice.push(alice.command("customers.delete", {"id": id_}))) == [APPLIED]
    assert statuses(alice.push(alice.add_contact(id_))) == [("refused", "customers.not_found")]


@pytest.mark.timeout(60)
def test_a_dependant_meets_its_command_on_the_way(alice: Device, fault: Fault) -> None:
    """Two requests at the same time: whichever is judged first, the dependant is applied in the end."""
    fault.go_on.clear()
    create = alice.create("Slow")
    add = alice.add_contact(create["payload"]["id"], depends_on=[create["id"]])
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(_in_thread, alice, create)
        assert fault.running.wait(10)
        second = pool.submit(_in_thread, alice, add)
        threading.Event().wait(0.3)
        fault.go_on.set()
        assert first.result(10) == [APPLIED]
        second.result(10)
    assert _now(alice, create, add) == [APPLIED, APPLIED]


def _in_thread(device: Device, *commands: Json) -> list[tuple[str, str | None]]:
    try:
        return statuses(device.push(*commands))
    finally:
        connections.close_all()


# Lost scopes


def test_a_lost_scope_parks_and_is_released_for_the_new_owner(
    company: TestCompany, alice: Device, bob: Device, carol: Device
) -> None:
    create = alice.create("Moves on", phone="1")
    id_ = create["payload"]["id"]
    alice.push(create)
    reassign = {"customer_ids": [id_], "owner_id": str(bob.persona.id)}
    assert statuses(carol.push(carol.command("customers.reassign", reassign))) == [APPLIED]
    edit, add = alice.edit(id_, "phone", "1", "2"), alice.add_contact(id_, "Met offline")
    own = alice.create("Goes on")
    assert statuses(alice.push(edit, add, own)) == [LOST, LOST, APPLIED]
    assert bob.rows("customer")[id_]["phone"] == "1"

    waiting = carol.client.call("GET", "/api/v1/sync/commands?status=parked").json()["items"]
    assert {item["id"] for item in waiting} == {edit["id"], add["id"]}
    assert statuses([_release(carol, edit)]) == [APPLIED]  # under her own name it is as lost as before
    assert _now(alice, edit) == [LOST]
    assert statuses([_release(carol, edit, bob), _release(carol, add, bob)]) == [APPLIED, APPLIED]
    assert bob.rows("customer")[id_]["phone"] == "2"
    assert _contacts(bob) == ["Met offline"]
    assert _now(alice, edit, add) == [APPLIED, APPLIED]
    verdicts = alice.rows("verdict")  # and her phone learns it by an ordinary pull
    assert {verdicts[command["id"]]["status"] for command in (edit, add)} == {"applied"}
    assert set(alice.rows("customer")) == {own["payload"]["id"]}
    assert statuses([_release(carol, edit, bob)]) == [("refused", "sync.not_waiting")]


def test_what_one_never_saw_is_not_lost_but_not_found(alice: Device, bob: Device) -> None:
    create = bob.create()
    bob.push(create)
    assert statuses(alice.push(alice.edit(create["payload"]["id"], "phone", "", "1"))) == [
        ("refused", "customers.not_found")
    ]


# Deciding


def test_discard(alice: Device, carol: Device, fault: Fault) -> None:
    create = alice.create("Boom")
    alice.push(create)
    assert statuses([_discard(carol, create)]) == [APPLIED]
    assert _now(alice, create) == [("refused", "sync.discarded")]
    seen = alice.rows("verdict")[create["id"]]
    assert (seen["status"], seen["code"], seen["details"]) == ("refused", "sync.discarded", {"reason": "no"})
    assert seen["settled_at"]
    fault.present = False
    for verdict in (_release(carol, create), _discard(carol, create)):
        assert statuses([verdict]) == [("refused", "sync.not_waiting")]
    assert alice.rows("customer") == {}


def test_a_discarded_dependant_stays_discarded(alice: Device, carol: Device, fault: Fault) -> None:
    create = alice.create("Boom")
    add = alice.add_contact(create["payload"]["id"])
    alice.push(create, add)
    _discard(carol, add)
    fault.present = False
    _release(carol, create)
    assert _now(alice, create, add) == [APPLIED, ("refused", "sync.discarded")]
    assert _contacts(alice) == []


def test_who_may_settle(company: TestCompany, alice: Device, bob: Device, carol: Device, fault: Fault) -> None:
    create = alice.create("Boom")
    alice.push(create)
    zed = Device(company.zed)
    zeds = zed.create("Boom")
    zed.push(zeds)
    for device in (alice, bob, Device(company.erin)):
        assert statuses([_release(device, create), _discard(device, create)]) == [("refused", "core.forbidden")] * 2
    assert statuses([_release(carol, zeds)]) == [("refused", "core.forbidden")]  # not of her teams
    assert statuses([_release(carol, create, zed)]) == [("refused", "core.forbidden")]
    assert statuses([_release(carol, {"id": str(uuid7())})]) == [("refused", "sync.command_not_found")]
    fault.present = False
    assert statuses([_release(Device(company.dora), zeds)]) == [APPLIED]
    assert _now(zed, zeds) == [APPLIED]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("second", [_release, _discard])
def test_two_operators_at_once(company: TestCompany, alice: Device, carol: Device, fault: Fault, second: Any) -> None:
    """The command takes effect once, and what its user is told is what happened."""
    create = alice.create("Boom")
    alice.push(create)
    fault.present = False
    fault.act = lambda name: (fault.running.set(), fault.go_on.wait(10))  # type: ignore[method-assign]
    fault.go_on.clear()
    dora = Device(company.dora)
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(_call, _release, carol, create)
        assert fault.running.wait(10)
        other = pool.submit(_call, second, dora, create)
        threading.Event().wait(0.3)
        fault.go_on.set()
        assert statuses([one.result(15)]) == [APPLIED]
        assert statuses([other.result(15)]) == [("refused", "sync.not_waiting")]
    assert _now(alice, create) == [APPLIED]
    assert sum(record.settles is not None for record in alice.records()) == 1
    assert alice.rows("verdict")[create["id"]]["status"] == "applied"


def _call(act: Any, *arguments: Any) -> Json:
    try:
        return act(*arguments)
    finally:
        connections.close_all()


# Conflicts


def _conflict(alice: Device, bob: Device, carol: Device) -> tuple[str, Json]:
    """A customer of alice's, shared with bob, whose phone both have edited; and the verdict that met the conflict."""
    create = alice.create("Both", phone="0")
    id_ = create["payload"]["id"]
    alice.push(create, alice.command("customers.share", {"customer_id": id_, "user_id": str(bob.persona.id)}))
    clock = {"uptime_ms": 10_000_000, "boot_id": "b"}
    late = alice.edit(id_, "phone", "0", "alice's") | {"uptime_ms": 9_000_000, "boot_id": "b"}
    early = bob.edit(id_, "phone", "0", "bob's") | {"uptime_ms": 8_000_000, "boot_id": "b"}
    assert statuses(alice.push(late, clock=clock)) == [APPLIED]
    [verdict] = bob.push(early, clock=clock)
    return id_, verdict


def test_a_conflict_keeps_the_loser_and_gives_it_back_once(alice: Device, bob: Device, carol: Device) -> None:
    id_, verdict = _conflict(alice, bob, carol)
    assert verdict["status"] == "merged"
    [conflict] = verdict["conflicts"]
    assert {name: conflict[name] for name in ("field", "yours", "theirs", "kept")} == {
        "field": "phone", "yours": "bob's", "theirs": "alice's", "kept": "theirs",
    }  # fmt: skip
    assert alice.rows("customer")[id_]["phone"] == "alice's"
    seen = bob.rows("conflict")[conflict["conflict_id"]]
    assert (seen["state"], seen["yours"], seen["theirs"], seen["row_id"]) == ("open", "bob's", "alice's", id_)
    assert alice.rows("conflict") == {}

    payload = {"conflict_id": conflict["conflict_id"]}
    assert statuses(alice.push(alice.command("sync.restore_value", payload))) == [("refused", "core.forbidden")]
    assert statuses(bob.push(bob.command("sync.restore_value", payload))) == [APPLIED]
    assert alice.rows("customer")[id_]["phone"] == "bob's"
    assert bob.rows("conflict")[conflict["conflict_id"]]["state"] == "restored"
    assert statuses(bob.push(bob.command("sync.restore_value", payload))) == [("refused", "sync.already_restored")]
    unknown = {"conflict_id": str(uuid7())}
    assert statuses(bob.push(bob.command("sync.restore_value", unknown))) == [("refused", "sync.conflict_not_found")]


def test_a_conflict_that_is_accepted_is_over(alice: Device, bob: Device, carol: Device) -> None:
    id_, verdict = _conflict(alice, bob, carol)
    payload = {"conflict_id": verdict["conflicts"][0]["conflict_id"]}
    assert statuses(alice.push(alice.command("sync.accept_value", payload))) == [("refused", "core.forbidden")]
    assert statuses(bob.push(bob.command("sync.accept_value", payload))) == [APPLIED]
    assert alice.rows("customer")[id_]["phone"] == "alice's"
    assert bob.rows("conflict")[payload["conflict_id"]]["state"] == "accepted"
    for again in ("sync.accept_value", "sync.restore_value"):
        assert statuses(bob.push(bob.command(again, payload))) == [("refused", "sync.conflict_settled")]
    unknown = {"conflict_id": str(uuid7())}
    assert statuses(bob.push(bob.command("sync.accept_value", unknown))) == [("refused", "sync.conflict_not_found")]


def test_restoring_over_a_third_edit_puts_the_value_back_all_the_same(
    alice: Device, bob: Device, carol: Device
) -> None:
    id_, verdict = _conflict(alice, bob, carol)
    assert statuses(alice.push(alice.edit(id_, "phone", "alice's", "a third"))) == [APPLIED]
    payload = {"conflict_id": verdict["conflicts"][0]["conflict_id"]}
    assert statuses(bob.push(bob.command("sync.restore_value", payload))) == [APPLIED]
    assert alice.rows("customer")[id_]["phone"] == "bob's"


def test_the_later_field_time_wins_whoever_comes_first(alice: Device, bob: Device, carol: Device) -> None:
    create = alice.create("Both", phone="0")
    id_ = create["payload"]["id"]
    alice.push(create, alice.command("customers.share", {"customer_id": id_, "user_id": str(bob.persona.id)}))
    clock = {"uptime_ms": 10_000_000, "boot_id": "b"}
    bob.push(bob.edit(id_, "phone", "0", "early") | {"uptime_ms": 8_000_000, "boot_id": "b"}, clock=clock)
    [verdict] = alice.push(
        alice.edit(id_, "phone", "0", "late") | {"uptime_ms": 9_000_000, "boot_id": "b"}, clock=clock
    )
    assert verdict["conflicts"][0]["kept"] == "yours"
    assert alice.rows("customer")[id_]["phone"] == "late"
    [conflict] = bob.rows("conflict").values()  # bob's value lost, so it is his to see
    assert (conflict["yours"], conflict["theirs"], conflict["kept"]) == ("late", "early", "yours")
    assert alice.rows("conflict") == {}


def test_a_conflict_on_one_field_leaves_the_others(alice: Device, bob: Device, carol: Device) -> None:
    id_, _ = _conflict(alice, bob, carol)
    changes = {"phone": {"from": "0", "to": "again"}, "notes": {"from": "", "to": "kept"}}
    early = bob.command("customers.update", {"id": id_, "changes": changes}) | {"at": "2026-01-01T00:00:00Z"}
    [verdict] = bob.push(early)
    assert verdict["status"] == "merged"
    assert [conflict["field"] for conflict in verdict["conflicts"]] == ["phone"]
    row = alice.rows("customer")[id_]
    assert (row["phone"], row["notes"]) == ("alice's", "kept")
