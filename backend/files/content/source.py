"""Bytes to look into, wherever they lie: read by position, never as a whole."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from files.errors import ContentAmbiguous, ContentBroken

_WINDOW = 65_536


class Source:
    """A file of known size. Reading beyond its end raises files.content_broken."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = file.seek(0, 2)

    def take(self, at: int, count: int) -> bytes:
        """Exactly `count` bytes from position `at`."""
        if at < 0 or count < 0 or at + count > self.size:
            raise broken("it ends too early")
        self._file.seek(at)
        found = self._file.read(count)
        if len(found) != count:
            raise broken("it ends too early")
        return found

    def number(self, at: int, count: int, order: str = "big") -> int:
        """An unsigned number of `count` bytes."""
        return int.from_bytes(self.take(at, count), "little" if order == "little" else "big")

    def search(self, pattern: "re.Pattern[bytes]", at: int, overlap: int) -> int:
        """Where the pattern first matches from `at` on, -1 when nowhere. overlap: the match's greatest length - 1."""
        while at < self.size:
            window = self.take(at, min(_WINDOW, self.size - at))
            found = pattern.search(window)
            if found:
                return at + found.start()
            if at + len(window) >= self.size:
                break
            at += len(window) - overlap
        return -1

    def blocks(self, at: int, end: int) -> Iterator[bytes]:
        """The bytes from `at` up to `end`, in pieces."""
        while at < end:
            piece = self.take(at, min(_WINDOW, end - at))
            yield piece
            at += len(piece)


def broken(reason: str) -> ContentBroken:
    """The refusal of content that is cut off or damaged, to be raised."""
    return ContentBroken(reason=reason)


def ambiguous(reason: str) -> ContentAmbiguous:
    """The refusal of content that holds something else as well, to be raised."""
    return ContentAmbiguous(reason=reason)
