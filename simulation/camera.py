"""Pictures as a phone takes them in a shop: a shelf with goods, another one each time."""

import io
import random

from PIL import Image, ImageDraw

_SIZE = (1280, 960)
_SHELVES, _GOODS = 5, 14


def take_picture(chance: random.Random) -> bytes:
    """A JPEG of a shelf."""
    picture = Image.new("RGB", _SIZE, _colour(chance, 40))
    draw = ImageDraw.Draw(picture)
    width, height = _SIZE[0] // _GOODS, _SIZE[1] // _SHELVES
    for shelf in range(_SHELVES):
        bottom = (shelf + 1) * height - 12
        draw.rectangle((0, bottom, _SIZE[0], bottom + 10), fill=(96, 72, 48))
        for place in range(_GOODS):
            if chance.random() < 0.85:  # a place is empty now and then
                top = bottom - chance.randint(height // 2, height - 30)
                left = place * width + 6
                draw.rectangle((left, top, left + width - 12, bottom), fill=_colour(chance), outline=(30, 30, 30))
                draw.rectangle((left + 8, top + 24, left + width - 20, top + 60), fill=(245, 245, 235))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=80)
    return file.getvalue()


def _colour(chance: random.Random, least: int = 90) -> tuple[int, int, int]:
    return chance.randint(least, 230), chance.randint(least, 230), chance.randint(least, 230)
