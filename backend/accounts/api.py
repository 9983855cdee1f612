"""The accounts endpoints: sessions below /auth, people, teams and devices beside."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router

from accounts.auth import bearer
from accounts.commands import sessions
from accounts.schemas import RefreshIn, SessionOut, SignInIn, SignOutIn
from core.errors import Unauthenticated
from core.rest import json_response
from core.rest_schemas import ErrorBody

auth_router = Router(tags=["sessions"])
router = Router(tags=["accounts"])


@auth_router.post(
    "/sign-in",
    auth=None,
    response={200: SessionOut, 400: ErrorBody, 401: ErrorBody, 409: ErrorBody, 422: ErrorBody, 429: ErrorBody},
)
def sign_in(request: HttpRequest, payload: SignInIn) -> HttpResponse:
    """Begin a session with a password, on a device."""
    return json_response(sessions.as_wire(sessions.sign_in(payload, client_address(request))))


@auth_router.post(
    "/refresh", auth=None, response={200: SessionOut, 400: ErrorBody, 401: ErrorBody, 422: ErrorBody}
)
def refresh(request: HttpRequest, payload: RefreshIn) -> HttpResponse:
    """Exchange a refresh token for a new one and a fresh access token. Each is good for one use.

    If the answer was lost, the same token may be presented again within 60 seconds.
    """
    return json_response(sessions.as_wire(sessions.refresh(payload.refresh_token)))


@auth_router.post(
    "/sign-out", auth=None, response={204: None, 400: ErrorBody, 401: ErrorBody, 422: ErrorBody}
)
def sign_out(request: HttpRequest, payload: SignOutIn) -> HttpResponse:
    """End the session of a refresh token, or with a bearer token all sessions of the calling device."""
    if payload.refresh_token is not None:
        sessions.sign_out_by(payload.refresh_token)
        return HttpResponse(status=204)
    actor = bearer(request)
    if actor is None:
        raise Unauthenticated
    sessions.sign_out(actor)
    return HttpResponse(status=204)


def client_address(request: HttpRequest) -> str:
    """Where a request comes from, as far as our own proxies vouch for it. An IPv6 network of 64 bits is one address."""
    address = request.META.get("REMOTE_ADDR", "")
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if settings.TRUSTED_PROXIES and forwarded:
        address = forwarded[-min(settings.TRUSTED_PROXIES, len(forwarded))]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6 and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
