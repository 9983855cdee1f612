"""What may happen to a request on its way, and how often."""

import random
from dataclasses import dataclass
from enum import StrEnum

_DELAY_S = (0.02, 0.8)
_LATE_S = (0.05, 1.2)
_RETRY_AFTER_S = (1, 20)


class Fault(StrEnum):
    """What happens to one request."""

    DELAY = "delay"
    """It arrives later, and so does the answer."""
    CUT_REQUEST = "cut_request"
    """The connection ends after some bytes of it, none or nearly all."""
    CUT_ANSWER = "cut_answer"
    """The server has acted; the connection ends after some bytes of the answer, none or nearly all."""
    DOUBLE = "double"
    """It arrives twice, at the same time, on two connections."""
    LATE = "late"
    """The caller hears nothing; it arrives after what he sends next."""
    BUSY = "busy"
    """Something in between answers 503 with `Retry-After`, and the request never arrives."""
    TOO_MANY = "too_many"
    """The same with 429."""


_OF_SYNC_ALONE = (Fault.DOUBLE, Fault.LATE)
"""A sign-in or a refresh that arrives a second time much later is an attack, and is answered like one."""


@dataclass(frozen=True, slots=True)
class Mishap:
    """One fault as it was drawn.

    part: after which share of the bytes a connection is cut. pause_s: for how long a request is held up.
    retry_after_s: what the caller is told.
    """

    fault: Fault
    part: float = 0.0
    pause_s: float = 0.0
    retry_after_s: int = 0


class Luck:
    """Draws what happens to each request. share: of the requests that meet a fault, from 0 to 1."""

    def __init__(self, share: float, seed: int) -> None:
        self._share = share
        self._chance = random.Random(seed)

    def draw(self, path: str) -> Mishap | None:
        """What happens to the next request, which goes to `path`; None: nothing."""
        chance = self._chance
        if chance.random() >= self._share:
            return None
        faults = [fault for fault in Fault if "/sync" in path or fault not in _OF_SYNC_ALONE]
        fault = chance.choice(faults)
        low, high = _LATE_S if fault == Fault.LATE else _DELAY_S
        # Cuts lie close to the ends as often as anywhere between them: there the cases are that somebody forgot.
        part = chance.choice((0.0, chance.random(), chance.random(), 0.999))
        return Mishap(fault, part, chance.uniform(low, high), chance.randint(*_RETRY_AFTER_S))
