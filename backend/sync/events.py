"""`GET /api/v1/sync/events`: the stream of pokes for a phone or page in the foreground. A poke says "pull now".

The stream carries no data, so that nothing can leak through it and nothing is lost with it. It ends with its access
token; the client opens a new one with a fresh token.
"""

import asyncio
import time
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from accounts.auth import device_claims
from accounts.queries import get_actor_on_device
from accounts.tokens import Claims
from core.actor import Actor
from core.errors import DomainError, MethodNotAllowed, Unauthenticated, Unavailable
from core.rest import error_response, locale_of
from sync.hub import HUB

_HEARTBEAT_S = 20.0
_RETRY_MS = 3_000


async def events(request: HttpRequest) -> HttpResponseBase:
    """Open the stream; refusals are the usual typed errors."""
    try:
        if request.method != "GET":
            raise MethodNotAllowed
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated
        claims = device_claims(token)
        actor = await sync_to_async(_admit)(claims)
    except DomainError as error:
        return error_response(error, locale_of(request))
    except (OperationalError, InterfaceError):
        return error_response(Unavailable(), locale_of(request))
    response = StreamingHttpResponse(_stream(actor, claims.expires_at), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def _admit(claims: Claims) -> Actor:
    """The actor, if he may still act. The connection goes back at once: a stream lives for minutes."""
    try:
        return get_actor_on_device(claims.company_id, claims.user_id, claims.device_id)
    finally:
        connection.close()


async def _stream(actor: Actor, expires_at: float) -> AsyncIterator[bytes]:
    woken = HUB.open(actor.company_id, actor.user_id)
    try:
        yield b"retry: %d\n\n" % _RETRY_MS
        # Whatever changed before the stream was open is not told later: the client pulls once now.
        yield b"event: poke\ndata: {}\n\n"
        while (left_s := expires_at - time.time()) > 0:
            try:
                await asyncio.wait_for(woken.wait(), min(_HEARTBEAT_S, left_s))
            except TimeoutError:
                yield b": still here\n\n"
                continue
            woken.clear()
            yield b"event: poke\ndata: {}\n\n"
    finally:
        HUB.close(actor.company_id, actor.user_id, woken)
