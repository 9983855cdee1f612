"""Every limit of a request stands in the OpenAPI and is enforced: so much is taken, one more is refused by name."""

import json
from typing import Any

import pytest

from config.api import api
from core.ids import uuid7
from core.judging import MAX_PAYLOAD_BYTES, MAX_PAYLOAD_DEPTH
from tests.contract.wire import command, statuses
from tests.personas import ApiClient, make_company

Json = dict[str, Any]
SYNC = ("/api/v1/sync", "/api/v1/sync/push", "/api/v1/sync/pull")


@pytest.fixture(scope="module")
def client() -> ApiClient:
    return make_company().client("dora")


@pytest.fixture(scope="module")
def openapi() -> Json:
    return dict(api.get_openapi_schema())


def _request(openapi: Json, path: str) -> Json:
    """The schema of a request's body."""
    schema: Json = openapi["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    return openapi["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def _value(schema: Json) -> Json:
    """The schema of the values other than null."""
    found: Json = next((option for option in schema.get("anyOf", ()) if option.get("type") != "null"), schema)
    return found


def _command(openapi: Json) -> Json:
    found: Json = openapi["components"]["schemas"]["CommandIn"]["properties"]
    return found


def _unit(**more: Any) -> Json:
    """A command that takes effect."""
    return command("accounts.create_org_unit", {"id": str(uuid7()), "name": "n"}) | more


def _sync(client: ApiClient, path: str = SYNC[1], **body: Any) -> Any:
    return client.call("POST", path, body)


def _refusal(response: Any) -> tuple[int, str, str | None]:
    error = response.json()["error"]
    return response.status_code, error["code"], error["field"]


def _verdict(client: ApiClient, **more: Any) -> tuple[str, str | None]:
    """Code or status of a command with these members, and the field named."""
    verdict = _sync(client, commands=[_unit(**more)]).json()["verdicts"][0]
    return statuses([verdict])[0], verdict["field"]


def test_commands_of_a_push(client: ApiClient, openapi: Json) -> None:
    for path in SYNC:
        limit = _request(openapi, path)["properties"]["commands"]["maxItems"]
        nothing = [command("of.tomorrow", {}) for _ in range(limit + 1)]
        response = _sync(client, path, commands=nothing)
        assert _refusal(response) == (413, "sync.too_many_commands", "commands")
        assert response.json()["error"]["details"] == {"limit": limit}
    done = _sync(client, commands=nothing[:limit]).json()
    assert len(done["verdicts"]) == limit


def test_scopes_of_a_repair(client: ApiClient, openapi: Json) -> None:
    limit = _request(openapi, SYNC[2])["properties"]["repair"]["maxItems"]
    scopes = [str(uuid7()) for _ in range(limit + 1)]
    assert _sync(client, SYNC[2], repair=scopes[:limit]).status_code == 200
    assert _refusal(_sync(client, SYNC[2], repair=scopes)) == (422, "core.invalid_input", "repair")


@pytest.mark.parametrize("path", [*SYNC, "/api/v1/customers", "/api/v1/auth/sign-in"])
def test_the_size_of_a_request(client: ApiClient, openapi: Json, path: str) -> None:
    media = openapi["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    limit = media["x-max-bytes"]
    frame = len(json.dumps({"filler": ""}))
    whole = json.dumps({"filler": "x" * (limit - frame)}).encode()
    assert len(whole) == limit
    assert client.generic("POST", path, whole, content_type="application/json").status_code != 413
    more = client.generic("POST", path, whole[:-2] + b'x"}', content_type="application/json")
    assert _refusal(more)[:2] == (413, "core.too_large")


def test_the_size_of_a_payload(client: ApiClient, openapi: Json) -> None:
    limit = _command(openapi)["payload"]["x-max-bytes"]
    assert limit == MAX_PAYLOAD_BYTES
    payload = {"id": str(uuid7()), "name": "n", "zzz": ""}
    room = limit - len(json.dumps(payload, separators=(",", ":")))
    assert _verdict(client, payload=payload | {"zzz": "x" * room}) == ("applied", None)
    assert _verdict(client, payload=payload | {"zzz": "x" * (room + 1)}) == ("core.payload_too_large", "payload")


def test_the_depth_of_a_payload(client: ApiClient, openapi: Json) -> None:
    limit = _command(openapi)["payload"]["x-max-depth"]
    assert limit == MAX_PAYLOAD_DEPTH

    def deep(levels: int) -> Json:
        inner: Any = []
        for _ in range(levels - 2):
            inner = [inner]
        return {"id": str(uuid7()), "name": "n", "zzz": inner}

    assert _verdict(client, payload=deep(limit + 1)) == ("applied", None)
    assert _verdict(client, payload=deep(limit + 2)) == ("core.invalid_input", "payload")


def test_what_a_command_depends_on(client: ApiClient, openapi: Json) -> None:
    limit = _command(openapi)["depends_on"]["maxItems"]
    ids = [str(uuid7()) for _ in range(limit + 1)]
    assert _verdict(client, depends_on=ids[:limit])[0] == "sync.dependency_waiting"
    assert _verdict(client, depends_on=ids) == ("core.invalid_input", "depends_on")


def test_the_numbers_of_a_command(client: ApiClient, openapi: Json) -> None:
    members = _command(openapi)
    assert members["schema"]["exclusiveMinimum"] == 0
    assert _verdict(client, schema=members["schema"]["maximum"])[0] == "sync.unknown_schema"
    assert _verdict(client, schema=members["schema"]["maximum"] + 1) == ("core.invalid_input", "schema")
    assert _verdict(client, schema=0) == ("core.invalid_input", "schema")
    uptime = _value(members["uptime_ms"])["maximum"]
    assert _verdict(client, uptime_ms=uptime, boot_id="b")[0] == "applied"
    assert _verdict(client, uptime_ms=uptime + 1, boot_id="b") == ("core.invalid_input", "uptime_ms")
    boot = _value(members["boot_id"])["maxLength"]
    assert _verdict(client, uptime_ms=1, boot_id="b" * boot)[0] == "applied"
    assert _verdict(client, uptime_ms=1, boot_id="b" * (boot + 1)) == ("core.invalid_input", "boot_id")


def test_the_number_of_a_command_in_its_device(client: ApiClient, openapi: Json) -> None:
    limit = _command(openapi)["seq"]["maximum"]
    fresh = make_company().client("dora")  # a number that high would leave a gap behind it
    assert statuses(_sync(fresh, commands=[_unit(seq=limit)]).json()["verdicts"]) == ["applied"]
    for seq in (limit + 1, 0, -1):
        response = _sync(client, commands=[_unit() | {"seq": seq}])
        assert _refusal(response) == (422, "core.invalid_input", "commands.0.seq")


def test_the_name_of_a_command(client: ApiClient, openapi: Json) -> None:
    limit = _command(openapi)["name"]["maxLength"]
    assert statuses(_sync(client, commands=[command("x" * limit, {})]).json()["verdicts"]) == ["sync.unknown_command"]
    for name in ("x" * (limit + 1), ""):
        response = _sync(client, commands=[command(name, {})])
        assert _refusal(response) == (422, "core.invalid_input", "commands.0.name")


def test_the_years_of_a_clock(client: ApiClient) -> None:
    for year in (1900, 9000):
        assert _verdict(client, at=f"{year}-06-01T00:00:00Z")[0] == "applied"
    for year in (1899, 9001):
        assert _verdict(client, at=f"{year}-06-01T00:00:00Z") == ("core.invalid_input", "at")
        response = _sync(client, clock={"at": f"{year}-06-01T00:00:00Z"})
        assert _refusal(response) == (422, "core.invalid_input", "clock.at")


def test_the_size_of_a_page(client: ApiClient, openapi: Json) -> None:
    member = _request(openapi, SYNC[2])["properties"]["max_bytes"]
    assert _sync(client, SYNC[2], max_bytes=member["maximum"]).status_code == 200
    for beyond in (member["maximum"] + 1, -1):
        response = _sync(client, SYNC[2], max_bytes=beyond)
        assert _refusal(response) == (422, "core.invalid_input", "max_bytes")


def test_the_length_of_a_cursor(client: ApiClient, openapi: Json) -> None:
    limit = _value(_request(openapi, SYNC[2])["properties"]["cursor"])["maxLength"]
    for length in (limit, limit + 1):
        response = _sync(client, SYNC[2], cursor="x" * length)
        assert _refusal(response) == (400, "sync.cursor_invalid", "cursor")


def test_the_rows_of_a_list(client: ApiClient, openapi: Json) -> None:
    """Of every list that has pages."""
    lists = 0
    for path, methods in openapi["paths"].items():
        parameters = {item["name"]: item["schema"] for item in methods.get("get", {}).get("parameters", ())}
        if "limit" not in parameters or "{" in path:
            continue
        lists += 1
        limit = parameters["limit"]["maximum"]
        assert client.call("GET", f"{path}?limit={limit}").status_code in (200, 403, 422), path
        assert _refusal(client.call("GET", f"{path}?limit={limit + 1}")) == (422, "core.invalid_input", "limit")
        assert _refusal(client.call("GET", f"{path}?limit=0")) == (422, "core.invalid_input", "limit")
        cursor = _value(parameters["cursor"])["maxLength"]
        response = client.call("GET", f"{path}?cursor={'x' * (cursor + 1)}")
        assert _refusal(response) == (422, "core.invalid_input", "cursor")
    assert lists > 5
