"""How busy this process is, whom it turns away, and when it asks phones to come back.

Requests run in a few threads and wait for one in a queue. Where the queue would be too long a request is refused at
the door (`core.busy`, 503): nothing of it was done, and the caller is told when to come again. Phones that have all
they need are asked to stay away for a while when the process has much to do, see docs/decisions/0013-busy-server.md.

Neither group is told the same: each caller gets an appointment behind the one before him, at the rate at which this
process works. However many they are, they come back one after the other and not all at once.
"""

import logging
import math
import time
from collections.abc import Callable
from threading import Lock

from core.errors import Busy

_FIRST_GUESS_S = 0.01
_SMOOTHING = 1 / 16
"""The weight of the latest request in the usual seconds of one."""
_WINDOW_S = 2.0
"""Over so long the use of the threads is measured."""
_BUSY_FROM = 0.5
"""Phones without a reason to come are asked to stay away from this use of the threads on."""
_RETURNING_SHARE = 0.5
_IDLE_SHARE = 0.25
"""What part of the work of this process is given to those who were turned away, and to those who only look."""
_LONGEST_RETRY_S = 120.0
_LONGEST_SPREAD_S = 900.0
_LOGGED_EVERY_S = 10.0
_log = logging.getLogger(__name__)


class Load:
    """The requests of one process, from the door until they are answered.

    `admit`, `enter` and `leave` are called by the event loop alone, `spread_s` by any thread.
    """

    def __init__(self, threads: int = 4, patience_s: float = 2.0, clock: Callable[[], float] = time.monotonic) -> None:
        """threads: how many requests run at a time. patience_s: how long one may have to wait for its turn."""
        self.threads = threads
        self.patience_s = patience_s
        self.in_flight = 0
        """Requests that run or wait."""
        self.refused = 0
        """Requests turned away since the start of this process."""
        self.use = 0.0
        """The share of the threads' time that was used lately, 0 to 1."""
        self.service_s = _FIRST_GUESS_S
        """How long a request usually keeps its thread."""
        self._clock = clock
        self._busy_s = 0.0
        self._logged_at = -_LOGGED_EVERY_S
        self._window_began = clock()
        self._returns = _Appointments(_LONGEST_RETRY_S)
        self._visits = _Appointments(_LONGEST_SPREAD_S)

    @property
    def expected_wait_s(self) -> float:
        """How long a request that comes now will wait for a thread."""
        return max(0, self.in_flight + 1 - self.threads) * self.service_s / self.threads

    def admit(self) -> None:
        """Raises core.busy when a request that comes now would wait too long."""
        if self.expected_wait_s > self.patience_s:
            present = self._clock()
            self.refused += 1
            if present >= self._logged_at + _LOGGED_EVERY_S:
                self._logged_at = present
                _log.warning("busy: %d requests turned away since the start, %d wait", self.refused, self.in_flight)
            raise Busy(retry_after_s=self._returns.next_s(present, self._gap_s(_RETURNING_SHARE)))

    def enter(self) -> None:
        """A request is about to run or to wait."""
        self.in_flight += 1

    def leave(self, service_s: float) -> None:
        """A request was answered after it had kept a thread for `service_s`."""
        self.in_flight -= 1
        # A single long import says little about the others.
        self.service_s += (min(service_s, self.patience_s) - self.service_s) * _SMOOTHING
        self._busy_s += service_s
        present = self._clock()
        elapsed_s = present - self._window_began
        if elapsed_s >= _WINDOW_S:
            self.use = min(1.0, self._busy_s / (elapsed_s * self.threads))
            self._busy_s, self._window_began = 0.0, present

    def spread_s(self) -> int:
        """How many seconds a phone that has all it needs should stay away: 0 while there is little to do."""
        if self.use < _BUSY_FROM and self.in_flight <= self.threads:
            return 0
        return self._visits.next_s(self._clock(), self._gap_s(_IDLE_SHARE))

    def _gap_s(self, share: float) -> float:
        return self.service_s / self.threads / share


class _Appointments:
    """Times that were given away, one behind the other. A full calendar is begun anew."""

    def __init__(self, longest_s: float) -> None:
        self._longest_s = longest_s
        self._given_until = 0.0
        self._lock = Lock()

    def next_s(self, present: float, gap_s: float) -> int:
        """Seconds until the next free time, at least 1. gap_s: how far it lies behind the one before it."""
        with self._lock:
            self._given_until = max(self._given_until, present) + gap_s
            if self._given_until > present + self._longest_s:
                self._given_until = present + gap_s
            return max(1, math.ceil(self._given_until - present))


LOAD = Load()
"""That of this process. Only the server's own bridge (`config.rsgi`) tells it of requests; elsewhere it stays calm."""
