"""People, teams and territories."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from accounts import feed, queries
from accounts.commands import passwords
from accounts.models import OrgUnit, Territory, User
from accounts.schemas import people
from core.actor import Actor
from core.rest import (
    fenced,
    get_row,
    idempotency_key,
    list_page,
    run_command,
    verdict_response,
)
from core.rest_schemas import READ_ERRORS, WRITE_RESPONSES

router = Router(tags=["accounts"])


# Users. Paths with a verb stand before the ones with an id, which would match them too.


@router.get("/users", response={200: people.UserPage} | READ_ERRORS)
@fenced
def list_users(request: HttpRequest, filters: Query[people.UserQuery]) -> HttpResponse:
    """The company's users by name."""
    rows = queries.list_named(filters.q) if filters.q else User.objects.all()
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


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
