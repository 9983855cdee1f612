"""The stream of pokes, from a real server: whoever got something new is told within a moment, nobody else is."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from queue import Empty, Queue
from uuid import uuid4

import pytest

from tests.personas import ApiClient, TestCompany, make_company
from tests.web_server import free_port, web_server

PATH = "/api/v1/sync/events"
SOON_S = 8.0


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server with two processes, so that most pokes cross from one to the other."""
    port = free_port()
    with web_server(port, workers=2):
        yield port


class Stream:
    """An open stream, read by a thread; `pokes` holds the moments at which it was told to pull."""

    def __init__(self, port: int, client: ApiClient) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._connection.request("GET", PATH, headers={"Authorization": client.defaults["HTTP_AUTHORIZATION"]})
        self._socket = self._connection.sock  # the connection forgets it when the answer announces its own end
        self._answer = self._connection.getresponse()
        self.status = self._answer.status
        self.content_type = self._answer.headers["Content-Type"]
        self.pokes: Queue[float] = Queue()
        self.lines: list[bytes] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while line := self._answer.readline():
            self.lines.append(line)
            if line == b"event: poke\n":
                self.pokes.put(time.monotonic())

    def poked(self, within_s: float = SOON_S) -> bool:
        try:
            self.pokes.get(timeout=within_s)
        except Empty:
            return False
        return True

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._reader.join()
        self._answer.close()
        self._connection.close()


@pytest.fixture
def streams() -> Iterator[list[Stream]]:
    opened: list[Stream] = []
    yield opened
    for stream in opened:
        stream.close()


def open_stream(port: int, streams: list[Stream], client: ApiClient) -> Stream:
    """A stream that has said its first poke, which every stream begins with."""
    stream = Stream(port, client)
    streams.append(stream)
    assert stream.status == 200
    assert stream.content_type == "text/event-stream"
    assert stream.poked()
    while stream.poked(within_s=1.5):  # what the persons' own making still echoes
        pass
    return stream


def test_a_change_pokes_those_who_got_it(port: int, streams: list[Stream], company: TestCompany) -> None:
    alice = open_stream(port, streams, company.alice.client())
    zed = open_stream(port, streams, company.zed.client())
    elsewhere = make_company()
    stranger = open_stream(port, streams, elsewhere.alice.client())

    id_ = str(uuid4())
    assert company.alice.execute("customers.create", {"id": id_, "name": "New shop"}).settled
    assert alice.poked()
    assert not zed.poked(within_s=2)
    assert not stranger.poked(within_s=0.1)

    # A grant pokes whoever gained it, and one who lost it.
    assert company.alice.execute("customers.share", {"customer_id": id_, "user_id": str(company.zed.id)}).settled
    assert zed.poked()
    assert company.alice.execute("customers.unshare", {"customer_id": id_, "user_id": str(company.zed.id)}).settled
    assert zed.poked()
    assert not stranger.poked(within_s=0.5)

    # A poke says nothing but "pull now".
    for stream in streams:
        said = {line for line in stream.lines if line.startswith(b"data:")}
        assert said == {b"data: {}\n"}


def test_who_may_not_listen(port: int, company: TestCompany) -> None:
    def ask(token: str | None, method: str = "GET") -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request(method, PATH, headers={"Authorization": f"Bearer {token}"} if token else {})
        answer = connection.getresponse()
        found = answer.status, answer.read()
        connection.close()
        return found

    client = company.alice.client()
    token = client.defaults["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    assert ask(None)[0] == 401
    assert ask("garbage")[0] == 401
    assert ask(token, "POST")[0] == 405
    assert company.dora.execute("accounts.revoke_device", {"id": str(client.device_id)}).settled
    status, body = ask(token)
    assert status == 401
    assert b"accounts.device_revoked" in body
