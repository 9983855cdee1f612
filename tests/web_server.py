"""A real web server for tests: granian as a process, on the database of this test process."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.serve import END_WITH_STDIN

BACKEND = Path(__file__).resolve().parents[1] / "backend"
_PATIENCE_S = 60


def free_port() -> int:
    """A port of 127.0.0.1 that is free at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether a server answers there."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@contextmanager
def web_server(port: int, workers: int = 1, jobs: bool = False) -> Iterator["subprocess.Popen[bytes]"]:
    """A server on `port` that answers, with a process for jobs if asked for.

    It ends with the block, and with this process if that is killed.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "config.serve", END_WITH_STDIN],
        cwd=BACKEND,
        env=os.environ | {"PORT": str(port), "ROUNDSMAN_WORKERS": str(workers), "ROUNDSMAN_JOBS": str(int(jobs))},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + _PATIENCE_S
        while not answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the web server did not start")
            time.sleep(0.05)
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()  # which ends it in good order, its workers first
        try:
            process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
