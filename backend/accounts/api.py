"""The accounts endpoints: sessions below /auth, then people, teams, territories and devices."""

from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from accounts import feed, queries
from accounts.addresses import client_address
from accounts.auth import bearer
from accounts.commands import passwords, sessions
from accounts.models import Device, OrgUnit, Territory, User
from accounts.schemas import people
from accounts.schemas import sessions as session_shapes
from core.actor import Actor
from core.clock import to_wire
from core.errors import Unauthenticated
from core.rest import (
    fenced,
    get_row,
    idempotency_key,
    json_response,
    list_page,
    read_cursor,
    run_command,
    verdict_response,
    write_cursor,
)
from core.rest_schemas import READ_ERRORS, WRITE_RESPONSES, ErrorBody

auth_router = Router(tags=["sessions"])
router = Router(tags=["accounts"])


# Sessions: these alone need no access token.


@auth_router.post(
    "/sign-in",
    auth=None,
    response={
        200: session_shapes.SessionOut,
        400: ErrorBody,
        401: ErrorBody,
        409: ErrorBody,
        422: ErrorBody,
        429: ErrorBody,
    },
)
def sign_in(request: HttpRequest, payload: session_shapes.SignInIn) -> HttpResponse:
    """Begin a session with a password, on a device."""
    return json_response(sessions.as_wire(sessions.sign_in(payload, client_address(request))))


@auth_router.post(
    "/refresh", auth=None, response={200: session_shapes.SessionOut, 400: ErrorBody, 401: ErrorBody, 422: ErrorBody}
)
def refresh(request: HttpRequest, payload: session_shapes.RefreshIn) -> HttpResponse:
    """Exchange a refresh token for a new one and a fresh access token. Each is good for one use.

    If the answer was lost, the same token may be presented again within 60 seconds.
    """
    return json_response(sessions.as_wire(sessions.refresh(payload.refresh_token)))


@auth_router.post("/sign-out", auth=None, response={204: None, 400: ErrorBody, 401: ErrorBody, 422: ErrorBody})
def sign_out(request: HttpRequest, payload: session_shapes.SignOutIn | None = None) -> HttpResponse:
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


@router.get("/me", response={200: session_shapes.MeOut, 401: ErrorBody})
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


# Users. Paths with a verb stand before the ones with an id, which would match them too.


@router.get("/users", response={200: people.UserPage} | READ_ERRORS)
@fenced
def list_users(request: HttpRequest, filters: Query[people.UserQuery]) -> HttpResponse:
    """The company's users by name."""
    rows = User.objects.all()
    if filters.q:
        rows = rows.filter(Q(name__icontains=filters.q) | Q(username__icontains=filters.q))
    if filters.role:
        rows = rows.filter(roles__contains=[filters.role])
    if filters.org_unit_id:
        rows = rows.filter(org_unit__path__contains=[filters.org_unit_id])
    if filters.is_active is not None:
        rows = rows.filter(is_active=filters.is_active)
    return list_page(_actor(request), feed.USER, rows, order=["name"], cursor=filters.cursor, limit=filters.limit)


@router.post("/users", response=WRITE_RESPONSES)
def create_user(request: HttpRequest, payload: people.CreateUserIn) -> HttpResponse:
    """Add a person (`accounts.create_user`).

    The password, if one is given, is not part of the command that is recorded.
    """
    user = people.CreateUser.model_validate(payload.model_dump(exclude={"password"}, exclude_unset=True))
    verdict = passwords.create_user_with(_actor(request), user, payload.password, idempotency_key(request))
    return verdict_response(verdict, payload.id)


@router.post("/users/update", response=WRITE_RESPONSES)
def update_user(request: HttpRequest, payload: people.UpdateUser) -> HttpResponse:
    """Edit a person, field by field (`accounts.update_user`)."""
    return run_command(request, "accounts.update_user", payload, row_id=payload.id)


@router.post("/users/set-password", response=WRITE_RESPONSES)
def set_password(request: HttpRequest, payload: people.SetPasswordIn) -> HttpResponse:
    """Give a person a new password (`accounts.set_password`). All his sessions end, and a lock-out is lifted."""
    verdict = passwords.set_user_password(_actor(request), payload.id, payload.password, idempotency_key(request))
    return verdict_response(verdict, payload.id)


@router.post("/users/deactivate", response=WRITE_RESPONSES)
def deactivate_user(request: HttpRequest, payload: people.UserId) -> HttpResponse:
    """Lock a person out, from now on (`accounts.deactivate_user`)."""
    return run_command(request, "accounts.deactivate_user", payload, row_id=payload.id)


@router.post("/users/reactivate", response=WRITE_RESPONSES)
def reactivate_user(request: HttpRequest, payload: people.UserId) -> HttpResponse:
    """Let a person in again (`accounts.reactivate_user`)."""
    return run_command(request, "accounts.reactivate_user", payload, row_id=payload.id)


@router.get("/users/{user_id}", response={200: people.UserOut} | READ_ERRORS)
@fenced
def get_user(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """One user."""
    return get_row(_actor(request), feed.USER, queries.get_user(user_id))


# Org units


@router.get("/org-units", response={200: people.OrgUnitPage} | READ_ERRORS)
@fenced
def list_org_units(request: HttpRequest, filters: Query[people.OrgUnitQuery]) -> HttpResponse:
    """The company's org units by name."""
    rows = OrgUnit.objects.all()
    if filters.under:
        rows = rows.filter(path__contains=[filters.under])
    return list_page(_actor(request), feed.ORG_UNIT, rows, order=["name"], cursor=filters.cursor, limit=filters.limit)


@router.post("/org-units", response=WRITE_RESPONSES)
def create_org_unit(request: HttpRequest, payload: people.CreateOrgUnit) -> HttpResponse:
    """Add an org unit (`accounts.create_org_unit`)."""
    return run_command(request, "accounts.create_org_unit", payload, row_id=payload.id)


@router.post("/org-units/update", response=WRITE_RESPONSES)
def update_org_unit(request: HttpRequest, payload: people.UpdateOrgUnit) -> HttpResponse:
    """Rename an org unit, or move it with everything below (`accounts.update_org_unit`)."""
    return run_command(request, "accounts.update_org_unit", payload, row_id=payload.id)


@router.get("/org-units/{org_unit_id}", response={200: people.OrgUnitOut} | READ_ERRORS)
@fenced
def get_org_unit(request: HttpRequest, org_unit_id: UUID) -> HttpResponse:
    """One org unit."""
    return get_row(_actor(request), feed.ORG_UNIT, queries.get_org_unit(org_unit_id))


# Territories


@router.get("/territories", response={200: people.TerritoryPage} | READ_ERRORS)
@fenced
def list_territories(request: HttpRequest, filters: Query[people.TerritoryQuery]) -> HttpResponse:
    """The company's territories by code."""
    rows = Territory.objects.all()
    if filters.org_unit_id:
        rows = rows.filter(org_unit_id=filters.org_unit_id)
    if filters.member_id:
        rows = rows.filter(members__user_id=filters.member_id)
    return list_page(_actor(request), feed.TERRITORY, rows, order=["code"], cursor=filters.cursor, limit=filters.limit)


@router.post("/territories", response=WRITE_RESPONSES)
def create_territory(request: HttpRequest, payload: people.CreateTerritory) -> HttpResponse:
    """Add a territory (`accounts.create_territory`)."""
    return run_command(request, "accounts.create_territory", payload, row_id=payload.id)


@router.post("/territories/update", response=WRITE_RESPONSES)
def update_territory(request: HttpRequest, payload: people.UpdateTerritory) -> HttpResponse:
    """Edit a territory (`accounts.update_territory`)."""
    return run_command(request, "accounts.update_territory", payload, row_id=payload.id)


@router.post("/territories/add-member", response=WRITE_RESPONSES)
def add_territory_member(request: HttpRequest, payload: people.TerritoryMembership) -> HttpResponse:
    """Have a user cover a territory: he sees its customers (`accounts.add_territory_member`)."""
    return run_command(request, "accounts.add_territory_member", payload, row_id=payload.territory_id)


@router.post("/territories/remove-member", response=WRITE_RESPONSES)
def remove_territory_member(request: HttpRequest, payload: people.TerritoryMembership) -> HttpResponse:
    """Have a user cover a territory no more (`accounts.remove_territory_member`)."""
    return run_command(request, "accounts.remove_territory_member", payload, row_id=payload.territory_id)


@router.get("/territories/{territory_id}", response={200: people.TerritoryOut} | READ_ERRORS)
@fenced
def get_territory(request: HttpRequest, territory_id: UUID) -> HttpResponse:
    """One territory."""
    return get_row(_actor(request), feed.TERRITORY, queries.get_territory(territory_id))


# Devices are published to no phone, so their rows are read from their table.


@router.get("/devices", response={200: session_shapes.DevicePage} | READ_ERRORS)
@fenced
def list_devices(request: HttpRequest, filters: Query[session_shapes.DeviceQuery]) -> HttpResponse:
    """The caller's devices, for a manager also his subtree's, for an administrator all; the last id first."""
    rows = queries.list_devices(_actor(request)).order_by("-id")
    if filters.user_id:
        rows = rows.filter(user_id=filters.user_id)
    if filters.is_revoked is not None:
        rows = rows.filter(revoked_at__isnull=not filters.is_revoked)
    if filters.cursor:
        rows = rows.filter(id__lt=read_cursor(filters.cursor, 1)[0])
    found = list(rows[: filters.limit + 1])
    shown = found[: filters.limit]
    following = write_cursor([shown[-1].id]) if len(found) > filters.limit else None
    return json_response({"items": [_device(row) for row in shown], "next": following})


@router.post("/devices/rename", response=WRITE_RESPONSES)
def rename_device(request: HttpRequest, payload: session_shapes.RenameDevice) -> HttpResponse:
    """Give a device another name (`accounts.rename_device`)."""
    return run_command(request, "accounts.rename_device", payload, row_id=payload.id)


@router.post("/devices/revoke", response=WRITE_RESPONSES)
def revoke_device(request: HttpRequest, payload: session_shapes.DeviceId) -> HttpResponse:
    """Shut a device out for good (`accounts.revoke_device`).

    It delivers what it has recorded, and then removes its data.
    """
    return run_command(request, "accounts.revoke_device", payload, row_id=payload.id)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor


def _device(row: Device) -> dict[str, object]:
    return {
        "id": row.id,
        "user_id": row.user_id,
        "name": row.name,
        "platform": row.platform,
        "app_version": row.app_version,
        "created_at": to_wire(row.created_at),
        "signed_in_at": row.signed_in_at and to_wire(row.signed_in_at),
        "revoked_at": row.revoked_at and to_wire(row.revoked_at),
        "revoked_by_id": row.revoked_by_id,
    }
