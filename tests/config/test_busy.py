"""A server that has more to do than it can: a real one, one thread, and far too many callers at once."""

import json
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import Barrier
from typing import Any, NamedTuple

import pytest

from tests.personas import PASSWORD, TestCompany
from tests.web_server import answers, free_port, web_server

CALLERS = 60


class Answer(NamedTuple):
    """What a caller was answered."""

    status: int
    retry_after: str | None
    body: dict[str, Any]


def call(port: int, path: str, body: dict[str, Any], token: str = "", start: Barrier | None = None) -> Answer:
    """POST on a connection of its own, once everybody's is open."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.connect()
    if start is not None:
        start.wait()
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "zh-CN", "Content-Type": "application/json"}
    connection.request("POST", path, json.dumps(body), headers)
    response = connection.getresponse()
    answer = Answer(response.status, response.headers["Retry-After"], json.loads(response.read()))
    connection.close()
    return answer


def test_callers_get_in_or_are_told_when_to_come_again(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUNDSMAN_THREADS", "1")
    monkeypatch.setenv("ROUNDSMAN_QUEUE_S", "0.02")
    device = {"name": "phone", "platform": "android"}
    person = {"company": company.code, "username": "alice", "password": PASSWORD, "device": device}
    port = free_port()
    with web_server(port), ThreadPoolExecutor(CALLERS) as callers:
        token = call(port, "/api/v1/auth/sign-in", person).body["access_token"]
        start = Barrier(CALLERS)
        found = list(callers.map(lambda _: call(port, "/api/v1/sync", {}, token, start), range(CALLERS)))
        assert answers(port)
        assert {answer.status for answer in found} == {200, 503}
        for refused in (answer for answer in found if answer.status == 503):
            error = refused.body["error"]
            assert error["code"] == "core.busy" and "繁忙" in error["message"]
            assert refused.retry_after == str(error["details"]["retry_after_s"])
            assert 1 <= error["details"]["retry_after_s"] <= 120
        asked = max(answer.body["next_sync_after_s"] for answer in found if answer.status == 200)
        assert asked > 0, "phones that have all they need were not asked to stay away"
        assert call(port, "/api/v1/sync", {}, token).status == 200
