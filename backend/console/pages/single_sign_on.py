"""Signing in with the account of one's organisation: to its provider, and back. These pages stand before the door."""

from dataclasses import astuple

from django.core import signing
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts import openid
from accounts.commands import web_sessions
from accounts.errors import SingleSignOnFailed, SingleSignOnUnavailable, SingleSignOnUnknown
from accounts.openid import Journey, Provider
from console import cookies
from console.doors import refusals_as_pages
from console.forms import return_address
from console.pages.sign_in import enter, show_form
from console.rendering import voice_of
from core.errors import NotFound

_SALT = "journey to the provider"
_REFUSALS = (SingleSignOnFailed, SingleSignOnUnavailable, SingleSignOnUnknown)


@require_GET
@refusals_as_pages
def set_out(request: HttpRequest) -> HttpResponseBase:
    """To the provider; what is needed on the way back stays in the browser."""
    onward = return_address(request, reverse("console:home"))
    journey = openid.new_journey()
    try:
        response = HttpResponseRedirect(_provider().set_out(journey, _return_to(request)))
    except SingleSignOnUnavailable as refusal:
        return show_form(request, onward, refusal.status, fault=refusal.message(voice_of(request).locale))
    kept = signing.dumps([*astuple(journey), onward], salt=_SALT)
    cookies.set_journey(response, request, kept)
    return response


@require_GET
@refusals_as_pages
def come_back(request: HttpRequest) -> HttpResponseBase:
    """From the provider: in, or to the form with what was wrong. The journey is over either way."""
    onward = reverse("console:home")
    try:
        *journey, onward = _kept(request)
        claims = _provider().come_back(Journey(*journey), request.GET.dict(), _return_to(request))
        response = enter(request, web_sessions.begin_by_claims(claims), onward)
    except _REFUSALS as refusal:
        response = show_form(request, onward, refusal.status, fault=refusal.message(voice_of(request).locale))
    cookies.drop_journey(response)
    return response


def _kept(request: HttpRequest) -> list[str]:
    try:
        kept: list[str] = signing.loads(request.COOKIES.get(cookies.JOURNEY, ""), salt=_SALT, max_age=cookies.JOURNEY_S)
    except signing.BadSignature:
        raise SingleSignOnFailed from None
    return kept


def _provider() -> Provider:
    found = openid.provider()
    if found is None:
        raise NotFound
    return found


def _return_to(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("console:single_sign_on_back"))
