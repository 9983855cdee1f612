"""Whatever a client sends, the answer is a typed one: no 500, no page for people, no outbox blocked."""

import base64
import json
from typing import Any

import pytest
from django.test import Client

from core.errors import CATALOGUE
from core.ids import uuid7
from tests.contract.wire import command, push, statuses
from tests.personas import ApiClient, TestCompany

AN_ID = "01a20122-2e15-7680-8df1-bee07d22791f"  # fixed: the names of the cases must be the same in every test process
BIG = b'{"a":"' + b"x" * (17 * 2**20) + b'"}'


def refusal(response: Any) -> tuple[int, str]:
    """Status and code of a typed refusal; anything else fails."""
    assert response["Content-Type"] == "application/json", response.content[:200]
    error = response.json()["error"]
    assert set(error) == {"code", "message", "field", "details"}
    assert error["code"] in CATALOGUE
    assert error["message"]
    return response.status_code, error["code"]


@pytest.fixture(scope="module")
def dora() -> ApiClient:
    from tests.personas import make_company

    return make_company().client("dora")


def _raw(client: Client, path: str, body: bytes, **headers: str) -> Any:
    return client.generic("POST", path, body, content_type="application/json", headers=headers)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["/nothing", "/api/v1/nothing", "/api/v1/customers/not-a-uuid/x/y", "/api/v1/%00"])
def test_an_unknown_address(dora: ApiClient, method: str, path: str) -> None:
    assert refusal(dora.call(method, path)) == (404, "core.not_found")


def test_a_method_that_is_not_offered(dora: ApiClient) -> None:
    response = dora.call("DELETE", "/api/v1/sync/pull")
    assert refusal(response) == (405, "core.method_not_allowed")
    assert response["Allow"] == "POST"


@pytest.mark.parametrize("path", ["/api/v1/auth/sign-in", "/api/v1/sync", "/api/v1/sync/push", "/api/v1/customers"])
def test_a_body_beyond_the_limit(dora: ApiClient, path: str) -> None:
    assert refusal(_raw(dora, path, BIG)) == (413, "core.too_large")


@pytest.mark.parametrize("path", ["/api/v1/auth/sign-in", "/api/v1/sync", "/api/v1/sync/push", "/api/v1/customers"])
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe{", b"[", b"nul", b'{"a":NaN}', b"[" * 100_000, b'"\\ud800"', b"\x00", b"[1]"],
    ids=["empty", "cut", "not utf-8", "open", "nul", "nan", "deep", "surrogate", "zero byte", "array"],
)
def test_a_body_that_is_no_request(dora: ApiClient, path: str, body: bytes) -> None:
    status, _ = refusal(_raw(dora, path, body))
    assert status in (400, 422)


@pytest.mark.parametrize(
    "query",
    [
        "status=%00",
        "name=a%00b",
        "cursor=%00",
        "cursor=%ED%A0%80",
        "limit=99999999999999999999999",
        "limit=-1",
        "limit=1e3",
        "user_id=x",
        *(
            f"cursor={base64.urlsafe_b64encode(json.dumps(values).encode()).decode()}"
            for values in (
                ["x", AN_ID],
                [1, AN_ID],
                ["2026-11-22T00:00:00", "x"],
                ["9999-99-99", AN_ID],
                ["2026-11-22T00:00:00+00:00\u0000", AN_ID],
                [],
                {},
                [None, None],
            )
        ),
    ],
)
def test_a_query_with_garbage(dora: ApiClient, query: str) -> None:
    assert refusal(dora.call("GET", f"/api/v1/sync/commands?{query}"))[0] == 422


@pytest.mark.parametrize("key", ["x", "\x00", "0" * 10_000, AN_ID + "\n"])
def test_an_idempotency_key_that_is_none(dora: ApiClient, key: str) -> None:
    response = dora.call(
        "POST", "/api/v1/sync/commands/discard", {"command_id": str(uuid7()), "reason": "r"}, **{"Idempotency-Key": key}
    )
    assert refusal(response) in {(422, "core.invalid_input"), (404, "sync.command_not_found")}


_DEEP = "[" * 1_000 + '"\\u0007"' + "]" * 1_000
_BAD_PAYLOADS = {
    "missing": None,
    "null": "null",
    "text": '"x"',
    "array": "[]",
    "nul": '{"code":"a\\u0000","name":"n"}',
    "half a pair": '{"code":"a\\ud800","name":"n"}',
    "half a pair as key": '{"\\ud800":1}',
    "deep": f'{{"a":{_DEEP}}}',
    "deep and half a pair": f'{{"a":{"[" * 500 + "]" * 500},"b":"\\ud800"}}',
    "huge integer": f'{{"id":{"9" * 400}}}',
    "huge float": '{"id":1e400}',
    "large": f'{{"a":"{"x" * 300_000}"}}',
}


@pytest.mark.parametrize("payload", _BAD_PAYLOADS.values(), ids=_BAD_PAYLOADS)
def test_a_bad_command_blocks_no_other(company: TestCompany, payload: str | None) -> None:
    """It gets its verdict, the same at a retry; what stands before and behind it is applied; it can be looked at."""
    client = company.client("dora")
    good = [command("accounts.create_org_unit", {"id": str(uuid7()), "name": "n"}, seq=seq) for seq in (1, 3)]
    bad = {"id": str(uuid7()), "seq": 2, "name": "accounts.create_territory"}
    text = json.dumps(bad)[:-1] + ("}" if payload is None else f',"payload":{payload}}}')
    body = f'{{"commands":[{json.dumps(good[0])},{text},{json.dumps(good[1])}]}}'.encode()
    answers = []
    for _ in range(2):
        response = _raw(client, "/api/v1/sync/push", body)
        if payload is not None and response.status_code == 400:
            assert refusal(response) == (400, "core.invalid_json")  # no JSON at all: nothing to judge
            return
        assert response.status_code == 200, response.content
        assert response.json()["acknowledged"] == 3
        answers.append(response.json()["verdicts"])
    assert answers[0] == answers[1]
    assert statuses(answers[0])[::2] == ["applied", "applied"]
    assert answers[0][1]["status"] == "refused"
    page = client.call("GET", f"/api/v1/sync/commands?device_id={client.device_id}")
    assert page.status_code == 200, page.content
    assert {item["id"] for item in page.json()["items"]} == {verdict["id"] for verdict in answers[0]}


@pytest.mark.parametrize(
    "change",
    [
        {"at": "2026-11-21T08:12:03+08:00:30"},
        {"at": "2026-11-21"},
        {"at": "0001-01-01T00:00:00Z"},
        {"at": "9999-12-31T23:59:59-12:00"},
        {"at": 5},
        {"uptime_ms": -1, "boot_id": "b"},
        {"uptime_ms": 2**70, "boot_id": "b"},
        {"uptime_ms": 1.5, "boot_id": "b"},
        {"boot_id": "\u0000"},
        {"boot_id": "b" * 65, "uptime_ms": 1},
        {"schema": 0},
        {"schema": 2**40},
        {"schema": "1"},
        {"depends_on": ["x"]},
        {"depends_on": [AN_ID] * 101},
        {"depends_on": {}},
        {"payload": []},
    ],
    ids=str,
)
def test_a_bad_envelope_is_that_commands_own_refusal(company: TestCompany, change: dict[str, Any]) -> None:
    client = company.client("dora")
    bad = command("accounts.create_org_unit", {"id": str(uuid7()), "name": "n"}) | change
    good = command("accounts.create_org_unit", {"id": str(uuid7()), "name": "n"})
    first, second = push(client, bad, good), push(client, bad, good)
    assert first == second
    assert first[0]["status"] in ("refused", "applied", "parked")
    assert first[1]["status"] == "applied"


def _check_in(**fix: str) -> str:
    """The JSON of a check-in whose fix has these members besides; they are JSON texts."""
    members = {"lat": "39.9", "lon": "116.4", "accuracy_m": "5"} | fix
    inner = ",".join(f'"{name}":{value}' for name, value in members.items())
    return f'{{"visit_id":"{uuid7()}","customer_id":"{uuid7()}","fix":{{{inner}}}}}'


@pytest.mark.parametrize(
    ("fix", "field"),
    [
        ({"accuracy_m": "1e400"}, "fix.accuracy_m"),
        ({"altitude_m": "-1e400"}, "fix.altitude_m"),
        ({"wifi": '[{"rssi_dbm":-61},{"rssi_dbm":-1e999}]'}, "fix.wifi.1.rssi_dbm"),
        ({"cells": '[{"seen":{"at":[1e400]}}]'}, "fix.cells.0.seen.at.0"),
    ],
    ids=str,
)
def test_a_number_that_none_can_hold_is_refused_by_name(dora: ApiClient, fix: dict[str, str], field: str) -> None:
    """JSON may write such numbers; stored they would silently have become something else."""
    payload = _check_in(**fix)
    bad = {"id": str(uuid7()), "seq": 1, "name": "visits.check_in"}
    good = command("accounts.create_org_unit", {"id": str(uuid7()), "name": "n"})
    body = f'{{"commands":[{json.dumps(bad)[:-1]},"payload":{payload}}},{json.dumps(good)}]}}'.encode()
    first, second = _raw(dora, "/api/v1/sync/push", body).json()["verdicts"]
    assert (first["code"], first["field"]) == ("core.invalid_input", field)
    assert second["status"] == "applied"
    visit = json.loads(payload)["visit_id"]
    response = _raw(dora, f"/api/v1/visits/{visit}/check-in", payload.encode())
    assert refusal(response) == (422, "core.invalid_input")
    assert response.json()["error"]["field"] == field
