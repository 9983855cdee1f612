"""The adapter's end of the line: calls over stdin and stdout of a process, or over HTTP, each with a time limit."""

import contextlib
import json
import os
import shlex
import signal
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any, Protocol

from roundsman_conformance.names import Json


class AdapterError(Exception):
    """The adapter replied with an error. code: one of the README's, or another."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code


class AdapterGone(Exception):
    """The adapter's process ended, or cannot be reached."""


class AdapterSlow(Exception):
    """The adapter did not reply in time."""


class Adapter(Protocol):
    """Carries calls."""

    can_be_killed: bool

    def start(self, call: str, arguments: Json) -> "Future[Json]":
        """Begin a call; its result comes later."""

    def kill(self) -> None:
        """End the adapter's process at once, as a system ends an app."""

    def begin_anew(self) -> None:
        """Start the process again after a kill or a hang."""

    def close(self) -> None:
        """No more calls."""


def wait_for(future: "Future[Json]", seconds: float) -> Json:
    """The result of a call. Raises AdapterError, AdapterGone, AdapterSlow."""
    try:
        return future.result(seconds)
    except FutureTimeout:
        raise AdapterSlow(f"no reply within {seconds:g} s") from None


def _result(reply: Any) -> Json:
    if not isinstance(reply, dict):
        raise AdapterError("failed", f"the reply is no object: {reply!r}"[:200])
    if "error" in reply:
        error = reply["error"] if isinstance(reply["error"], dict) else {"message": str(reply["error"])}
        raise AdapterError(str(error.get("code", "failed")), str(error.get("message", "")))
    result = reply.get("result")
    return result if isinstance(result, dict) else {}


class PipeAdapter:
    """JSON lines over stdin and stdout of a process that is started here."""

    can_be_killed = True

    def __init__(self, command: str, log: Callable[[str], None]) -> None:
        """log: gets what the process writes besides replies."""
        self._command = shlex.split(command)
        self._log = log
        self._number = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting: dict[int, Future[Json]] = {}
        self.begin_anew()

    def begin_anew(self) -> None:
        self.kill()
        self._waiting = {}
        try:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,  # so that a kill reaches a browser that the adapter has started, too
            )
        except OSError as error:
            raise AdapterGone(f"{self._command[0]}: {error.strerror}") from error
        self._process = process
        threading.Thread(target=self._read, args=(process, self._waiting), daemon=True).start()
        threading.Thread(target=self._read_errors, args=(process,), daemon=True).start()

    def start(self, call: str, arguments: Json) -> "Future[Json]":
        self._number += 1
        future: Future[Json] = Future()
        self._waiting[self._number] = future
        line = json.dumps({"n": self._number, "call": call, **arguments}) + "\n"
        process = self._process
        try:
            if process is None or process.stdin is None:
                raise OSError("no process")
            process.stdin.write(line.encode())
            process.stdin.flush()
        except OSError:
            _fail(future, AdapterGone("the adapter has ended"))
        return future

    def _read(self, process: "subprocess.Popen[bytes]", waiting: "dict[int, Future[Json]]") -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for raw in lines:
                self._take(raw.decode("utf-8", "replace").strip(), waiting)
        for future in list(waiting.values()):
            _fail(future, AdapterGone("the adapter has ended"))

    def _take(self, line: str, waiting: "dict[int, Future[Json]]") -> None:
        try:
            reply = json.loads(line) if line.startswith("{") else None
        except ValueError:
            reply = None
        future = waiting.pop(reply["n"], None) if isinstance(reply, dict) and "n" in reply else None
        if future is None:
            self._log(line)
            return
        try:
            future.set_result(_result(reply))
        except AdapterError as error:
            _fail(future, error)

    def _read_errors(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stderr is not None
        with process.stderr as lines:
            for raw in lines:
                self._log(raw.decode("utf-8", "replace").rstrip())

    def kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()

    def close(self) -> None:
        process = self._process
        if process is not None and process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(2)
        self.kill()


class HttpAdapter:
    """The same calls as bodies of POST requests to an adapter that runs already."""

    can_be_killed = False

    def __init__(self, url: str, limit_s: float) -> None:
        """limit_s: after it a connection is given up."""
        self._url = url
        self._limit_s = limit_s
        self._number = 0
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="adapter")

    def begin_anew(self) -> None:
        """Nothing to start; what hangs is left behind."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="adapter")

    def start(self, call: str, arguments: Json) -> "Future[Json]":
        self._number += 1
        return self._pool.submit(self._post, {"n": self._number, "call": call, **arguments})

    def _post(self, message: Json) -> Json:
        request = urllib.request.Request(  # noqa: S310 - the address is the user's own
            self._url, json.dumps(message).encode(), {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=self._limit_s) as response:  # noqa: S310
                return _result(json.loads(response.read()))
        except urllib.error.HTTPError as error:
            with error:
                raise AdapterGone(f"{self._url}: {error}") from error
        except (OSError, ValueError) as error:
            raise AdapterGone(f"{self._url}: {error}") from error

    def kill(self) -> None:
        """Not ours to end."""

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def _fail(future: "Future[Json]", error: Exception) -> None:
    with contextlib.suppress(Exception):  # it may have got its result in this very moment
        future.set_exception(error)
