"""The writers of proposals for pins: whoever stands at the door says where it is, and a manager decides."""

from collections.abc import Mapping
from uuid import UUID

from core.actor import Actor
from core.batches import Batch
from core.clock import now
from core.registry import command
from customers import policies, queries
from customers.commands.sites import position_row
from customers.errors import PinNotFound, PinSettled, SiteNotFound
from customers.models import PinProposal, Site, SitePosition
from customers.pin_schemas import ApprovePin, ProposePin, RejectPin


@command("customers.propose_pin", payload=ProposePin, creates="id", roles=policies.VISITORS)
def propose_pin(actor: Actor, items: Batch[ProposePin]) -> None:
    """Say where a site is, or where a new one should be.

    Refuses customers.not_found, customers.site_not_found; parks sync.scope_lost.
    """
    found = queries.reach(actor, items.each("customer_id"))
    sites = queries.lock_sites(items.each("site_id"))
    for item in items:
        with item:
            payload = item.payload
            found.get(payload.customer_id)
            site = sites.get(payload.site_id) if payload.site_id else None
            if payload.site_id and (site is None or site.customer_id != payload.customer_id):
                raise SiteNotFound("site_id")
            lat, lon = payload.position.to_wgs84()
            items.write(
                PinProposal(
                    id=payload.id,
                    company_id=actor.company_id,
                    customer_id=payload.customer_id,
                    site_id=payload.site_id,
                    name=site.name if site else payload.name,
                    lat=lat,
                    lon=lon,
                    datum_given=payload.position.datum,
                    lat_given=payload.position.lat,
                    lon_given=payload.position.lon,
                    fence_radius_m=payload.fence_radius_m,
                    note=payload.note,
                    proposed_at=item.occurred_at,
                    proposed_by_id=actor.author_id,
                )
            )


@command("customers.approve_pin", payload=ApprovePin, roles=policies.ASSIGNERS)
def approve_pin(actor: Actor, items: Batch[ApprovePin]) -> None:
    """Put sites where proposals say; from then on they are confirmed. Evidence there is judged again.

    Refuses customers.pin_not_found, customers.pin_settled, customers.site_not_found (it was removed meanwhile),
    customers.not_in_charge; parks sync.scope_lost.
    """
    pins = queries.lock_pins(items.each("id"))
    sites = queries.lock_sites({pin.site_id for pin in pins.values() if pin.site_id is not None})
    found = queries.reach(actor, {pin.customer_id for pin in pins.values()})
    for item in items:
        with item:
            pin = _proposed(actor, pins, found, item.payload.id)
            site = _new_site(actor, pin) if pin.site_id is None else sites.get(pin.site_id)
            if site is None:
                raise SiteNotFound("id")
            site.lat, site.lon, site.confirmed = pin.lat, pin.lon, True
            site.datum_given, site.lat_given, site.lon_given = pin.datum_given, pin.lat_given, pin.lon_given
            site.fence_radius_m = pin.fence_radius_m or site.fence_radius_m
            site.updated_at = now()
            _settle(actor, pin, "approved")
            items.write(site)
            items.write(pin)
            items.write_fact(SitePosition, position_row(actor, site, "approved", pin.id))


@command("customers.reject_pin", payload=RejectPin, roles=policies.ASSIGNERS)
def reject_pin(actor: Actor, items: Batch[RejectPin]) -> None:
    """Leave sites where they are; who proposed it is told why.

    Refuses customers.pin_not_found, customers.pin_settled, customers.not_in_charge; parks sync.scope_lost.
    """
    pins = queries.lock_pins(items.each("id"))
    found = queries.reach(actor, {pin.customer_id for pin in pins.values()})
    for item in items:
        with item:
            pin = _proposed(actor, pins, found, item.payload.id)
            _settle(actor, pin, "rejected", item.payload.reason)
            items.write(pin)


def _proposed(
    actor: Actor, pins: Mapping[UUID, PinProposal], found: queries.Reach[queries.Customer], id_: UUID
) -> PinProposal:
    pin = pins.get(id_)
    if pin is None or pin.customer_id not in found.reasons:
        raise PinNotFound("id")
    policies.require_in_charge(actor, found.reasons[pin.customer_id])
    if pin.state != "proposed":
        raise PinSettled("id", state=pin.state)
    return pin


def _settle(actor: Actor, pin: PinProposal, state: str, reason: str = "") -> None:
    pin.state, pin.reason = state, reason
    pin.settled_at, pin.settled_by_id = now(), actor.author_id


def _new_site(actor: Actor, pin: PinProposal) -> Site:
    return Site(
        id=pin.id,
        company_id=actor.company_id,
        customer_id=pin.customer_id,
        name=pin.name,
        created_at=now(),
        created_by_id=pin.proposed_by_id,
    )
