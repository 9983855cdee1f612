"""`GET /console/events`: tells the visitor's open pages in which rooms of his company something changed.

The stream carries no data, so that nothing can leak through it: a page that hears of a change loads what it shows anew,
by the same queries as before. It ends when the session does.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from accounts.commands.web_sessions import visitor_of
from console.cookies import SESSION
from core.errors import DomainError
from sync.hub import HUB

_HEARTBEAT_S = 20.0
_APART_S = 1.0
"""A page hears of changes at most once in so many seconds."""
_RETRY_MS = 5_000


async def events(request: HttpRequest) -> HttpResponseBase:
    """Open the stream; to a browser without a session it is closed, and it does not come again."""
    cookie = request.COOKIES.get(SESSION, "")
    try:
        company_id = await sync_to_async(_admit)(cookie)
    except DomainError:
        return HttpResponse(status=401)
    except (OperationalError, InterfaceError):
        return HttpResponse(status=503)
    response = StreamingHttpResponse(_stream(company_id, cookie), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def _admit(cookie: str) -> UUID:
    """The visitor's company. The connection goes back at once: a stream lives for hours."""
    try:
        with transaction.atomic():
            return visitor_of(cookie).actor.company_id
    finally:
        connection.close()


async def _stream(company_id: UUID, cookie: str) -> AsyncIterator[bytes]:
    watcher = HUB.watch(company_id)
    try:
        yield b"retry: %d\n\n" % _RETRY_MS
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(watcher.woken.wait(), _HEARTBEAT_S)
            if rooms := watcher.take():
                yield f"event: changed\ndata: {' '.join(rooms)}\n\n".encode()
                await asyncio.sleep(_APART_S)
                continue
            try:
                await sync_to_async(_admit)(cookie)
            except DomainError:
                return
            yield b": still here\n\n"
    finally:
        HUB.unwatch(company_id, watcher)
