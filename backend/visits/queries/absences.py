"""Reads of absences and routes. All need the company's fence."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts import queries as accounts
from core.actor import Actor
from visits.models.absences import Absence
from visits.models.routes import VisitRoute
from visits.models.visits import Visit
from visits.states import State


def of_people(actor: Actor, column: str = "rep_id") -> Q:
    """A filter for rows of the actor himself and of the people of his teams; an administrator sees everybody's."""
    if actor.has_role("admin"):
        return Q(pk__isnull=False)
    own = Q(**{column: actor.user_id})
    if actor.has_role("manager", "dispatcher"):
        return own | Q(**{f"{column}__in": accounts.list_subordinate_ids(actor)})
    return own


def list_absences(actor: Actor, rep_id: UUID | None = None, from_date: date | None = None) -> QuerySet[Absence]:
    """The absences of the actor and of his people, and those for which he stands in; from_date: not over before."""
    rows = Absence.objects.filter(of_people(actor) | Q(substitute_id=actor.user_id))
    if rep_id is not None:
        rows = rows.filter(rep_id=rep_id)
    return rows if from_date is None else rows.filter(to_date__gte=from_date)


def list_routes(actor: Actor, rep_id: UUID | None = None) -> QuerySet[VisitRoute]:
    """The routes of the actor and of his people."""
    rows = VisitRoute.objects.filter(of_people(actor))
    return rows if rep_id is None else rows.filter(rep_id=rep_id)


def lock_routes(ids: Iterable[UUID]) -> dict[UUID, VisitRoute]:
    """Routes by id, held against other changes (one query)."""
    rows = VisitRoute.objects.filter(id__in=set(ids)).order_by("id").select_for_update(no_key=True)
    return {row.id: row for row in rows}


def lock_absences(ids: Iterable[UUID]) -> dict[UUID, Absence]:
    """Absences by id, held against other changes (one query)."""
    rows = Absence.objects.filter(id__in=set(ids)).order_by("id").select_for_update(no_key=True)
    return {row.id: row for row in rows}


def find_absences(user_ids: Iterable[UUID], from_date: date, to_date: date | None = None) -> dict[UUID, list[Absence]]:
    """The absences of these users that touch the days, by user (one query)."""
    rows = Absence.objects.filter(rep_id__in=set(user_ids), to_date__gte=from_date)
    if to_date is not None:
        rows = rows.filter(from_date__lte=to_date)
    found: dict[UUID, list[Absence]] = {}
    for row in rows.order_by("from_date", "id"):
        found.setdefault(row.rep_id, []).append(row)
    return found


def lock_planned(rep_ids: Iterable[UUID], from_date: date, to_date: date) -> list[Visit]:
    """The visits planned for these days that these people make, or that others make for them, locked (one query)."""
    ids = set(rep_ids)
    rows = Visit.objects.filter(Q(rep_id__in=ids) | Q(for_rep_id__in=ids), state=State.PLANNED)
    rows = rows.filter(visit_date__range=(from_date, to_date)).order_by("id")
    return list(rows.select_for_update(no_key=True))
