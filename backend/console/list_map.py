"""The places of a list on a map: all that its filters leave, as the map's worker reads them, and one of each row."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from console.basemap import Spot, spot
from console.rendering import protect

VIEW = "map"
PLACES = "places"
_PACK = GZipMiddleware(lambda request: HttpResponse())
"""Ten thousand places are 1.7 MB, and 0.4 MB packed."""


class PlaceOnMap(NamedTuple):
    """A place as a map shows it. id: of its card. tone: as of chips."""

    id: UUID
    name: str
    lat: float
    lon: float
    tone: str = "plain"


@dataclass(frozen=True)
class ListMap:
    """How a list is seen on a map: `?view=map`.

    places: of all rows that fit, by one statement. of_rows: by the ids of the rows of a page, one place of each that
    has any; one statement. cards: the beginning of the addresses of their cards, which end in the place's id. legend:
    tones with the keys of their texts.
    """

    places: Callable[[QuerySet[Any]], Iterable[PlaceOnMap]]
    of_rows: Callable[[Sequence[Any]], Mapping[UUID, PlaceOnMap]]
    cards: Callable[[], str]
    legend: Sequence[tuple[str, str]] = ()


def answer(request: HttpRequest, places: Iterable[PlaceOnMap]) -> HttpResponseBase:
    """The places as GeoJSON, packed where the browser takes that."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": spot(place.lat, place.lon)},
            "properties": {"id": str(place.id), "name": place.name, "tone": place.tone},
        }
        for place in places
    ]
    body = orjson.dumps({"type": "FeatureCollection", "features": features})
    return protect(_PACK.process_response(request, HttpResponse(body, "application/geo+json")))


def told(place: PlaceOnMap | None) -> tuple[UUID, Spot] | None:
    """A row's place as its line in the list carries it: the id of the card, and where the basemap has it."""
    return (place.id, spot(place.lat, place.lon)) if place else None
