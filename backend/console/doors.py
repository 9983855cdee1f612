"""The door of every page: who comes, whether he may, inside which fence he is answered, and how a refusal looks."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.db import InterfaceError, OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_protect
from django_htmx.http import HttpResponseClientRefresh
from django_htmx.middleware import HtmxDetails

from accounts.commands.web_sessions import visitor_of
from accounts.errors import WebSessionEnded
from console.cookies import SESSION, drop_session
from console.registry import CONSOLE_ROLES, Page
from console.rendering import render, voice_of
from core.errors import DomainError, Forbidden, MethodNotAllowed, NotFound, Unavailable
from core.request_log import note_actor

_log = logging.getLogger(__name__)


def door(page: Page) -> Callable[..., HttpResponseBase]:
    """The view of a registered page."""

    @refusals_as_pages
    def enter(request: HttpRequest, **path: Any) -> HttpResponseBase:
        request.page_name = page.name  # type: ignore[attr-defined]
        view = {"GET": page.get, "HEAD": page.get, "POST": page.post}.get(request.method or "")
        with transaction.atomic():
            _admit(request, page)
            if view is None:
                raise MethodNotAllowed
            if request.method != "POST":
                return view(request, **path)
        return view(request, **path)

    return enter


def refusals_as_pages(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The view, protected against forged forms, with every refusal and fault as a page in the reader's language."""

    @csrf_protect
    @wraps(view)
    def guarded(request: HttpRequest, **path: Any) -> HttpResponseBase:
        request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
        try:
            return view(request, **path)
        except WebSessionEnded:
            return _lead_to_sign_in(request)
        except DomainError as refusal:
            return _refusal_page(request, refusal)
        except Http404:
            return _refusal_page(request, NotFound())
        except (OperationalError, InterfaceError) as fault:
            _log.warning("database unavailable: %s", fault)
            return _refusal_page(request, Unavailable())
        except Exception as fault:
            _log.exception("unexpected fault", exc_info=fault)
            return render(request, "error.html", 500, code=500, message=voice_of(request).say("error.fault"))

    return guarded


def is_htmx(request: HttpRequest) -> bool:
    """Whether a script of the page asks, not the browser itself."""
    return bool(request.htmx)  # type: ignore[attr-defined]


def _admit(request: HttpRequest, page: Page) -> None:
    """Let the visitor in, and set the fence. Raises accounts.web_session_ended, core.forbidden."""
    visitor = visitor_of(request.COOKIES.get(SESSION, ""))
    request.visitor = visitor  # type: ignore[attr-defined]
    note_actor(visitor.actor)
    if page.roles.isdisjoint(visitor.actor.roles):
        raise Forbidden


def _lead_to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in, and from there back to what was asked for."""
    if is_htmx(request):
        return HttpResponseClientRefresh()
    query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    response = HttpResponseRedirect(f"{reverse('console:sign_in')}?{query}".rstrip("?"))
    drop_session(response)
    return response


def _refusal_page(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    visitor = getattr(request, "visitor", None)
    if isinstance(refusal, Forbidden) and visitor and CONSOLE_ROLES.isdisjoint(visitor.actor.roles):
        return render(request, "elsewhere.html", 403)
    return render(
        request, "error.html", refusal.status, code=refusal.status, message=refusal.message(voice_of(request).locale)
    )
