"""The application for granian, one port for both kinds of traffic.

Event streams stay open for hours and run on Django's asynchronous side. Every other request is short and runs on the
synchronous side in a few threads. The bridge between granian's own interface (RSGI) and Django is written here
because it is on the path of every request: measured with one indexed SELECT, it costs 0.6 ms of CPU a request where
the usual chain of ASGI and a WSGI adapter costs 1.0, see docs/decisions/0002-web-server.md.
"""

import asyncio
import io
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import IO, Any

from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from granian.rsgi import HTTPProtocol, ProtocolClosed, Scope

from config.parentage import end_with_parent
from core.api_level import API_LEVEL, HEADER
from core.bodies import SPOOLED
from core.errors import Busy, DomainError, TooLarge
from core.imports.tables import MAX_BYTES
from core.load import LOAD

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

EVENTS_PATHS = frozenset({"/api/v1/sync/events", "/console/events"})
BODY_LIMIT = int(os.environ.get("ROUNDSMAN_BODY_LIMIT", str(32 * 2**20)))  # bytes
TABLE_LIMIT = MAX_BYTES + 2**20  # bytes: a table to import, and the form around it
_TABLES = frozenset({"/api/v1/imports", "/console/imports/upload"})
_THREADS = int(os.environ.get("ROUNDSMAN_THREADS", "4"))
_ALWAYS_ADMITTED = "/health/"
_PARENT_SEEN_EVERY_S = 1.0

Headers = list[tuple[str, str]]

_django = get_wsgi_application()
_django_events = get_asgi_application()
from config import collector, spool  # noqa: E402 - need Django, which is there only now

end_with_parent()  # a server that is killed leaves no workers behind that hold its port
_threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="request")
LOAD.threads = _THREADS
LOAD.patience_s = float(os.environ.get("ROUNDSMAN_QUEUE_S", str(LOAD.patience_s)))


class Application:
    """What granian loads into each of its workers."""

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Readies this worker, and ends it when the main process is gone: alone it would hold the port for ever."""
        collector.spare()
        parent = os.getppid()

        def look() -> None:
            if os.getppid() != parent:
                os._exit(1)
            loop.call_later(_PARENT_SEEN_EVERY_S, look)

        look()

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Answers one request."""
        if scope.proto != "http":
            protocol.response_empty(400, [])
        elif scope.path in EVENTS_PATHS:
            await _stream_events(scope, protocol)
        else:
            await _answer(scope, protocol)


application = Application()


async def _answer(scope: Scope, protocol: HTTPProtocol) -> None:
    """Runs a plain request in one of the threads: the whole body in, the answer out."""
    try:
        if spool.goes_to_disk(scope):
            LOAD.admit()  # before megabytes are sent in vain
            await _work(scope, protocol, await _take_file(scope, protocol))
            return
        body = await _read(scope, protocol)
        if not scope.path.startswith(_ALWAYS_ADMITTED):
            LOAD.admit()
        await _work(scope, protocol, body)
    except (Busy, TooLarge) as refusal:
        _refuse(scope, protocol, refusal)


async def _take_file(scope: Scope, protocol: HTTPProtocol) -> bytes | IO[bytes]:
    """The body of an upload, on the disk; nothing of it from somebody unknown. Raises TooLarge."""
    if spool.too_large(scope.headers.get("content-length")):
        raise TooLarge(limit=f"{spool.LARGEST // 2**20} MiB")
    return await spool.spool(protocol) if spool.is_welcome(scope) else b""


async def _work(scope: Scope, protocol: HTTPProtocol, body: bytes | IO[bytes]) -> None:
    loop = asyncio.get_running_loop()
    service_s = 0.0
    LOAD.enter()
    try:
        status, headers, answer, service_s = await loop.run_in_executor(_threads, _run, _environment(scope, body))
    finally:
        LOAD.leave(service_s)
        if not isinstance(body, bytes):
            body.close()
    if isinstance(answer, bytes):
        protocol.response_bytes(status, headers, answer)
    elif getattr(answer, "local_file", None):  # sent by the web server, without any thread of ours
        protocol.response_file_range(status, headers, answer.local_file, *answer.local_range)
        await loop.run_in_executor(_threads, answer.close)
    else:
        await _send_all(protocol.response_stream(status, headers), answer)


def _refuse(scope: Scope, protocol: HTTPProtocol, refusal: DomainError) -> None:
    """Answers at the door, with the typed body that all refusals have."""
    locale = "zh-Hans" if (scope.headers.get("accept-language") or "").lower().startswith("zh") else "en"
    headers = [("content-type", "application/json"), (HEADER.lower(), str(API_LEVEL))]
    if "retry_after_s" in refusal.details:
        headers.append(("retry-after", str(refusal.details["retry_after_s"])))
    protocol.response_bytes(refusal.status, headers, json.dumps(refusal.as_body(locale)).encode())


async def _read(scope: Scope, protocol: HTTPProtocol) -> bytes:
    """Returns the request's body. Raises TooLarge beyond what its address takes."""
    limit = max(BODY_LIMIT, TABLE_LIMIT) if scope.path in _TABLES else BODY_LIMIT
    refusal = TooLarge(limit=f"{limit // 2**20} MiB")
    announced = scope.headers.get("content-length")
    if announced is None and "transfer-encoding" not in scope.headers and scope.http_version != "2":
        return b""
    if announced is not None and announced.isdigit():
        if int(announced) > limit:
            raise refusal
        return await protocol()
    body = bytearray()
    async for chunk in protocol:
        body += chunk
        if len(body) > limit:
            raise refusal
    return bytes(body)


def _run(environment: dict[str, Any]) -> tuple[int, Headers, bytes | Any, float]:
    """Returns status, headers, either the whole answer or an iterable with `close` that streams it, and its seconds."""
    began = time.monotonic()
    started: list[tuple[int, Headers]] = []

    def start_response(status: str, headers: Headers, *_: Any) -> Any:
        started.append((int(status[:3]), headers))

    response: Any = _django(environment, start_response)
    status, headers = started[0]
    if response.streaming:
        return status, headers, response, time.monotonic() - began
    try:
        answer = b"".join(response)
    finally:
        response.close()
    return status, headers, answer, time.monotonic() - began


async def _send_all(transport: Any, response: Any) -> None:
    """Sends a streamed answer. A thread makes each piece, and none waits while a slow client takes it."""
    loop = asyncio.get_running_loop()
    pieces = iter(response)
    try:
        with suppress(ProtocolClosed):  # the client has left
            while (piece := await loop.run_in_executor(_threads, next, pieces, None)) is not None:
                await transport.send_bytes(piece)
    finally:
        await loop.run_in_executor(_threads, response.close)


def _environment(scope: Scope, body: bytes | IO[bytes]) -> dict[str, Any]:
    """Returns the request as WSGI describes it. body: an upload's is an open file."""
    size = len(body) if isinstance(body, bytes) else body.tell()
    host, _, port = scope.server.rpartition(":")
    environment: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host or "127.0.0.1",
        "SERVER_PORT": port or "80",
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "CONTENT_LENGTH": str(size),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body) if isinstance(body, bytes) else body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if not isinstance(body, bytes):
        body.seek(0)
        environment[SPOOLED] = body
    for name, value in scope.headers.items():
        # An underscore would be read as a hyphen below: nobody may smuggle in a header that a proxy vouches for.
        if "_" in name or name == "content-length":
            continue
        key = "CONTENT_TYPE" if name == "content-type" else "HTTP_" + name.upper().replace("-", "_")
        if key in environment:
            value = f"{environment[key]}{'; ' if name == 'cookie' else ','}{value}"
        environment[key] = value
    if "HTTP_HOST" not in environment and scope.authority:
        environment["HTTP_HOST"] = scope.authority
    return environment


async def _stream_events(scope: Scope, protocol: HTTPProtocol) -> None:
    """Runs a request on Django's asynchronous side, with ASGI's three arguments made from granian's two."""
    client, _, client_port = scope.client.rpartition(":")
    server, _, server_port = scope.server.rpartition(":")
    request = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": scope.http_version,
        "method": scope.method,
        "scheme": scope.scheme,
        "path": scope.path,
        "query_string": scope.query_string.encode("latin-1"),
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in scope.headers.items()],
        "client": (client.strip("[]"), int(client_port or 0)),
        "server": (server.strip("[]"), int(server_port or 0)),
    }
    events: list[dict[str, Any]] = [{"type": "http.request", "body": b"", "more_body": False}]
    start: dict[str, Any] = {}
    transport: Any = None

    async def receive() -> dict[str, Any]:
        if events:
            return events.pop()
        await protocol.client_disconnect()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal transport
        if message["type"] == "http.response.start":
            start.update(message)
            return
        if transport is None:
            headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"]]
            transport = protocol.response_stream(start["status"], headers)
        if message.get("body"):
            with suppress(ProtocolClosed):  # Django learns of the client's leaving through `receive`
                await transport.send_bytes(message["body"])

    run: Callable[..., Awaitable[None]] = _django_events
    await run(request, receive, send)
