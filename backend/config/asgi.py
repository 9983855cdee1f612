"""The application for an ASGI server, one port for both kinds of traffic.

Event streams stay open for hours and run on Django's asynchronous side. Every other request is plain and short and
runs as WSGI in a few threads: that costs less than half the CPU of Django under ASGI.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from a2wsgi import WSGIMiddleware
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

EVENTS_PATH = "/api/v1/sync/events"
_THREADS = int(os.environ.get("ROUNDSMAN_THREADS", "4"))

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_events = get_asgi_application()
_plain = WSGIMiddleware(get_wsgi_application(), workers=_THREADS)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Sends event streams to Django's ASGI side and everything else to its WSGI side."""
    if scope["path"] == EVENTS_PATH:
        await _events(scope, receive, send)
    else:
        await _plain(scope, receive, send)
