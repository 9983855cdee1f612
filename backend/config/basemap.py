"""What lies under the console's maps: ROUNDSMAN_BASEMAP names tiles, a style or a file; else packaged outlines."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_PMTILES_MAGIC = b"PMTiles\x03"
_DATUMS = ("WGS-84", "GCJ-02")


@dataclass(frozen=True)
class Basemap:
    """kind: outlines, raster, style or pmtiles. addresses: of its tiles or style; file: with tiles of our own.

    datum: in which it is drawn. origins: servers that browsers may ask for it, as a content security policy names them.
    """

    kind: str
    addresses: tuple[str, ...] = ()
    file: Path | None = None
    attribution: str = ""
    datum: str = "WGS-84"
    origins: tuple[str, ...] = ()


def basemap_from_environment() -> Basemap:
    """The basemap that the operator chose. Raises ImproperlyConfigured for what is none."""
    given = os.environ.get("ROUNDSMAN_BASEMAP", "").split()
    datum = os.environ.get("ROUNDSMAN_BASEMAP_DATUM") or "WGS-84"
    attribution = os.environ.get("ROUNDSMAN_BASEMAP_ATTRIBUTION", "")
    further = os.environ.get("ROUNDSMAN_BASEMAP_ORIGINS", "").split()
    if datum not in _DATUMS:
        raise ImproperlyConfigured(f"ROUNDSMAN_BASEMAP_DATUM is {' or '.join(_DATUMS)}, not {datum}")
    if not given:
        return Basemap("outlines")
    if all(_is_web(address) for address in given):
        if not (raster := all("{z}" in address for address in given)) and len(given) > 1:
            raise ImproperlyConfigured("ROUNDSMAN_BASEMAP: several addresses are tiles, each with {z}, {x} and {y}")
        origins = dict.fromkeys([*map(_origin, given), *map(_origin, further)])
        return Basemap("raster" if raster else "style", tuple(given), None, attribution, datum, tuple(origins))
    return Basemap("pmtiles", (), _tiles_file(" ".join(given)), attribution, datum)


def _is_web(address: str) -> bool:
    return address.startswith(("https://", "http://"))


def _origin(address: str) -> str:
    """The server of an address. Raises ImproperlyConfigured for one that cannot be part of a policy."""
    parts = urlsplit(address)
    if not _is_web(address) or not parts.netloc or set(address) & set("; ,'\""):
        raise ImproperlyConfigured(f"ROUNDSMAN_BASEMAP: {address} is no address of a map")
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _tiles_file(name: str) -> Path:
    file = Path(name).absolute()
    try:
        with file.open("rb") as tiles:
            is_whole = tiles.read(len(_PMTILES_MAGIC)) == _PMTILES_MAGIC
    except OSError as fault:
        raise ImproperlyConfigured(f"ROUNDSMAN_BASEMAP: {fault}") from fault
    if not is_whole:
        raise ImproperlyConfigured(f"ROUNDSMAN_BASEMAP: {file} is no PMTiles file of version 3")
    return file
