"""Reads of accounts. All but the first three need the company's fence."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from accounts.errors import DeviceRevoked, OrgUnitNotFound, UserInactive, UserNotFound
from accounts.models import Company, Device, OrgUnit, Territory, TerritoryMember, User
from core.actor import Actor
from core.errors import Unauthenticated


def find_company_id(code: str) -> UUID | None:
    """The id of the company with this code, or None. Needs no fence."""
    with connection.cursor() as cursor:
        cursor.execute("select accounts_find_company(%s)", [code])
        id_: UUID | None = cursor.fetchone()[0]
        return id_


def list_company_ids() -> list[UUID]:
    """Every company, for jobs and commands of the operator. Needs no fence."""
    with connection.cursor() as cursor:
        cursor.execute("select accounts_list_company_ids()")
        return [id_ for (id_,) in cursor.fetchall()]


def get_actor(company_id: UUID, user_id: UUID) -> Actor:
    """The user as an actor without a device, active or not. Sets the fence itself. Raises UserNotFound."""
    state, roles, org_unit_id, locale = _session(company_id, user_id, None)
    if state is None:
        raise UserNotFound
    return Actor(company_id, user_id, frozenset(roles), org_unit_id, locale)


def get_actor_on_device(company_id: UUID, user_id: UUID, device_id: UUID) -> Actor:
    """The user on his device, by one statement that also sets the fence.

    Raises DeviceRevoked, UserInactive, or Unauthenticated when the database knows no such user or device.
    """
    state, roles, org_unit_id, locale = _session(company_id, user_id, device_id)
    if state == "revoked":
        raise DeviceRevoked
    if state == "inactive":
        raise UserInactive
    if state != "ok":
        raise Unauthenticated
    return Actor(company_id, user_id, frozenset(roles), org_unit_id, locale, device_id)


def get_company(company_id: UUID) -> Company:
    """The company itself."""
    return Company.objects.get(id=company_id)


def get_user(user_id: UUID) -> User:
    """A user of the company, active or not. Raises UserNotFound."""
    user = User.objects.filter(id=user_id).first()
    if user is None:
        raise UserNotFound
    return user


def get_org_unit(org_unit_id: UUID) -> OrgUnit:
    """An org unit of the company. Raises OrgUnitNotFound."""
    unit = OrgUnit.objects.filter(id=org_unit_id).first()
    if unit is None:
        raise OrgUnitNotFound
    return unit


def list_users(ids: Iterable[UUID]) -> dict[UUID, User]:
    """The users of these ids, by id (one query)."""
    return User.objects.in_bulk(list(ids))


def list_org_units(ids: Iterable[UUID]) -> dict[UUID, OrgUnit]:
    """The org units of these ids, by id (one query)."""
    return OrgUnit.objects.in_bulk(list(ids))


def list_territories(ids: Iterable[UUID]) -> dict[UUID, Territory]:
    """The territories of these ids, by id (one query)."""
    return Territory.objects.in_bulk(list(ids))


def list_territory_ids(user_id: UUID) -> set[UUID]:
    """The territories that a user covers."""
    return set(TerritoryMember.objects.filter(user_id=user_id).values_list("territory_id", flat=True))


def list_subordinate_ids(actor: Actor) -> QuerySet[User, UUID]:
    """The users in the actor's org unit and below it, himself included where he is in one; usable as a subquery."""
    if actor.org_unit_id is None:
        return User.objects.none().values_list("id", flat=True)
    return User.objects.filter(org_unit__path__contains=[actor.org_unit_id]).values_list("id", flat=True)


def list_devices(actor: Actor) -> QuerySet[Device]:
    """The devices that the actor may see: his own, a manager those of his subtree, an administrator all."""
    if actor.has_role("admin"):
        return Device.objects.all()
    own = Device.objects.filter(user_id=actor.user_id)
    if actor.has_role("manager"):
        return own | Device.objects.filter(user_id__in=list_subordinate_ids(actor))
    return own


def _session(
    company_id: UUID, user_id: UUID, device_id: UUID | None
) -> tuple[str | None, list[str], UUID | None, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select state, roles, org_unit_id, locale from accounts_session(%s, %s, %s)",
            [company_id, user_id, device_id],
        )
        row: tuple[str | None, list[str], UUID | None, str] = cursor.fetchone()
        return row
