"""The API level in every answer, so that a client learns of an upgraded server at its next request."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.api_level import API_LEVEL, HEADER


class LevelHeader:
    """Middleware: names the level in a header."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response[HEADER] = str(API_LEVEL)
        return response
