"""Maps as pages get them: what lies under them, and where a position is to be drawn on it."""

import json
import os
import re
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from console.assets import asset_url
from console.voice import Voice
from core.geodesy import from_wgs84

_WORDS = (
    "attribution", "close", "incomplete", "two_fingers", "unavailable", "wheel_mac", "wheel_windows",
    "zoom_in", "zoom_out",
)  # fmt: skip
_RANGE = re.compile(r"bytes=(\d+)-(\d+)")
_LONGEST_RANGE = 16 * 2**20  # bytes; a tile has some hundred kB, a directory of a large file some MB
Spot = tuple[float, float]


def spot(lat: float, lon: float) -> Spot:
    """Where the basemap shows a position in WGS-84: longitude and latitude in degrees, in its own datum."""
    shown = _shift(lat, lon, settings.BASEMAP.datum) if settings.BASEMAP.datum != "WGS-84" else (lat, lon)
    return round(shown[1], 6), round(shown[0], 6)


# A large company's sites, which every look at the map needs anew.
_shift = lru_cache(maxsize=50_000)(from_wgs84)


def frame(voice: Voice, label: str) -> str:
    """What `parts/map.ts` has to know, as JSON. label: what screen readers call the map."""
    basemap = settings.BASEMAP
    addresses = {"outlines": _outlines, "pmtiles": _file}.get(basemap.kind, lambda: basemap.addresses)()
    known: dict[str, Any] = {
        "basemap": {"kind": basemap.kind, "addresses": addresses, "attribution": basemap.attribution},
        "worker": asset_url("maplibre-gl-worker.mjs"),
        "language": "zh" if voice.locale == "zh-Hans" else "en",
        "words": {word: voice.say(f"map.{word}") for word in _WORDS} | {"title": label},
    }
    return json.dumps(known)


def tiles(request: HttpRequest) -> HttpResponse:
    """`GET /console/basemap.pmtiles`: the part of the operator's file that `Range` names; there is no whole answer."""
    if settings.BASEMAP.file is None:
        return HttpResponse(status=404)
    with settings.BASEMAP.file.open("rb") as file:
        status = os.fstat(file.fileno())
        asked = _RANGE.fullmatch(request.headers.get("Range", ""))
        first, last = (int(asked[1]), min(int(asked[2]), status.st_size - 1)) if asked else (0, -1)
        if not first <= last < first + _LONGEST_RANGE:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{status.st_size}"})
        file.seek(first)
        headers = {
            "Content-Range": f"bytes {first}-{last}/{status.st_size}",
            "ETag": f'"{status.st_mtime_ns:x}-{status.st_size:x}"',
            "Cache-Control": "private, max-age=3600",
            "Accept-Ranges": "bytes",
        }
        return HttpResponse(file.read(last - first + 1), "application/octet-stream", 206, headers=headers)


def _outlines() -> tuple[str, ...]:
    return (asset_url("outlines.json"),)


def _file() -> tuple[str, ...]:
    return (reverse("console:basemap"),)
