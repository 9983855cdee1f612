"""A bad network between client and server, for tests and simulations: loses, cuts, doubles and delays."""

import random
from collections import Counter
from dataclasses import dataclass

from roundsman_client.errors import NetworkFailed
from roundsman_client.transport import HttpRequest, HttpResponse, Transport


@dataclass(frozen=True, slots=True)
class Faults:
    """How often each fault happens, as a share of the requests (0 to 1).

    lose_request: it never arrives. lose_answer: the server has acted, the phone hears nothing. cut_answer: half of the
    body arrives. double: the request arrives twice. late: a copy arrives again, after later requests.
    """

    lose_request: float = 0.0
    lose_answer: float = 0.0
    cut_answer: float = 0.0
    double: float = 0.0
    late: float = 0.0


class BadNetwork:
    """A transport that puts faults in front of another one. Switch `online` off for a dead zone."""

    def __init__(self, inner: Transport, rng: random.Random, faults: Faults) -> None:
        self._inner = inner
        self._rng = rng
        self._late: list[HttpRequest] = []
        self.faults = faults
        self.online = True
        self.seen: Counter[str] = Counter()
        """How often each fault has happened."""

    def send(self, request: HttpRequest) -> HttpResponse:
        if not self.online:
            self.seen["offline"] += 1
            raise NetworkFailed("offline")
        if self._late and self._rng.random() < 0.5:
            self._inner.send(self._late.pop(0))
        if self._strikes("lose_request"):
            raise NetworkFailed("request lost")
        if "/sync" in request.path:  # sign-in and refresh are not meant to arrive again much later
            if self._strikes("double"):
                self._inner.send(request)
            if self._strikes("late"):
                self._late.append(request)
        response = self._inner.send(request)
        if self._strikes("lose_answer"):
            raise NetworkFailed("answer lost")
        if self._strikes("cut_answer"):
            return HttpResponse(response.status, response.headers, response.body[: len(response.body) // 2])
        return response

    def _strikes(self, fault: str) -> bool:
        strikes = bool(self._rng.random() < getattr(self.faults, fault))
        self.seen[fault] += strikes
        return strikes

    def close(self) -> None:
        self._inner.close()
