"""Reads of visit types. All need the company's fence."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from visits.actions import Type
from visits.models.types import VisitType


def list_types(*, archived: bool = False) -> QuerySet[VisitType]:
    """The company's visit types; archived: with those that are no longer offered."""
    rows = VisitType.objects.all()
    return rows if archived else rows.filter(archived=False)


def lock_types(ids: Iterable[UUID]) -> dict[UUID, VisitType]:
    """Visit types by id, held against other changes (one query)."""
    rows = VisitType.objects.filter(id__in=set(ids)).order_by("id").select_for_update(no_key=True)
    return {row.id: row for row in rows}


def list_type_ids(ids: Iterable[UUID]) -> set[UUID]:
    """Which of these visit types exist (one query, none without ids)."""
    wanted = set(ids)
    return set(VisitType.objects.filter(id__in=wanted).values_list("id", flat=True)) if wanted else set()


def load_types() -> dict[UUID, Type]:
    """All visit types of the company, for deciding, by id (one query)."""
    return {row.id: row.as_type() for row in VisitType.objects.all()}
