"""Ids: UUID version 7, made by whoever creates the row, so that a phone can name what it records while offline."""

import os
import threading
import uuid

from roundsman_client.clock import Clock


class IdMaker:
    """Makes UUIDv7 (RFC 9562) that sort in the order in which this phone made them.

    48 bits of Unix milliseconds, a 12-bit counter within the millisecond, 62 random bits. When the wall clock is set
    back, the last millisecond is kept until the clock has caught up: ids never run backwards.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last_ms = 0
        self._counter = 0

    def next(self) -> str:
        """A new id as the wire writes it: 36 characters, lower case."""
        with self._lock:
            now_ms = self._clock.read().unix_ms()
            if now_ms > self._last_ms:
                self._last_ms, self._counter = now_ms, 0
            elif self._counter < 0xFFF:
                self._counter += 1
            else:
                self._last_ms, self._counter = self._last_ms + 1, 0
            milliseconds, counter = self._last_ms, self._counter
        random = int.from_bytes(os.urandom(8), "big") >> 2
        value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | random
        return str(uuid.UUID(int=value))
