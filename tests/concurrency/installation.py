"""A whole installation for one test: a PostgreSQL of its own, or the tests' one, and the web server with two workers.

Everything in it can be killed. Only processes that were started here are ever signalled.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import httpx
import psycopg

from config.serve import END_WITH_STDIN
from core.postgres import roles
from core.postgres.embedded import EmbeddedServer
from tests.migrated import copy_migrated

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE_S = 60.0
# Transaction ids of work that was rolled back stay unflushed for long, so that a crash gives many of them out again.
_SETTINGS = {"wal_writer_delay": "10s", "autovacuum": "off", "shared_buffers": "32MB", "max_wal_size": "256MB"}


class Database:
    """A durable PostgreSQL (fsync on) that can be killed and comes back."""

    def __init__(self, folder: Path) -> None:
        copy_migrated(folder)
        self.server = EmbeddedServer(folder / "postgres", log_file=folder / "postgres.log", settings=_SETTINGS)
        self.server.hold()
        self.environment = {"DATABASE_URL": self.app, "DATABASE_OWNER_URL": self.owner}

    @property
    def admin(self) -> str:
        """The superuser's connection string."""
        return self.server.conninfo("postgres")

    @property
    def app(self) -> str:
        """The application's connection string."""
        return self.server.conninfo("roundsman", roles.APP)

    @property
    def owner(self) -> str:
        """The owner's connection string."""
        return self.server.conninfo("roundsman", roles.OWNER)

    def kill(self) -> None:
        """kill -9 of the postmaster and of all its children at once."""
        postmaster = self.server.running_pid()
        assert postmaster
        victims = [postmaster, *children_of(postmaster)]
        for pid in victims:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_until(lambda: self.server.running_pid() is None, "PostgreSQL is gone")

    def kill_backend(self) -> None:
        """kill -9 of one client's process: PostgreSQL ends all others and recovers by itself, with the same loss."""
        with psycopg.connect(self.admin) as connection:
            row = connection.execute(
                "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()"
                " order by random() limit 1"
            ).fetchone()
        if row is not None:
            with suppress(ProcessLookupError):
                os.kill(row[0], signal.SIGKILL)

    def restart(self) -> None:
        """Start it again; returns once it has recovered."""
        self.server.hold()

    def destroy(self) -> None:
        """End it and remove its data."""
        self.server.destroy()


class WebServer:
    """granian with its workers, in a process of its own."""

    def __init__(self, folder: Path, environment: dict[str, str], *, workers: int = 2) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        self._environment = os.environ | {
            "ROUNDSMAN_VAR": str(folder),
            "ROUNDSMAN_LOG_LEVEL": "WARNING",
            "ROUNDSMAN_WORKERS": str(workers),
            "PORT": str(self.port),
            **environment,
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.serve", END_WITH_STDIN],
                cwd=ROOT / "backend",
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )
        self.wait_until_ready()

    def wait_until_ready(self, patience_s: float = _PATIENCE_S) -> float:
        """Wait until the server answers that it is ready; returns for how many seconds that took."""
        began = time.monotonic()
        wait_until(self._is_ready, f"the server is ready; its log: {self.log}", patience_s)
        return time.monotonic() - began

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, f"the server has ended:\n{self.log.read_text()[-4000:]}"
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/health/ready", timeout=15).status_code == 200
        return False

    def worker_pids(self) -> list[int]:
        """The processes that answer requests."""
        return [pid for pid in children_of(self.process.pid) if b"resource_tracker" not in command_of(pid)]

    def kill_worker(self) -> None:
        """kill -9 of the oldest worker."""
        with suppress(ProcessLookupError):
            os.kill(min(self.worker_pids()), signal.SIGKILL)

    def close(self) -> None:
        """End the server in good order, at last by force."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            for pid in [self.process.pid, *children_of(self.process.pid)]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.wait()


class Installation:
    """Database and web server together, migrated and ready."""

    def __init__(self, folder: Path, *, workers: int = 2) -> None:
        self.folder = folder
        self.database = Database(folder)
        try:
            self.web = WebServer(folder / "web", self.environment, workers=workers)
        except BaseException:
            self.database.destroy()
            raise

    @property
    def environment(self) -> dict[str, str]:
        """What a process of this installation needs to know."""
        return self.database.environment | {"ROUNDSMAN_SECRET_KEY": "crash", "ROUNDSMAN_ARGON2": "1,8,1"}

    def run(self, *arguments: str) -> str:
        """Run Python in this installation; returns what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=os.environ | {"ROUNDSMAN_VAR": str(self.folder / "web")} | self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def rows(self, query: str, *values: Any, company_id: str | None = None) -> list[tuple[Any, ...]]:
        """The rows of a query as the owner, inside a company's fence."""
        with psycopg.connect(self.database.owner) as connection:
            if company_id:
                connection.execute("select set_config('roundsman.company_id', %s, true)", [company_id])
            return connection.execute(query, values or None).fetchall()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.web.close()
        self.database.destroy()
        shutil.rmtree(self.folder, ignore_errors=True)


def wait_until(condition: Any, what: str, patience_s: float = _PATIENCE_S) -> None:
    """Wait until `condition()` is true; fails when that takes too long."""
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.02)


def free_port() -> int:
    """A port that is free at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children_of(parent: int) -> list[int]:
    """The living children of a process."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with suppress(FileNotFoundError, ProcessLookupError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def command_of(pid: int) -> bytes:
    """The command line of a process; empty when it has ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""
