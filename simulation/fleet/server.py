"""The server under test: one that is started here, with its own PostgreSQL and a folder that is thrown away, or one
that runs already.

It is a process like any other: nothing of its code is imported, only its documented commands are run.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulation.fleet.processes import Cost, cost_of
from simulation.fleet.setting import Server

_PROJECT = Path(__file__).resolve().parents[2]
_ADDRESS = "127.0.0.1"
_COMPANY = "fleet"
_ADMIN = "admin1"
_PASSWORD = "fleet-at-home"  # noqa: S105  of a company that exists for one run
_START_S = 120
_END_S = 60


class ServerFailed(Exception):
    """The server could not be prepared or started; the message says what it said."""


class OwnServer:
    """A server that belongs to this run."""

    def __init__(self, port: int, folder: Path, process: "subprocess.Popen[bytes]") -> None:
        self.at = Server(f"http://{_ADDRESS}:{port}", _COMPANY, _ADMIN, _PASSWORD)
        self._folder = folder
        self._process = process

    def cost(self) -> dict[str, Cost]:
        """What the web server and PostgreSQL have cost so far."""
        postmaster = self._folder / "postgres" / "postmaster.pid"
        try:
            database = cost_of(int(postmaster.read_text().split()[0]))
        except (OSError, ValueError, IndexError):
            database = Cost()
        return {"web": cost_of(self._process.pid), "postgres": database}


@contextmanager
def own_server(folder: Path, workers: int, companies: int = 1) -> Iterator[OwnServer]:
    """A server with so many workers, its state below `folder`. It ends with the block, and with this process.

    companies: `fleet` and, if there are to be more, `fleet-2`, `fleet-3`, … with the same administrator. Raises
    ServerFailed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    environment = _environment(folder, port, workers)
    _manage(environment, "migrate", "--verbosity", "0")
    log = folder / "server.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.serve", "--end-with-stdin"],
            cwd=_PROJECT / "backend",
            env=environment,
            stdin=subprocess.PIPE,  # closes when we end, even if we are killed
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C reaches us alone
        )
    try:
        _wait(port, process, log)
        for number in range(companies):
            code = company_code(number)
            _manage(environment, "create_company", code, f"车队 Fleet {number + 1}", "--admin", _ADMIN)
        yield OwnServer(port, folder, process)
    finally:
        _end(process)


def company_code(number: int) -> str:
    """The code of the company with this number, from 0."""
    return _COMPANY if number == 0 else f"{_COMPANY}-{number + 1}"


def answers(url: str) -> bool:
    """Whether a server answers there."""
    try:
        with urllib.request.urlopen(f"{url}/health/live", timeout=5) as answer:  # noqa: S310  http on purpose
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _environment(folder: Path, port: int, workers: int) -> dict[str, str]:
    given = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    return given | {
        "HOST": _ADDRESS,
        "PORT": str(port),
        "ROUNDSMAN_VAR": str(folder),
        "ROUNDSMAN_KEYS": str(folder / "keys"),
        "ROUNDSMAN_WORKERS": str(workers),
        "ROUNDSMAN_LOG_LEVEL": "WARNING",
        "ROUNDSMAN_ADMIN_PASSWORD": _PASSWORD,
        # Hundreds of people sign in from one address within a minute, and what hashing costs is not asked here.
        "ROUNDSMAN_ARGON2": "1,8,1",
        "ROUNDSMAN_SIGN_IN_FAILURES_PER_ADDRESS": "1000000",
    }


def _manage(environment: dict[str, str], *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=_PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ServerFailed(f"manage.py {arguments[0]}: {(done.stderr or done.stdout).strip()[-800:]}")


def _wait(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + _START_S
    while not answers(f"http://{_ADDRESS}:{port}"):
        if process.poll() is not None or time.monotonic() > until:
            raise ServerFailed(f"the server did not start: {log.read_text(errors='replace')[-800:]}")
        time.sleep(0.05)


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_ADDRESS, 0))
        return int(probe.getsockname()[1])
