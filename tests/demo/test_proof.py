"""The proof finds what is wrong: each sort of fault, by itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from roundsman_client.protocol import Row, Verdict
from simulation.phone import Recorded
from simulation.proof import check_commands, compare_rows

NOW = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
ROW = Row("scope", "customer", "a", 1, "0" * 16, {"name": "A"})
OTHER = Row("scope", "site", "b", 1, "1" * 16, {"name": "B"})


def rows(*found: Row) -> dict[tuple[str, str], Row]:
    return {(row.kind, row.id): row for row in found}


def test_equal_rows_are_equal_whatever_their_versions() -> None:
    assert compare_rows(rows(ROW, OTHER), rows(replace(ROW, version=7), OTHER)) == []


def test_a_row_too_few_one_too_many_and_a_wrong_one() -> None:
    assert compare_rows(rows(ROW), rows(ROW, OTHER)) == ["lacks site b"]
    assert compare_rows(rows(ROW, OTHER), rows(ROW)) == ["holds site b, which a new device does not get"]
    for wrong in (replace(ROW, scope="elsewhere"), replace(ROW, data={"name": "C"}), replace(ROW, tag="f" * 16)):
        (fault,) = compare_rows(rows(wrong), rows(ROW))
        assert fault.startswith("customer a: ")


def test_many_faults_are_told_shortly() -> None:
    many = rows(*(replace(ROW, id=str(number)) for number in range(100)))
    assert len(compare_rows({}, many)) == 6


def recorded(*ids: str) -> list[Recorded]:
    return [Recorded(id_, "customers.update", NOW - timedelta(hours=1), "boot", NOW) for id_ in ids]


def shown(id_: str, status: str = "applied", code: str | None = None) -> Verdict:
    return Verdict(id_, 1, status, code=code)


def stored(id_: str, seq: int, status: str = "applied", code: str | None = None) -> dict[str, Any]:
    return {"id": id_, "verdict": {"seq": seq, "status": status, "code": code}}


def test_commands_that_are_safe() -> None:
    assert check_commands(recorded("a", "b"), [shown("a"), shown("b")], [stored("b", 2), stored("a", 1)]) == []


def test_a_command_lost_doubled_invented_or_told_otherwise() -> None:
    a, b = recorded("a", "b")
    assert check_commands([a, b], [shown("a"), shown("b")], [stored("a", 1)]) == ["command b is not on the server"]
    twice = [stored("a", 1), stored("a", 2)]
    assert check_commands([a], [shown("a")], twice) == ["command a has 2 records"]
    assert "command b was never recorded here" in check_commands([a], [shown("a")], [stored("a", 1), stored("b", 2)])
    assert "command a has no verdict on the phone" in check_commands([a], [], [stored("a", 1)])
    other = check_commands([a], [shown("a", "refused", "customers.not_found")], [stored("a", 1)])
    assert other == ["command a is applied None, shown refused customers.not_found"]


def test_a_command_still_parked_and_a_gap_in_the_numbers() -> None:
    waiting = ("parked", "sync.scope_lost")
    (fault,) = check_commands(recorded("a"), [shown("a", *waiting)], [stored("a", 1, *waiting)])
    assert "still parked" in fault
    (gap,) = check_commands(recorded("a"), [shown("a")], [stored("a", 2)])
    assert "gaps" in gap
