"""The scripted server's HTTP: reads requests, hands them to the script, and lets faults strike the answers."""

import contextlib
import gzip
import json
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from roundsman_conformance.accounts import API_LEVEL
from roundsman_conformance.script import Script
from roundsman_conformance.turns import Reply

_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept-Language, Idempotency-Key",
    "Access-Control-Expose-Headers": "Retry-After, Roundsman-Api-Level",
    "Access-Control-Max-Age": "600",
}
_PORTAL = b"<!doctype html><html><body><h1>Welcome to the Harbour Hotel</h1>Please accept our terms.</body></html>"
_ELSEWHERE = "/elsewhere"
_MOST_READ = 64 * 2**20


class ScriptedServer:
    """Listens on a free port of 127.0.0.1 for one play. A context manager."""

    def __init__(self, script: Script, kill: Callable[[], None], note: Callable[[str, str, str], None]) -> None:
        """kill: ends the app under test. note: (rule, expected, got)."""

        class Handler(_Handler):
            pass

        Handler.script, Handler.kill, Handler.note_failure = script, staticmethod(kill), staticmethod(note)
        self._httpd = _Server(("127.0.0.1", 0), Handler)
        Handler.trace = self.trace
        self.tracer: Callable[[str], None] = lambda line: None
        self._thread = threading.Thread(target=self._httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def trace(self, line: str) -> None:
        """Tell of a request or an answer."""
        self.tracer(line)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._httpd.server_address[1]}"

    def __enter__(self) -> "ScriptedServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._httpd.shutdown()
        self._httpd.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A client that hangs must not keep the run from going on.
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that the client gave up is not our fault, and nothing to print."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    script: Script
    kill: Callable[[], None]
    note_failure: Callable[[str, str, str], None]
    trace: Callable[[str], None]

    def log_message(self, format: str, *args: Any) -> None:
        """The script tells of requests itself."""

    def do_OPTIONS(self) -> None:
        """A browser asks whether its page may call."""
        self._send(204, b"", {})

    def do_GET(self) -> None:
        """Pokes are not part of the scenarios; what follows a redirect with its token is."""
        if self.path.startswith(_ELSEWHERE):
            self._elsewhere()
        else:
            self._send(404, b'{"error":{"code":"core.not_found","message":"","field":null,"details":{}}}', {})

    def do_POST(self) -> None:
        """Sync, its halves, and the session."""
        size = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(min(size, _MOST_READ))
        if self.path.startswith(_ELSEWHERE):
            self._elsewhere()
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            body = json.loads(raw)
        except (ValueError, RecursionError):
            body = None
        self.trace(f"→ POST {self.path} {_short(body)}")
        reply = self.script.handle(self.path.split("?")[0], headers, body, size)
        self.trace(f"← {reply.status} {reply.fault or ''} {_short(reply.body)}")
        self._give(reply, "gzip" in headers.get("accept-encoding", ""))

    def _elsewhere(self) -> None:
        if self.headers.get("Authorization"):
            self.note_failure("NET-5", "a redirect not followed with the token", f"{self.command} {self.path}")
        self._send(200, _PORTAL, {"Content-Type": "text/html"})

    def _give(self, reply: Reply, zipped: bool) -> None:
        content = json.dumps(reply.body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Roundsman-Api-Level": str(API_LEVEL)}
        if reply.retry_after_s is not None:
            headers["Retry-After"] = str(reply.retry_after_s)
        if zipped:
            content = gzip.compress(content, 1)
            headers["Content-Encoding"] = "gzip"
        match reply.fault:
            case "request_lost" | "answer_lost":
                self._hang_up()
            case "answer_cut":
                self._send(reply.status, content[: len(content) // 2], headers, announced=len(content))
                self._hang_up()
            case "no_json":
                self._send(200, _PORTAL, {"Content-Type": "text/html"})
            case "redirect":
                self._send(302, b"", {"Location": _ELSEWHERE})
            case "killed":
                self._send(reply.status, content, headers)
                time.sleep(reply.after_ms / 1000)
                self.kill()
            case _:
                self._send(reply.status, content, headers)

    def _send(self, status: int, content: bytes, headers: dict[str, str], announced: int | None = None) -> None:
        try:
            self.send_response(status)
            for name, value in (_CORS | headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content) if announced is None else announced))
            # Nothing is kept open: a client's library must not send again by itself what a dead connection swallowed.
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(content)
            self.wfile.flush()
        except OSError:
            pass  # the client has hung up, as one that was killed does
        self.close_connection = True

    def _hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):  # it may be gone already
            self.connection.shutdown(socket.SHUT_RDWR)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 2000 else f"{text[:1990]}… ({len(text)})"
