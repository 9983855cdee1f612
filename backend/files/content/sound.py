"""Recordings that are a chain of frames or pages: AAC as ADTS, Opus and Vorbis in Ogg."""

from files.content.source import Source, broken

_ADTS_HEADER = 7
_BLOCK = 1 << 20


def is_adts(head: bytes) -> bool:
    """Whether a file that begins so is AAC as ADTS."""
    return len(head) >= 2 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0


def require_adts(source: Source) -> None:
    """Raises files.content_broken unless the file is frames of AAC from its beginning to its end."""
    at, block_at, block = 0, 0, b""
    while at < source.size:
        if at + _ADTS_HEADER > block_at + len(block):
            block_at, block = at, source.take(at, min(_BLOCK, source.size - at))
        head = block[at - block_at : at - block_at + _ADTS_HEADER]
        if len(head) < _ADTS_HEADER or not is_adts(head):
            raise broken("a frame is missing")
        length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
        if length < _ADTS_HEADER or at + length > source.size:
            raise broken("a frame that does not fit")
        at += length


def require_ogg(source: Source) -> None:
    """Raises files.content_broken unless the file is pages of Ogg to its end, with Opus or Vorbis in them."""
    at = 0
    while at < source.size:
        if source.take(at, 4) != b"OggS":
            raise broken("a page is missing")
        segments = source.number(at + 26, 1)
        data = at + 27 + segments
        if at == 0:
            first = source.take(data, min(8, source.size - data))
            if not (first.startswith(b"OpusHead") or first[:7] == b"\x01vorbis"):
                raise broken("neither Opus nor Vorbis")
        at = data + sum(source.take(at + 27, segments))
        if at > source.size:
            raise broken("it ends too early")
