"""Reads of customers. All need the company's fence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, NamedTuple, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import PROTECT, Q, QuerySet

from accounts import queries as accounts
from accounts.models import Device, User
from core.actor import Actor
from core.errors import ScopeLost
from core.geodesy import Coordinates
from core.grants import list_lost, sees_company
from core.grants import visible as visible_scope
from core.ids import as_array
from core.models import Grant
from customers.errors import ContactNotFound, CustomerNotFound, SiteNotFound
from customers.models import Contact, Customer, Follow, PinProposal, Share, Site, SitePosition
from customers.sight import Difference, Seen, Sight

Row = TypeVar("Row")
_DOORS = """
select c.id, c.customer_class, s.id, s.lat, s.lon, s.fence_radius_m, s.confirmed{seen}
from customers_customer c
left join customers_site s on s.customer_id = c.id and s.lat is not null{grants}
where c.id = any(%s::uuid[])
"""
_SEEN = """, g.reasons, exists (
  select from sync_grant w where w.user_id = %s and w.scope_id = %s and w.active and 'all' = any(w.reasons))"""
_GRANTS = " left join sync_grant g on g.user_id = %s and g.scope_id = c.id and g.active"


class Door(NamedTuple):
    """A site with a position: where a check-in should be. confirmed: a manager has placed or approved it."""

    site_id: UUID
    position: Coordinates
    fence_radius_m: float
    confirmed: bool


class Premises(NamedTuple):
    """What a check-in at a customer is measured against."""

    customer_class: str | None
    doors: list[Door]


class Visited(NamedTuple):
    """A customer as far as plans of visits need it."""

    id: UUID
    customer_class: str | None


@dataclass(frozen=True, slots=True)
class Reach(Generic[Row]):
    """What an actor's commands may touch: the customers they name, and by which reasons he sees each.

    rows: the customers that exist, each with what was read of it. reasons: those that he sees. lost: those that he
    once could see.
    """

    rows: Mapping[UUID, Row]
    reasons: Mapping[UUID, frozenset[str]]
    lost: frozenset[UUID] = field(default_factory=frozenset)

    def get(self, customer_id: UUID, name: str = "customer_id") -> Row:
        """What was read of the customer, which the actor sees.

        Raises CustomerNotFound, or ScopeLost where he saw it once: the command then waits for a manager.
        name: the payload member to blame.
        """
        customer = self.rows.get(customer_id)
        if customer is not None and customer_id in self.reasons:
            return customer
        if customer is not None and customer_id in self.lost:
            raise ScopeLost(name, customer_id=str(customer_id))
        raise CustomerNotFound(name)


def reach(actor: Actor, customer_ids: Iterable[UUID], lock: Literal["", "edit", "delete"] = "") -> Reach[Customer]:
    """The customers of these ids as far as the actor reaches them: two queries, a third when one is out of sight.

    lock: `edit` holds the rows against other edits, `delete` also against rows that would come to refer to them.
    """
    rows = Customer.objects.filter(id__in=set(customer_ids)).order_by("id")
    if lock:
        rows = rows.select_for_update(no_key=lock == "edit")
    return _within_sight(actor, {customer.id: customer for customer in rows})


def reach_doors(actor: Actor, customer_ids: Iterable[UUID]) -> Reach[Premises]:
    """The doors of these customers as far as the actor reaches them: one query, a second when one is out of sight.

    Check-ins come by the hundred: nothing is read that they do not need.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _DOORS.format(seen=_SEEN, grants=_GRANTS),
            [actor.user_id, actor.company_id, actor.user_id, as_array(customer_ids)],
        )
        rows = cursor.fetchall()
    reasons = {}
    for customer_id, *_, held, sees_all in rows:
        if sees_all:
            reasons[customer_id] = frozenset([*(held or ()), "all"])
        elif held is not None:
            reasons[customer_id] = frozenset(held)
    return _with_lost(actor, _premises(rows), reasons)


def list_premises(customer_ids: Iterable[UUID]) -> dict[UUID, Premises]:
    """The doors of these customers, whoever sees them (one query)."""
    with connection.cursor() as cursor:
        cursor.execute(_DOORS.format(seen="", grants=""), [as_array(customer_ids)])
        return _premises(cursor.fetchall())


def _premises(rows: Iterable[tuple[Any, ...]]) -> dict[UUID, Premises]:
    found: dict[UUID, Premises] = {}
    for customer_id, customer_class, site_id, lat, lon, radius, confirmed, *_ in rows:
        premises = found.get(customer_id)
        if premises is None:
            premises = found[customer_id] = Premises(customer_class, [])
        if site_id is not None:
            premises.doors.append(Door(site_id, Coordinates(lat, lon), radius, confirmed))
    return found


def list_customers_placed(ids: Iterable[UUID]) -> list[UUID]:
    """The customers that these sites, or proposals of pins, belong to (two queries)."""
    wanted = list(ids)
    sites = Site.objects.filter(id__in=wanted).values_list("customer_id", flat=True)
    return sorted({*sites, *PinProposal.objects.filter(id__in=wanted).values_list("customer_id", flat=True)})


def lock_pins(ids: Iterable[UUID]) -> dict[UUID, PinProposal]:
    """The proposals of these ids, by id, locked in the order of the ids (one query)."""
    rows = PinProposal.objects.select_for_update(no_key=True).filter(id__in=list(ids)).order_by("id")
    return {row.id: row for row in rows}


def list_pins(actor: Actor, state: str) -> QuerySet[PinProposal]:
    """The proposals in this state at customers that the actor sees."""
    return PinProposal.objects.filter(visible_scope(actor, "customer_id"), state=state)


def list_positions(actor: Actor, customer_id: UUID, site_id: UUID | None = None) -> QuerySet[SitePosition]:
    """Where the sites of a customer, or one of them, were; the latest first. Raises CustomerNotFound."""
    rows = SitePosition.objects.filter(customer_id=get_customer(actor, customer_id).id).order_by("-set_at", "-id")
    return rows if site_id is None else rows.filter(site_id=site_id)


def list_reasons(actor: Actor, customer_ids: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    """Why the actor sees each of these customers; those that he does not see are left out (one query).

    Reason `all` stands for the sight of the whole company.
    """
    wanted = set(customer_ids)
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select scope_id, reasons from sync_grant where user_id = %s and active and scope_id = any(%s::uuid[])",
            [actor.user_id, as_array([*wanted, actor.company_id])],
        )
        held = {scope: frozenset(reasons) for scope, reasons in cursor.fetchall()}
    everything = held.pop(actor.company_id, frozenset()) & {"all"}
    if everything:
        return {id_: held.get(id_, frozenset()) | everything for id_ in wanted}
    return held


def visible(actor: Actor) -> QuerySet[Customer]:
    """The customers that the actor sees, by any reason."""
    if sees_company(actor):
        return Customer.objects.all()
    return Customer.objects.filter(id__in=_seen_ids(actor))


def get_customer(actor: Actor, customer_id: UUID) -> Customer:
    """A customer that the actor sees. Raises CustomerNotFound."""
    customer = visible(actor).filter(id=customer_id).first()
    if customer is None:
        raise CustomerNotFound
    return customer


def list_named(word: str) -> QuerySet[Customer]:
    """The company's customers with `word` in their name, code or phone, in any case; who sees them is not asked."""
    return Customer.objects.filter(_names(word))


def list_customers(
    actor: Actor,
    *,
    search: str | None = None,
    owner_id: UUID | None = None,
    territory_id: UUID | None = None,
    customer_class: str | None = None,
    channel: str | None = None,
    stage: str | None = None,
    archived: Literal["no", "yes", "all"] = "no",
    updated_since: datetime | None = None,
) -> QuerySet[Customer]:
    """The customers that the actor sees and that fit; search: a part of the name, code or phone, in any case."""
    rows = visible(actor)
    if search:
        rows = rows.filter(_names(search))
    if archived != "all":
        rows = rows.filter(archived_at__isnull=archived == "no")
    exact: dict[str, Any] = {
        "owner_id": owner_id,
        "territory_id": territory_id,
        "customer_class": customer_class,
        "channel": channel,
        "stage": stage,
        "updated_at__gte": updated_since,
    }
    return rows.filter(**{name: value for name, value in exact.items() if value is not None})


def list_sites_of(customer_id: UUID) -> QuerySet[Site]:
    """The sites of one customer."""
    return Site.objects.filter(customer_id=customer_id)


def list_contacts_of(customer_id: UUID) -> QuerySet[Contact]:
    """The contacts of one customer."""
    return Contact.objects.filter(customer_id=customer_id)


def list_sites(customer_ids: Iterable[UUID]) -> dict[UUID, list[Site]]:
    """The sites of these customers, by customer (one query)."""
    sites: dict[UUID, list[Site]] = {}
    for site in Site.objects.filter(customer_id__in=set(customer_ids)).order_by("id"):
        sites.setdefault(site.customer_id, []).append(site)
    return sites


def get_seen_site(actor: Actor, site_id: UUID) -> Site:
    """A site of a customer that the actor sees, with the customer and its owner. Raises SiteNotFound."""
    rows = Site.objects.filter(visible_scope(actor, "customer_id"), id=site_id)
    site = rows.select_related("customer__owner").first()
    if site is None:
        raise SiteNotFound("id")
    return site


def list_visited(owner_ids: Iterable[UUID]) -> dict[UUID, list[Visited]]:
    """The customers of these owners that are still visited, by owner: neither archived nor lost (one query)."""
    rows = Customer.objects.filter(owner_id__in=list(owner_ids), archived_at__isnull=True).exclude(stage="lost")
    found: dict[UUID, list[Visited]] = {}
    for id_, owner_id, customer_class in rows.order_by("id").values_list("id", "owner_id", "customer_class"):
        found.setdefault(owner_id, []).append(Visited(id_, customer_class))
    return found


def list_still_visited(customer_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these customers are neither archived nor lost (one query)."""
    rows = Customer.objects.filter(id__in=set(customer_ids), archived_at__isnull=True).exclude(stage="lost")
    return set(rows.values_list("id", flat=True))


def lock_sites(ids: Iterable[UUID]) -> dict[UUID, Site]:
    """Sites by id, held against other edits."""
    rows = Site.objects.filter(id__in=set(ids)).order_by("id").select_for_update(no_key=True)
    return {site.id: site for site in rows}


def lock_contacts(ids: Iterable[UUID]) -> dict[UUID, Contact]:
    """Contacts by id, held against other edits."""
    rows = Contact.objects.filter(id__in=set(ids)).order_by("id").select_for_update(no_key=True)
    return {contact.id: contact for contact in rows}


def get_site(actor: Actor, customer_id: UUID, site_id: UUID) -> Site:
    """A site of a customer that the actor sees. Raises CustomerNotFound, SiteNotFound."""
    site = list_sites_of(get_customer(actor, customer_id).id).filter(id=site_id).first()
    if site is None:
        raise SiteNotFound
    return site


def get_contact(actor: Actor, customer_id: UUID, contact_id: UUID) -> Contact:
    """A contact of a customer that the actor sees. Raises CustomerNotFound, ContactNotFound."""
    contact = list_contacts_of(get_customer(actor, customer_id).id).filter(id=contact_id).first()
    if contact is None:
        raise ContactNotFound
    return contact


def list_shares(pairs: Iterable[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Share]:
    """The shares of these pairs of customer and user, by pair (one query)."""
    wanted = set(pairs)
    rows = Share.objects.filter(customer_id__in={customer for customer, _ in wanted})
    return {pair: share for share in rows if (pair := (share.customer_id, share.user_id)) in wanted}


def list_sharers(customer_id: UUID) -> set[UUID]:
    """The users whom a customer is shared with (one query)."""
    return set(Share.objects.filter(customer_id=customer_id).values_list("user_id", flat=True))


def list_follows(user_id: UUID, customer_ids: Iterable[UUID]) -> dict[UUID, Follow]:
    """What a user follows among these customers, by customer (one query)."""
    rows = Follow.objects.filter(user_id=user_id, customer_id__in=set(customer_ids))
    return {follow.customer_id: follow for follow in rows}


def get_sight(customer_ids: Iterable[UUID]) -> Sight:
    """Who sees these customers by name, and how. Who sees the whole company is not among them (one query)."""
    grants = Grant.objects.filter(scope_id__in=set(customer_ids), active=True)
    rows = grants.values_list("user_id", "scope_id", "reasons", "phone")
    return {(user, scope): Seen(frozenset(reasons), phone) for user, scope, reasons, phone in rows}


def list_access(actor: Actor, customer_id: UUID) -> list[tuple[User, Seen, int]]:
    """Everybody who sees a customer, by name: the user, how he sees it, his number of devices (three queries)."""
    held: dict[UUID, Seen] = {}
    grants = Grant.objects.filter(scope_id__in=[customer_id, actor.company_id], active=True)
    for user_id, scope_id, reasons, phone in grants.values_list("user_id", "scope_id", "reasons", "phone"):
        here = scope_id == customer_id
        why = frozenset(reasons) if here else frozenset(reasons) & {"all"}
        if why:
            known = held.get(user_id, Seen(frozenset(), phone=False))
            held[user_id] = Seen(known.reasons | why, known.phone or (here and phone))
    users = accounts.list_users(held)
    devices = accounts.list_active_devices(held)
    rows = [(users[id_], seen, len(devices.get(id_, ()))) for id_, seen in held.items() if id_ in users]
    return sorted(rows, key=lambda row: (row[0].name, row[0].id))


def list_affected(differences: Mapping[UUID, Difference]) -> list[tuple[User, Difference, list[Device]]]:
    """The users of these differences by name, with the devices on which rows would come or go (two queries)."""
    users = accounts.list_users(differences)
    on_phones = [id_ for id_, difference in differences.items() if difference.gains or difference.loses]
    devices = accounts.list_active_devices(on_phones)
    rows = [(users[id_], difference, devices.get(id_, [])) for id_, difference in differences.items() if id_ in users]
    return sorted(rows, key=lambda row: (row[0].name, row[0].id))


def list_with_history(customer_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these customers other apps hold rows of that protect them: their history.

    One query per table. Which tables those are is said by their foreign keys (`on_delete=PROTECT`), so this app
    need not know them.
    """
    ids = set(customer_ids)
    found: set[UUID] = set()
    for relation in Customer._meta.related_objects:
        if relation.on_delete is PROTECT:
            model, column = relation.field.model, relation.field.attname
            rows = model._base_manager.filter(**{f"{column}__in": ids})
            found.update(rows.values_list(column, flat=True).distinct())
    return found


def list_subordinates(actor: Actor, user_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these users are in the actor's org unit or below it (one query, none without users)."""
    ids = set(user_ids)
    return set(accounts.list_subordinate_ids(actor).filter(id__in=ids)) if ids else set()


def _seen_ids(actor: Actor) -> QuerySet[Grant, UUID]:
    return Grant.objects.filter(user_id=actor.user_id, active=True).values_list("scope_id", flat=True)


def _within_sight(actor: Actor, rows: Mapping[UUID, Row]) -> Reach[Row]:
    return _with_lost(actor, rows, list_reasons(actor, rows))


def _with_lost(actor: Actor, rows: Mapping[UUID, Row], reasons: Mapping[UUID, frozenset[str]]) -> Reach[Row]:
    unseen = rows.keys() - reasons.keys()
    return Reach(rows, reasons, frozenset(list_lost(actor, unseen)) if unseen else frozenset())


def _names(word: str) -> Q:
    return Q(name__icontains=word) | Q(code__icontains=word) | Q(phone__icontains=word)
