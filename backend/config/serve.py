"""The web server: granian with a few workers on one port. `python -m config.serve`, or from `make serve`."""

import os
import resource
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from granian.constants import Interfaces
from granian.server import MPServer

from config.job_worker import job_worker

DEFAULT_PORT = 8000
END_WITH_STDIN = "--end-with-stdin"
_BACKLOG = 4_096
_CONNECTIONS = 10_000
_OTHER_FILES = 200
# An open event stream would hold up the end of a worker for as long as the phone listens.
_STREAMS_END_S = 3


class PortTakenError(Exception):
    """Port {port} of {address} is taken by another program: end that, or choose another by PORT=…"""

    def __init__(self, address: str, port: int) -> None:
        super().__init__(
            f"port {port} of {address} is taken: end the program there, or choose another with PORT=…"
            f" / 端口 {port} 已被占用，请结束占用它的程序，或用 PORT=… 换一个端口"
        )


def address_from_environment() -> tuple[str, int]:
    """Returns where to listen: HOST (this machine only, unless set) and PORT."""
    return os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT") or DEFAULT_PORT)


def require_free_port(address: str, port: int) -> None:
    """Raises PortTakenError when somebody listens there: granian would share the port with him without a word."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # Without SO_REUSEPORT this fails if anyone listens; with SO_REUSEADDR a port just left does not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
            probe.listen(1)
        except OSError as refusal:
            raise PortTakenError(address, port) from refusal


def connections_per_worker() -> int:
    """Returns how many connections one process keeps open: ROUNDSMAN_CONNECTIONS, as far as the system allows files.

    Every phone in the foreground keeps one for its events. Beyond this number granian neither answers nor refuses, so
    it lies far above what the requests in work ever need; of those, `core.load` turns away what is too much.
    """
    wanted = int(os.environ.get("ROUNDSMAN_CONNECTIONS", str(_CONNECTIONS)))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(1, min(wanted, soft - _OTHER_FILES))
    return wanted


def make_server(address: str, port: int) -> MPServer:
    """Returns the server, ready to `serve()`: ROUNDSMAN_WORKERS processes (2)."""
    return MPServer(
        "config.rsgi:application",
        address=address,
        port=port,
        interface=Interfaces.RSGI,
        workers=int(os.environ.get("ROUNDSMAN_WORKERS", "2")),
        backlog=_BACKLOG,
        backpressure=connections_per_worker(),
        workers_kill_timeout=_STREAMS_END_S,
        respawn_failed_workers=True,  # a worker that is killed takes neither the others nor the server with it
        log_access=False,
        websockets=False,
    )


@contextmanager
def embedded_postgres() -> Iterator[None]:
    """Holds the embedded server, if that is what the settings use: workers may come and go, the last to leave is us."""
    server = settings.EMBEDDED_POSTGRES
    if server is None:
        yield
        return
    server.hold()
    try:
        yield
    finally:
        server.release()


def _end_with_stdin() -> None:
    """Ends this process in good order once standard input closes, which is when whoever started it has ended."""

    def wait() -> None:
        while os.read(0, 1024):  # not through sys.stdin: its lock would be in the way when the interpreter ends
            pass
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=wait, daemon=True, name="end-with-stdin").start()


def main(arguments: list[str]) -> int:
    """Serves until SIGINT or SIGTERM; returns the exit code."""
    if END_WITH_STDIN in arguments:
        _end_with_stdin()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    address, port = address_from_environment()
    try:
        require_free_port(address, port)
    except PortTakenError as refusal:
        print(refusal, file=sys.stderr)
        return 1
    with embedded_postgres(), job_worker():
        make_server(address, port).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
