"""Identifiers: every row's id is made by whoever creates the row, so a phone can name what it records while offline."""

import os
import time
import uuid
from collections.abc import Iterable


def as_array(ids: Iterable[uuid.UUID]) -> str:
    """These ids as the text of PostgreSQL's `uuid[]`; the statement has to say so: `%s::uuid[]`.

    psycopg, which asks for the form of each, takes five times as long.
    """
    return "{" + ",".join([id_.hex for id_ in ids]) + "}"


def uuid7(at_ms: int | None = None) -> uuid.UUID:
    """A UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits. Sorts by creation time.

    `at_ms` is the instant in Unix milliseconds; now when absent.
    """
    milliseconds = int(time.time() * 1000) if at_ms is None else at_ms
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76 | ((random >> 62) & 0xFFF) << 64
    value |= 0b10 << 62 | (random & 0x3FFF_FFFF_FFFF_FFFF)
    return uuid.UUID(int=value)
