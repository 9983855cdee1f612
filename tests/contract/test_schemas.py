"""The published JSON Schemas say what travels: examples, rows and answers fit theirs, and what is wrong does not."""

import copy
import json
from typing import Any

import jsonschema_rs
import pytest

from config.spec.documents import FOLDER
from config.spec.json_schemas import is_change, is_null
from core.feeds import FEEDS
from core.fence import company_fence
from core.models import Entry
from core.registry import COMMANDS
from tests.contract.examples import EXAMPLES, fill
from tests.contract.json_schemas import faults
from tests.contract.wire import command, pull
from tests.contract.world import World

FILES = sorted((FOLDER / "schemas").rglob("*.json"))


@pytest.fixture(scope="module")
def world() -> World:
    world = World()
    fill(world)
    return world


def _file(name: str) -> str:
    return f"commands/{name}.{COMMANDS[name].schema}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_is_a_schema_that_stands_alone(path: Any) -> None:
    text = path.read_text()
    schema = json.loads(text)
    jsonschema_rs.meta.validate(schema)
    jsonschema_rs.Draft202012Validator(schema)
    assert '"$ref": "' not in text.replace('"$ref": "#/$defs/', "")
    assert "oneOf" not in text


def test_every_command_and_kind_has_its_file() -> None:
    names = {str(path.relative_to(FOLDER)) for path in FILES}
    numbers = {(name, number) for name, spec in COMMANDS.items() for number in spec.shapes}
    assert {f"schemas/commands/{name}.{number}.json" for name, number in numbers} <= names
    assert {f"schemas/kinds/{kind}.json" for kind in FEEDS} <= names


@pytest.mark.parametrize("path", [path for path in FILES if path.parent.name == "commands"], ids=lambda path: path.name)
def test_null_says_what_leaving_out_says(path: Any) -> None:
    """Models of apps leave nulls out: a member that may be null has no other default, and may be left out."""
    document = json.loads(path.read_text())
    for shape in (document, *document.get("$defs", {}).values()):
        if is_change(shape):
            continue  # an edit names both of its values
        for name, member in shape.get("properties", {}).items():
            if is_null(member):
                assert member.get("default") is None and name not in shape.get("required", ()), name


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_an_example_fits_and_a_wrong_one_does_not(world: World, name: str) -> None:
    payload = EXAMPLES[name].make(world)
    assert not faults(_file(name), payload)
    for member in COMMANDS[name].payload.model_fields:
        if member in payload:
            wrong = copy.deepcopy(payload) | {member: [[]]}
            assert faults(_file(name), wrong), f"{member} may be anything"
    for member, field in COMMANDS[name].payload.model_fields.items():
        if field.is_required():
            assert faults(_file(name), {key: value for key, value in payload.items() if key != member})


def test_an_edit_may_not_set_to_null_what_is_never_null(world: World) -> None:
    edit: dict[str, Any] = {"id": world.customer(), "changes": {"name": {"from": "a", "to": None}}}
    assert faults("commands/customers.update.1", edit)
    verdict = world.client("alice").call("PATCH", f"/api/v1/customers/{edit['id']}", edit)
    assert verdict.status_code == 422
    edit["changes"] = {"code": {"from": "a", "to": None}}
    assert not faults("commands/customers.update.1", edit)


def test_every_published_row_fits_its_kind(world: World) -> None:
    """Of each kind there is something, made through the public door."""
    with company_fence(world.id):
        found = list(Entry.objects.filter(company_id=world.id, body__isnull=False).values_list("kind", "body"))
    assert {kind for kind, _ in found} == set(FEEDS)
    for kind, body in found:
        data = json.loads(body)
        assert not faults(f"kinds/{kind}", data), kind
        for member in data:
            assert faults(f"kinds/{kind}", {name: value for name, value in data.items() if name != member})
        assert not faults(f"kinds/{kind}", data | {"of_a_newer_server": 1})


def test_a_row_of_another_form_does_not_fit(world: World) -> None:
    row = {"name": "a", "parent_id": None}
    assert not faults("kinds/org_unit", row)
    assert faults("kinds/org_unit", row | {"parent_id": "no id"})
    assert faults("kinds/org_unit", row | {"name": None})


def test_requests_and_answers_fit_theirs(world: World) -> None:
    company = world.company
    sign_in = {
        "company": company.code, "username": "alice", "password": "x" * 9,
        "device": {"name": "Phone", "platform": "android"},
    }  # fmt: skip
    assert not faults("messages/sign_in_request", sign_in)
    client = world.client("alice")
    assert not faults("messages/session_answer", client.session_tokens)
    assert not faults("messages/me_answer", client.call("GET", "/api/v1/me").json())
    refused = command("customers.delete", {"id": world.customer("zed")})
    request = {"schema": 1, "commands": [refused], "cursor": None, "digests": "all"}
    assert not faults("messages/sync_request", request)
    answer = client.call("POST", "/api/v1/sync", request).json()
    assert answer["changes"]["rows"]
    assert not faults("messages/sync_answer", answer)
    assert faults("messages/sync_answer", {key: value for key, value in answer.items() if key != "cursor"})
    assert not faults("messages/push_answer", client.call("POST", "/api/v1/sync/push", request).json())
    assert not faults("messages/error", client.call("POST", "/api/v1/customers/delete", {"id": "x"}).json())
    done = client.call("POST", "/api/v1/customers", EXAMPLES["customers.create"].make(world))
    assert not faults("messages/command_answer", done.json())
    rows, _ = pull(client)
    assert not [row for row in rows.values() if row["data"] and faults(f"kinds/{row['kind']}", row["data"])]
