"""How somebody wants to see the console, his password, and where he is signed in."""

from zoneinfo import available_timezones

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from accounts.commands import web_sessions
from console import cookies, wording
from console.forms import CommandForm, Field, Values
from console.registry import Page, Place, register
from console.rendering import visitor_of
from console.voice import Voice
from core.actor import Actor

_THEMES = ("auto", "light", "dark")


def _languages(actor: Actor, voice: Voice) -> list[tuple[str, str]]:
    return list(wording.NAMES)


def _time_zones(actor: Actor, voice: Voice) -> list[tuple[str, str]]:
    named = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix/")))
    return [("", voice.say("preferences.company_zone")), *((zone, zone.replace("_", " ")) for zone in named)]


def _themes(actor: Actor, voice: Voice) -> list[tuple[str, str]]:
    return [(theme, voice.say(f"preferences.theme.{theme}")) for theme in _THEMES]


def _chosen(subject: object, request: HttpRequest) -> Values:
    visitor = visitor_of(request)
    assert visitor is not None
    return {"locale": visitor.actor.locale, "time_zone": visitor.own_time_zone, "theme": visitor.theme}


PREFERENCES = CommandForm(
    "preferences",
    "preferences",
    command="accounts.set_preferences",
    fields=(
        Field("locale", "choice", choices=_languages),
        Field("time_zone", "choice", choices=_time_zones, empty="", required=False),
        Field("theme", "choice", choices=_themes),
    ),
    start=_chosen,
    back="preferences",
    template="preferences.html",
    place=Place("system", 90, "settings"),
).register()


def sign_out_everywhere(request: HttpRequest) -> HttpResponseBase:
    """End every session of the visitor in browsers, this one too."""
    visitor = visitor_of(request)
    assert visitor is not None
    web_sessions.end_all(visitor.actor)
    response = HttpResponseRedirect(reverse("console:sign_in"))
    cookies.drop_session(response)
    return response


register(Page("sign_out_everywhere", "preferences/sign-out-everywhere", post=sign_out_everywhere))
