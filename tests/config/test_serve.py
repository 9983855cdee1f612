"""The web server as a process: the port, and a good end."""

import socket
import subprocess
import time
from collections.abc import Iterator

import pytest

from config.serve import PortTakenError, require_free_port
from tests.web_server import answers, free_port, web_server

CONNECTIONS = 1_500


@pytest.fixture
def port() -> int:
    """A port that is free at the moment."""
    return free_port()


@pytest.fixture
def server(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server on `port` that answers; it ends when its standard input is closed."""
    with web_server(port) as process:
        yield process


def test_a_taken_port_is_refused(port: int) -> None:
    require_free_port("127.0.0.1", port)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as granian does it
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(PortTakenError, match=str(port)):
            require_free_port("127.0.0.1", port)


def test_the_server_ends_with_whoever_started_it(server: subprocess.Popen[bytes], port: int) -> None:
    assert server.stdin is not None
    server.stdin.close()
    assert server.wait(timeout=20) == 0
    require_free_port("127.0.0.1", port)


def test_the_server_ends_in_good_order_with_sigterm(server: subprocess.Popen[bytes], port: int) -> None:
    server.terminate()
    assert server.wait(timeout=20) == 0
    require_free_port("127.0.0.1", port)


def test_no_worker_outlives_a_server_that_is_killed(server: subprocess.Popen[bytes], port: int) -> None:
    server.kill()
    server.wait()
    deadline = time.monotonic() + 20
    while answers(port):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    require_free_port("127.0.0.1", port)


def test_a_server_that_is_killed_leaves_no_workers(server: subprocess.Popen[bytes], port: int) -> None:
    assert answers(port)
    server.kill()
    server.wait()
    deadline = time.monotonic() + 20
    while answers(port):
        assert time.monotonic() < deadline, "a worker still answers"
        time.sleep(0.1)
    require_free_port("127.0.0.1", port)


def test_many_phones_may_stay_connected() -> None:
    """granian's own limit, 1,024 a process, would leave the others without an answer for as long as those stay."""
    port = free_port()
    phones: list[socket.socket] = []
    try:
        with web_server(port):
            for _ in range(CONNECTIONS):
                phone = socket.create_connection(("127.0.0.1", port), timeout=10)
                phones.append(phone)
                phone.sendall(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                assert phone.recv(12) == b"HTTP/1.1 200"
    finally:
        for phone in phones:
            phone.close()
