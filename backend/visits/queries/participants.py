"""Reads of who comes along on visits, and of sights given for their sake. All need the company's fence."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from visits.models.participants import Participant, VisitSight


def list_participants(visit_id: UUID) -> QuerySet[Participant]:
    """Who comes along on one visit."""
    return Participant.objects.filter(visit_id=visit_id)


def find_participants(visit_ids: Iterable[UUID]) -> dict[tuple[UUID, UUID], Participant]:
    """Who comes along on these visits, by visit and user (one query)."""
    rows = Participant.objects.filter(visit_id__in=list(visit_ids))
    return {(row.visit_id, row.user_id): row for row in rows}


def list_participant_ids(visit_ids: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """The users who come along, by visit (one query)."""
    found: dict[UUID, set[UUID]] = {}
    for visit_id, user_id in find_participants(visit_ids):
        found.setdefault(visit_id, set()).add(user_id)
    return found


def list_sights(visit_ids: Iterable[UUID]) -> dict[UUID, VisitSight]:
    """The sights that these visits give, by id (one query)."""
    return {row.id: row for row in VisitSight.objects.filter(visit_id__in=list(visit_ids))}
