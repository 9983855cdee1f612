"""Refusals that no endpoint gave: unknown addresses, methods that are not offered, requests that Django turns away.

They too are answered with the typed error body, so that a client has one form of error to understand.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from config.api import ServerFault
from core import errors
from core.rest import error_response, locale_of

_KINDS: dict[int, type[errors.DomainError]] = {
    400: errors.BadRequest,
    404: errors.NotFound,
    405: errors.MethodNotAllowed,
    500: ServerFault,
}


_PAGES = "/console/"
"""Its refusals are pages for people."""


class TypedRefusals:
    """Middleware: gives a refusal of the framework the body that all others have. Headers such as Allow stay."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        kind = _KINDS.get(response.status_code)
        if request.path.startswith(_PAGES):
            return response
        if kind is None or response.get("Content-Type") == "application/json" or not isinstance(response, HttpResponse):
            return response
        typed = error_response(kind(), locale_of(request))
        for name, value in response.items():
            typed.headers.setdefault(name, value)
        return typed
