"""The bridge between granian and Django: what a request becomes, and what an answer becomes."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from django.http import HttpResponse, StreamingHttpResponse

from config import rsgi
from core.load import LOAD
from tests.personas import TestCompany


class Scope:
    """What granian tells about a request."""

    proto = "http"
    http_version = "1.1"
    server = "127.0.0.1:8000"
    client = "127.0.0.1:54321"
    scheme = "http"
    query_string = "q=%E4%B8%8A"
    authority = None

    def __init__(self, method: str = "GET", path: str = "/", headers: list[tuple[str, str]] | None = None) -> None:
        self.method, self.path = method, path
        self.headers = Headers(headers or [])


class Headers:
    """granian's headers: the same name may come several times."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    def items(self) -> list[tuple[str, str]]:
        return self._pairs

    def get(self, name: str) -> str | None:
        return dict(self._pairs).get(name)

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None


class Protocol:
    """granian's side of a request; keeps what was answered."""

    def __init__(self, *chunks: bytes) -> None:
        self._chunks = chunks
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""

    async def __call__(self) -> bytes:
        return b"".join(self._chunks)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers, self.body = status, dict(headers), body

    def response_str(self, status: int, headers: list[tuple[str, str]], body: str) -> None:
        self.status, self.body = status, body.encode()

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> "Protocol":
        self.status = status
        return self

    async def send_bytes(self, chunk: bytes) -> None:
        self.body += chunk


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Puts an application in Django's place that answers with its request's body; returns the requests it saw."""
    requests: list[dict[str, Any]] = []

    def echo(environment: dict[str, Any], start_response: Any) -> HttpResponse | StreamingHttpResponse:
        requests.append(environment)
        start_response("200 OK", [])
        body = environment["wsgi.input"].read()
        if environment["PATH_INFO"] == "/stream":
            return StreamingHttpResponse(iter([body, b"|", body]))
        return HttpResponse(body)

    monkeypatch.setattr(rsgi, "_django", echo)
    return requests


def answer(scope: Scope, *chunks: bytes) -> Protocol:
    protocol = Protocol(*chunks)
    asyncio.run(rsgi.application.__rsgi__(scope, protocol))  # type: ignore[arg-type]
    return protocol


def test_a_body_goes_in_and_comes_out(seen: list[dict[str, Any]]) -> None:
    sent = answer(Scope("POST", headers=[("content-length", "6"), ("content-type", "text/plain")]), b"abc", b"def")
    assert (sent.status, sent.body) == (200, b"abcdef")
    assert seen[0]["CONTENT_LENGTH"] == "6"
    assert seen[0]["CONTENT_TYPE"] == "text/plain"


def test_a_body_of_unknown_length_is_read_to_its_end(seen: list[dict[str, Any]]) -> None:
    sent = answer(Scope("POST", headers=[("transfer-encoding", "chunked")]), b"abc", b"def")
    assert (sent.status, sent.body) == (200, b"abcdef")


@pytest.mark.parametrize("header", [("content-length", "11"), ("transfer-encoding", "chunked")])
def test_a_body_that_is_too_large_is_refused(
    seen: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, header: tuple[str, str]
) -> None:
    monkeypatch.setattr(rsgi, "BODY_LIMIT", 10)
    sent = answer(Scope("POST", headers=[header]), b"abcdef", b"ghijk")
    assert (sent.status, json.loads(sent.body)["error"]["code"]) == (413, "core.too_large")
    assert seen == []


def send_table(company: TestCompany, size: int) -> Protocol:
    """Upload so many bytes that are no table, through the bridge into the real application."""
    token = company.client("dora").session_tokens["access_token"]
    head = '--b\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    noun = head.format("noun", "") + "customers\r\n" + head.format("file", '; filename="t.xlsx"')
    body = noun.encode() + b"PK\x03\x04" + bytes(size - 4) + b"\r\n--b--\r\n"
    headers = [
        ("authorization", f"Bearer {token}"),
        ("content-type", "multipart/form-data; boundary=b"),
        ("content-length", str(len(body))),
    ]
    return answer(Scope("POST", "/api/v1/imports", headers), body)


@pytest.mark.parametrize(("megabytes", "code"), [(40, "imports.workbook_unreadable"), (50.1, "imports.file_too_large")])
def test_a_table_may_be_as_large_as_imports_promise(company: TestCompany, megabytes: float, code: str) -> None:
    """What is wrong with it, the import itself says: the door has let it in."""
    sent = send_table(company, int(megabytes * 2**20))
    assert json.loads(sent.body)["error"]["code"] == code


def test_what_is_larger_than_any_table_is_refused_at_the_door(company: TestCompany) -> None:
    sent = send_table(company, 52 * 2**20)
    assert (sent.status, json.loads(sent.body)["error"]["code"]) == (413, "core.too_large")


def test_an_answer_may_be_streamed(seen: list[dict[str, Any]]) -> None:
    sent = answer(Scope("POST", "/stream", [("content-length", "3")]), b"abc")
    assert (sent.status, sent.body) == (200, b"abc|abc")


def test_a_path_in_chinese_arrives_as_wsgi_wants_it(seen: list[dict[str, Any]]) -> None:
    answer(Scope(path="/上海"))
    assert seen[0]["PATH_INFO"].encode("latin-1").decode() == "/上海"
    assert seen[0]["QUERY_STRING"] == "q=%E4%B8%8A"


def test_headers_arrive_once_and_none_is_smuggled_in(seen: list[dict[str, Any]]) -> None:
    headers = [("cookie", "a=1"), ("cookie", "b=2"), ("accept", "x"), ("accept", "y"), ("x_forwarded_for", "6.6.6.6")]
    answer(Scope(headers=headers))
    assert seen[0]["HTTP_COOKIE"] == "a=1; b=2"
    assert seen[0]["HTTP_ACCEPT"] == "x,y"
    assert "HTTP_X_FORWARDED_FOR" not in seen[0]
    assert seen[0]["REMOTE_ADDR"] == "127.0.0.1"


@pytest.mark.parametrize(("language", "words"), [("en-GB", "nothing is lost"), ("zh-CN", "数据不会丢失")])
def test_who_would_wait_too_long_is_turned_away(
    seen: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    monkeypatch.setattr(LOAD, "in_flight", 100_000)
    headers = [("accept-language", language), ("content-length", "3")]
    sent = answer(Scope("POST", "/api/v1/sync", headers), b"abc")
    error = json.loads(sent.body)["error"]
    assert (sent.status, error["code"]) == (503, "core.busy")
    assert words in error["message"] and str(error["details"]["retry_after_s"]) in error["message"]
    assert sent.headers["retry-after"] == str(error["details"]["retry_after_s"])
    assert seen == []
    assert answer(Scope(path="/health/live")).status == 200  # an orchestrator must not take it for dead


def test_every_request_is_counted_in_and_out(seen: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    inside = []
    monkeypatch.setattr(rsgi, "_run", lambda environment: inside.append(LOAD.in_flight) or (200, [], b"", 0.5))
    before = LOAD.in_flight, LOAD.service_s
    answer(Scope())
    assert inside == [before[0] + 1]
    assert LOAD.in_flight == before[0]
    assert LOAD.service_s > before[1]


def test_a_request_that_fails_is_counted_out_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(rsgi, "_run", fail)
    before = LOAD.in_flight
    with pytest.raises(ZeroDivisionError):
        answer(Scope())
    assert LOAD.in_flight == before
