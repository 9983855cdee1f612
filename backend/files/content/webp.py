"""WebP, chunk by chunk of its RIFF container, and nothing behind."""

from files.content.hidden import forbid_active_text
from files.content.source import Source, ambiguous, broken

_LONGEST_TEXT = 1 << 20


def matches(head: bytes) -> bool:
    """Whether a file that begins so is WebP."""
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def size(source: Source) -> tuple[int, int]:
    """Width and height in pixels, the larger of canvas and picture. Raises files.content_broken, …_ambiguous."""
    end = 8 + source.number(4, 4, "little")
    if end > source.size:
        raise broken("it ends too early")
    if end + end % 2 < source.size:
        raise ambiguous("data behind the picture")
    sizes = []
    at = 12
    while at < end:
        name, length = source.take(at, 4), source.number(at + 4, 4, "little")
        if at + 8 + length > end:
            raise broken("it ends too early")
        if name in _READERS:
            sizes.append(_READERS[name](source, at + 8))
        elif name in (b"EXIF", b"XMP "):
            forbid_active_text(source.take(at + 8, min(length, _LONGEST_TEXT)))
        at += 8 + length + length % 2
    if not sizes:
        raise broken("no picture in it")
    return max(width for width, _ in sizes), max(height for _, height in sizes)


def _lossy(source: Source, at: int) -> tuple[int, int]:
    if source.take(at + 3, 3) != b"\x9d\x01\x2a":
        raise broken("no key frame")
    return source.number(at + 6, 2, "little") & 0x3FFF, source.number(at + 8, 2, "little") & 0x3FFF


def _lossless(source: Source, at: int) -> tuple[int, int]:
    if source.take(at, 1) != b"\x2f":
        raise broken("no header")
    bits = source.number(at + 1, 4, "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _canvas(source: Source, at: int) -> tuple[int, int]:
    return source.number(at + 4, 3, "little") + 1, source.number(at + 7, 3, "little") + 1


_READERS = {b"VP8 ": _lossy, b"VP8L": _lossless, b"VP8X": _canvas}
