"""One structured log line a request, with the ids of request, company, user and device; no secrets, no positions."""

import re
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponseBase
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

from core.actor import Actor
from core.ids import uuid7

_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_log = structlog.get_logger("roundsman.request")


def current_request_id() -> str | None:
    """The id of the request that is being served, or None outside of one."""
    return get_contextvars().get("request_id")


def note_actor(actor: Actor) -> None:
    """Have every further log line of this request name the actor."""
    bind_contextvars(
        company_id=str(actor.company_id),
        user_id=str(actor.user_id),
        device_id=str(actor.device_id) if actor.device_id else None,
        **({"key_id": str(actor.key_id)} if actor.key_id else {}),
    )


class RequestLog:
    """Middleware: gives the request an id (the caller's `X-Request-ID` if it is a plain one) and logs its end."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        started = time.perf_counter()
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _GIVEN_ID.fullmatch(given) else uuid7().hex
        clear_contextvars()
        bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        elapsed_ms = round((time.perf_counter() - started) * 1000, 1)
        _log.info("request", method=request.method, path=request.path, status=response.status_code, ms=elapsed_ms)
        return response
