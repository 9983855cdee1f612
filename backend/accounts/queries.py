"""Reads of accounts. All need the company's fence, unless they say otherwise."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from accounts.errors import DeviceRevoked, OrgUnitNotFound, TerritoryNotFound, UserInactive, UserNotFound
from accounts.models import ApiKey, Company, Device, OrgUnit, SavedView, SecondFactor, Territory, TerritoryMember, User
from accounts.usernames import normalise_username
from core.actor import Actor
from core.errors import Unauthenticated
from core.ids import as_array
from core.payloads import first_bad_text


def find_company_id(code: str) -> UUID | None:
    """The id of the company with this code, or None. Needs no fence."""
    with connection.cursor() as cursor:
        cursor.execute("select accounts_find_company(%s)", [code])
        id_: UUID | None = cursor.fetchone()[0]
        return id_


def list_companies() -> list[Company]:
    """Every company by its code, for jobs and the operator's commands. Needs no fence."""
    return list(Company.objects.raw("select * from accounts_list_companies()"))


def list_company_ids() -> list[UUID]:
    """Every company's id. Needs no fence."""
    return [company.id for company in list_companies()]


def get_actor(company_id: UUID, user_id: UUID) -> Actor:
    """The user as an actor without a device, active or not. Sets the fence itself. Raises UserNotFound."""
    state, roles, org_unit_id, locale, zone = _session(company_id, user_id, None)
    if state is None:
        raise UserNotFound
    return Actor(company_id, user_id, frozenset(roles), org_unit_id, locale, time_zone=zone)


def get_actor_on_device(company_id: UUID, user_id: UUID, device_id: UUID) -> Actor:
    """The user on his device, by one statement that also sets the fence.

    Raises DeviceRevoked, UserInactive, or Unauthenticated when the database knows no such user or device.
    """
    state, roles, org_unit_id, locale, zone = _session(company_id, user_id, device_id)
    if state == "revoked":
        raise DeviceRevoked
    if state == "inactive":
        raise UserInactive
    if state != "ok":
        raise Unauthenticated
    return Actor(company_id, user_id, frozenset(roles), org_unit_id, locale, device_id, time_zone=zone)


def get_company(company_id: UUID) -> Company:
    """The company itself."""
    return Company.objects.get(id=company_id)


def get_time_zone(company_id: UUID) -> ZoneInfo:
    """The time zone of the company's calendar (one query)."""
    with connection.cursor() as cursor:
        cursor.execute("select time_zone from accounts_company where id = %s", [company_id])
        return ZoneInfo(cursor.fetchone()[0])


def get_zone(actor: Actor) -> ZoneInfo:
    """The time zone of the actor's company (one query where it was not read together with him)."""
    return ZoneInfo(actor.time_zone) if actor.time_zone else get_time_zone(actor.company_id)


def list_company_days(company_id: UUID, instants: Iterable[datetime]) -> dict[datetime, date]:
    """The calendar day of each instant in the company's time zone (one query)."""
    zone = get_time_zone(company_id)
    return {instant: instant.astimezone(zone).date() for instant in instants}


def get_company_day(company_id: UUID, instant: datetime) -> date:
    """The calendar day of an instant in the company's time zone (one query)."""
    return list_company_days(company_id, [instant])[instant]


def get_days_bounds(company_id: UUID, from_date: date, to_date: date) -> tuple[datetime, datetime]:
    """The instants between which these days of the company's calendar lie, the end not included (one query)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select %s::date::timestamp at time zone time_zone, (%s::date + 1)::timestamp at time zone time_zone"
            " from accounts_company where id = %s",
            [from_date, to_date, company_id],
        )
        begin, end = cursor.fetchone()
        return begin, end


def get_user(user_id: UUID) -> User:
    """A user of the company, active or not. Raises UserNotFound."""
    user = User.objects.filter(id=user_id).first()
    if user is None:
        raise UserNotFound
    return user


def list_users_called(field: str, word: str) -> list[User]:
    """At most two active users with this user name, e-mail address (in any case) or external id."""
    word = word.strip()
    if not word or first_bad_text(word) is not None:
        return []
    wanted = {
        "username": Q(username=normalise_username(word)),
        "email": Q(email__iexact=word),
        "external_id": Q(external_id=word),
    }[field]
    return list(User.objects.filter(wanted, is_active=True)[:2])


def find_second_factor(user_id: UUID) -> SecondFactor | None:
    """What the user's sign-ins ask for besides the password, or None."""
    return SecondFactor.objects.filter(user_id=user_id).first()


def find_user_named(text: str) -> User | None:
    """The user with this user name or id, or None."""
    try:
        return User.objects.filter(id=UUID(text)).first()
    except ValueError:
        return User.objects.filter(username=normalise_username(text)).first()


def get_territory(territory_id: UUID) -> Territory:
    """A territory of the company. Raises TerritoryNotFound."""
    territory = Territory.objects.filter(id=territory_id).first()
    if territory is None:
        raise TerritoryNotFound
    return territory


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


def list_scope_ids(company_id: UUID, ids: Iterable[UUID]) -> set[UUID]:
    """Which of these ids name a scope that is not a customer's: the company, a user or an org unit (one query).

    Whoever makes a row chooses its id; nobody may choose another's scope for it.
    """
    wanted = list(ids)
    named = as_array(wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from accounts_user where id = any(%s::uuid[])"
            " union all select id from accounts_org_unit where id = any(%s::uuid[])",
            [named, named],
        )
        return {id_ for (id_,) in cursor.fetchall()} | ({company_id} & set(wanted))


def list_territories(ids: Iterable[UUID]) -> dict[UUID, Territory]:
    """The territories of these ids, by id (one query)."""
    return Territory.objects.in_bulk(list(ids))


def list_territory_ids(user_id: UUID) -> set[UUID]:
    """The territories that a user covers."""
    return set(TerritoryMember.objects.filter(user_id=user_id).values_list("territory_id", flat=True))


def list_named(word: str) -> QuerySet[User]:
    """The company's users with `word` in their name or user name, in any case."""
    return User.objects.filter(Q(name__icontains=word) | Q(username__icontains=word))


def list_unit_user_ids(org_unit_id: UUID) -> QuerySet[User, UUID]:
    """The users in an org unit and below it; usable as a subquery."""
    return User.objects.filter(org_unit__path__contains=[org_unit_id]).values_list("id", flat=True)


def list_subordinate_ids(actor: Actor) -> QuerySet[User, UUID]:
    """The users in the actor's org unit and below it, himself included where he is in one; usable as a subquery."""
    if actor.org_unit_id is None:
        return User.objects.none().values_list("id", flat=True)
    return list_unit_user_ids(actor.org_unit_id)


def is_superior(actor: Actor, user_id: UUID) -> bool:
    """Whether the user belongs to the actor's org unit or to one below it, and is another one than himself."""
    return user_id != actor.user_id and list_subordinate_ids(actor).filter(id=user_id).exists()


def list_nearest_managers(user_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """The active managers who stand nearest above each of these users: of his own org unit, else of the next one up.

    Nobody is his own superior; who has none is left out (one query).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select distinct on (u.id) u.id, array_agg(m.id order by m.id)
            from accounts_user u
            join accounts_org_unit o on o.id = u.org_unit_id
            join accounts_user m on m.org_unit_id = any (o.path) and m.id <> u.id and m.is_active
              and 'manager' = any (m.roles)
            where u.id = any (%s)
            group by u.id, array_position(o.path, m.org_unit_id)
            order by u.id, array_position(o.path, m.org_unit_id) desc
            """,
            [list(user_ids)],
        )
        return dict(cursor.fetchall())


def list_active_devices(user_ids: Iterable[UUID]) -> dict[UUID, list[Device]]:
    """The devices of these users that are not revoked, by user (one query)."""
    devices: dict[UUID, list[Device]] = {}
    for device in Device.objects.filter(user_id__in=set(user_ids), revoked_at__isnull=True).order_by("id"):
        devices.setdefault(device.user_id, []).append(device)
    return devices


def list_devices(actor: Actor) -> QuerySet[Device]:
    """The devices that the actor may see: his own, a manager those of his subtree, an administrator all."""
    if actor.has_role("admin"):
        return Device.objects.all()
    own = Device.objects.filter(user_id=actor.user_id)
    if actor.has_role("manager"):
        return own | Device.objects.filter(user_id__in=list_subordinate_ids(actor))
    return own


def list_api_keys(actor: Actor) -> QuerySet[ApiKey]:
    """The company's API keys with the users in whose names they act, for administrators; nobody else sees any."""
    keys = ApiKey.objects.select_related("user")
    return keys if actor.has_role("admin") else keys.none()


def list_api_keys_named(ids: Iterable[UUID]) -> dict[UUID, ApiKey]:
    """The API keys of these ids, by id (one query)."""
    return ApiKey.objects.in_bulk(list(ids))


def is_api_key(digest: bytes) -> bool:
    """Whether this is the hash of a key of the company."""
    return ApiKey.objects.filter(hash=digest).exists()


def list_people(actor: Actor) -> QuerySet[User]:
    """The people whose deeds the actor may look into: himself, a manager his subtree, an administrator everybody."""
    if actor.has_role("admin"):
        return User.objects.all()
    own = User.objects.filter(id=actor.user_id)
    return own | User.objects.filter(id__in=list_subordinate_ids(actor)) if actor.has_role("manager") else own


def list_units(actor: Actor) -> QuerySet[OrgUnit]:
    """The org units that the actor looks after: his own and those below it, an administrator all."""
    if actor.has_role("admin"):
        return OrgUnit.objects.all()
    return OrgUnit.objects.filter(path__contains=[actor.org_unit_id]) if actor.org_unit_id else OrgUnit.objects.none()


def list_everybody() -> QuerySet[User]:
    """The users of the company, whom everybody in it may know."""
    return User.objects.all()


def list_all_territories() -> QuerySet[Territory]:
    """The company's territories, which everybody in it may know."""
    return Territory.objects.all()


def list_own_territories(actor: Actor) -> QuerySet[Territory]:
    """The territories of the org units that the actor looks after, and those of none; an administrator's: all."""
    return Territory.objects.filter(Q(org_unit_id=None) | Q(org_unit_id__in=list_units(actor).values("id")))


def list_team_people(actor: Actor) -> QuerySet[User]:
    """The people whose work the actor leads: himself, managers and dispatchers their subtree, administrators all."""
    if actor.has_role("admin"):
        return User.objects.all()
    own = User.objects.filter(id=actor.user_id)
    below = User.objects.filter(id__in=list_subordinate_ids(actor))
    return own | below if actor.has_role("manager", "dispatcher") else own


def get_team_person(actor: Actor, user_id: UUID) -> User:
    """One of the people whose work the actor leads, with his org unit. Raises UserNotFound."""
    user = list_team_people(actor).select_related("org_unit").filter(id=user_id).first()
    if user is None:
        raise UserNotFound("id")
    return user


def list_team_rows(actor: Actor) -> QuerySet[User]:
    """The people whose work the actor leads (`list_team_people`), with their org units; `unit_name` for sorting, and
    whether they have a second factor (`asks_for_code`)."""
    rows = list_team_people(actor).select_related("org_unit")
    asks = Exists(SecondFactor.objects.filter(user_id=OuterRef("id")))
    return rows.annotate(unit_name=Coalesce("org_unit__name", Value("")), asks_for_code=asks)


def list_unit_rows(actor: Actor) -> QuerySet[OrgUnit]:
    """The org units that the actor looks after, each with its `full_name` from the root down, and how many active
    `people` are in it itself."""
    people = User.objects.filter(org_unit_id=OuterRef("id"), is_active=True).order_by()
    counted = Subquery(people.values("org_unit_id").annotate(n=Count("id")).values("n"))
    return list_units(actor).annotate(
        full_name=RawSQL(
            '(select string_agg(above.name, %s order by array_position("accounts_org_unit"."path", above.id))'
            ' from accounts_org_unit above where above.id = any ("accounts_org_unit"."path"))',
            [" / "],
            output_field=TextField(),
        ),
        people=Coalesce(counted, 0),
    )


def list_territory_rows() -> QuerySet[Territory]:
    """The company's territories with their org units, and how many `people` cover each; `unit_name` for sorting."""
    return (
        Territory.objects.select_related("org_unit")
        .annotate(unit_name=Coalesce("org_unit__name", Value("")))
        .annotate(people=Count("members"))
    )


def list_territory_members() -> QuerySet[TerritoryMember]:
    """Who covers which territory of the company."""
    return TerritoryMember.objects.select_related("territory", "user")


def list_saved_views(actor: Actor, page: str | None = None) -> QuerySet[SavedView]:
    """The actor's own saved views by name, of one list or of all."""
    views = SavedView.objects.filter(user_id=actor.user_id).order_by("name")
    return views if page is None else views.filter(page=page)


def list_saved_view_ids(ids: Iterable[UUID]) -> set[UUID]:
    """Which of these ids a saved view has, whoever owns it (one query)."""
    return set(SavedView.objects.filter(id__in=list(ids)).values_list("id", flat=True))


def list_devices_named(ids: Iterable[UUID]) -> dict[UUID, Device]:
    """The devices of these ids, by id (one query)."""
    return Device.objects.in_bulk(list(ids))


_Session = tuple[str | None, list[str], UUID | None, str, str]


def _session(company_id: UUID, user_id: UUID, device_id: UUID | None) -> _Session:
    with connection.cursor() as cursor:
        cursor.execute(
            "select state, roles, org_unit_id, locale, time_zone from accounts_session(%s, %s, %s)",
            [company_id, user_id, device_id],
        )
        row: _Session = cursor.fetchone()
        return row
