"""The HTTP transport against a real socket, and what the link makes of damaged answers."""

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from roundsman_client.cli import main
from roundsman_client.clock import FakeClock
from roundsman_client.errors import AnswerCut, NetworkFailed, ServerBusy, ServerRefused
from roundsman_client.link import Link
from roundsman_client.transport import HttpRequest, HttpResponse, HttpTransport

Behave = Callable[[BaseHTTPRequestHandler, bytes], None]


class HttpServer:
    """A socket on 127.0.0.1 whose behaviour a test sets."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.connections: set[tuple[str, int]] = set()
        self.behave: Behave = lambda handler, body: answer(handler, b"{}")
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.requests.append((self.path, dict(self.headers), body))
                outer.connections.add(self.client_address)
                outer.behave(self, body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.socket = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.socket.server_port}"
        self.thread = threading.Thread(target=self.socket.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self) -> None:
        self.socket.shutdown()
        self.thread.join()
        self.socket.server_close()


def answer(handler: BaseHTTPRequestHandler, body: bytes, announced: int | None = None, **headers: str) -> None:
    handler.send_response(200)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body) if announced is None else announced))
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def http_server() -> Iterator[HttpServer]:
    server = HttpServer()
    yield server
    server.close()


@pytest.fixture
def transport(http_server: HttpServer) -> Iterator[HttpTransport]:
    transport = HttpTransport(http_server.url + "/crm/", timeout_s=5)
    yield transport
    transport.close()


REQUEST = HttpRequest("/api/v1/sync", b'{"a":1}', {"Content-Type": "application/json"})


def test_one_connection_serves_many_requests(http_server: HttpServer, transport: HttpTransport):
    for _ in range(3):
        assert transport.send(REQUEST).body == b"{}"
    assert [(path, body) for path, _, body in http_server.requests] == [("/crm/api/v1/sync", b'{"a":1}')] * 3
    assert len(http_server.connections) == 1


def test_a_connection_that_the_server_closed_meanwhile_is_made_anew(http_server: HttpServer, transport: HttpTransport):
    def close_after(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        answer(handler, b"{}")
        handler.close_connection = True  # without saying so

    http_server.behave = close_after
    for _ in range(3):
        assert transport.send(REQUEST).status == 200
    assert len(http_server.connections) == 3


def test_a_body_cut_short_is_a_network_failure(http_server: HttpServer, transport: HttpTransport):
    def cut(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        answer(handler, b'{"half', announced=100)
        handler.close_connection = True

    http_server.behave = cut
    with pytest.raises(NetworkFailed):
        transport.send(REQUEST)
    http_server.behave = lambda handler, body: answer(handler, b"{}")
    assert transport.send(REQUEST).status == 200


def test_a_server_that_hangs_up_or_is_not_there_is_a_network_failure(http_server: HttpServer, transport: HttpTransport):
    def hang_up(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        handler.close_connection = True

    http_server.behave = hang_up
    with pytest.raises(NetworkFailed):
        transport.send(REQUEST)
    gone = HttpTransport("http://127.0.0.1:1")
    with pytest.raises(NetworkFailed):
        gone.send(REQUEST)


def test_an_address_must_be_http():
    for wrong in ("ftp://example.com", "example.com", "http://"):
        with pytest.raises(ValueError, match="address"):
            HttpTransport(wrong)


class Canned:
    """A transport that always gives the same answer."""

    def __init__(self, status: int, body: bytes, **headers: str) -> None:
        self.response = HttpResponse(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)

    def send(self, request: HttpRequest) -> HttpResponse:
        return self.response

    def close(self) -> None:
        pass


def call(status: int, body: bytes, **headers: str) -> object:
    return Link(Canned(status, body, **headers), "en").call("/x", {})


def test_gzip_is_read_and_counted_as_it_came(http_server: HttpServer, transport: HttpTransport):
    packed = gzip.compress(json.dumps({"value": "x" * 1000}).encode())
    http_server.behave = lambda handler, body: answer(handler, packed, Content_Encoding="gzip")
    link = Link(transport, "zh-Hans")
    assert link.call("/x", {"a": 1}, "token") == {"value": "x" * 1000}
    assert (link.traffic.bytes_up, link.traffic.bytes_down) == (len('{"a":1}'), len(packed))
    headers = http_server.requests[0][1]
    assert headers["Authorization"] == "Bearer token"
    assert headers["Accept-Encoding"] == "gzip"
    assert headers["Accept-Language"] == "zh-Hans"
    assert "token" not in repr(HttpRequest("/x", b"", headers))


@pytest.mark.parametrize("length", [0, 5, 25])
def test_a_damaged_answer_is_asked_for_again_not_believed(length: int):
    with pytest.raises(AnswerCut):
        call(200, gzip.compress(b'{"complete": true, "rows": []}')[:length], content_encoding="gzip")
    with pytest.raises(AnswerCut):
        call(200, b'{"complete": true, "rows": []}'[:length])


def test_what_a_captive_portal_says_is_not_an_answer():
    with pytest.raises(AnswerCut):
        call(200, b"<html>Please accept our terms</html>")
    with pytest.raises(AnswerCut):
        call(200, b"[1, 2]")


def test_errors_are_typed_by_code_and_status():
    with pytest.raises(ServerRefused) as refused:
        call(409, b'{"error": {"code": "sync.id_reused", "message": "m", "field": "f", "details": {"a": 1}}}')
    assert (refused.value.code, refused.value.field, refused.value.details) == ("sync.id_reused", "f", {"a": 1})
    with pytest.raises(ServerRefused) as refused:
        call(404, b"<html>proxy</html>")
    assert refused.value.code == "http.404"
    with pytest.raises(ServerBusy) as busy:
        call(502, b"<html>proxy</html>", retry_after="Wed, 21 Oct 2026 07:28:00 GMT")
    assert busy.value.retry_after_s == 60


def test_the_command_line_from_sign_in_to_dump(
    http_server: HttpServer,
    tmp_path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    server,
    clock: FakeClock,
):
    """The fake server behind a real socket, used as a person would."""

    def behave(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        response = server.send(HttpRequest(handler.path, body, dict(handler.headers)))
        handler.send_response(response.status)
        for name, value in response.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(response.body)))
        handler.end_headers()
        handler.wfile.write(response.body)

    http_server.behave = behave
    store = ["--store", str(tmp_path / "phone.sqlite")]
    online = [*store, "--server", http_server.url]

    def run(*arguments: str) -> list[dict[str, object]]:
        assert main(arguments) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]

    monkeypatch.setenv("ROUNDSMAN_PASSWORD", "guess")
    sign_in = ["sign-in", "--company", "demo", "--user", "alice"]
    assert main([*online, "--language", "zh-Hans", *sign_in]) == 1
    assert "accounts.wrong_password" in capsys.readouterr().err
    assert main([*store, "--language", "zh-Hans", *sign_in]) == 75
    assert "--server" in capsys.readouterr().err
    monkeypatch.setenv("ROUNDSMAN_PASSWORD", "secret-of-alice")
    assert main([*online, *sign_in]) == 0
    assert "Signed in as Alice" in capsys.readouterr().out
    assert main([*store, "do", "customers.create", "[]"]) == 1
    assert main([*store, "do", "customers.create", '{"id": "new", "name": "海港咖啡"}']) == 0
    command_id = capsys.readouterr().out.strip()
    assert [row["state"] for row in run(*store, "list", "customer")] == ["pending"]
    assert [row["id"] for row in run(*store, "pending")] == [command_id]
    report = run(*online, "sync", "--all")[0]
    assert (report["complete"], report["round_trips"], report["verdicts"]) == (True, 1, {"applied": 1})
    assert [row["state"] for row in run(*store, "list", "customer")] == ["synced"]
    assert [verdict["status"] for verdict in run(*store, "verdicts")] == ["applied"]
    assert run(*store, "conflicts") == []
    assert run(*store, "dump")[0]["data"]["name"] == "海港咖啡"
    assert main([*online, "sign-out"]) == 0
    capsys.readouterr()
    assert main([*online, "sync"]) == 1
    assert "sign in again" in capsys.readouterr().err
