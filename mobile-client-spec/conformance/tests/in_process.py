"""The reference client under the conformance run, in this process: no start of a process per scenario."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from roundsman_client.adapter import Adapter
from roundsman_client.client import Client
from roundsman_conformance.adapter import AdapterError
from roundsman_conformance.phone import Phone
from roundsman_conformance.play import Outcome, Play
from roundsman_conformance.scenario import read_library

SPEC = Path(__file__).parents[2]
LIBRARY = read_library(SPEC / "scenarios")
Json = dict[str, Any]


class InProcess:
    """Carries calls to an adapter object. It cannot be killed."""

    can_be_killed = False

    def __init__(self, client_type: Callable[..., Client]) -> None:
        def open_client(*arguments: Any, **options: Any) -> Client:
            client = client_type(*arguments, **options)
            client._store.db.execute("pragma synchronous = off")  # nothing here has to outlive a loss of power
            return client

        self._adapter = Adapter(open_client)
        self._pool = ThreadPoolExecutor(4)

    def start(self, call: str, arguments: Json) -> "Future[Json]":
        return self._pool.submit(self._call, {"n": 1, "call": call, **arguments})

    def _call(self, message: Json) -> Json:
        reply = self._adapter.handle(message)
        if "error" in reply:
            raise AdapterError(reply["error"]["code"], reply["error"]["message"])
        result: Json = reply["result"]
        return result

    def kill(self) -> None:
        pass

    def begin_anew(self) -> None:
        pass

    def close(self) -> None:
        self._pool.shutdown()


def play(client_type: Callable[..., Client], *scenarios: str, language: str = "en") -> dict[str, Outcome]:
    """Scenario → what became of it, for all scenarios or for those that are named."""
    phone = Phone(InProcess(client_type), language=language, limit_s=20)
    try:
        phone.hello()
        chosen = [s for s in LIBRARY.scenarios if not scenarios or s.id in scenarios]
        assert len(chosen) == (len(scenarios) or len(LIBRARY.scenarios))
        return {scenario.id: Play(LIBRARY, scenario, phone, lambda line: None).run() for scenario in chosen}
    finally:
        phone.close()


def broken_rules(client_type: Callable[..., Client], *scenarios: str) -> set[str]:
    """The rules that a client breaks in these scenarios."""
    return {failure.rule for outcome in play(client_type, *scenarios).values() for failure in outcome.failures}
