"""Sessions below /auth, and the caller himself below /me."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from accounts import queries
from accounts.addresses import client_address
from accounts.auth import bearer
from accounts.commands import passwords, sessions
from accounts.schemas import people
from accounts.schemas import sessions as shapes
from core.actor import Actor
from core.errors import Unauthenticated
from core.rest import fenced, idempotency_key, json_response, run_command, verdict_response
from core.rest_schemas import WRITE_RESPONSES, ErrorBody

auth_router = Router(tags=["sessions"])
router = Router(tags=["accounts"])


# Sessions: these alone need no access token.


@auth_router.post(
    "/sign-in",
    auth=None,
    response={
        200: shapes.SessionOut,
        400: ErrorBody,
        401: ErrorBody,
        403: ErrorBody,
        409: ErrorBody,
        422: ErrorBody,
        429: ErrorBody,
    },
)
def sign_in(request: HttpRequest, payload: shapes.SignInIn) -> HttpResponse:
    """Begin a session with a password, on a device.

    Who has a second factor is asked for its code (`accounts.code_required`): the same once more, with `code`.
    """
    return json_response(sessions.as_wire(sessions.sign_in(payload, client_address(request))))


@auth_router.post(
    "/refresh", auth=None, response={200: shapes.SessionOut, 400: ErrorBody, 401: ErrorBody, 422: ErrorBody}
)
def refresh(request: HttpRequest, payload: shapes.RefreshIn) -> HttpResponse:
    """Exchange a refresh token for a new one and a fresh access token. Each is good for one use.

    If the answer was lost, the same token may be presented again within 60 seconds.
    """
    return json_response(sessions.as_wire(sessions.refresh(payload.refresh_token)))


@auth_router.post("/sign-out", auth=None, response={204: None, 400: ErrorBody, 401: ErrorBody, 422: ErrorBody})
def sign_out(request: HttpRequest, payload: shapes.SignOutIn | None = None) -> HttpResponse:
    """End the sessions of a device: of the one that a refresh token names, else of the one that calls."""
    if payload is not None and payload.refresh_token is not None:
        sessions.sign_out_by(payload.refresh_token)
        return HttpResponse(status=204)
    actor = bearer(request)
    if actor is None:
        raise Unauthenticated
    sessions.sign_out(actor)
    return HttpResponse(status=204)


# The caller


@router.get("/me", response={200: shapes.MeOut, 401: ErrorBody})
@fenced
def me(request: HttpRequest) -> HttpResponse:
    """The caller, his company, device and territories."""
    actor = _actor(request)
    user, company = queries.get_user(actor.user_id), queries.get_company(actor.company_id)
    return json_response(
        {
            "id": user.id,
            "username": user.username,
            "name": user.name,
            "roles": user.roles,
            "org_unit_id": user.org_unit_id,
            "locale": user.locale,
            "company": {
                "id": company.id,
                "code": company.code,
                "name": company.name,
                "time_zone": company.time_zone,
            },
            "device_id": actor.device_id,
            "territory_ids": sorted(queries.list_territory_ids(user.id)),
        }
    )


@router.post("/me/change-password", response=WRITE_RESPONSES | {429: ErrorBody})
def change_password(request: HttpRequest, payload: people.ChangePasswordIn) -> HttpResponse:
    """Change the caller's password (`accounts.change_password`).

    All his sessions end, this one too: sign in again with the new password.
    """
    verdict = passwords.change_own_password(
        _actor(request),
        payload.current_password,
        payload.new_password,
        address=client_address(request),
        command_id=idempotency_key(request),
    )
    return verdict_response(verdict, _actor(request).user_id)


@router.post("/me/preferences", response=WRITE_RESPONSES)
def set_preferences(request: HttpRequest, payload: people.SetPreferences) -> HttpResponse:
    """Choose language, time zone and theme (`accounts.set_preferences`)."""
    return run_command(request, "accounts.set_preferences", payload, row_id=_actor(request).user_id)


@router.post("/me/views", response=WRITE_RESPONSES)
def save_view(request: HttpRequest, payload: people.SaveView) -> HttpResponse:
    """Keep a list of the console under a name (`accounts.save_view`)."""
    return run_command(request, "accounts.save_view", payload, row_id=payload.id)


@router.post("/me/views/forget", response=WRITE_RESPONSES)
def forget_view(request: HttpRequest, payload: people.ViewId) -> HttpResponse:
    """Forget a saved view (`accounts.forget_view`)."""
    return run_command(request, "accounts.forget_view", payload, row_id=payload.id)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
