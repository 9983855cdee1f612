"""A page as the browser gets it: its template in the shell, in the reader's language, under a strict policy."""

from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

from accounts.commands.web_sessions import Visitor
from console import assets, cookies, wording
from console.registry import places_for
from console.voice import Voice
from core.rest import asked_locale

Response = TypeVar("Response", bound=HttpResponseBase)


def visitor_of(request: HttpRequest) -> Visitor | None:
    """Who is signed in, where somebody is."""
    visitor: Visitor | None = getattr(request, "visitor", None)
    return visitor


def voice_of(request: HttpRequest) -> Voice:
    """How the reader of this request is spoken to: as he chose; as his browser asks while he is not signed in."""
    visitor = visitor_of(request)
    if visitor is not None:
        return Voice(visitor.actor.locale, visitor.time_zone)
    chosen = request.COOKIES.get(cookies.LANGUAGE)
    return Voice(chosen if chosen in wording.LANGUAGES else asked_locale(request) or "en")


def render(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    """The answer. context: for the template, beside what every page has."""
    if not assets.are_built():
        return HttpResponse(render_to_string("config/pages_not_built.html"), status=503)
    visitor, voice = visitor_of(request), voice_of(request)
    word = cookies.find_word(request)
    shared = {
        "voice": voice,
        "languages": wording.NAMES,
        "visitor": visitor,
        "places": places_for(visitor.actor.roles) if visitor else [],
        "page_name": (name := getattr(request, "page_name", "")),
        "place_name": name.partition(".")[0],
        "here": request.get_full_path(),
        "word": word and {"text": voice.say_if_known(word[0], word[0]), "tone": word[1]},
    }
    response = HttpResponse(render_to_string(f"console/{template}", shared | context, request), status=status)
    if word is not None:
        cookies.drop_word(response)
    return protect(response)


def protect(response: Response) -> Response:
    """The response with the headers that every page of the console carries."""
    for name, value in _headers().items():
        response.headers.setdefault(name, value)
    return response


def _headers() -> dict[str, str]:
    """The console's pages run their own scripts and styles alone, talk to this server and to that of the basemap alone,
    and stand in nobody's frame."""
    elsewhere = settings.BASEMAP.origins
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        " ".join(("img-src 'self' data: blob:", *elsewhere)),
        " ".join(("connect-src 'self'", *elsewhere)),
        "media-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
