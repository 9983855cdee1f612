"""The web server as a process: the port, and a good end."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.serve import END_WITH_STDIN, PortTakenError, require_free_port

BACKEND = Path(__file__).resolve().parents[2] / "backend"


@pytest.fixture
def port() -> int:
    """A port that is free at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server on `port` that answers; it ends when its standard input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "config.serve", END_WITH_STDIN],
        cwd=BACKEND,
        env=os.environ | {"PORT": str(port), "ROUNDSMAN_WORKERS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not answers(port):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield process
    process.kill()
    process.wait()
    assert process.stdin is not None
    process.stdin.close()


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


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
