"""The server under measurement: its own embedded PostgreSQL (fsync on), its own database, granian with 2 workers."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VAR = ROOT / "var" / "bench"


def use_bench_database() -> None:
    """Point this process and those it starts at the benchmark's own database. Call before Django is set up."""
    sys.path.insert(0, str(ROOT / "backend"))
    os.environ["ROUNDSMAN_VAR"] = str(VAR)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["ROUNDSMAN_LOG_LEVEL"] = "WARNING"


@contextmanager
def running_server() -> Iterator["Server"]:
    """A server on a free port of 127.0.0.1; ended with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"PORT": str(port), "HOST": "127.0.0.1", "ROUNDSMAN_WORKERS": "2"}
    process = subprocess.Popen(
        [sys.executable, "-m", "config.serve"],
        cwd=ROOT / "backend",
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait(port, process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


class Server:
    """Where it listens, and its processes."""

    def __init__(self, port: int, pid: int) -> None:
        self.port = port
        self.pid = pid

    def worker_memory_mb(self) -> list[float]:
        """Resident memory of each worker, in MB."""
        return [
            int(state["VmRSS"].split()[0]) / 1024
            for path, state in _processes()
            if int(state["PPid"]) == self.pid and "VmRSS" in state and "resource_tracker" not in _command(path)
        ]

    def database_memory_mb(self) -> float:
        """Memory that the largest process of PostgreSQL has for itself (without the shared buffers), in MB."""
        postmaster = _postmaster()
        own = []
        for child in Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split():
            try:
                own += re.findall(r"RssAnon:\s+(\d+) kB", Path(f"/proc/{child}/status").read_text())
            except OSError:
                continue
        return max(map(int, own), default=0) / 1024

    def cpu_seconds(self) -> tuple[float, float]:
        """CPU that the web server and PostgreSQL have used so far, with their children that are alive."""
        return _cpu_below(self.pid), _cpu_below(_postmaster())


def _postmaster() -> int:
    return int((VAR / "postgres" / "postmaster.pid").read_text().split()[0])


def _processes() -> list[tuple[Path, dict[str, str]]]:
    found = []
    for path in Path("/proc").glob("[0-9]*/status"):
        try:
            text = path.read_text()
        except OSError:
            continue
        found.append((path.parent, dict(line.split(":", 1) for line in text.splitlines() if ":" in line)))
    return found


def _cpu_below(pid: int) -> float:
    total = 0.0
    for path, state in _processes():
        if pid in (int(path.name), int(state["PPid"])):
            try:
                total += sum(int(task.read_text().split()[0]) for task in path.glob("task/*/schedstat")) / 1e9
            except OSError:
                continue
    return total


def _command(process: Path) -> str:
    try:
        return (process / "cmdline").read_text()
    except OSError:
        return ""


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError("the server ended at its start")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the server did not start")
