"""Whether visits were made when they were planned, said of one visit and of many in the same words."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Q

from visits.models.visits import Visit
from visits.states import State

LATE_AFTER = timedelta(minutes=15)
"""A few minutes are nobody's fault: traffic, a lift, the visit before."""


def is_late(visit: Any, at: datetime, today: date) -> bool:
    """Whether the check-in came, or is still to come today, later than the time that was agreed.

    visit: one, or what a list knows of it: `planned_at`, `checked_in_at`, `state` and `visit_date`.
    """
    if visit.planned_at is None:
        return False
    if visit.checked_in_at is not None:
        return visit.checked_in_at > visit.planned_at + LATE_AFTER
    return visit.state == State.PLANNED and visit.visit_date >= today and at > visit.planned_at + LATE_AFTER


def late(at: datetime, today: date) -> Q:
    """The visits that `is_late` names."""
    waited_for = Q(state=State.PLANNED, visit_date__gte=today, planned_at__lt=at - LATE_AFTER)
    return Q(checked_in_at__gt=F("planned_at") + LATE_AFTER) | waited_for


def is_missed(visit: Visit, today: date) -> bool:
    """Whether the visit is still only planned though its day is over."""
    return visit.state == State.PLANNED and visit.visit_date < today


def missed(today: date) -> Q:
    """The visits that `is_missed` names."""
    return Q(state=State.PLANNED, visit_date__lt=today)
