"""Has a picture looked into, and renditions made of it, by a process of its own."""

import json
import logging
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from files.content.inspection import MOST_PIXELS
from files.pictures import maker

RENDITIONS = (maker.THUMBNAIL, maker.SHOWN)
_MAKER = Path(maker.__file__)
_PATIENCE_S = 120
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture says of itself, what it looks like, and where its renditions lie (JPEG), by name.

    dhash: 64 bits, unsigned; None for a picture of one colour.
    """

    exif: dict[str, Any] | None
    dhash: int | None
    renditions: dict[str, Path]


def look_into(source: Path, media_type: str, lines: Sequence[str], folder: Path) -> Picture | None:
    """Look into the picture `source`; None when it cannot be decoded.

    lines: written onto the picture that people see. folder: an empty one, for the renditions.
    """
    order = {
        "source": str(source),
        "folder": str(folder),
        "lines": list(lines),
        "font": str(font_path()),
        "most_pixels": MOST_PIXELS[media_type],
    }
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_MAKER)],
            input=json.dumps(order),
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        _log.warning("picture took too long", extra={"source": source.name})
        return None
    if done.returncode != 0:
        _log.info("picture not readable", extra={"source": source.name, "reason": done.stderr[-500:]})
        return None
    answer = json.loads(done.stdout)
    return Picture(answer["exif"], answer["dhash"], {name: folder / name for name in RENDITIONS})


def font_path() -> Path:
    """The font of the lines: the settings', else Noto Sans CJK as it comes from PyPI."""
    if settings.CAPTION_FONT:
        return Path(settings.CAPTION_FONT)
    import noto_cjk_sans_otc

    return next(Path(noto_cjk_sans_otc.__file__).parent.glob("*.ttc"))
