"""Requests that do not pass the faulty network, timed where they are made."""

import time
from collections.abc import Callable

from roundsman_client.errors import NetworkFailed
from roundsman_client.transport import HttpRequest, HttpResponse, HttpTransport, Transport
from simulation.fleet.evidence import Evidence
from simulation.fleet.network import Exchanged, kind_of
from simulation.office import Office

NO_ANSWER = 0
"""Stands for the status of a request that got none."""


class Timed:
    """A transport that tells of every request, and how long it took until its answer was here or given up."""

    def __init__(self, inner: Transport, tell: Callable[[Exchanged], None]) -> None:
        self._inner = inner
        self._tell = tell

    def send(self, request: HttpRequest) -> HttpResponse:
        began, clock = time.time(), time.perf_counter()
        try:
            answer = self._inner.send(request)
        except NetworkFailed:
            seconds = time.perf_counter() - clock
            self._tell(Exchanged(kind_of(request.path), NO_ANSWER, seconds, began, len(request.body), 0))
            raise
        seconds = time.perf_counter() - clock
        sizes = len(request.body), len(answer.body)
        self._tell(Exchanged(kind_of(request.path), answer.status, seconds, began, *sizes))
        return answer

    def close(self) -> None:
        self._inner.close()


def timed_office(url: str, company: str, username: str, password: str, evidence: Evidence) -> Office:
    """Somebody at a desk whose requests are among the evidence. Raises OfficeRefused, NetworkFailed."""
    transport = Timed(HttpTransport(url), lambda exchanged: evidence.note_exchanges([exchanged]))
    return Office(url, company, username, password, transport)
