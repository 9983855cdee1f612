"""A program: looks into one picture and makes what people see of it. See `files.pictures.workshop`.

It reads its order as JSON from its input and answers with JSON. It runs isolated, with limits of memory and of
processor time: a picture is made by strangers, and decoding one is the riskiest thing that is done with it. Nothing of
the original's metadata gets into what it makes.
"""

import json
import math
import resource
import sys
from pathlib import Path
from typing import Any

UNREADABLE = 3
THUMBNAIL, SHOWN = "thumbnail", "shown"
_MEMORY_BYTES = 1536 * 2**20
_PROCESSOR_S = 60
_THUMBNAIL_PX = 320
_SHOWN_PX = 2048
_FLAT = 12
"""Grey values within so many steps are one colour: there is nothing to compare."""


def main() -> int:
    """Reads the order, makes the pictures; returns the exit code."""
    import pi_heif
    from PIL import Image

    order = json.loads(sys.stdin.read())
    pi_heif.register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = order["most_pixels"]
    Image.init()
    try:
        with Image.open(order["source"], formats=["JPEG", "PNG", "WEBP", "HEIF"]) as opened:
            exif = opened.getexif()
            told = _exif(exif)
            # A JPEG can be decoded in a half, a quarter or an eighth of its size, at as much less memory.
            opened.draft("RGB", (_SHOWN_PX, _SHOWN_PX))
            picture = _upright(opened)
    except (OSError, SyntaxError, ValueError, MemoryError, ArithmeticError, Image.DecompressionBombError) as fault:
        print(f"{type(fault).__name__}: {fault}", file=sys.stderr)
        return UNREADABLE
    answer: dict[str, Any] = {"exif": told, "dhash": _dhash(picture)}
    folder = Path(order["folder"])
    _save(_fitted(picture, _THUMBNAIL_PX), folder / THUMBNAIL)
    shown = _fitted(picture, _SHOWN_PX)
    _save(_captioned(shown, order["lines"], order["font"]) if order["lines"] else shown, folder / SHOWN)
    print(json.dumps(answer))
    return 0


def _upright(opened: Any) -> Any:
    """The pixels the right way up, in plain sRGB, and nothing else of the file."""
    from PIL import Image, ImageOps

    picture = ImageOps.exif_transpose(opened)
    picture.thumbnail((_SHOWN_PX, _SHOWN_PX))
    profile = opened.info.get("icc_profile")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        picture = Image.alpha_composite(ground, layer)
    plain = picture.convert("RGB")
    if profile:
        plain = _as_srgb(plain, profile)
    bare = Image.new("RGB", plain.size)
    bare.paste(plain)
    return bare


def _as_srgb(picture: Any, profile: bytes) -> Any:
    """Phones photograph in wider colour spaces; a profile that is none is left aside."""
    import io

    from PIL import ImageCms

    try:
        converted = ImageCms.profileToProfile(
            picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return converted or picture


def _fitted(picture: Any, side: int) -> Any:
    copy = picture.copy()
    copy.thumbnail((side, side))
    return copy


def _save(picture: Any, path: Path) -> None:
    picture.save(path, "JPEG", quality=85, optimize=True)


def _captioned(picture: Any, lines: list[str], font_path: str) -> Any:
    """The picture with the lines on a dark band at its foot, broken where they do not fit."""
    from PIL import Image, ImageDraw

    width, height = picture.size
    size = max(12, min(width, height) // 28)
    font = _font(font_path, size)
    margin = size // 2
    rows = [row for line in lines for row in _broken(line, font, width - 2 * margin)]
    step = round(size * 1.45)
    band = min(step * len(rows) + 2 * margin, height)
    overlay = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(overlay)
    draw.rectangle((0, height - band, width, height), fill=(0, 0, 0, 150))
    for number, row in enumerate(rows):
        draw.text((margin, height - band + margin + number * step), row, font=font, fill=(255, 255, 255, 255))
    return Image.alpha_composite(picture.convert("RGBA"), overlay).convert("RGB")


def _font(path: str, size: int) -> Any:
    """The face for simplified Chinese of Noto's collection; of another font the first one."""
    from PIL import ImageFont

    try:
        return ImageFont.truetype(path, size, index=2)
    except OSError:
        return ImageFont.truetype(path, size)


def _broken(line: str, font: Any, width: int) -> list[str]:
    """The line in rows that fit; Chinese may be broken anywhere, and a long word has to be."""
    rows, row = [], ""
    for char in "".join(char for char in line if char.isprintable())[:300]:
        if row and font.getlength(row + char) > width:
            rows.append(row)
            row = ""
        row += char
    return [*rows, row][:6]


def _dhash(picture: Any) -> int | None:
    """Which of 8 × 8 places is darker than its right neighbour, the first place in the highest bit."""
    from PIL import Image

    grey = picture.convert("L").resize((9, 8), Image.Resampling.LANCZOS)
    values = grey.tobytes()
    if max(values) - min(values) < _FLAT:
        return None
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = bits << 1 | (values[9 * row + column] < values[9 * row + column + 1])
    return bits


def _exif(exif: Any) -> dict[str, Any] | None:
    """What the picture says of itself: taken_at (local time as written, with its offset if there is one), position in
    degrees, altitude in metres, device, software."""
    from PIL import ExifTags

    details, gps = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    found = {
        "taken_at": _instant(details.get(0x9003) or exif.get(0x0132), details.get(0x9011) or details.get(0x9010)),
        "lat": _degrees(gps.get(2), gps.get(1), "S", 90),
        "lon": _degrees(gps.get(4), gps.get(3), "W", 180),
        "maker": _text(exif.get(0x010F)),
        "model": _text(exif.get(0x0110)),
        "software": _text(exif.get(0x0131)),
    }
    if found["lat"] is None or found["lon"] is None:
        found["lat"] = found["lon"] = None
    return found if any(value is not None for value in found.values()) else None


def _instant(text: Any, offset: Any) -> str | None:
    """`2026:11:21 09:12:03` as `2026-11-21T09:12:03`, with `+08:00` if that is known."""
    import re

    match = re.fullmatch(r"(\d{4}):(\d\d):(\d\d)[ T](\d\d:\d\d:\d\d)", str(text).strip("\0 ")) if text else None
    if match is None or match[1] == "0000":
        return None
    zone = str(offset).strip("\0 ") if offset else ""
    return f"{match[1]}-{match[2]}-{match[3]}T{match[4]}" + (zone if re.fullmatch(r"[+-]\d\d:\d\d", zone) else "")


def _degrees(parts: Any, side: Any, negative: str, limit: int) -> float | None:
    """Degrees, minutes and seconds as one number of degrees."""
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
        value = degrees + minutes / 60 + seconds / 3600
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    if not math.isfinite(value) or value > limit or degrees < 0:
        return None
    return round(-value if str(side).strip("\0 ").upper() == negative else value, 7)


def _text(value: Any) -> str | None:
    """A plain text of at most 100 characters."""
    if not isinstance(value, str):
        return None
    text = "".join(char for char in value if char.isprintable() and not "\ud800" <= char <= "\udfff").strip()[:100]
    return text or None


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_PROCESSOR_S, _PROCESSOR_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.exit(main())
