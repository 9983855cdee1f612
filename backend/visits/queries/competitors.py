"""Reads of competitors, their products, and what was seen of them. All need the company's fence."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from accounts import queries as account_queries
from core import grants
from core.actor import Actor
from visits import errors
from visits.models.competitors import Competitor, CompetitorObservation, CompetitorProduct

_COUNTS = Q(price__isnull=False, withdrawn_at__isnull=True, competitor_product__isnull=False)
_OF_ONE_PRICE = ("customer_id", "competitor_product", "currency", "unit")


def get_competitor(competitor_id: UUID) -> Competitor:
    """A competitor. Raises visits.competitor_not_found."""
    row = Competitor.objects.filter(id=competitor_id).first()
    if row is None:
        raise errors.CompetitorNotFound("competitor_id")
    return row


def get_product(competitor_product_id: UUID) -> CompetitorProduct:
    """A competitor's product. Raises visits.competitor_product_not_found."""
    row = CompetitorProduct.objects.filter(id=competitor_product_id).first()
    if row is None:
        raise errors.CompetitorProductNotFound("competitor_product_id")
    return row


def list_competitors(search: str | None = None, archived: bool | None = None) -> QuerySet[Competitor]:
    """The competitors that fit; search: a part of the name, in any case."""
    rows = Competitor.objects.all()
    if search:
        rows = rows.filter(name__icontains=search)
    return rows if archived is None else rows.filter(archived=archived)


def list_competitor_products(
    *,
    search: str | None = None,
    competitor_id: UUID | None = None,
    product_id: UUID | None = None,
    archived: bool | None = None,
) -> QuerySet[CompetitorProduct]:
    """The products of competitors that fit; search: a part of the name, in any case, or the barcode."""
    asked = {"competitor_id": competitor_id, "product_id": product_id, "archived": archived}
    rows = CompetitorProduct.objects.all()
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(barcode=search))
    return rows.filter(**{name: value for name, value in asked.items() if value is not None})


def lock_competitors(ids: Iterable[UUID]) -> dict[UUID, Competitor]:
    """Competitors by id, held against other edits (one query)."""
    rows = Competitor.objects.filter(id__in=set(ids)).order_by("id").select_for_update(no_key=True)
    return {row.id: row for row in rows}


def lock_products(ids: Iterable[UUID]) -> dict[UUID, CompetitorProduct]:
    """Products of competitors by id, held against other edits (one query)."""
    rows = CompetitorProduct.objects.filter(id__in=set(ids)).order_by("id").select_for_update(no_key=True)
    return {row.id: row for row in rows}


def list_competitor_ids(ids: Iterable[UUID]) -> set[UUID]:
    """Which of these competitors exist (one query)."""
    return set(Competitor.objects.filter(id__in=set(ids)).values_list("id", flat=True))


def list_units(product_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The units of those of these products of competitors that exist (one query, none without ids)."""
    wanted = set(product_ids)
    return dict(CompetitorProduct.objects.filter(id__in=wanted).values_list("id", "unit")) if wanted else {}


def lock_observations(ids: Iterable[UUID]) -> dict[UUID, CompetitorObservation]:
    """Observations by id with their visits, held against other changes (one query)."""
    rows = CompetitorObservation.objects.filter(id__in=set(ids)).order_by("id").select_related("visit")
    return {row.id: row for row in rows.select_for_update(no_key=True, of=("self",))}


def count_observations(visit_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many observations that count there are of each of these visits; without any: left out (one query)."""
    rows = CompetitorObservation.objects.filter(visit_id__in=set(visit_ids), withdrawn_at__isnull=True)
    return dict(rows.values_list("visit_id").annotate(Count("id")).order_by())


def list_observed_visit_ids(visit_ids: Iterable[UUID]) -> set[UUID]:
    """On which of these visits somebody observed a competitor and did not take it back (one query)."""
    return set(count_observations(visit_ids))


def list_observations(
    actor: Actor,
    *,
    seen: dict[str, UUID | None],
    from_date: date | None = None,
    to_date: date | None = None,
    linked: bool | None = None,
) -> QuerySet[CompetitorObservation]:
    """What was seen at customers that the actor may see.

    seen: of which customer, competitor, product, visit and author; the days are the company's, both included.
    """
    rows = _visible(actor, seen)
    if from_date is not None and to_date is not None:
        begin, end = account_queries.get_days_bounds(actor.company_id, from_date, to_date)
        rows = rows.filter(occurred_at__gte=begin, occurred_at__lt=end)
    return rows if linked is None else rows.filter(competitor_product__isnull=not linked)


def list_newest_prices(actor: Actor, seen: dict[str, UUID | None]) -> QuerySet[CompetitorObservation]:
    """The newest price of each product at each customer that the actor may see, by unit and currency.

    With `before_price` and `before_at` of the one before. All of it is one query, which stops at a page's end.
    """
    same = {name: OuterRef(name) for name in _OF_ONE_PRICE}
    others = CompetitorObservation.objects.filter(_COUNTS, **same)
    later = Q(occurred_at__gt=OuterRef("occurred_at")) | Q(occurred_at=OuterRef("occurred_at"), id__gt=OuterRef("id"))
    earlier = Q(occurred_at__lt=OuterRef("occurred_at")) | Q(occurred_at=OuterRef("occurred_at"), id__lt=OuterRef("id"))
    before = others.filter(earlier).order_by("-occurred_at", "-id")
    rows = _visible(actor, seen).filter(_COUNTS).exclude(Exists(others.filter(later)))
    return rows.annotate(
        before_price=Subquery(before.values("price")[:1]),
        before_at=Subquery(before.values("occurred_at")[:1]),
        change=F("price") - F("before_price"),
    )


def _visible(actor: Actor, seen: dict[str, UUID | None]) -> QuerySet[CompetitorObservation]:
    columns = {
        "competitor_id": "competitor_product__competitor_id",
        "product_id": "competitor_product__product_id",
    }
    asked: dict[str, Any] = {columns.get(name, name): value for name, value in seen.items() if value is not None}
    return CompetitorObservation.objects.filter(grants.visible(actor, "customer_id"), **asked)
