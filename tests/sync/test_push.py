"""Pushing: every command gets exactly one verdict, whatever is sent twice, out of order or beside a bad one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from core.batches import Batch
from core.clock import now
from core.errors import IdTaken
from core.ids import uuid7
from core.payloads import EarlierPayload
from core.registry import COMMANDS
from tests.personas import TestCompany, make_company
from tests.sync.devices import APPLIED, WAITING, Device, Json, statuses


@pytest.fixture
def phone(company: TestCompany) -> Device:
    """Alice's."""
    return Device(company.alice)


def _handler_that(monkeypatch: pytest.MonkeyPatch, name: str, act: Any) -> None:
    """Have `act(payload)` called for each command of `name` before its handler runs."""
    spec = COMMANDS[name]

    def handler(actor: Any, items: Batch[Any]) -> None:
        for item in items.items:
            act(item.payload)
        spec.handler(actor, items)

    monkeypatch.setitem(COMMANDS, name, replace(spec, handler=handler))


def test_push_and_pull_in_one_round_trip(phone: Device) -> None:
    create = phone.create("New")
    add = phone.add_contact(create["payload"]["id"])
    answer = phone.sync(create, add)
    assert statuses(answer["verdicts"]) == [APPLIED, APPLIED]
    assert [verdict["id"] for verdict in answer["verdicts"]] == [create["id"], add["id"]]
    assert answer["acknowledged"] == 2
    ids = {row["id"] for row in answer["changes"]["rows"]}
    assert {create["payload"]["id"], add["payload"]["id"]} <= ids


def test_a_retry_gets_the_identical_verdicts_and_no_second_effect(phone: Device) -> None:
    create = phone.create("Once", code="C1")
    commands = [
        create,
        phone.add_contact(create["payload"]["id"]),
        phone.create("Twice", code="C1"),  # refused
        phone.edit(create["payload"]["id"], "phone", "never known", "1"),  # merged
        phone.command("never.heard_of", {"id": str(uuid7())}),  # parked
        phone.command("customers.create", {"name": 5}),  # refused: not valid
        phone.create("Odd", at="yesterday") | {"at": "yesterday"},  # refused: its envelope
    ]
    first = phone.push(*commands)
    assert [verdict["status"] for verdict in first] == [
        "applied", "applied", "refused", "merged", "parked", "refused", "refused",
    ]  # fmt: skip
    stored = len(phone.records())
    for _ in range(3):
        assert phone.push(*commands) == first
    assert phone.push(*reversed(commands)) == first[::-1]
    assert phone.push(commands[4], commands[4], commands[0]) == [first[4], first[4], first[0]]
    assert len(phone.records()) == stored == len(commands)
    assert len(phone.rows("contact")) == 1
    assert phone.answer["acknowledged"] == len(commands)


def test_twins_within_one_push(phone: Device) -> None:
    create = phone.create()
    add = phone.add_contact(create["payload"]["id"])
    verdicts = phone.push(create, create, add, add, create)
    assert statuses(verdicts) == [APPLIED] * 5
    assert len(phone.rows("contact")) == 1
    assert len(phone.records()) == 2


def test_an_id_used_again_for_something_else_is_refused_and_the_first_stands(phone: Device) -> None:
    create = phone.create("First")
    [first] = phone.push(create)
    for other in (
        create | {"payload": create["payload"] | {"name": "Second"}},
        create | {"name": "customers.update"},
        create | {"schema": 2},
    ):
        for commands in ([other], [create, other], [other, create]):
            verdicts = {id(command): verdict for command, verdict in zip(commands, phone.push(*commands), strict=True)}
            assert statuses([verdicts[id(other)]]) == [("refused", "sync.id_reused")]
            if create in commands:
                assert verdicts[id(create)] == first
    fresh, again = phone.create("A"), None
    again = fresh | {"payload": fresh["payload"] | {"name": "B"}}
    assert statuses(phone.push(fresh, again)) == [APPLIED, ("refused", "sync.id_reused")]
    assert sorted(row["name"] for row in phone.rows("customer").values()) == ["A", "First"]
    assert len(phone.records()) == 2
    assert phone.push(phone.create("Goes on"))[0]["status"] == "applied"
    assert phone.answer["acknowledged"] == phone.seq


def test_an_id_belongs_to_its_user_and_to_its_company(company: TestCompany, phone: Device) -> None:
    create = phone.create("Alice's")
    assert statuses(phone.push(create)) == [APPLIED]
    bob = Device(company.bob)
    assert statuses(bob.push(create | {"seq": 1})) == [("refused", "sync.id_reused")]
    assert bob.rows("customer") == {}
    stranger = Device(make_company().alice)
    elsewhere = create | {"seq": 1, "payload": {"id": str(uuid7()), "name": "Elsewhere"}}
    assert statuses(stranger.push(elsewhere)) == [APPLIED]
    assert [row["name"] for row in stranger.rows("customer").values()] == ["Elsewhere"]


def test_a_row_id_of_another_company_is_taken_without_telling_more(phone: Device) -> None:
    create = phone.create("Ours")
    phone.push(create)
    stranger = Device(make_company().alice)
    theirs = stranger.create("Theirs") | {"payload": create["payload"]}
    assert statuses(stranger.push(theirs)) == [("refused", IdTaken.code)]
    assert statuses(stranger.push(stranger.edit(create["payload"]["id"], "name", "Ours", "Stolen"))) in (
        [("refused", "customers.not_found")], [WAITING],
    )  # fmt: skip
    assert [row["name"] for row in phone.rows("customer").values()] == ["Ours"]


def test_the_second_device_of_a_user_may_deliver_what_the_first_recorded(company: TestCompany, phone: Device) -> None:
    """A phone set up anew counts from one again; what it sends again keeps its ids."""
    create, other = phone.create("A"), phone.create("B")
    verdicts = phone.push(create, other)
    second = Device(company.alice)
    again = second.push(other | {"seq": 1}, create | {"seq": 2}, second.create("C") | {"seq": 3})
    assert [(verdict["id"], verdict["seq"], verdict["status"]) for verdict in again[:2]] == [
        (verdicts[1]["id"], 1, "applied"), (verdicts[0]["id"], 2, "applied"),
    ]  # fmt: skip
    assert second.answer["acknowledged"] == 3
    assert sorted(row["name"] for row in second.rows("customer").values()) == ["A", "B", "C"]


@pytest.mark.parametrize("position", [0, 1, 50, 99, 100, 149])
def test_one_bad_command_blocks_no_other(phone: Device, monkeypatch: pytest.MonkeyPatch, position: int) -> None:
    def explode(payload: Any) -> None:
        if payload.name == "Boom":
            raise ZeroDivisionError

    _handler_that(monkeypatch, "customers.create", explode)
    commands = [phone.create("Boom" if number == position else f"Fine {number}") for number in range(150)]
    verdicts = phone.push(*commands)
    assert statuses(verdicts)[position] == ("parked", "sync.unexpected_error")
    assert [verdict["status"] for verdict in verdicts].count("applied") == 149
    assert len(phone.rows("customer")) == 149
    assert phone.answer["acknowledged"] == 150


@pytest.mark.parametrize(
    "statement",
    [
        "select 1 / 0",
        "select pg_sleep(5)",
        "select * from no_such_table",
        "create temporary table t (x text); create index on t (x);"
        " insert into t select string_agg(md5(i::text), '') from generate_series(1, 2000) i",  # too large for an index
    ],
)
def test_whatever_the_database_says_to_one_command(
    phone: Device, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    """A command that the database can never carry out must not be tried again for ever while the others wait."""

    def explode(payload: Any) -> None:
        if payload.name == "Boom":
            with connection.cursor() as cursor:
                cursor.execute("set local statement_timeout = '100ms'")
                cursor.execute(statement)

    _handler_that(monkeypatch, "customers.create", explode)
    commands = [phone.create("Before"), phone.create("Boom"), phone.create("After")]
    assert statuses(phone.push(*commands)) == [APPLIED, ("parked", "sync.unexpected_error"), APPLIED]
    assert len(phone.rows("customer")) == 2


def test_a_refusal_of_the_database_names_the_guilty_one(phone: Device) -> None:
    commands = [phone.create("A", code="X"), phone.create("B", code="Y"), phone.create("C", code="X")]
    taken = ("refused", "customers.code_taken")
    assert statuses(phone.push(*commands)) == [APPLIED, APPLIED, taken]
    commands = [phone.create("D", code="Y"), phone.create("E", code="Z")]
    assert statuses(phone.push(*commands)) == [taken, APPLIED]


def test_commands_are_carried_out_in_their_order(phone: Device) -> None:
    create = phone.create("Name", phone="0")
    id_ = create["payload"]["id"]
    edits = [phone.edit(id_, "phone", str(number), str(number + 1)) for number in range(120)]
    between = [phone.add_contact(id_, f"Contact {number}") for number in range(3)]
    verdicts = phone.push(create, *edits[:60], *between, *edits[60:])
    assert set(statuses(verdicts)) == {APPLIED}
    assert phone.rows("customer")[id_]["phone"] == "120"


def test_acknowledged_counts_without_gaps(phone: Device) -> None:
    commands = [phone.create(f"{number}") for number in range(1, 9)]

    def acknowledged(*numbers: int) -> int:
        phone.push(*[commands[number - 1] for number in numbers])
        assert phone.sync()["acknowledged"] == phone.sync(cursor=phone.answer["cursor"])["acknowledged"]
        return int(phone.answer["acknowledged"])

    assert phone.sync()["acknowledged"] == 0
    assert acknowledged(2) == 0
    assert acknowledged(5, 4) == 0
    assert acknowledged(1) == 2
    assert acknowledged(1) == 2
    assert acknowledged(7) == 2
    assert acknowledged(3, 2) == 5
    assert acknowledged(8) == 5
    assert acknowledged(6) == 8


def test_two_devices_of_a_user_count_apart(company: TestCompany, phone: Device) -> None:
    other = Device(company.alice)
    phone.push(phone.create(), phone.create())
    assert other.sync()["acknowledged"] == 0
    other.push(other.create())
    assert (phone.sync()["acknowledged"], other.sync()["acknowledged"]) == (2, 1)


def _occurred(phone: Device, command: Json) -> tuple[datetime, bool]:
    record = next(record for record in phone.records() if str(record.id) == command["id"])
    return record.occurred_at, record.occurred_verified


def _about(moment: datetime) -> Any:
    class About:
        def __eq__(self, other: object) -> bool:
            return isinstance(other, datetime) and abs(other - moment) < timedelta(seconds=5)

    return About()


def test_field_time_through_the_door(phone: Device) -> None:
    hour_ms = 3_600_000
    wrong = "1970-01-01T00:10:00.000+08:00"  # the phone's wall clock was never set
    now = datetime.now(UTC)

    same = phone.create() | {"at": wrong, "uptime_ms": 5_000, "boot_id": "one"}
    claimed = phone.create() | {"at": "2026-01-02T03:04:05.678+08:00"}
    unknown = phone.create() | {"at": "2026-01-02T03:04:05.678+08:00", "uptime_ms": 5, "boot_id": "never seen"}
    silent = phone.create()
    clock = {"at": wrong, "uptime_ms": 5_000 + 2 * hour_ms, "boot_id": "one"}
    assert set(statuses(phone.push(same, claimed, unknown, silent, clock=clock))) == {APPLIED}
    said = datetime(2026, 1, 1, 19, 4, 5, 678_000, tzinfo=UTC)
    assert _occurred(phone, same) == (_about(now - timedelta(hours=2)), True)
    assert _occurred(phone, claimed) == (said, False)
    assert _occurred(phone, unknown) == (said, False)
    assert _occurred(phone, silent) == (_about(now), False)

    # After the next boot the offset measured during the first one still serves.
    earlier = phone.create() | {"at": wrong, "uptime_ms": 5_000 + hour_ms, "boot_id": "one"}
    clock = {"at": wrong, "uptime_ms": 1_000, "boot_id": "two"}
    assert statuses(phone.push(earlier, clock=clock)) == [APPLIED]
    assert _occurred(phone, earlier) == (_about(now - timedelta(hours=1)), True)
    record = next(record for record in phone.records() if str(record.id) == earlier["id"])
    assert (record.uptime_ms, record.boot_id) == (5_000 + hour_ms, "one")  # the raw values are kept
    assert record.claimed_at == datetime(1969, 12, 31, 16, 10, tzinfo=UTC)


def test_a_pull_measures_a_new_boot_for_work_that_comes_after_the_next_one(phone: Device) -> None:
    for uptime_ms, boot_id in ((60_000, "one"), (1_000, "two")):  # the second within seconds of the first
        phone.sync(clock={"uptime_ms": uptime_ms, "boot_id": boot_id})
    before = now()
    commands = [
        phone.create() | {"at": "1970-01-01T00:00:00+08:00", "uptime_ms": uptime_ms - 500, "boot_id": boot_id}
        for uptime_ms, boot_id in ((60_000, "one"), (1_000, "two"))
    ]
    phone.push(*commands, clock={"uptime_ms": 5, "boot_id": "three"})
    for record in phone.records():
        assert record.occurred_verified
        assert abs(before - record.occurred_at) < timedelta(seconds=30)


def test_the_last_eight_boots_are_remembered(phone: Device) -> None:
    now = datetime.now(UTC)
    for number in range(10):
        phone.push(phone.create(), clock={"uptime_ms": (20 - number) * 60_000, "boot_id": f"boot {number}"})
    commands = [phone.create() | {"uptime_ms": 0, "boot_id": f"boot {number}"} for number in range(10)]
    phone.push(*commands, clock={"uptime_ms": 1, "boot_id": "last"})
    verified = [_occurred(phone, command) for command in commands]
    assert [known for _, known in verified] == [False] * 2 + [True] * 8
    assert verified[9][0] == _about(now - timedelta(minutes=11))


class _Titled(EarlierPayload):
    id: str
    title: str

    def upgraded(self) -> dict[str, Any]:
        if self.title == "Ours to mend":
            raise KeyError("a conversion that fails")
        return {"id": self.id, "label": self.title}


class _Labelled(EarlierPayload):
    id: str
    label: str

    def upgraded(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.label}


def test_the_payload_of_an_old_app_is_converted(phone: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command as it came is kept; what runs is its present form. A newer one than the server knows waits."""
    spec = COMMANDS["customers.create"]
    monkeypatch.setitem(COMMANDS, "customers.create", replace(spec, earlier=(_Titled, _Labelled)))
    old = phone.command("customers.create", {"id": str(uuid7()), "title": "Old"}, schema=1)
    middle = phone.command("customers.create", {"id": str(uuid7()), "label": "Middle"}, schema=2)
    present = phone.create("Present") | {"schema": 3}
    broken = phone.command("customers.create", {"id": str(uuid7())}, schema=1)
    ours = phone.command("customers.create", {"id": str(uuid7()), "title": "Ours to mend"}, schema=1)
    newer = phone.create("Newer") | {"schema": 4}
    commands = [old, middle, present, broken, ours, newer]
    expected = [APPLIED] * 3 + [
        ("refused", "core.invalid_input"),
        ("parked", "sync.unexpected_error"),
        ("parked", "sync.unknown_schema"),
    ]
    verdicts = phone.push(*commands)
    assert statuses(verdicts) == expected
    assert verdicts[3]["field"] == "title"  # the member that this app knows
    assert statuses(phone.push(*commands)) == expected
    assert sorted(row["name"] for row in phone.rows("customer").values()) == ["Middle", "Old", "Present"]
    stored = {str(record.id): (record.schema, record.payload) for record in phone.records()}
    assert stored == {command["id"]: (command["schema"], command["payload"]) for command in commands}
