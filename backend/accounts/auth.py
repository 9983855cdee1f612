"""Who calls: the bearer token of every endpoint but the sign-in, turned into the actor."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from accounts.queries import get_actor_on_device
from accounts.tokens import verify
from core.actor import Actor
from core.request_log import note_actor
from core.rest import answered


class Bearer(HttpBearer):
    """`Authorization: Bearer <access token>`. Gives `request.auth` the actor.

    The token says who calls; the database is asked at every call, by one statement, whether he still may.
    Raises Unauthenticated, accounts.device_revoked, accounts.user_inactive.
    """

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """The actor behind a token."""
        claims = verify(token)
        actor = get_actor_on_device(claims.company_id, claims.user_id, claims.device_id)
        note_actor(actor)
        return answered(actor, request)


bearer = Bearer()
