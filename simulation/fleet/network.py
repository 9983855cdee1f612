"""The faulty network: a proxy between the phones and the server, in a process of its own.

It knows just enough HTTP/1.1 to tell where a message ends. What it forwards it does not change; it delays, cuts,
doubles, reorders and refuses, see `faults.py`. It also takes the server's time: from the moment at which a request has
left here to the last byte of its answer, so that faults do not count.
"""

import asyncio
import json
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from simulation.fleet.faults import Fault, Luck, Mishap

_HEAD_LIMIT = 64 * 1024
_BODY_LIMIT = 64 * 1024 * 1024
_UPSTREAM_S = 120


class Exchanged(NamedTuple):
    """One request that the server answered. kind: such as `pull`. began: Unix seconds."""

    kind: str
    status: int
    seconds: float
    began: float
    bytes_up: int
    bytes_down: int


class _Message(NamedTuple):
    """A request or an answer, whole."""

    head: bytes
    body: bytes

    @property
    def raw(self) -> bytes:
        return self.head + self.body


@dataclass
class Seen:
    """What has passed through since it was last taken."""

    exchanges: list[Exchanged] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)


class Network:
    """The proxy. `serve` listens until it is cancelled."""

    def __init__(self, host: str, port: int, luck: Luck) -> None:
        """host, port: the server's."""
        self._host, self._port = host, port
        self._luck = luck
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._errands: set[asyncio.Task[None]] = set()
        self.seen = Seen()

    def take_seen(self) -> Seen:
        """What has passed through, which is then forgotten here."""
        seen, self.seen = self.seen, Seen()
        return seen

    async def start(self) -> tuple[asyncio.Server, int]:
        """Listen on a free port of this machine; the server to close in the end, and the port."""
        server = await asyncio.start_server(self._meet, "127.0.0.1", 0, limit=_HEAD_LIMIT, backlog=4096)
        return server, int(server.sockets[0].getsockname()[1])

    async def finish(self) -> None:
        """Wait until requests that were held up have arrived."""
        while self._errands:
            await asyncio.wait(self._errands)

    def close(self) -> None:
        """Close the connections to the server."""
        while self._idle:
            _, writer = self._idle.pop()
            writer.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One phone's connection, request after request, until one of its mishaps ends it."""
        with suppress(OSError, EOFError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            while (request := await _read(reader)) is not None and await self._carry(request, writer):
                pass
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    async def _carry(self, request: _Message, phone: asyncio.StreamWriter) -> bool:
        """Carry one request and its answer. Returns whether the phone's connection is still good."""
        mishap = self._luck.draw(_path(request))
        if mishap is None:
            return await self._hand_over(await self._ask(request), phone)
        self.seen.faults[mishap.fault] += 1
        match mishap.fault:
            case Fault.DELAY:
                await asyncio.sleep(mishap.pause_s)
                return await self._hand_over(await self._ask(request), phone)
            case Fault.CUT_REQUEST:
                await self._tear(request, mishap.part)
                return False
            case Fault.CUT_ANSWER:
                answer = (await self._ask(request)).raw
                phone.write(answer[: _cut(len(answer), mishap.part)])
                await phone.drain()
                return False
            case Fault.DOUBLE:
                first, _ = await asyncio.gather(self._ask(request), self._ask(request))
                return await self._hand_over(first, phone)
            case Fault.LATE:
                errand = asyncio.create_task(self._deliver_late(request, mishap.pause_s))
                self._errands.add(errand)
                errand.add_done_callback(self._errands.discard)
                return False
            case Fault.BUSY | Fault.TOO_MANY:
                return await self._hand_over(_refusal(mishap), phone)

    async def _hand_over(self, answer: _Message, phone: asyncio.StreamWriter) -> bool:
        phone.write(answer.raw)
        await phone.drain()
        return b"connection: close" not in answer.head.lower()

    async def _deliver_late(self, request: _Message, pause_s: float) -> None:
        await asyncio.sleep(pause_s)
        with suppress(OSError, EOFError, TimeoutError):
            await self._ask(request)

    async def _tear(self, request: _Message, part: float) -> None:
        """Send the beginning of a request, and hang up."""
        with suppress(OSError):
            _, writer = await asyncio.open_connection(self._host, self._port)
            writer.write(request.raw[: _cut(len(request.raw), part)])
            await writer.drain()
            writer.close()
            await writer.wait_closed()

    async def _ask(self, request: _Message) -> _Message:
        """The server's answer. Raises OSError or EOFError when there is none."""
        while True:
            reused = bool(self._idle)
            reader, writer = self._idle.pop() if reused else await self._connect()
            began, clock = time.time(), time.perf_counter()
            try:
                writer.write(request.raw)
                answer = await asyncio.wait_for(_read(reader), _UPSTREAM_S)
            except (OSError, EOFError):
                answer = None
            if answer is None:
                writer.close()
                if reused:  # it had been closed over there while it lay here
                    continue
                raise ConnectionResetError("the server gave no answer")
            seconds = time.perf_counter() - clock
            self._idle.append((reader, writer))
            self.seen.exchanges.append(
                Exchanged(kind_of(_path(request)), _status(answer), seconds, began, len(request.raw), len(answer.raw))
            )
            return answer

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self._host, self._port, limit=_HEAD_LIMIT)


def kind_of(path: str) -> str:
    """A short name for the kind of a request: `sync`, `push`, `pull`, `sign-in`, `refresh`, otherwise `rest`."""
    last = path.partition("?")[0].rstrip("/").rpartition("/")[2]
    return last if last in ("sync", "push", "pull", "sign-in", "refresh") else "rest"


def _path(request: _Message) -> str:
    return request.head.split(b" ", 2)[1].decode("latin-1")


def _status(answer: _Message) -> int:
    return int(answer.head[9:12])


def _cut(length: int, part: float) -> int:
    """After how many bytes a message of `length` is cut: never all of it."""
    return min(length - 1, int(length * part))


def _refusal(mishap: Mishap) -> _Message:
    """What a gateway in between says. It is not the server's own, and has no typed error."""
    status = b"503 Service Unavailable" if mishap.fault == Fault.BUSY else b"429 Too Many Requests"
    body = json.dumps({"message": "try again later"}).encode()
    head = b"HTTP/1.1 %s\r\nRetry-After: %d\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (
        status,
        mishap.retry_after_s,
        len(body),
    )
    return _Message(head, body)


async def _read(reader: asyncio.StreamReader) -> _Message | None:
    """The next message; None where the other side has hung up in good order. Raises EOFError in the middle of one."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as end:
        if end.partial:
            raise
        return None
    lower = head.lower()
    if b"transfer-encoding:" in lower:
        return _Message(head, await _read_chunks(reader))
    at = lower.find(b"content-length:")
    length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    if length > _BODY_LIMIT:
        raise asyncio.LimitOverrunError("a body too large", length)
    return _Message(head, await reader.readexactly(length) if length else b"")


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    """A chunked body as it came, its framing included."""
    parts = []
    while True:
        line = await reader.readuntil(b"\r\n")
        size = int(line.split(b";", 1)[0], 16)
        parts += [line, await reader.readexactly(size + 2)]
        if size == 0:
            return b"".join(parts)
