"""The customers of a route as pages tell them: in their order, where each is, how far from the one before."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from console.basemap import Spot, spot
from core.actor import Actor
from core.geodesy import Coordinates
from customers import queries as customer_queries
from visits.queries import board as board_queries
from visits.travel import way_m


@dataclass(frozen=True, slots=True)
class RouteStop:
    """One customer of a route. number: its place, from 1. name: None where the reader does not see the customer.

    way_m: estimated, from the stop before that has a position. fault: why the route passes it by (`gone`: archived or
    lost, `barred`: the rep does not see it, `unplaced`: nobody said where it is), empty if nothing stands against it.
    """

    id: UUID
    number: int
    name: str | None = None
    about: str = ""
    spot: Spot | None = None
    way_m: float | None = None
    fault: str = ""


def read_stops(actor: Actor, customer_ids: Sequence[UUID], rep_id: UUID | None) -> list[RouteStop]:
    """The stops in this order; three queries. rep_id: who drives the route, None while nobody is chosen."""
    if not customer_ids:
        return []
    known = customer_queries.visible(actor).in_bulk(customer_ids)
    sites = customer_queries.list_sites(known)
    held: set[UUID] = set()
    if rep_id is not None:
        rows = board_queries.list_plannable(actor, rep_id).filter(id__in=customer_ids)
        held = set(rows.values_list("id", flat=True))
    stops, before = [], None
    for number, id_ in zip(count(1), customer_ids, strict=False):
        customer = known.get(id_)
        if customer is None:
            stops.append(RouteStop(id_, number))
            continue
        site = next((site for site in sites.get(id_, ()) if site.coordinates is not None), None)
        here: Coordinates | None = site.coordinates if site else None
        stops.append(
            RouteStop(
                id_,
                number,
                customer.name,
                " · ".join(filter(None, (customer.code, site.address if site else ""))),
                spot(*here) if here else None,
                way_m(before, here) if before and here else None,
                _fault(customer, here is not None, rep_id is None or id_ in held),
            )
        )
        before = here or before
    return stops


def _fault(customer: Any, is_placed: bool, is_held: bool) -> str:
    if customer.archived_at is not None or customer.stage == "lost":
        return "gone"
    if not is_held:
        return "barred"
    return "" if is_placed else "unplaced"
