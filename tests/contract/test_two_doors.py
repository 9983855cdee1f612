"""Two doors, one result: every command by REST and by push, each twice, from the very same state.

Each door is tried in a transaction that is rolled back, so that both find the same rows; then the command is sent for
good through the one and once more through the other.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from core.fence import company_fence
from core.ids import uuid7
from core.models import CommandRecord, Entry
from core.registry import COMMANDS
from tests.contract.examples import EXAMPLES, Example, Payload
from tests.contract.wire import command
from tests.contract.world import World

Rows = dict[tuple[str, str, str], tuple[int, Any]]
_INSTANT = re.compile(r'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"')


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def test_every_command_has_an_example() -> None:
    assert set(EXAMPLES) == set(COMMANDS)


def entries(world: World) -> Rows:
    """All that is published in the company: (scope, kind, id) to version and data, instants left out."""
    with company_fence(world.id):
        rows = Entry.objects.filter(company_id=world.id).values_list("scope_id", "kind", "id", "version", "body")
        return {
            (str(scope), kind, str(id_)): (version, body and json.loads(_INSTANT.sub('"(instant)"', body)))
            for scope, kind, id_, version, body in rows
        }


@contextmanager
def undone() -> Iterator[None]:
    """A transaction that is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def by_rest(world: World, example: Example, id_: str, payload: Payload) -> Payload:
    """The verdict through REST."""
    method, path, body = example.request(payload)
    response = world.client(example.who).call(method, path, body, key=id_)
    assert response.status_code in (200, 202), response.content
    verdict: Payload = response.json()["verdict"]
    return verdict


def by_push(world: World, example: Example, name: str, id_: str, payload: Payload) -> Payload:
    """The verdict through a push, recorded just now by a clock that can be relied on, as REST does."""
    clock = {"uptime_ms": 1, "boot_id": "b"}
    pushed = command(name, payload, id=id_, **clock)
    body = {"commands": [pushed], "clock": clock | {"at": pushed["at"]}}
    response = world.client(example.who).call("POST", "/api/v1/sync/push", body)
    assert response.status_code == 200, response.content
    verdict: Payload = response.json()["verdicts"][0]
    assert verdict.pop("seq") == pushed["seq"]
    return verdict | {"seq": None}


def twice(world: World, door: Any, id_: str) -> tuple[Payload, Rows]:
    """The verdict of both times, which has to be the same, and what the command changed, which it may do once."""
    before = entries(world)
    first = door()
    after = entries(world)
    assert door() == first
    assert entries(world) == after, "the second time changed something again"
    with company_fence(world.id):
        assert CommandRecord.objects.filter(company_id=world.id, id=id_).count() == 1
    changed = {key: after.get(key) for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    return first, changed


def anonymous(value: Any, payload: Payload) -> str:
    """JSON in which every id that the payload does not name is one and the same: the server made it."""
    known = set(re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", json.dumps(payload)))
    text = json.dumps(value, sort_keys=True, default=str)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", lambda m: m[0] if m[0] in known else "(id)", text)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_both_doors_give_one_result(world: World, name: str) -> None:
    example, id_ = EXAMPLES[name], str(uuid7())
    payload = example.make(world)
    world.client(example.who)  # signs in for good
    with undone():
        rest, rest_rows = twice(world, lambda: by_rest(world, example, id_, payload), id_)
    with undone():
        pushed, pushed_rows = twice(world, lambda: by_push(world, example, name, id_, payload), id_)
    assert rest["status"] in ("applied", "merged"), rest
    if example.pushed:
        assert pushed["code"] == example.pushed
        assert all(kind == "verdict" for _, kind, _ in pushed_rows)
        return
    assert anonymous(pushed, payload) == anonymous(rest, payload)
    assert sorted(anonymous([key, row], payload) for key, row in pushed_rows.items()) == sorted(
        anonymous([key, row], payload) for key, row in rest_rows.items()
    )
    assert connection.in_atomic_block is False
    for_good = by_rest(world, example, id_, payload)
    after = entries(world)
    assert by_push(world, example, name, id_, payload) == for_good
    assert entries(world) == after


def test_the_address_says_which_row(world: World) -> None:
    """Another id in the body of an edit does not lead it to another row."""
    here, elsewhere = world.customer(), world.customer()
    body = {"id": elsewhere, "changes": {"phone": {"from": "", "to": "12345"}}}
    assert world.client("alice").call("PATCH", f"/api/v1/customers/{here}", body).status_code == 200
    phones = [
        world.client("alice").call("GET", f"/api/v1/customers/{id_}").json()["phone"] for id_ in (here, elsewhere)
    ]
    assert phones == ["12345", ""]


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_an_id_is_used_once(world: World, name: str) -> None:
    """The same id with another payload is refused at both doors, and changes nothing."""
    example, id_ = EXAMPLES[name], str(uuid7())
    by_rest(world, example, id_, example.make(world))
    if not COMMANDS[name].payload.model_fields:
        return  # no other payload is possible
    other = example.make(world)
    after = entries(world)
    assert by_push(world, example, name, id_, other)["code"] == "sync.id_reused"
    method, path, body = example.request(other)
    response = world.client(example.who).call(method, path, body, key=id_)
    assert (response.status_code, response.json()["error"]["code"]) == (409, "sync.id_reused")
    assert entries(world) == after
