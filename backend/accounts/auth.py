"""Who calls: the bearer token of every endpoint but the sign-in, turned into the actor."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from accounts.api_keys import is_key
from accounts.commands import api_keys
from accounts.errors import NotForApiKeys
from accounts.queries import get_actor_on_device
from accounts.scopes import needed
from accounts.tokens import Claims, verify
from core.actor import Actor
from core.request_log import note_actor
from core.rest import answered


class Bearer(HttpBearer):
    """`Authorization: Bearer <access token or API key>`. Gives `request.auth` the actor.

    A token says who calls; the database is asked at every call, by one statement, whether he still may. A key is taken
    by the endpoints of an area alone, which is the app whose scopes it needs there.
    Raises Unauthenticated, accounts.device_revoked, accounts.user_inactive, and what a key is refused with.
    """

    def __init__(self, area: str | None = None) -> None:
        super().__init__()
        self._area = area

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """The actor behind a token or a key."""
        actor = self._actor(request, token)
        note_actor(actor)
        return answered(actor, request)

    def _actor(self, request: HttpRequest, token: str) -> Actor:
        if self._area is not None and is_key(token):
            return api_keys.admit(token, needed(self._area, request.method or ""))
        claims = device_claims(token)
        return get_actor_on_device(claims.company_id, claims.user_id, claims.device_id)


def device_claims(token: str) -> Claims:
    """What an access token says. Raises NotForApiKeys for a key, where only a device will do; else Unauthenticated."""
    if is_key(token):
        raise NotForApiKeys
    return verify(token)


bearer = Bearer()
"""Of endpoints that are for people's devices alone."""
