"""Reads of sites for maps. All need the company's fence."""

from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from customers.models import Customer, Site


class PlacedSite(NamedTuple):
    """A site as a map shows it. stage: of its customer."""

    id: UUID
    customer: str
    stage: str
    lat: float
    lon: float


def list_placed_sites(customers: QuerySet[Customer]) -> list[PlacedSite]:
    """The sites with a position of these customers (one query)."""
    rows = Site.objects.filter(customer__in=customers.order_by().values("id"), lat__isnull=False)
    return [PlacedSite(*row) for row in rows.values_list("id", "customer__name", "customer__stage", "lat", "lon")]
