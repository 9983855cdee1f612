"""What `make demo` and `make day` share: steps printed with their time, the web server, the day in the field."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings

from config.serve import END_WITH_STDIN

_START_PATIENCE_S = 60
END_PATIENCE_S = 20
_LINE = 88

Server = subprocess.Popen[bytes]


class DemoError(Exception):
    """The demo cannot go on; the message says why and what to do, in both languages."""


def end_by_signals() -> None:
    """Lets Ctrl-C and SIGTERM raise KeyboardInterrupt, also where a shell started us with Ctrl-C switched off."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)


@contextlib.contextmanager
def step(english: str, chinese: str) -> Iterator[list[str]]:
    """Prints one line when the step is done: its name, what it appended to the list it is given, its time."""
    note: list[str] = []
    begun = time.monotonic()
    yield note
    label = f"{english} / {chinese}" + (f": {note[0]}" if note else "")
    width = sum(2 if ord(character) > 0x2E80 else 1 for character in label)
    print(f"✓ {label}{' ' * max(1, _LINE - 2 - width)}{time.monotonic() - begun:6.1f} s", flush=True)


def server_log() -> Path:
    """The file into which the web server of the demo writes."""
    return Path(settings.VAR_DIR) / "log" / "server.log"


@contextlib.contextmanager
def web_server(address: str, port: int) -> Iterator[Server]:
    """Starts the web server, waits until it answers, and ends it on leaving. Raises DemoError."""
    server_log().parent.mkdir(parents=True, exist_ok=True)
    with server_log().open("ab") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "config.serve", END_WITH_STDIN],
            env=os.environ | {"HOST": address, "PORT": str(port), "ROUNDSMAN_LOG_LEVEL": "INFO"},
            stdin=subprocess.PIPE,  # closes when we end, even if we are killed: no server is left behind
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C reaches us alone, who then end it in good order
        )
    try:
        deadline = time.monotonic() + _START_PATIENCE_S
        while not _answers(f"http://{address}:{port}"):
            if server.poll() is not None or time.monotonic() > deadline:
                raise DemoError(f"the server did not start, see / 服务未能启动，请查看 {server_log()}")
            time.sleep(0.05)
        yield server
    finally:
        if server.poll() is None:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(END_PATIENCE_S)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def live_a_day(server: str, company: str, phones: Path, arguments: Sequence[str] = ()) -> int:
    """Has the reference clients live through a day against the server; returns their exit code, 0 when proven.

    phones: the folder in which their SQLite files stay.
    """
    project = Path(settings.BASE_DIR)
    paths = [str(project), str(project / "mobile-client-spec" / "reference-client"), os.environ.get("PYTHONPATH", "")]
    command = [sys.executable, "-m", "simulation", "--server", server, "--company", company, "--folder", str(phones)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in paths if path)}
    return subprocess.run([*command, *arguments], env=environment, check=False).returncode


def _answers(home: str) -> bool:
    try:
        with urllib.request.urlopen(f"{home}/health/live", timeout=5) as answer:  # noqa: S310  our own address
            return bool(answer.status < 500)
    except urllib.error.HTTPError as refusal:
        return refusal.code < 500
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
