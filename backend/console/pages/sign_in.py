"""Signing in and out. These pages stand before the door: nobody is known yet, or nobody shall be any more."""

from contextlib import suppress
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.addresses import client_address
from accounts.commands import web_sessions
from accounts.commands.web_sessions import HalfWay
from accounts.errors import (
    CodeRequired,
    CodeWrong,
    LockedOut,
    PasswordsOff,
    SignInFailed,
    UserInactive,
    WebSessionEnded,
)
from console import cookies, wording
from console.doors import refusals_as_pages
from console.forms import return_address
from console.rendering import render, voice_of
from core.payloads import first_bad_text

_LONGEST = 256


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The form; after it, the page that was asked for."""
    onward = return_address(request, reverse("console:home"))
    if request.method != "POST":
        return _choose_language(request, onward) if "language" in request.GET else show_form(request, onward)
    if not settings.CONSOLE_PASSWORDS:
        refusal = PasswordsOff()
        return show_form(request, onward, refusal.status, fault=refusal.message(voice_of(request).locale))
    company, username, password = (_read(request, name) for name in ("company", "username", "password"))
    try:
        begun = web_sessions.begin(company, username, password, client_address(request))
    except (SignInFailed, LockedOut, UserInactive) as refusal:
        fault = refusal.message(voice_of(request).locale)
        return show_form(request, onward, refusal.status, fault=fault, company=company, username=username)
    if isinstance(begun, HalfWay):
        response = HttpResponseRedirect(f"{reverse('console:sign_in_code')}?{urlencode({'next': onward})}")
        cookies.set_half_way(response, request, begun.token)
        return response
    return enter(request, begun, onward)


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def sign_in_code(request: HttpRequest) -> HttpResponseBase:
    """The code of the second factor, once the password was right."""
    onward = return_address(request, reverse("console:home"))
    half = request.COOKIES.get(cookies.HALF_WAY)
    if half is None:
        raise WebSessionEnded
    if request.method != "POST":
        return render(request, "sign_in_code.html", next=onward)
    try:
        session = web_sessions.go_on(half, _read(request, "code"), client_address(request))
    except (CodeRequired, CodeWrong, LockedOut) as refusal:
        fault = refusal.message(voice_of(request).locale)
        return render(request, "sign_in_code.html", refusal.status, next=onward, fault=fault)
    return enter(request, session, onward)


def enter(request: HttpRequest, session: str, onward: str) -> HttpResponseBase:
    """Somebody has shown who he is: the page that he asked for, with the cookie of his session."""
    response = HttpResponseRedirect(onward)
    cookies.set_session(response, request, session)
    cookies.drop_half_way(response)
    return response


@require_POST
@refusals_as_pages
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End the session of this browser."""
    with suppress(WebSessionEnded):
        web_sessions.end(request.COOKIES.get(cookies.SESSION, ""))
    response = HttpResponseRedirect(reverse("console:sign_in"))
    cookies.drop_session(response)
    return response


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to a form without this browser's token: sent from elsewhere, or from a page of long ago."""
    return render(request, "error.html", 403, code=403, message=voice_of(request).say("error.forged"))


def show_form(request: HttpRequest, onward: str, status: int = 200, **context: str) -> HttpResponse:
    """The form with what it begins with, and with what was wrong."""
    setting = settings.SINGLE_SIGN_ON
    doors = {"passwords": settings.CONSOLE_PASSWORDS, "single_sign_on": setting, "onward": urlencode({"next": onward})}
    return render(request, "sign_in.html", status, next=onward, **doors, **context)


def _choose_language(request: HttpRequest, onward: str) -> HttpResponse:
    """Remember the language in the browser: nobody is known yet."""
    response = HttpResponseRedirect(f"{request.path}?next={onward}")
    if (chosen := request.GET["language"]) in wording.LANGUAGES:
        response.set_cookie(cookies.LANGUAGE, chosen, max_age=365 * 86_400, path=cookies.PATH, samesite="Lax")
    return response


def _read(request: HttpRequest, name: str) -> str:
    """A member of the form. What no column takes is nobody's name and nobody's password."""
    text = request.POST.get(name, "")[:_LONGEST]
    return "" if first_bad_text(text) is not None else text
