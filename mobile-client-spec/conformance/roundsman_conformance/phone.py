"""The phone under test, as the play speaks to it: calls by name, one store per scenario, restarts and kills."""

import contextlib
import tempfile
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from roundsman_conformance.adapter import Adapter, AdapterError, AdapterGone, AdapterSlow, wait_for
from roundsman_conformance.names import Json

PROTOCOL = 1
CAPABILITIES = frozenset({"clock", "concurrent", "kill", "numbers", "network"})


class Phone:
    """One adapter for a whole run; `begin` makes a fresh phone of it."""

    def __init__(self, adapter: Adapter, *, language: str, limit_s: float) -> None:
        """limit_s: for one call."""
        self._adapter = adapter
        self.limit_s = limit_s
        self.language = language
        self._folder = tempfile.TemporaryDirectory(prefix="roundsman-conformance-")
        self._stores = 0
        self._place: Json = {}
        self.name = ""
        self.capabilities: frozenset[str] = frozenset()

    def hello(self) -> None:
        """Get to know the client. Raises AdapterError, AdapterGone, AdapterSlow."""
        said = self.call("hello", protocol=PROTOCOL, language=self.language)
        self.name = f"{said.get('client', '?')} {said.get('version', '')}".strip()
        named = frozenset(map(str, said.get("capabilities") or ()))
        self.capabilities = named - ({"kill"} if not self._adapter.can_be_killed else set())

    def begin(self, server: str) -> None:
        """A freshly installed app that speaks to this server."""
        self._stores += 1
        store = Path(self._folder.name, str(self._stores))
        store.mkdir()
        self._place = {"server": server, "store": str(store), "language": self.language}
        self.call("new_phone", **self._place)

    def start(self, call: str, **arguments: Any) -> "Future[Json]":
        """Begin a call."""
        return self._adapter.start(call, arguments)

    def finish(self, future: "Future[Json]", limit_s: float | None = None) -> Json:
        """Wait for a call that was begun. Raises AdapterError, AdapterGone, AdapterSlow."""
        return wait_for(future, self.limit_s if limit_s is None else limit_s)

    def call(self, call: str, **arguments: Any) -> Json:
        """One call and its result. Raises AdapterError, AdapterGone, AdapterSlow."""
        return self.finish(self.start(call, **arguments))

    def kill(self) -> None:
        """End the app as the system does, if the client can stand that."""
        if "kill" in self.capabilities:
            self._adapter.kill()

    def restart(self) -> None:
        """Kill the app and start it again on what it had stored."""
        if "kill" in self.capabilities:
            self._adapter.begin_anew()
            self.call("hello", protocol=PROTOCOL, language=self.language)
        self.call("restart", **self._place)

    def recover(self) -> None:
        """Make the adapter answer again after it hung or ended. Raises AdapterGone, AdapterSlow, AdapterError."""
        self._adapter.begin_anew()
        self.call("hello", protocol=PROTOCOL, language=self.language)

    def close(self) -> None:
        """No more calls; stores are removed."""
        with contextlib.suppress(AdapterError, AdapterGone, AdapterSlow):
            wait_for(self._adapter.start("bye", {}), 2)
        self._adapter.close()
        self._folder.cleanup()
