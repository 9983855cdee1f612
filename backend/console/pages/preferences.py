"""How somebody wants to see the console, his password, and where he is signed in."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from accounts import queries as account_queries
from accounts.addresses import client_address
from accounts.commands import passwords, web_sessions
from console import cookies, wording
from console.forms import CommandForm, Field, Values
from console.registry import Page, Place, register
from console.rendering import visitor_of
from console.time_zones import list_zones
from console.voice import Voice
from core.actor import Actor
from core.batches import Verdict
from core.errors import InvalidInput

_THEMES = ("auto", "light", "dark")


def _languages(actor: Actor, voice: Voice) -> list[tuple[str, str]]:
    return list(wording.NAMES)


def _time_zones(actor: Actor, voice: Voice) -> list[tuple[str, str]]:
    return [("", voice.say("preferences.company_zone")), *list_zones()]


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
    more=lambda subject, values, actor, voice: {"factor": account_queries.find_second_factor(actor.user_id)},
    place=Place("system", 90, "settings"),
).register()


def _change(request: HttpRequest, actor: Actor, payload: Values, command_id: UUID) -> Verdict:
    """Guesses at the present password count like failed sign-ins."""
    for name in ("current_password", "new_password"):
        if not payload[name]:
            raise InvalidInput(name, reason="Field required")
    return passwords.change_own_password(
        actor,
        payload["current_password"],
        payload["new_password"],
        address=client_address(request),
        command_id=command_id,
        door="console",
    )


PASSWORD = CommandForm(
    "preferences.password",
    "preferences/password",
    command="accounts.change_password",
    fields=(Field("current_password", "password"), Field("new_password", "password")),
    send=_change,
    back="preferences",
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
