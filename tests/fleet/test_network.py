"""The faulty network does what it says: each fault by itself, against a server that counts what arrives."""

import asyncio
import http.client
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from simulation.fleet.evidence import Evidence
from simulation.fleet.faults import Fault, Luck, Mishap
from simulation.fleet.network import Network, kind_of

BODY = b"x" * 5_000
PATH = "/api/v1/sync/push"


class Counting(BaseHTTPRequestHandler):
    """Answers every request with a long body, and keeps the bodies that came."""

    protocol_version = "HTTP/1.1"
    arrived: list[bytes]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if len(body) == int(self.headers["Content-Length"]):
            self.arrived.append(body)
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    """A server whose handler counts."""
    handler = type("Handler", (Counting,), {"arrived": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class Fate(Luck):
    """Luck that is known beforehand."""

    def __init__(self, *mishaps: Mishap | None) -> None:
        super().__init__(0.0, 0)
        self._mishaps = list(mishaps)

    def draw(self, path: str) -> Mishap | None:
        return self._mishaps.pop(0) if self._mishaps else None


Carry = Callable[..., tuple[list[bytes | str], Network]]


@pytest.fixture
def carry(server: ThreadingHTTPServer) -> Carry:
    """Sends so many requests through a network with this fate, one after the other on one connection as long as it
    holds; what the caller got of each, and the network."""

    def send(*mishaps: Mishap | None, requests: int = 1) -> tuple[list[bytes | str], Network]:
        host, port = server.server_address[:2]
        network = Network(str(host), int(port), Fate(*mishaps))
        return _in_loop(network, requests), network

    return send


def _in_loop(network: Network, requests: int) -> list[bytes | str]:
    async def run() -> list[bytes | str]:
        listening, port = await network.start()
        found = await asyncio.to_thread(_ask, port, requests)
        await network.finish()
        listening.close()
        await listening.wait_closed()
        network.close()
        return found

    return asyncio.run(run())


def _ask(port: int, requests: int) -> list[bytes | str]:
    found: list[bytes | str] = []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for number in range(requests):
        try:
            connection.request("POST", PATH, f"request {number}".encode())
            answer = connection.getresponse()
            body = answer.read()
            found.append(body if answer.status == 200 else f"{answer.status} {answer.headers['Retry-After']}")
        except (OSError, http.client.HTTPException) as error:
            found.append(type(error).__name__)
            connection.close()
    connection.close()
    return found


def arrived(server: ThreadingHTTPServer) -> list[bytes]:
    return sorted(server.RequestHandlerClass.arrived)  # type: ignore[attr-defined]


def test_without_mishaps_everything_passes_and_is_timed(carry: Carry, server: ThreadingHTTPServer) -> None:
    found, network = carry(requests=3)
    assert found == [BODY] * 3
    assert arrived(server) == [b"request 0", b"request 1", b"request 2"]
    assert [(seen.kind, seen.status) for seen in network.seen.exchanges] == [("push", 200)] * 3
    assert all(0 < seen.seconds < 5 and seen.bytes_down > len(BODY) for seen in network.seen.exchanges)
    assert not network.seen.faults


def test_a_delay_delays(carry: Carry, server: ThreadingHTTPServer) -> None:
    began = time.perf_counter()
    found, network = carry(Mishap(Fault.DELAY, pause_s=0.3))
    assert found == [BODY]
    assert time.perf_counter() - began > 0.3
    assert network.seen.exchanges[0].seconds < 0.3, "the fault's own time counts as the server's"


@pytest.mark.parametrize("part", [0.0, 0.5, 0.999])
def test_a_request_that_is_cut_never_arrives(carry: Carry, server: ThreadingHTTPServer, part: float) -> None:
    found, network = carry(Mishap(Fault.CUT_REQUEST, part=part), requests=2)
    assert isinstance(found[0], str)
    assert found[1] == BODY
    assert arrived(server) == [b"request 1"]
    assert network.seen.faults == {"cut_request": 1}


@pytest.mark.parametrize("part", [0.0, 0.01, 0.5, 0.999])
def test_a_request_whose_answer_is_cut_has_arrived(carry: Carry, server: ThreadingHTTPServer, part: float) -> None:
    found, _ = carry(Mishap(Fault.CUT_ANSWER, part=part), requests=2)
    assert found[0] != BODY  # cut within its head, http.client takes it for one without a body
    assert arrived(server) == [b"request 0", b"request 1"]


def test_a_doubled_request_arrives_twice_and_is_answered_once(carry: Carry, server: ThreadingHTTPServer) -> None:
    found, _ = carry(Mishap(Fault.DOUBLE), requests=2)
    assert found == [BODY, BODY]
    assert arrived(server) == [b"request 0", b"request 0", b"request 1"]


def test_a_late_request_arrives_after_the_next_one(carry: Carry, server: ThreadingHTTPServer) -> None:
    found, _ = carry(Mishap(Fault.LATE, pause_s=0.4), requests=2)
    assert isinstance(found[0], str)
    assert found[1] == BODY
    assert server.RequestHandlerClass.arrived == [b"request 1", b"request 0"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("fault", "status"), [(Fault.BUSY, 503), (Fault.TOO_MANY, 429)])
def test_a_refusal_comes_from_the_network_alone(
    carry: Carry, server: ThreadingHTTPServer, fault: Fault, status: int
) -> None:
    found, network = carry(Mishap(fault, retry_after_s=7), requests=2)
    assert found == [f"{status} 7", BODY]
    assert arrived(server) == [b"request 1"]
    assert len(network.seen.exchanges) == 1


def test_luck_draws_the_share_that_it_was_given_and_every_fault() -> None:
    luck = Luck(0.25, seed=1)
    drawn = [luck.draw(PATH) for _ in range(4_000)]
    mishaps = [mishap for mishap in drawn if mishap is not None]
    assert 0.22 < len(mishaps) / len(drawn) < 0.28
    assert {mishap.fault for mishap in mishaps} == set(Fault)
    assert {Luck(0.0, 1).draw(PATH) for _ in range(100)} == {None}
    again = Luck(0.25, seed=1)
    assert [again.draw(PATH) for _ in range(100)] == drawn[:100]


def test_sign_ins_are_neither_doubled_nor_late() -> None:
    luck = Luck(1.0, seed=2)
    faults = {mishap.fault for mishap in (luck.draw("/api/v1/auth/refresh") for _ in range(500)) if mishap}
    assert faults == set(Fault) - {Fault.DOUBLE, Fault.LATE}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/api/v1/sync", "sync"),
        ("/api/v1/sync/pull", "pull"),
        ("/api/v1/auth/refresh", "refresh"),
        ("/api/v1/auth/sign-in", "sign-in"),
        ("/api/v1/sync/commands?limit=200", "rest"),
        ("/api/v1/customers/6f/access", "rest"),
    ],
)
def test_kinds_of_requests(path: str, kind: str) -> None:
    assert kind_of(path) == kind


def test_what_has_passed_is_kept_once(tmp_path: Path, carry: Carry) -> None:
    _, network = carry(Mishap(Fault.DOUBLE), None, requests=2)
    evidence = Evidence(tmp_path / "evidence.sqlite")
    for _ in range(2):
        seen = network.take_seen()
        evidence.note_exchanges(seen.exchanges)
        evidence.note_faults(seen.faults)
    assert evidence.read("select kind, count(*) from exchange group by kind") == [("push", 3)]
    assert evidence.read("select kind, times from fault") == [("double", 1)]
    evidence.close()
