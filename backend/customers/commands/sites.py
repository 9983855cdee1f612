"""The writers of customers' sites."""

from typing import Any
from uuid import UUID

from calendars.hours import WeeklyHours
from core.actor import Actor
from core.batches import Batch
from core.clock import now
from core.edits import apply_edit
from core.geodesy import Position
from core.ids import uuid7
from core.payloads import Change
from core.registry import command
from customers import policies, queries
from customers.errors import SiteNotFound
from customers.models import Site, SitePosition
from customers.schemas import AddSite, SiteId, UpdateSite


@command("customers.add_site", payload=AddSite, creates="id", roles=policies.VISITORS)
def add_site(actor: Actor, items: Batch[AddSite]) -> None:
    """Add places of customers. Refuses customers.not_found, core.id_taken; parks sync.scope_lost."""
    found = queries.reach(actor, items.each("customer_id"))
    for item in items:
        with item:
            payload = item.payload
            customer = found.get(payload.customer_id)
            site = Site(
                id=payload.id,
                company_id=actor.company_id,
                customer_id=customer.id,
                name=payload.name,
                address=payload.address,
                position=payload.position,
                fence_radius_m=payload.fence_radius_m,
                opening_hours=payload.opening_hours and payload.opening_hours.as_json(),
                confirmed=policies.may_confirm(actor),
                created_at=item.occurred_at,
                created_by_id=actor.user_id,
                updated_at=now(),
            )
            items.write(site)
            if site.position is not None:
                items.write_fact(SitePosition, position_row(actor, site, "added"))


@command("customers.update_site", payload=UpdateSite, roles=policies.VISITORS)
def update_site(actor: Actor, items: Batch[UpdateSite]) -> None:
    """Edit sites field by field.

    Refuses customers.site_not_found, customers.not_found, customers.site_confirmed; parks sync.scope_lost.
    """
    sites = queries.lock_sites(items.each("id"))
    found = queries.reach(actor, {site.customer_id for site in sites.values()})
    for item in items:
        with item:
            site = _require(sites, item.payload.id)
            found.get(site.customer_id, "id")
            changes = item.payload.changes.by_name()
            given = item.payload.changes.position
            if given or item.payload.changes.fence_radius_m:
                policies.may_move(actor, site)
                site.confirmed = policies.may_confirm(actor)
            changes["position"] = given and _in_terms_of_wgs84(given)
            hours = item.payload.changes.opening_hours
            changes["opening_hours"] = hours and _as_stored(hours)
            site.updated_at = now()
            before = (site.lat, site.lon, site.fence_radius_m)
            apply_edit(actor, items, item, site, changes, kind="site", command_name="customers.update_site")
            if given and site.position == _in_wgs84(given.to):
                site.position = given.to  # the same place, now with what was given as evidence
            if (site.lat, site.lon, site.fence_radius_m) != before:
                items.write_fact(SitePosition, position_row(actor, site, "edited"))


@command("customers.remove_site", payload=SiteId, roles=policies.EDITORS)
def remove_site(actor: Actor, items: Batch[SiteId]) -> None:
    """Remove sites; visits keep their evidence. Refuses customers.site_not_found, customers.not_found; parks
    sync.scope_lost."""
    sites = queries.lock_sites(items.each("id"))
    found = queries.reach(actor, {site.customer_id for site in sites.values()})
    for item in items:
        with item:
            site = _require(sites, item.payload.id)
            found.get(site.customer_id, "id")
            items.delete(sites.pop(site.id))


def position_row(actor: Actor, site: Site, cause: str, pin_id: UUID | None = None) -> dict[str, Any]:
    """Where the site is now, for its history."""
    return {
        "id": uuid7(),
        "company_id": actor.company_id,
        "customer_id": site.customer_id,
        "site_id": site.id,
        "lat": site.lat,
        "lon": site.lon,
        "fence_radius_m": site.fence_radius_m,
        "confirmed": site.confirmed,
        "cause": cause,
        "pin_id": pin_id,
        "set_at": now(),
        "set_by_id": actor.author_id,
    }


def _require(sites: dict[UUID, Site], id_: UUID) -> Site:
    site = sites.get(id_)
    if site is None:
        raise SiteNotFound("id")
    return site


def _as_stored(change: Change[WeeklyHours]) -> Change[Any]:
    """The hours as they are stored, whichever days were left out."""
    plain = {"from": change.from_ and change.from_.as_json(), "to": change.to and change.to.as_json()}
    return Change[Any].model_validate(plain)


def _in_terms_of_wgs84(change: Change[Position]) -> Change[Position]:
    return Change.model_validate({"from": _in_wgs84(change.from_), "to": _in_wgs84(change.to)})


def _in_wgs84(position: Position | None) -> Position | None:
    """The position as phones know it: published positions are WGS-84."""
    if position is None:
        return None
    lat, lon = position.to_wgs84()
    return Position(lat=lat, lon=lon)
