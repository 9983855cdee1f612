"""Reads of visits. All need the company's fence."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from accounts import queries as account_queries
from core import grants
from core.actor import Actor
from visits import errors, policies
from visits.models.visits import CheckIn, Visit, VisitLog


def lock_visits(ids: Iterable[UUID]) -> dict[UUID, Visit]:
    """The visits of these ids, by id, locked in the order of their ids (one query)."""
    rows = Visit.objects.select_for_update(no_key=True).filter(id__in=list(ids)).order_by("id")
    return {visit.id: visit for visit in rows}


def list_visits(ids: Iterable[UUID]) -> dict[UUID, Visit]:
    """The visits of these ids, by id (one query)."""
    return Visit.objects.in_bulk(list(ids))


def list_team(actor: Actor, user_ids: Iterable[UUID]) -> set[UUID]:
    """Which of `user_ids` the actor may act for: himself, a manager the active people at and below his org unit.

    An administrator: all active users of the company. At most one query, none when there is nobody but the actor.
    """
    others = set(user_ids) - {actor.user_id}
    if not others or not actor.has_role("manager", "dispatcher", "admin"):
        return {actor.user_id}
    if actor.has_role("admin"):
        found = {user.id for user in account_queries.list_users(others).values() if user.is_active}
    else:
        found = set(account_queries.list_subordinate_ids(actor).filter(id__in=others, is_active=True))
    return found | {actor.user_id}


def get_visit(actor: Actor, visit_id: UUID) -> Visit:
    """A visit at a customer that the actor may see. Raises visits.not_found."""
    visit = Visit.objects.filter(grants.visible(actor, "customer_id"), id=visit_id).first()
    if visit is None:
        raise errors.NotFound("id")
    return visit


def list_seen(
    actor: Actor,
    *,
    rep_id: UUID | None = None,
    customer_id: UUID | None = None,
    state: str | None = None,
    from_date: date | None = None,
    to_date: date | None = None,
) -> QuerySet[Visit]:
    """The visits at customers that the actor may see and that fit; the days are both included."""
    asked = {
        "rep_id": rep_id,
        "customer_id": customer_id,
        "state": state,
        "visit_date__gte": from_date,
        "visit_date__lte": to_date,
    }
    rows = Visit.objects.filter(grants.visible(actor, "customer_id"))
    return rows.filter(**{name: value for name, value in asked.items() if value is not None})


def list_last_check_ins(customer_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When somebody last checked in at each of these customers; those where nobody did are left out (one query)."""
    rows = Visit.objects.filter(customer_id__in=list(customer_ids), checked_in_at__isnull=False)
    return dict(rows.values_list("customer_id").annotate(last=Max("checked_in_at")).order_by())


def list_described(actor: Actor) -> QuerySet[Visit]:
    """The visits at customers that the actor may see, each with its customer, its rep and his team."""
    return list_seen(actor).select_related("customer", "rep__org_unit")


def get_described(actor: Actor, visit_id: UUID) -> Visit:
    """A visit as `list_described` has it, with its site and who is stood in for. Raises visits.not_found."""
    visit = list_described(actor).select_related("site", "for_rep").filter(id=visit_id).first()
    if visit is None:
        raise errors.NotFound("id")
    return visit


def list_day(actor: Actor, rep_id: UUID, day: date) -> QuerySet[Visit]:
    """A rep's visits at customers that the actor may see which were planned for a day, or made on it."""
    return list_described(actor).filter(Q(visit_date=day) | Q(planned_date=day), rep_id=rep_id)


def list_evidence_of(visit_ids: Iterable[UUID]) -> dict[tuple[UUID, str], CheckIn]:
    """The evidence of these visits, by visit and direction (one query)."""
    rows = CheckIn.objects.filter(visit_id__in=list(visit_ids))
    return {(row.visit_id, row.direction): row for row in rows}


def may_judge(actor: Actor, rep_id: UUID) -> bool:
    """Whether the actor may put his word in place of the rules' on this rep's evidence; at most one query."""
    if not actor.has_role(*policies.JUDGES):
        return False
    try:
        policies.may_judge(actor, rep_id, list_team(actor, [rep_id]))
    except errors.NotYourSubordinate:
        return False
    return True


def list_check_ins(visit_id: UUID) -> QuerySet[CheckIn]:
    """The evidence of a visit."""
    return CheckIn.objects.filter(visit_id=visit_id)


def list_logs(visit_id: UUID) -> QuerySet[VisitLog]:
    """The logs of a visit."""
    return VisitLog.objects.filter(visit_id=visit_id)
