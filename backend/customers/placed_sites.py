"""Reads of sites for maps. All need the company's fence."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from core.actor import Actor
from core.grants import visible
from customers.models import Site


class PlacedSite(NamedTuple):
    """A site as a map shows it."""

    id: UUID
    customer: str
    name: str
    lat: float
    lon: float


def list_placed_sites(actor: Actor, owner_ids: Iterable[UUID] | None = None) -> list[PlacedSite]:
    """The sites with a position of the customers in use that the actor sees, all or those of these owners (one query).

    owner_ids: may be a subquery.
    """
    rows = Site.objects.filter(visible(actor, "customer_id"), lat__isnull=False, customer__archived_at__isnull=True)
    if owner_ids is not None:
        rows = rows.filter(customer__owner_id__in=owner_ids)
    return [PlacedSite(*row) for row in rows.values_list("id", "customer__name", "name", "lat", "lon")]
