"""PNG, chunk by chunk with their checksums, and nothing behind."""

import zlib

from files.content.hidden import forbid_active_text
from files.content.source import Source, ambiguous, broken

START = b"\x89PNG\r\n\x1a\n"
_TEXT = (b"tEXt", b"iTXt", b"zTXt", b"eXIf")
_LONGEST_TEXT = 1 << 20


def size(source: Source) -> tuple[int, int]:
    """Width and height in pixels. Raises files.content_broken, files.content_ambiguous."""
    dimensions: tuple[int, int] | None = None
    data = False
    at = len(START)
    while True:
        length, name = source.number(at, 4), source.take(at + 4, 4)
        _require_checksum(source, at + 4, length + 4)
        if dimensions is None:
            if name != b"IHDR" or length != 13:
                raise broken("no header")
            dimensions = (source.number(at + 8, 4), source.number(at + 12, 4))
        if name in _TEXT:
            if length > _LONGEST_TEXT:
                raise broken("a text without end")
            forbid_active_text(source.take(at + 8, length))
        data |= name == b"IDAT"
        at += 12 + length
        if name == b"IEND":
            break
    if not data:
        raise broken("no picture in it")
    if at != source.size:
        raise ambiguous("data behind the picture")
    return dimensions


def _require_checksum(source: Source, at: int, length: int) -> None:
    checksum = 0
    for block in source.blocks(at, at + length):
        checksum = zlib.crc32(block, checksum)
    if checksum != source.number(at + length, 4):
        raise broken("a checksum does not match")
