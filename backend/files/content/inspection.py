"""What bytes really are: told by the content from the first byte to the last, never by a name or by who sent them.

Nothing is decoded here and nothing is held in memory: dimensions are read from headers, so that a picture of a few
bytes that would unfold to gigabytes is refused before anything unfolds it.
"""

from dataclasses import dataclass
from typing import BinaryIO

from files.content import boxes, jpeg, png, sound, webp
from files.content.hidden import forbid_other_formats
from files.content.source import Source, broken
from files.errors import ContentUnknown, TooManyPixels

MOST_PIXELS = {"image/jpeg": 120_000_000, "image/png": 50_000_000, "image/webp": 50_000_000, "image/heic": 60_000_000}
"""A JPEG is decoded in a reduced size, the others only whole."""
LONGEST_SIDE = 30_000


@dataclass(frozen=True, slots=True)
class Content:
    """What a file is. width, height: pixels, of pictures."""

    media_type: str
    width: int | None = None
    height: int | None = None


def inspect(file: BinaryIO) -> Content:
    """What the file is.

    Raises files.content_unknown, files.content_broken, files.content_ambiguous, files.too_many_pixels.
    """
    source = Source(file)
    head = source.take(0, min(16, source.size))
    content = _recognise(source, head)
    forbid_other_formats(source)
    return content


def _recognise(source: Source, head: bytes) -> Content:
    if head.startswith(jpeg.START):
        return _picture("image/jpeg", *jpeg.size(source))
    if head.startswith(png.START):
        return _picture("image/png", *png.size(source))
    if webp.matches(head):
        return _picture("image/webp", *webp.size(source))
    if boxes.matches(head):
        found = boxes.media_type(source)
        if found == "image/heic":
            return _picture(found, *boxes.size(source))
        if found is not None:
            return Content(found)
    elif head.startswith(b"OggS"):
        sound.require_ogg(source)
        return Content("audio/ogg")
    elif sound.is_adts(head):
        sound.require_adts(source)
        return Content("audio/aac")
    raise ContentUnknown


def _picture(media_type: str, width: int, height: int) -> Content:
    if width < 1 or height < 1:
        raise broken("a picture without size")
    limit = MOST_PIXELS[media_type]
    if width * height > limit or max(width, height) > LONGEST_SIDE:
        raise TooManyPixels(width=width, height=height, limit=limit)
    return Content(media_type, width, height)
