"""ISO base media files, box by box to their end: HEIC pictures and M4A recordings."""

from collections.abc import Iterator
from typing import NamedTuple

from files.content.source import Source, broken

_PICTURES = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"}
_OTHER_PICTURES = {b"avif", b"avis"}
_MOST_BOXES = 10_000
_CONTAINERS = {b"moov", b"trak", b"mdia", b"iprp", b"ipco"}


class Box(NamedTuple):
    """One box: its name, where its content begins, where it ends."""

    name: bytes
    start: int
    end: int


def matches(head: bytes) -> bool:
    """Whether a file that begins so is one of them."""
    return head[4:8] == b"ftyp"


def media_type(source: Source) -> str | None:
    """`image/heic`, `audio/mp4`, or None for anything else, such as a film. Raises files.content_broken."""
    tops = list(_children(source, 0, source.size))
    if _brands(source, tops[0]) & _PICTURES and not _brands(source, tops[0]) & _OTHER_PICTURES:
        return "image/heic" if any(box.name == b"meta" for box in tops) else None
    handlers = [source.take(box.start + 8, 4) for box in _within(source, tops, b"hdlr")]
    if handlers and all(handler == b"soun" for handler in handlers):
        if not any(box.name == b"mdat" for box in tops):
            raise broken("no sound in it")
        return "audio/mp4"
    return None


def size(source: Source) -> tuple[int, int]:
    """Width and height in pixels of the largest picture of a HEIC file. Raises files.content_broken."""
    found = [
        (source.number(box.start + 4, 4), source.number(box.start + 8, 4))
        for box in _within(source, list(_children(source, 0, source.size)), b"ispe")
    ]
    if not found:
        raise broken("no picture in it")
    return max(width for width, _ in found), max(height for _, height in found)


def end_of_file(source: Source, at: int) -> int:
    """The file's end, if boxes stand from `at` up to it. Raises files.content_broken otherwise."""
    for box in _children(source, at, source.size):
        at = box.end
    return at


def _within(source: Source, boxes: list[Box], name: bytes) -> Iterator[Box]:
    """The boxes of this name, however deep, in the containers that are looked into."""
    left = _MOST_BOXES
    queue = list(boxes)
    while queue:
        box = queue.pop()
        left -= 1
        if left < 0:
            raise broken("boxes without end")
        if box.name == name:
            yield box
        elif box.name in _CONTAINERS:
            queue += _children(source, box.start, box.end)
        elif box.name == b"meta" and name == b"ispe":  # begins with version and flags
            queue += _children(source, box.start + 4, box.end)


def _children(source: Source, at: int, end: int) -> Iterator[Box]:
    count = 0
    while at < end:
        box = _box(source, at, end)
        yield box
        at = box.end
        count += 1
        if count > _MOST_BOXES:
            raise broken("boxes without end")


def _box(source: Source, at: int, end: int) -> Box:
    length, name = source.number(at, 4), source.take(at + 4, 4)
    start = at + 8
    if length == 1:
        length = source.number(at + 8, 8)
        start = at + 16
    elif length == 0:
        length = end - at
    if length < start - at or at + length > end:
        raise broken("a box that does not fit")
    return Box(name, start, at + length)


def _brands(source: Source, box: Box) -> set[bytes]:
    """The brands that the first box names; the second word is a version."""
    words = source.take(box.start, min(box.end - box.start, 256))
    return {words[at : at + 4] for at in range(0, len(words), 4) if at != 4}
