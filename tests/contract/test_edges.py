"""Every member of every payload at its edges: what the published schema allows is judged, what it does not is refused.

The field is named each time. The payloads name rows that do not exist, so that nothing takes effect: what is judged is
refused for another reason than its form.
"""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from config.spec.command_schemas import command_schema
from config.spec.json_schemas import Json, is_change, is_null, without_null
from config.spec.samples import sample
from core.registry import COMMANDS
from tests.contract.json_schemas import faults
from tests.contract.wire import command, push
from tests.personas import ApiClient, make_company

OPEN_LISTS = {"time_zone", "media_type"}  # not every text: the schema cannot say which
FORM = ("core.invalid_input", "core.invalid_text")
NUMBERS = ("integer", "number")
WRONG_TYPE: dict[str, Any] = {
    "string": [5, True, {}, []], "integer": ["1", 1.5, True, {}], "number": ["1", True, {}],
    "boolean": ["true", 1, 0], "array": ["x", {}], "object": ["x", [], 1], "decimal": [{}, []],
}  # fmt: skip


@pytest.fixture(scope="module")
def client() -> ApiClient:
    return make_company().client("dora")


def _leaves(schema: Json, definitions: Json, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Json]]:
    """Every member that the example has or could have, with its schema behind references."""
    for name, given in schema.get("properties", {}).items():
        where = (*path, name)
        value = given
        if is_change(given):
            where, value = (*where, "to"), given["properties"]["to"]
        core = without_null(value)
        core = definitions[core["$ref"].rpartition("/")[2]] if "$ref" in core else core
        yield where, core | {"nullable": is_null(value)}
        yield from _leaves(core, definitions, where)


def _set(schema: Json, path: tuple[str, ...], value: Any) -> Json:
    """The example with another value at `path`; objects on the way are made where the example lacks them."""
    changed = copy.deepcopy(schema["examples"][0])
    inner, inside, definitions = changed, schema, schema.get("$defs", {})
    for name in path[:-1]:
        core = without_null(inside["properties"][name])
        inside = definitions[core["$ref"].rpartition("/")[2]] if "$ref" in core else core
        if not isinstance(inner.get(name), dict):
            inner[name] = {"from": None} if is_change(inside) else sample(inside | {"$defs": definitions})
        inner = inner[name]
    inner[path[-1]] = value
    return changed


def _beyond(schema: Json) -> Iterator[Any]:
    """Values just beyond the limits, and of other types."""
    kind = schema.get("type")
    yield from WRONG_TYPE.get("decimal" if schema.get("format") == "decimal" else str(kind), [])
    if "maxLength" in schema and "pattern" not in schema:
        yield "x" * (schema["maxLength"] + 1)
    if schema.get("minLength"):
        yield ""
    if "maxItems" in schema:
        yield [_item(schema, index) for index in range(schema["maxItems"] + 1)]
    if schema.get("minItems"):
        yield []
    if "maximum" in schema:
        yield schema["maximum"] + 1
    if "minimum" in schema:
        yield schema["minimum"] - 1
    if "exclusiveMinimum" in schema:
        yield schema["exclusiveMinimum"]
    if "enum" in schema:
        yield "of_tomorrow"
    if schema.get("format") == "date":
        yield from ("2026-02-30", "2026-1-1", "20261122", "0001-01-01", "9999-12-31", "2026-11-22T00:00:00Z")
    if schema.get("format") == "date-time":
        yield from ("2026-11-22T09:00:00", "2026-11-22", "1999-12-31T23:59:59Z", "2101-01-01T00:00:00Z", "now")
    if schema.get("format") == "uuid":
        yield from ("x", "0" * 31)
    if kind in NUMBERS:
        yield 10**400
    if schema.get("format") == "decimal":
        yield from ("-1", "1e3x", "NaN", "Infinity", "1" * 15, "1.00001")
    if kind == "string" and not schema.get("format") and "enum" not in schema:
        yield from ("a\x00b", "a\ud800b")
    if not schema["nullable"] and kind not in ("object", "array"):
        yield None


def _within(schema: Json) -> Iterator[Any]:
    """Values at the limits."""
    if "maxLength" in schema and not schema.keys() & {"pattern", "format"}:
        yield "界" * schema["maxLength"]
    if "maximum" in schema:
        yield schema["maximum"]
    if "minimum" in schema:
        yield schema["minimum"]
    if schema.get("format") == "date":
        yield from ("2000-01-01", "2100-12-31")
    if schema.get("format") == "date-time":
        yield from ("2000-01-01T00:00:00Z", "2100-12-31T23:59:59.999+08:00")
    if schema.get("format") == "decimal":
        yield from ("9" * 14 + ".9999", "0")
    if schema["nullable"]:
        yield None
    yield from schema.get("enum", ())


def _item(schema: Json, index: int) -> Any:
    items = schema["items"]
    if "enum" in items:
        return items["enum"][0]
    if items.get("format") == "uuid":
        return f"0193a8f2-7c31-7000-8000-{index:012d}"
    return {} if "$ref" in items or items.get("type") == "object" else "x"


def _pushes(cases: list[Any]) -> Iterator[list[Any]]:
    """The cases in as many as one push takes."""
    yield from (cases[start : start + 200] for start in range(0, len(cases), 200))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_what_is_beyond_is_refused_with_the_field_named(client: ApiClient, name: str) -> None:
    schema = command_schema(COMMANDS[name])
    cases = [
        (path, _set(schema, path, value))
        for path, leaf in _leaves(schema, schema.get("$defs", {}))
        for value in _beyond(leaf)
    ]
    for part in _pushes(cases):
        verdicts = push(client, *(command(name, payload, schema=COMMANDS[name].schema) for _, payload in part))
        for (path, payload), verdict in zip(part, verdicts, strict=True):
            assert verdict["status"] == "refused", (path, payload, verdict)
            assert verdict["code"] in FORM, (path, payload, verdict)
            assert _names(verdict["field"], path), (path, payload, verdict)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_what_is_within_is_judged(client: ApiClient, name: str) -> None:
    schema = command_schema(COMMANDS[name])
    cases = [
        (path, value, _set(schema, path, value))
        for path, leaf in _leaves(schema, schema.get("$defs", {}))
        for value in (_within(leaf) if path[-1] not in OPEN_LISTS else ())
    ]
    # What does not fit has members of an object that the example does not have.
    fitting = [case for case in cases if not faults(f"commands/{name}.{COMMANDS[name].schema}", case[2])]
    for part in _pushes(fitting):
        verdicts = push(client, *(command(name, payload, schema=COMMANDS[name].schema) for *_, payload in part))
        for (path, value, _), verdict in zip(part, verdicts, strict=True):
            between_members = verdict["field"] == "payload"  # such as one of two, which the schema cannot say
            assert verdict["code"] not in FORM or between_members, (path, value, verdict)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_what_a_newer_app_sends_besides_is_ignored(client: ApiClient, name: str) -> None:
    """Unknown members anywhere: in the envelope, in the payload, in objects in it. They are kept with the payload."""
    example = command_schema(COMMANDS[name])["examples"][0]
    more = {"of_tomorrow": {"deep": [1, None, {"a": "b"}]}}
    inner = {key: value | more if isinstance(value, dict) else value for key, value in example.items()}
    sent = command(name, inner | more, schema=COMMANDS[name].schema, **more)
    plain = command(name, example, schema=COMMANDS[name].schema)
    first, second = push(client, sent, plain)
    assert first["code"] not in FORM
    assert (first["status"], first["field"]) == (second["status"], second["field"]) or first["status"] == "applied"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_schema_of_tomorrow_is_parked(client: ApiClient, name: str) -> None:
    verdict = push(client, command(name, {"of": "tomorrow"}, schema=COMMANDS[name].schema + 1))[0]
    assert (verdict["status"], verdict["code"]) == ("parked", "sync.unknown_schema")


def _names(field: str | None, path: tuple[str, ...]) -> bool:
    """Whether the field that a refusal names is the one at `path`, or the object that holds the edit."""
    return field is not None and ".".join(path).startswith(
        field.removesuffix(".from").removesuffix(".to").split(".0")[0]
    )
