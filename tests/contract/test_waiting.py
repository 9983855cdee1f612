"""Commands that build on failed ones wait with them: never run early, never lost, run once with what they build on.

Territories and org units serve as the things to build, because the ground floor cannot know them.
"""

from typing import Any
from uuid import UUID

import pytest

from core.errors import CATALOGUE, DomainError
from core.fence import company_fence
from core.ids import uuid7
from core.models import CommandRecord
from tests.contract.wire import command, push, statuses
from tests.personas import TestCompany

WAITING = "sync.dependency_waiting"


def _territory(**more: Any) -> dict[str, Any]:
    return command("accounts.create_territory", {"id": str(uuid7()), "code": uuid7().hex[-12:], "name": "T"}, **more)


def _future(**more: Any) -> dict[str, Any]:
    return command("accounts.from_the_future", {"id": str(uuid7())}, **more)


def _records(company: TestCompany, *commands: dict[str, Any]) -> int:
    with company_fence(company.id):
        ids = [item["id"] for item in commands]
        return CommandRecord.objects.filter(company_id=company.id, settles__in=ids).count()


@pytest.fixture
def server_learns(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Teach the server the command from the future, as an upgrade would."""
    from core import registry
    from core.payloads import Payload

    def learn() -> None:
        spec = registry.CommandSpec("accounts.from_the_future", Payload, lambda actor, items: None)
        monkeypatch.setitem(registry.COMMANDS, "accounts.from_the_future", spec)

    return learn


def test_a_retry_of_a_parked_command_does_not_release_what_waits_for_it(company: TestCompany) -> None:
    client = company.client("dora")
    first = _future()
    second = _territory(depends_on=[first["id"]])
    assert statuses(push(client, first, second)) == ["sync.unknown_command", WAITING]
    for _ in range(2):
        assert statuses(push(client, first, second)) == ["sync.unknown_command", WAITING]
    assert _records(company, first, second) == 0


def test_releasing_one_of_two_is_not_enough(company: TestCompany, server_learns: Any) -> None:
    client = company.client("dora")
    first, other = _future(), command("accounts.never_known", {})
    second = _territory(depends_on=[first["id"], other["id"]])
    third = _territory(depends_on=[second["id"]])
    push(client, first, other, second, third)
    server_learns()
    assert company.dora.execute("sync.release", {"command_id": first["id"]}).settled
    assert statuses(push(client, first, other, second, third)) == [
        "applied", "sync.unknown_command", WAITING, WAITING,
    ]  # fmt: skip
    # Whoever says so himself may run it all the same; what waits for it follows.
    assert company.dora.execute("sync.release", {"command_id": second["id"]}).settled
    assert statuses(push(client, second, third)) == ["applied", "applied"]


def test_what_was_discarded_stays_discarded(company: TestCompany, server_learns: Any) -> None:
    client = company.client("dora")
    first = _future()
    second = _territory(depends_on=[first["id"]])
    push(client, first, second)
    assert company.dora.execute("sync.discard", {"command_id": second["id"], "reason": "no"}).settled
    server_learns()
    assert company.dora.execute("sync.release", {"command_id": first["id"]}).settled
    assert statuses(push(client, first, second)) == ["applied", "sync.discarded"]


def test_a_command_may_arrive_after_the_one_that_builds_on_it(company: TestCompany) -> None:
    client = company.client("dora")
    first = _territory()
    second = _territory(depends_on=[first["id"]])
    assert statuses(push(client, second)) == [WAITING]
    assert statuses(push(client, first)) == ["applied"]
    assert statuses(push(client, second)) == ["applied"]
    assert _records(company, second) == 1


@pytest.mark.parametrize("fault", ["newer schema", "unknown command", "invalid"])
def test_work_on_a_row_waits_for_the_command_that_should_have_made_it(company: TestCompany, fault: str) -> None:
    """Also when the server did not understand that command well enough to know what it makes."""
    client = company.client("dora")
    unit = str(uuid7())
    create = command("accounts.create_org_unit", {"id": unit, "name": "x"})
    create |= {
        "newer schema": {"schema": 2},
        "unknown command": {"name": "accounts.create_org_unit_with_care"},
        "invalid": {"payload": {"id": unit, "name": ""}},
    }[fault]
    edit = command("accounts.update_org_unit", {"id": unit, "changes": {"name": {"from": "x", "to": "y"}}})
    child = command("accounts.create_org_unit", {"id": str(uuid7()), "name": "c", "parent_id": unit})
    assert statuses(push(client, create, edit, child))[1:] == [WAITING, WAITING]
    # Another command makes the row after all: both follow.
    assert statuses(push(client, command("accounts.create_org_unit", {"id": unit, "name": "x"}))) == ["applied"]
    assert statuses(push(client, edit, child)) == ["applied", "applied"]


def test_work_on_two_missing_rows_waits_for_both(company: TestCompany) -> None:
    """Released by the first, it waits for the second; it is not refused in between."""
    client = company.client("dora")
    above, below = str(uuid7()), str(uuid7())
    first = command("accounts.create_org_unit", {"id": above, "name": "a"}, schema=2)
    second = command("accounts.create_org_unit", {"id": below, "name": "b"}, schema=2)
    move = command("accounts.update_org_unit", {"id": below, "changes": {"parent_id": {"from": None, "to": above}}})
    assert statuses(push(client, first, second, move))[2] == WAITING
    for id_ in (above, below):
        assert statuses(push(client, move)) == [WAITING]
        push(client, command("accounts.create_org_unit", {"id": id_, "name": "x"}))
    assert statuses(push(client, move)) == ["applied"]


def test_nobody_waits_for_a_command_that_took_effect_long_ago(company: TestCompany) -> None:
    """The row was made, by the released command, and is gone again: that is a refusal and no reason to wait."""
    client = company.client("dora")
    unit = str(uuid7())
    create = command("accounts.create_org_unit", {"id": unit, "name": "x", "parent_id": str(uuid7())})
    assert statuses(push(client, create)) == ["core.reference_invalid"]
    parent = create["payload"]["parent_id"]
    push(client, command("accounts.create_org_unit", {"id": parent, "name": "p"}))
    assert company.dora.execute("sync.release", {"command_id": create["id"]}).settled
    from django.db import connections

    with company_fence(company.id), connections["default"].cursor() as cursor:
        cursor.execute("delete from accounts_org_unit where id = %s", [unit])
    edit = command("accounts.update_org_unit", {"id": unit, "changes": {"name": {"from": "x", "to": "y"}}})
    assert statuses(push(client, edit)) == ["accounts.org_unit_not_found"]


def test_the_sender_finds_his_own_number_in_a_verdict_from_another_door(company: TestCompany) -> None:
    """Otherwise `acknowledged` would stand still at the number before for ever."""
    client = company.client("dora")
    mine = _territory(seq=1)
    assert company.dora.execute("accounts.create_territory", mine["payload"], command_id=UUID(mine["id"])).settled
    response = client.call("POST", "/api/v1/sync/push", {"commands": [mine, mine | {"seq": 2}, _territory(seq=3)]})
    assert [verdict["seq"] for verdict in response.json()["verdicts"]] == [1, 2, 3]
    assert response.json()["acknowledged"] == 3


def test_every_parking_code_says_that_the_command_is_kept() -> None:
    parking = {code: kind for code, kind in CATALOGUE.items() if kind.parks}
    assert parking
    for kind in parking.values():
        assert "kept" in DomainError.template.__func__(kind, "en")  # type: ignore[attr-defined]
