"""Files through a real server of two processes: flat memory, broken connections, races, and a server that is killed."""

import hashlib
import http.client
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import pytest

from tests.files import makers, phone
from tests.personas import TestCompany, make_company
from tests.visits.field import SHOP, add_customer, check_in
from tests.web_server import free_port, web_server

MIB = 2**20
_PATIENCE_S = 30


class Line:
    """One phone's connection to a real server."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.authorization = {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        """One request; returns the answer with its `body`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE_S)
        try:
            head = self.authorization | (headers or {})
            connection.request(method, path, body, head, encode_chunked="Transfer-Encoding" in head)
            response: Any = connection.getresponse()
            response.content = response.read()
            return response
        finally:
            connection.close()

    def create(self, data: bytes, media_type: str = "image/jpeg") -> str:
        response = self.ask("POST", phone.UPLOADS, headers=phone.announcement(data, media_type))
        assert response.status == 201, response.content
        return "/" + response.headers["Location"].split("/", 3)[3]

    def send(self, path: str, offset: int, data: Any, **headers: str) -> Any:
        return self.ask("PATCH", path, data, phone.chunk_headers(offset, **headers))

    def offset(self, path: str) -> int:
        response = self.ask("HEAD", path, headers={"Tus-Resumable": "1.0.0"})
        assert response.status == 200, response.status
        return int(response.headers["Upload-Offset"])

    def send_and_hang_up(self, path: str, offset: int, data: bytes, announced: int) -> None:
        """Announce more than is sent, and be gone."""
        with socket.create_connection(("127.0.0.1", self.port)) as line:
            head = phone.chunk_headers(offset, **{"Content-Length": str(announced)}) | self.authorization
            text = "".join(f"{name}: {value}\r\n" for name, value in head.items())
            line.sendall(f"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{text}\r\n".encode() + data)


class Stage:
    """A company, its server, and alice's phone."""

    def __init__(self, port: int, server: Any) -> None:
        self.server = server
        self.company: TestCompany = make_company()
        self.alice = self.line(port, "alice")
        self.port = port

    def line(self, port: int, name: str) -> Line:
        return Line(port, self.company.client(name).session_tokens["access_token"])

    def workers(self) -> list[psutil.Process]:
        """The server's processes that answer requests."""
        children = psutil.Process(self.server.pid).children()
        alive = [child for child in children if child.status() != psutil.STATUS_ZOMBIE]
        return [child for child in alive if "resource_tracker" not in " ".join(child.cmdline())]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    port = free_port()
    with web_server(port, workers=2) as server:
        yield Stage(port, server)


def eventually(condition: Any, within_s: float = 10) -> None:
    until = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < until, "not in time"
        time.sleep(0.02)


def peak_mb(process: psutil.Process) -> float:
    """The most memory that the process has had of its own, in MB. (Pages of files it has open are not its own.)"""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return float(status.split("VmHWM:")[1].split()[0]) / 1024


def now_mb(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / MIB


def recording(size: int) -> bytes:
    """A recording of about so many bytes."""
    return makers.film(b"soun", seconds=size // 8_000, brand=b"M4A ")


@pytest.mark.parametrize("size", [5 * MIB, 100 * MIB - 40_000], ids=["5 MB", "100 MB"])
@pytest.mark.parametrize("pieces", [1, 4])
def test_flat_memory(stage: Stage, size: int, pieces: int) -> None:
    """As much memory for a file of 100 MB as for one of 5 MB: next to none."""
    data = recording(size) + makers.box(b"free", os.urandom(16))
    warm = recording(100_000) + makers.box(b"free", os.urandom(16))
    for _ in range(4):  # both workers have served an upload
        path = stage.alice.create(warm, "audio/mp4")
        stage.alice.send(path, 0, warm)
        warm += makers.box(b"free", os.urandom(16))
    before = {process.pid: now_mb(process) for process in stage.workers()}
    for process in stage.workers():
        Path(f"/proc/{process.pid}/clear_refs").write_text("5")  # the peak begins anew
    path = stage.alice.create(data, "audio/mp4")
    step = len(data) // pieces + 1
    for start in range(0, len(data), step):
        response = stage.alice.send(path, start, data[start : start + step])
        assert response.status == 204, response.content
    assert stage.alice.offset(path) == len(data)
    grown = max(peak_mb(process) - before[process.pid] for process in stage.workers())
    assert grown < 12, f"{grown:.1f} MB"


def test_a_connection_that_breaks_loses_nothing_that_arrived(stage: Stage) -> None:
    data = makers.of_size(300_000)
    path = stage.alice.create(data)
    stage.alice.send_and_hang_up(path, 0, data[:200_000], len(data))
    eventually(lambda: stage.alice.offset(path) == 200_000)
    assert stage.alice.send(path, 200_000, data[200_000:]).status == 204


def test_a_broken_connection_with_a_checksum_counts_for_nothing(stage: Stage) -> None:
    """What came cannot be told from what was damaged."""
    data = makers.of_size(300_000)
    path = stage.alice.create(data)
    head = phone.chunk_headers(0, **{"Content-Length": str(len(data)), "Upload-Checksum": phone.checksum(data)})
    text = "".join(f"{name}: {value}\r\n" for name, value in (head | stage.alice.authorization).items())
    with socket.create_connection(("127.0.0.1", stage.port)) as line:
        line.sendall(f"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{text}\r\n".encode() + data[:100_000])
    time.sleep(0.3)
    assert stage.alice.offset(path) == 0
    whole = {"Upload-Checksum": phone.checksum(data)}
    assert stage.alice.send(path, 0, data, **whole).status == 204


def test_a_body_in_chunks(stage: Stage) -> None:
    """As Android's clients send it, without saying how long it is."""
    data = makers.of_size(200_000)
    path = stage.alice.create(data)
    pieces = (data[start : start + 7_000] for start in range(0, len(data), 7_000))
    headers = phone.chunk_headers(0, **{"Transfer-Encoding": "chunked"})
    response = stage.alice.ask("PATCH", path, pieces, headers)
    assert (response.status, response.headers["Upload-Offset"]) == (204, str(len(data)))


def test_one_winner_at_each_offset(stage: Stage) -> None:
    """Eight requests for the same bytes at the same time, in two processes."""
    data = makers.of_size(400_000)
    path = stage.alice.create(data)
    for start in range(0, len(data), 100_000):
        statuses: list[int] = []
        ready = threading.Barrier(8)

        def send(start: int = start, statuses: list[int] = statuses, ready: threading.Barrier = ready) -> None:
            ready.wait()
            statuses.append(stage.alice.send(path, start, data[start : start + 100_000]).status)

        threads = [threading.Thread(target=send) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [204] + [409] * 7, statuses
    assert stage.alice.offset(path) == len(data)
    assert _read(stage, data) == data


def test_nobody_unknown_gets_to_write(stage: Stage) -> None:
    """The body of somebody without a token is not even taken."""
    data = makers.of_size(100_000)
    path = stage.alice.create(data)
    stranger = Line(stage.port, "nonsense")
    response = stranger.send(path, 0, b"x")
    assert response.status == 401
    assert stage.alice.offset(path) == 0


def test_a_body_larger_than_any_file(stage: Stage) -> None:
    with socket.create_connection(("127.0.0.1", stage.port)) as line:
        head = phone.chunk_headers(0, **{"Content-Length": str(101 * MIB)}) | stage.alice.authorization
        text = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        line.sendall(f"PATCH {phone.UPLOADS}x HTTP/1.1\r\nHost: 127.0.0.1\r\n{text}\r\n".encode())
        assert line.recv(1000).startswith(b"HTTP/1.1 413")


def test_slow_phones_do_not_hold_up_the_others(stage: Stage) -> None:
    """More phones than the server has threads, each in the middle of its file."""
    data = makers.of_size(50_000)
    path = stage.alice.create(data)
    head = phone.chunk_headers(0, **{"Content-Length": str(len(data))}) | stage.alice.authorization
    text = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    slow = [socket.create_connection(("127.0.0.1", stage.port)) for _ in range(20)]
    try:
        for line in slow:
            line.sendall(f"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{text}\r\n".encode() + data[:10_000])
        began = time.monotonic()
        for _ in range(20):
            assert stage.alice.offset(path) == 0
        assert time.monotonic() - began < 3
    finally:
        for line in slow:
            line.close()
    eventually(lambda: stage.alice.offset(path) == 10_000)  # one of them won


def test_reading_in_ranges(stage: Stage) -> None:
    """The web server sends the file by itself, whole or a part of it."""
    data = makers.of_size(300_000)
    path = stage.alice.create(data)
    stage.alice.send(path, 0, data)
    url = _address(stage, data)
    whole = stage.alice.ask("GET", url)
    assert (whole.status, whole.content) == (200, data)
    assert whole.headers["Content-Length"] == str(len(data))
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert whole.headers["Content-Type"] == "image/jpeg"
    for asked, start, end in (
        ("bytes=0-0", 0, 1),
        ("bytes=100-299", 100, 300),
        ("bytes=299990-", 299_990, 300_000),
        ("bytes=-10", 299_990, 300_000),
        ("bytes=1-999999999", 1, 300_000),
    ):
        part = stage.alice.ask("GET", url, headers={"Range": asked})
        assert (part.status, part.content) == (206, data[start:end]), asked
        assert part.headers["Content-Range"] == f"bytes {start}-{end - 1}/300000"
    beyond = stage.alice.ask("GET", url, headers={"Range": "bytes=300000-"})
    assert beyond.status == 416
    for ignored in ("bytes=5-2", "bytes=-", "lines=1-2", "bytes=0-1,5-6", "bytes=x-"):
        assert stage.alice.ask("GET", url, headers={"Range": ignored}).status == 200, ignored
    head = stage.alice.ask("HEAD", url)
    assert (head.status, head.headers["Content-Length"], head.content) == (200, "300000", b"")


def test_a_server_that_is_killed_and_started_again() -> None:
    """Everything that was acknowledged is there; the phone goes on where it stood."""
    port = free_port()
    data = makers.of_size(1_000_000)
    with web_server(port, workers=2) as server:
        stage = Stage(port, server)
        path = stage.alice.create(data)
        assert stage.alice.send(path, 0, data[:400_000]).status == 204
        for process in [*stage.workers(), psutil.Process(server.pid)]:
            process.kill()
        server.wait(_PATIENCE_S)
    with web_server(port, workers=1):
        assert stage.alice.offset(path) == 400_000
        assert stage.alice.send(path, 400_000, data[400_000:]).status == 204
        assert _read(stage, data) == data


def test_a_worker_that_is_killed_in_the_middle_of_a_body(stage: Stage) -> None:
    """What was not acknowledged is sent again."""
    data = makers.of_size(600_000)
    path = stage.alice.create(data)
    stage.alice.send(path, 0, data[:100_000])
    head = phone.chunk_headers(100_000, **{"Content-Length": "500000"}) | stage.alice.authorization
    text = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    with socket.create_connection(("127.0.0.1", stage.port)) as line:
        line.sendall(f"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{text}\r\n".encode() + data[100_000:300_000])
        time.sleep(0.2)
        doomed = stage.workers()
        for process in doomed:
            process.kill()
        eventually(lambda: len([p for p in stage.workers() if p.pid not in {d.pid for d in doomed}]) == 2)
    eventually(lambda: _answers(stage, path))
    offset = stage.alice.offset(path)
    assert offset == 100_000
    assert stage.alice.send(path, offset, data[offset:]).status == 204
    assert _read(stage, data) == data


def _answers(stage: Stage, path: str) -> bool:
    try:
        return stage.alice.offset(path) >= 0
    except OSError:
        return False


def _address(stage: Stage, data: bytes) -> str:
    """Where the file can be read, once a photo names it."""
    visit = check_in(stage.company.alice, add_customer(stage.company.alice, SHOP))
    photo: UUID = phone.add_photo(stage.company.alice, visit, data)
    response = stage.alice.ask("GET", f"/api/v1/files/{photo}/address")
    assert response.status == 200, response.content
    import json

    url: str = json.loads(response.content)["url"]
    return url


def _read(stage: Stage, data: bytes) -> bytes:
    content: bytes = stage.alice.ask("GET", _address(stage, data)).content
    assert hashlib.sha256(content).hexdigest() == phone.sha256(data)
    return content
