"""Deleting what no purpose keeps any longer: points, figures, last positions, receipts, the log."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection

from core.fence import company_fence
from trails import queries
from trails.grounds import Terms
from trails.models import Day, LastPosition, PointBatch
from trails.purposes import both, figure_days, point_days, position_days

RECEIPT_DAYS = 60
"""Twice as long as phones may keep a batch that they have a receipt for."""
LOG_YEARS = 3
"""The log outlives every trail that it tells of (China's Personal Information Protection Law asks for three years)."""
_UNRECORDED_DAYS = 30
"""A day of which nothing was stored says only that a phone was on."""

_CLOSE = """
with closed as (
  update trails_day d set closed_at = %(at)s from accounts_user u
  where u.id = d.user_id and d.policy_id = %(policy)s and u.org_unit_id is not distinct from %(unit)s
    and d.day < %(before)s and d.closed_at is null
  returning d.user_id, d.day
), gone as (
  delete from trails_segment s using closed c where s.user_id = c.user_id and s.day = c.day returning 1
)
select count(*) from closed
"""
_FORGET = """
delete from trails_day d using accounts_user u
where u.id = d.user_id and d.policy_id = %(policy)s and u.org_unit_id is not distinct from %(unit)s
  and d.day < %(before)s and d.closed_at is not null
"""


def close_days(company_id: UUID, today: date, at: datetime) -> int:
    """Delete the points of days that no purpose keeps; returns how many days were closed.

    What counts is the shorter of what a policy promised when a day was recorded and what the one in force says now.
    """
    closed = 0
    with company_fence(company_id), connection.cursor() as cursor:
        present = queries.list_terms(at)
        for policy, unit in queries.list_recorded():
            terms = present.get(unit) if unit else None
            kept = both(queries.to_terms(policy).purposes, terms.purposes if terms else None)
            values = {"policy": policy.id, "unit": unit, "at": at}
            cursor.execute(_CLOSE, values | {"before": today - timedelta(days=point_days(kept))})
            closed += cursor.fetchone()[0]
            cursor.execute(_FORGET, values | {"before": today - timedelta(days=figure_days(kept))})
        Day.objects.filter(policy_id__isnull=True, day__lt=today - timedelta(days=_UNRECORDED_DAYS)).delete()
        _forget_positions(present, at)
        PointBatch.objects.filter(received_at__lt=at - timedelta(days=RECEIPT_DAYS)).delete()
        cursor.execute("select trails_purge_looks(%s, %s)", [company_id, at - timedelta(days=365 * LOG_YEARS)])
    return closed


def _forget_positions(present: dict[UUID, Terms], at: datetime) -> None:
    """Positions of people who are no longer tracked, or that are older than a purpose needs."""
    tracked = {unit: position_days(terms.purposes) for unit, terms in present.items() if terms.tracks}
    for days in set(tracked.values()):
        units = [unit for unit, kept in tracked.items() if kept == days]
        LastPosition.objects.filter(user__org_unit_id__in=units, at__lt=at - timedelta(days=days + 1)).delete()
    LastPosition.objects.exclude(user__org_unit_id__in=list(tracked)).delete()
