"""Reads for the order of a day. All need the company's fence."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F

from accounts import queries as accounts
from calendars import queries as calendars
from calendars.hours import week_spans
from calendars.working_time import WorkingTime
from core import grants
from core.actor import Actor
from core.clock import now
from core.geodesy import Coordinates
from customers import queries as customers
from customers.models import Site
from visits import policies
from visits.day_proposal import Call, Proposal, propose
from visits.models.start_points import StartPoint
from visits.models.visits import Visit
from visits.queries.visits import list_team
from visits.states import State


def find_start_points(rep_ids: Iterable[UUID]) -> dict[UUID, StartPoint]:
    """Where these reps set out, by rep (one query)."""
    return {row.rep_id: row for row in StartPoint.objects.filter(rep_id__in=set(rep_ids))}


def propose_day(
    actor: Actor, rep_id: UUID, asked: date | None
) -> tuple[date, Proposal, WorkingTime, Coordinates | None]:
    """The day, an order of a rep's visits planned for it at customers that the actor sees, the rep's calendar, and
    his start point, if he has one. Without a day, today where he works. Raises NotYourTeam."""
    policies.may_plan_for(rep_id, list_team(actor, [rep_id]))
    unit = accounts.get_user(rep_id).org_unit_id
    about = asked or now().date()
    time = calendars.working_times(actor.company_id, [unit], about - timedelta(1), about + timedelta(1))[unit]
    day = asked or time.local_day(now())
    rows = Visit.objects.filter(grants.visible(actor, "customer_id"), rep_id=rep_id, visit_date=day)
    in_order = (F("planned_at").asc(nulls_last=True), F("sequence").asc(nulls_last=True), "id")
    visits = list(rows.filter(state=State.PLANNED).order_by(*in_order))
    sites = customers.list_sites({visit.customer_id for visit in visits})
    start = find_start_points([rep_id]).get(rep_id)
    calls = [_call(visit, sites.get(visit.customer_id, []), day, time.zone) for visit in visits]
    position = Coordinates(start.lat, start.lon) if start else None
    return day, propose(day, calls, time.hours_on(day), position), time, position


def instant_of(time: WorkingTime, day: date, seconds: int) -> datetime:
    """Seconds of a day's clock as an instant; what passes midnight is on the day after."""
    minutes, rest = divmod(seconds, 60)
    days, minute = divmod(minutes, 1440)
    return time.at(day + timedelta(days=days), minute) + timedelta(seconds=rest)


def _call(visit: Visit, sites: list[Site], day: date, zone: ZoneInfo) -> Call:
    """A planned visit as it is to be placed: at its own site, else at the customer's first that has a position."""
    site = next((site for site in sites if site.id == visit.site_id), None)
    if site is None or site.coordinates is None:
        site = next((site for site in sites if site.coordinates is not None), None)
    opening = None
    if site is not None and site.opening_hours is not None:
        opening = week_spans(site.opening_hours)[day.weekday()]
    agreed = visit.planned_at if visit.is_appointment else None
    return Call(
        visit.id,
        visit.customer_id,
        site.coordinates if site is not None else None,
        visit.dwell_minutes,
        opening,
        _minute(agreed, zone) if agreed is not None else None,
        visit.due_to,
    )


def _minute(instant: datetime, zone: ZoneInfo) -> int:
    local = instant.astimezone(zone)
    return local.hour * 60 + local.minute
