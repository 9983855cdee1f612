"""JPEG, segment by segment to its end, with what cameras put behind it."""

import re

from files.content import boxes
from files.content.hidden import forbid_active_text
from files.content.source import Source, ambiguous, broken

START = b"\xff\xd8\xff"
_FRAMES = {code for code in range(0xC0, 0xD0) if code not in (0xC4, 0xC8, 0xCC)}
_END, _SCAN = 0xD9, 0xDA
# In the compressed data of a scan, FF is followed by 00 or a restart mark; anything else is the next segment.
_NEXT_SEGMENT = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_PADDING = 4096


def size(source: Source) -> tuple[int, int]:
    """Width and height in pixels of the first picture. Raises files.content_broken, files.content_ambiguous."""
    found, end = _picture(source, 0)
    while end < source.size:
        end = _trailer(source, end)
    return found


def _picture(source: Source, at: int) -> tuple[tuple[int, int], int]:
    """The size of the picture that begins at `at`, and where it ends."""
    dimensions: tuple[int, int] | None = None
    scanned = False
    at += 2
    while True:
        if source.take(at, 1) != b"\xff":
            raise broken("a segment is missing")
        while (code := source.number(at + 1, 1)) == 0xFF:  # fill bytes
            at += 1
        at += 2
        if code == _END:
            break
        if code in (0x00, 0x01, 0xD8) or 0xD0 <= code <= 0xD7:
            raise broken("a mark out of place")
        length = source.number(at, 2)
        if length < 2:
            raise broken("a segment without length")
        segment = source.take(at + 2, length - 2)
        if code in _FRAMES:
            if len(segment) < 6:
                raise broken("a frame without size")
            dimensions = (int.from_bytes(segment[3:5], "big"), int.from_bytes(segment[1:3], "big"))
        elif code >= 0xE0:
            forbid_active_text(segment)
        at += length
        if code == _SCAN:
            scanned = True
            at = source.search(_NEXT_SEGMENT, at, 1)
            if at < 0:
                raise broken("it ends too early")
    if dimensions is None or not scanned:
        raise broken("no picture in it")
    return dimensions, at


def _trailer(source: Source, at: int) -> int:
    """Where what stands behind a picture ends: further pictures (previews, gain maps), a short film, or padding."""
    rest = source.size - at
    if rest >= 8 and source.take(source.size - 4, 4) == b"SEFT":
        return _samsung(source, at)
    if rest >= 3 and source.take(at, 3) == START:
        return _picture(source, at)[1]
    if rest >= 8 and source.take(at + 4, 4) == b"ftyp":
        return boxes.end_of_file(source, at)
    if rest <= _PADDING and not source.take(at, rest).strip(b"\x00\xff"):
        return source.size
    raise ambiguous("data behind the picture")


def _samsung(source: Source, at: int) -> int:
    """Samsung's cameras append a directory of named blocks: `SEFH` … its length, `SEFT`."""
    length = source.number(source.size - 8, 4, "little")
    if length + 8 > source.size - at or source.take(source.size - 8 - length, 4) != b"SEFH":
        raise ambiguous("data behind the picture")
    return source.size
