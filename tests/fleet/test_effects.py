"""Effects that are missing, doubled or not deserved are found: a ledger, and what users get in the end, made wrong."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from roundsman_client.protocol import Row
from simulation.fleet.effects import check_conflicts, check_effects
from simulation.fleet.evidence import Evidence

FIX = None
COMMANDS: list[tuple[str, str, int, dict[str, Any], str]] = [
    ("k1", "customers.create", 1, {"id": "c1", "name": "Diner rep-phone#1"}, "applied"),
    ("k2", "customers.add_contact", 1, {"id": "p1", "customer_id": "c1", "name": "Wang rep-phone#2"}, "applied"),
    ("k3", "visits.check_in", 1, {"visit_id": "v1", "customer_id": "c1", "fix": FIX}, "applied"),
    (
        "k4",
        "visits.log",
        1,
        {"id": "l1", "visit_id": "v1", "result": "ordered", "note": "rep-phone#3", "next_step": "Call"},
        "applied",
    ),
    (
        "k5",
        "visits.log",
        2,
        {"id": "l2", "visit_id": "v1", "result": "other", "note": "rep-phone#4", "next_steps": []},
        "applied",
    ),
    ("k6", "visits.check_out", 1, {"visit_id": "v1", "fix": FIX}, "applied"),
    ("k7", "visits.check_out", 1, {"visit_id": "v1", "fix": FIX}, "refused"),
    ("k8", "customers.update", 1, {"id": "c1", "changes": {"phone": {"from": "", "to": "rep-phone#5"}}}, "applied"),
    (
        "k9",
        "customers.update",
        1,
        {"id": "c1", "changes": {"phone": {"from": "rep-phone#5", "to": "rep-phone#6"}}},
        "applied",
    ),
    ("k10", "customers.create", 1, {"id": "c2", "name": "rep-phone#7", "code": "TAKEN"}, "refused"),
    ("k11", "customers.add_contact", 1, {"id": "p2", "customer_id": "c1", "name": "rep-phone#8"}, "applied"),
    ("k12", "customers.remove_contact", 1, {"id": "p2"}, "applied"),
    ("k14", "customers.update_contact", 1, {"id": "p2", "changes": {"phone": {"from": "", "to": "1"}}}, "applied"),
    ("k13", "visits.plan", 1, {"id": "v2", "customer_id": "c9", "purpose": "rep-phone#9"}, "parked"),
]
ENTRIES: dict[tuple[str, str], dict[str, Any]] = {
    ("customer", "c1"): {"name": "Diner rep-phone#1", "phone": "rep-phone#6"},
    ("contact", "p1"): {"name": "Wang rep-phone#2", "customer_id": "c1"},
    ("visit", "v1"): {"rep_id": "u1", "state": "closed", "customer_id": "c1"},
    ("check_in", "k3"): {"visit_id": "v1", "direction": "in"},
    ("check_in", "k6"): {"visit_id": "v1", "direction": "out"},
    ("visit_log", "l1"): {
        "visit_id": "v1",
        "result": "ordered",
        "note": "rep-phone#3",
        "next_steps": [{"text": "Call", "due_date": None}],
    },
    ("visit_log", "l2"): {"visit_id": "v1", "result": "other", "note": "rep-phone#4", "next_steps": []},
    ("conflict", "q1"): {"yours": "rep-phone#6"},
}


@pytest.fixture
def evidence(tmp_path: Path) -> Iterator[Evidence]:
    """A run in which all is right."""
    evidence = Evidence(tmp_path / "evidence.sqlite")
    evidence.note_device("d1", "rep phone", "rep", "u1", "phone", old_app=True, clock_error_s=0)
    evidence.note_commands("d1", 0, [command[:4] for command in COMMANDS])
    records = []
    for seq, (id_, _, _, payload, status) in enumerate(COMMANDS, start=1):
        verdict = {"seq": seq, "status": status, "code": None, "conflicts": []}
        records.append({"id": id_, "payload": payload, "verdict": verdict})
    evidence.note_records("d1", records)
    evidence.note_entries(Row("s", kind, id_, 1, "0" * 16, data) for (kind, id_), data in ENTRIES.items())
    yield evidence
    evidence.close()


def change(evidence: Evidence, statement: str, *values: Any) -> list[str]:
    """What is found after the evidence was changed."""
    evidence.read(statement, values)
    return check_effects(evidence)[0]


def test_what_is_right_is_found_right(evidence: Evidence) -> None:
    assert check_effects(evidence) == ([], len(COMMANDS))
    assert check_conflicts(evidence) == []


@pytest.mark.parametrize(("kind", "id_"), [key for key in ENTRIES if key[0] != "conflict"])
def test_a_missing_effect_is_found(evidence: Evidence, kind: str, id_: str) -> None:
    assert change(evidence, "delete from entry where kind = ? and id = ?", kind, id_)


@pytest.mark.parametrize(
    ("kind", "id_", "field", "value"),
    [
        ("customer", "c1", "name", "another"),
        ("customer", "c1", "phone", "rep-phone#5"),  # the edit before the last one
        ("customer", "c1", "phone", ""),
        ("contact", "p1", "customer_id", "c9"),
        ("visit", "v1", "state", "open"),
        ("visit", "v1", "rep_id", "u2"),
        ("check_in", "k6", "direction", "in"),
        ("visit_log", "l1", "next_steps", []),
        ("visit_log", "l2", "note", ""),
    ],
)
def test_a_wrong_effect_is_found(evidence: Evidence, kind: str, id_: str, field: str, value: Any) -> None:
    data = json.dumps(ENTRIES[kind, id_] | {field: value})
    assert change(evidence, "update entry set data = ? where kind = ? and id = ?", data, kind, id_)


@pytest.mark.parametrize(
    ("kind", "id_", "data", "words"),
    [
        ("customer", "c2", {"name": "rep-phone#7"}, "has left a customer"),  # refused
        ("check_in", "k7", {"visit_id": "v1", "direction": "out"}, "has left a check_in"),  # refused
        ("visit", "v2", {"purpose": "rep-phone#9"}, "has left a visit"),  # parked
        ("contact", "p2", {"name": "rep-phone#8"}, "was removed"),  # removed later
        ("visit_log", "l9", {"note": "rep-phone#3"}, "rep-phone#3 stands in 2 rows"),  # twice, under another id
    ],
)
def test_an_effect_that_must_not_be_is_found(
    evidence: Evidence, kind: str, id_: str, data: dict[str, Any], words: str
) -> None:
    evidence.note_entries([Row("s", kind, id_, 1, "0" * 16, data)])
    assert any(words in fault for fault in check_effects(evidence)[0])


def test_a_field_that_holds_what_was_not_applied_is_found(evidence: Evidence) -> None:
    faults = change(evidence, "update record set status = 'refused' where id = 'k9'")
    assert any("holds what command k9 wrote" in fault for fault in faults)


def test_a_command_without_a_record_or_with_another_payload_is_found(evidence: Evidence) -> None:
    (fault,) = change(evidence, "update record set payload = '{}' where id = 'k6'")
    assert "another payload" in fault
    assert any("missing" in fault for fault in change(evidence, "delete from record where id = 'k4'"))


def test_a_conflict_that_nobody_can_see_is_found(evidence: Evidence) -> None:
    told = json.dumps([{"conflict_id": "q1", "field": "phone", "kept": "yours"}])
    evidence.read("update record set conflicts = ? where id = 'k9'", (told,))
    assert check_conflicts(evidence) == []
    evidence.read("delete from entry where kind = 'conflict'")
    assert check_conflicts(evidence) == ["command k9 met a conflict on phone that no user can see"]
