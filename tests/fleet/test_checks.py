"""Each invariant finds what it is there for: a thing that is right, and the same thing made wrong."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from roundsman_client.overlay import LocalRow
from roundsman_client.protocol import Row, Verdict
from simulation.fleet.checks import Attempt, check_grants, check_repairs, check_times, check_told, check_view
from simulation.phone import Recorded

NOON = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def record(id_: str, status: str, code: str | None = None, **more: Any) -> dict[str, Any]:
    verdict = {"id": id_, "seq": 1, "status": status, "code": code, "conflicts": more.pop("conflicts", [])}
    return {"id": id_, "verdict": verdict} | more


def row(kind: str, id_: str) -> tuple[tuple[str, str], Row]:
    return (kind, id_), Row("user", kind, id_, 1, "0" * 16, {})


def test_a_user_is_told_of_what_was_refused_parked_or_lost() -> None:
    conflict = {"conflict_id": "k", "field": "phone", "kept": "theirs"}
    records = [
        record("a", "applied"),
        record("b", "refused", "customers.not_found"),
        record("c", "parked", "sync.scope_lost"),
        record("d", "merged", conflicts=[conflict]),
    ]
    verdicts = [
        Verdict("a", 1, "applied"),
        Verdict("b", 2, "refused", code="customers.not_found", message="There is no such customer."),
        Verdict("c", 3, "parked", code="sync.scope_lost", message="You no longer have access."),
        Verdict("d", 4, "merged"),
    ]
    rows = dict([row("verdict", "b"), row("verdict", "c"), row("conflict", "k")])
    assert check_told(records, verdicts, rows) == []

    silent = [verdict for verdict in verdicts if verdict.command_id != "b"]
    assert check_told(records, silent, rows) == ["command b is refused, and its user is not told why"]
    for wrong in ({"message": None}, {"code": "another"}, {"status": "applied"}):
        other = [replace(verdict, **wrong) if verdict.command_id == "c" else verdict for verdict in verdicts]
        assert check_told(records, other, rows) == ["command c is parked, and its user is not told why"]
    for key, words in {
        ("verdict", "c"): "command c is parked, and the user's other devices do not know",
        ("conflict", "k"): "command d lost phone, and its user is not told",
    }.items():
        assert check_told(records, verdicts, {k: v for k, v in rows.items() if k != key}) == [words]


def test_a_conflict_that_another_user_lost_is_not_this_users() -> None:
    conflict = {"conflict_id": "k", "field": "phone", "kept": "yours"}
    assert check_told([record("d", "merged", conflicts=[conflict])], [Verdict("d", 4, "merged")], {}) == []


def test_scopes_are_those_that_the_user_may_see() -> None:
    assert check_grants({"a", "b"}, {"b", "a"}) == []
    assert check_grants({"a", "b"}, {"a"}) == ["holds scope b, which its user may not see"]
    assert check_grants({"a"}, {"a", "b"}) == ["lacks scope b"]


def test_only_what_waits_for_a_person_is_shown_over_the_servers_rows() -> None:
    synced, pending, waiting = (LocalRow("visit", "v", "s", {}, state) for state in ("synced", "pending", "waiting"))
    assert check_view([synced, waiting], waiting=1) == []
    assert check_view([synced, waiting], waiting=0) == ["visit v is shown with work that is waiting"]
    assert check_view([pending], waiting=1) == ["visit v is shown with work that is pending"]


def test_repairs_are_named() -> None:
    assert check_repairs({}) == []
    assert check_repairs({"visit": 2}) == ["had to repair 2 rows of visit"]


def sent(age: timedelta, *, verified: bool = True) -> dict[str, Any]:
    """The server's record of a command that it takes to be so old."""
    return record(
        "a",
        "applied",
        occurred_verified=verified,
        received_at=NOON.isoformat(),
        occurred_at=(NOON - age).isoformat(),
    )


COMMAND = Recorded("a", "visits.log", NOON, "boot-1")
TRIED = [
    Attempt(NOON - HOUR, "boot-1", complete=True),
    Attempt(NOON + HOUR, "boot-1", complete=False),
    Attempt(NOON + 3 * HOUR, "boot-1", complete=True),
    Attempt(NOON + 9 * HOUR, "boot-1", complete=True),
]


@pytest.mark.parametrize("age", [HOUR, 3 * HOUR, 3 * HOUR + timedelta(seconds=9)])
def test_a_command_is_as_old_as_it_was_at_an_attempt(age: timedelta) -> None:
    assert check_times([COMMAND], TRIED, [sent(age)]) == []


@pytest.mark.parametrize("age", [timedelta(0), 2 * HOUR, 9 * HOUR, HOUR + timedelta(days=2), HOUR - timedelta(days=2)])
def test_a_command_of_another_age_is_found(age: timedelta) -> None:
    (fault,) = check_times([COMMAND], TRIED, [sent(age)])
    assert "which it never was" in fault


def test_a_time_that_rests_on_the_phones_word_is_found() -> None:
    (fault,) = check_times([COMMAND], TRIED, [sent(HOUR, verified=False)])
    assert "is not verified" in fault


def test_of_a_phone_that_was_restarted_nothing_is_claimed() -> None:
    restarted = [TRIED[0], replace_boot(TRIED[1]), replace_boot(TRIED[2])]
    assert check_times([COMMAND], restarted, [sent(timedelta(days=2), verified=False)]) == []
    later = [*TRIED[:3], replace_boot(TRIED[3])]
    assert check_times([COMMAND], later, [sent(timedelta(days=2))]) != []


def replace_boot(attempt: Attempt) -> Attempt:
    return attempt._replace(boot="boot-2")
