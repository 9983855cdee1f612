"""Files as phones make them: pictures by Pillow, recordings byte by byte."""

import io
import struct
from typing import Any

from PIL import ExifTags, Image, ImageDraw


def scene(seed: int = 1, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A picture with something in it; another seed is another motif."""
    import random

    luck = random.Random(seed)
    picture = Image.new("RGB", size, tuple(luck.randrange(256) for _ in range(3)))
    draw = ImageDraw.Draw(picture)
    for _ in range(24):
        x, y = luck.randrange(size[0]), luck.randrange(size[1])
        far = luck.randrange(20, max(40, max(size) // 2))
        draw.rectangle((x, y, x + far, y + far), fill=tuple(luck.randrange(256) for _ in range(3)))
    return picture


def jpeg(picture: Image.Image | None = None, **options: Any) -> bytes:
    """A JPEG file."""
    return _saved(picture or scene(), "JPEG", quality=85, **options)


def png(picture: Image.Image | None = None) -> bytes:
    """A PNG file."""
    return _saved(picture or scene(), "PNG")


def webp(picture: Image.Image | None = None, **options: Any) -> bytes:
    """A WebP file."""
    return _saved(picture or scene(), "WEBP", **options)


def exif(
    taken: str = "2026:11:20 09:30:00", lat: float = 39.9042, lon: float = 116.4074, orientation: int | None = None
) -> Image.Exif:
    """What a camera writes: time with offset, position, maker and model."""
    found = Image.Exif()
    found[0x010F], found[0x0110] = "Acme", "Phone 9"
    if orientation:
        found[0x0112] = orientation
    found.get_ifd(ExifTags.IFD.Exif).update({0x9003: taken, 0x9011: "+08:00"})
    found.get_ifd(ExifTags.IFD.GPSInfo).update(
        {1: "N" if lat >= 0 else "S", 2: _degrees(abs(lat)), 3: "E" if lon >= 0 else "W", 4: _degrees(abs(lon))}
    )
    return found


def of_size(count: int) -> bytes:
    """A JPEG of exactly so many bytes: noise compresses badly, and a comment fills up the rest."""
    import os

    side = max(8, int((count / 1.6) ** 0.5))
    while True:
        data = _saved(Image.frombytes("RGB", (side, side), os.urandom(3 * side * side)), "JPEG", quality=70)
        rest = count - len(data)
        if rest >= 4:
            break
        side = side * 9 // 10
    comments = b""
    while rest:
        length = min(rest, 65_000) if rest - min(rest, 65_000) not in range(1, 4) else rest - 4
        comments += b"\xff\xfe" + struct.pack(">H", length - 2) + b"x" * (length - 4)
        rest -= length
    return data[:2] + comments + data[2:]


def m4a(seconds: int = 1) -> bytes:
    """A recording in an MP4 container, with one track of sound."""
    return film(b"soun", seconds=seconds, brand=b"M4A ")


def film(*handlers: bytes, seconds: int = 1, brand: bytes = b"isom") -> bytes:
    """An MP4 file with a track of each of these sorts, sound and picture by default."""
    tracks = b"".join(
        box(b"trak", box(b"mdia", box(b"hdlr", bytes(8) + handler + bytes(12))))
        for handler in handlers or (b"soun", b"vide")
    )
    kind = box(b"ftyp", brand + bytes(4) + brand + b"mp42")
    return kind + box(b"moov", tracks) + box(b"mdat", b"\x21" * 8_000 * seconds)


def aac(frames: int = 20) -> bytes:
    """A recording as a chain of ADTS frames."""
    body = b"\x21" * 90
    length = 7 + len(body)
    head = bytes([0xFF, 0xF1, 0x50, 0x80 | length >> 11, length >> 3 & 0xFF, (length & 7) << 5 | 0x1F, 0xFC])
    return (head + body) * frames


def ogg(pages: int = 5, first: bytes = b"OpusHead\x01\x01") -> bytes:
    """A recording in Ogg."""
    bodies = [first, *(b"\x17" * 200 for _ in range(pages))]
    return b"".join(
        b"OggS\0\0" + bytes(8) + struct.pack("<III", 7, number, 0) + bytes([1, len(body)]) + body
        for number, body in enumerate(bodies)
    )


def heic(picture: Image.Image | None = None) -> bytes:
    """The frame of a HEIC file, box by box: what can be told without decoding it."""
    width, height = (picture or scene()).size
    properties = box(b"iprp", box(b"ipco", box(b"ispe", bytes(4) + struct.pack(">II", width, height))))
    return (
        box(b"ftyp", b"heic" + bytes(4) + b"mif1heic")
        + box(b"meta", bytes(4) + box(b"hdlr", bytes(8) + b"pict" + bytes(12)) + properties)
        + box(b"mdat", b"\x26" * 500)
    )


def box(name: bytes, content: bytes) -> bytes:
    """One box of an ISO base media file."""
    return struct.pack(">I", 8 + len(content)) + name + content


def _saved(picture: Image.Image, form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def _degrees(value: float) -> tuple[float, float, float]:
    minutes, seconds = divmod(value * 3600, 60)
    degrees, minutes = divmod(minutes, 60)
    return degrees, minutes, round(seconds, 4)
