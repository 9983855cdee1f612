"""The load: HTTP over plain sockets, so that the generator costs little beside the server it measures."""

import json
import multiprocessing
import socket
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Answer:
    """status, the body's bytes as they came."""

    status: int
    body: bytes

    def json(self) -> Any:
        """The body as JSON. Raises RuntimeError for another status than 200."""
        if self.status != 200:
            raise RuntimeError(f"status {self.status}: {self.body[:300]!r}")
        return json.loads(self.body)


class Connection:
    """One kept-alive HTTP/1.1 connection to 127.0.0.1."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""
        self.bytes_in = 0

    def post(self, request: bytes) -> Answer:
        """Send a request made by `request_bytes` and read the whole answer."""
        self._socket.sendall(request)
        buffer = self._buffer
        while (end := buffer.find(b"\r\n\r\n")) < 0:
            buffer += self._receive()
        head = buffer[:end]
        status = int(head[9:12])
        at = head.lower().find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        parts = [buffer[end + 4 :]]
        got = len(parts[0])
        while got < length:
            parts.append(self._receive(length - got))
            got += len(parts[-1])
        body = b"".join(parts)
        self._buffer = body[length:]
        self.bytes_in += end + 4 + length
        return Answer(status, body[:length])

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def _receive(self, wanted: int = 65_536) -> bytes:
        chunk = self._socket.recv(max(65_536, min(wanted, 1 << 20)))
        if not chunk:
            raise ConnectionError("the server closed the connection")
        return chunk


def request_bytes(path: str, token: str, body: Any = None, method: str = "POST") -> bytes:
    """A finished request."""
    content = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


@dataclass
class Measured:
    """Requests done, over how many seconds, and each one's seconds."""

    requests: int
    seconds: float
    latencies: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds

    def percentile_ms(self, share: float) -> float:
        """The latency below which `share` of the requests lie, in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


def in_second_process(work: Callable[..., Measured], *arguments: Any) -> Measured:
    """Run `work` in a process of its own, so that the load shares no interpreter with anything else."""
    context = multiprocessing.get_context("fork")
    parent, child = context.Pipe()

    def run() -> None:
        try:
            child.send(work(*arguments))
        except BaseException as error:  # told to the parent, which raises it
            child.send(error)
            raise

    process = context.Process(target=run)
    process.start()
    result = parent.recv()
    process.join()
    if isinstance(result, BaseException):
        raise result
    return result


def repeat(port: int, clients: Sequence[bytes], seconds: float) -> Measured:
    """Each client repeats its own request as fast as it is answered, for `seconds`."""

    def one(request: bytes) -> Callable[[], Iterable[bytes]]:
        def endless() -> Iterable[bytes]:
            while True:
                yield request

        return endless

    return drive(port, [one(request) for request in clients], seconds)


def drive(port: int, clients: Sequence[Callable[[], Iterable[bytes]]], seconds: float) -> Measured:
    """Each client sends its requests one after the other until they end or `seconds` have passed."""
    latencies: list[list[float]] = [[] for _ in clients]
    start = threading.Barrier(len(clients) + 1)
    failures: list[str] = []

    def run(index: int, requests: Iterable[bytes]) -> None:
        connection = Connection(port)
        mine = latencies[index]
        start.wait()
        until = time.perf_counter() + seconds
        for request in requests:
            began = time.perf_counter()
            answer = connection.post(request)
            ended = time.perf_counter()
            mine.append(ended - began)
            if answer.status != 200:
                failures.append(f"{answer.status}: {answer.body[:200]!r}")
                break
            if ended > until:
                break
        connection.close()

    threads = [threading.Thread(target=run, args=(index, make())) for index, make in enumerate(clients)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - began
    if failures:
        raise RuntimeError(failures[0])
    done = [latency for mine in latencies for latency in mine]
    return Measured(len(done), elapsed, done)
