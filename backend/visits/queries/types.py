"""Reads of visit types. All need the company's fence."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from core.errors import NotFound
from visits.actions import Audience, Type, in_order
from visits.models.types import VisitType


def list_types(*, archived: bool = False) -> QuerySet[VisitType]:
    """The company's visit types; archived: with those that are no longer offered."""
    rows = VisitType.objects.all()
    return rows if archived else rows.filter(archived=False)


def get_type(type_id: UUID) -> VisitType:
    """A visit type of the company. Raises core.not_found."""
    found = VisitType.objects.filter(id=type_id).first()
    if found is None:
        raise NotFound
    return found


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


def of_type(type_id: UUID) -> Q:
    """The visits of a type: of those of which nobody said one, those that `visits.actions.choose_type` gives it.

    One query.
    """
    said, others = Q(visit_type_id=type_id), Q(visit_type__isnull=True)
    for one in in_order(load_types().values()):
        assert one.chosen_for is not None
        meant = _meant(one.chosen_for)
        if one.id == type_id:
            return said | (others & meant)
        others &= ~meant
    return said


def _meant(audience: Audience) -> Q:
    """The visits that an audience holds, as `Audience.holds` says it of one."""
    asked = {
        "customer__customer_class__in": audience.customer_classes,
        "customer__channel__in": audience.channels,
        "rep__roles__overlap": audience.roles,
    }
    return Q(id__isnull=False, **{name: words for name, words in asked.items() if words})
