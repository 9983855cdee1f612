"""The only writers of work calendars and their days."""

from datetime import date
from uuid import UUID, uuid5

from accounts import queries as accounts
from accounts.policies import ADMIN
from calendars import queries
from calendars.errors import CalendarNotFound
from calendars.models import CalendarDay, WorkCalendar
from calendars.schemas import CalendarId, SetCalendar, SetDays, SpecialDay
from core.actor import Actor
from core.batches import Batch
from core.clock import now
from core.errors import ReferenceInvalid
from core.registry import command


@command("calendars.set_calendar", payload=SetCalendar, creates="id", roles=ADMIN)
def set_calendar(actor: Actor, items: Batch[SetCalendar]) -> None:
    """Make work calendars, or put others in their place.

    Refuses core.reference_invalid, calendars.unit_has_calendar.
    """
    known = queries.lock_calendars(items.each("id"))
    units = accounts.list_org_units(items.each("org_unit_id"))
    for item in items:
        with item:
            payload = item.payload
            if payload.org_unit_id is not None and payload.org_unit_id not in units:
                raise ReferenceInvalid("org_unit_id")
            row = known.setdefault(payload.id, WorkCalendar(id=payload.id, company_id=actor.company_id))
            row.name, row.org_unit_id, row.time_zone = payload.name, payload.org_unit_id, payload.time_zone
            row.week = payload.week and payload.week.as_json()
            row.updated_at, row.updated_by_id = now(), actor.author_id
            items.write(row)


@command("calendars.set_days", payload=SetDays, roles=ADMIN)
def set_days(actor: Actor, items: Batch[SetDays]) -> None:
    """State holidays and working days of calendars, or take such statements back. Refuses calendars.not_found."""
    calendars = queries.lock_calendars(items.each("calendar_id"))
    named = {day for item in items.items for day in _days_of(item.payload)}
    stated = {(row.work_calendar_id, row.day): row for row in queries.list_stated(calendars, named)}
    for item in items:
        with item:
            payload = item.payload
            if payload.calendar_id not in calendars:
                raise CalendarNotFound("calendar_id")
            for day in payload.clear:
                row = stated.pop((payload.calendar_id, day), None)
                if row is not None:
                    items.delete(row)
            for special in payload.days:
                key = (payload.calendar_id, special.day)
                row = stated.setdefault(key, _new_day(actor, payload.calendar_id, special))
                row.works, row.name = special.works, special.name
                row.hours = special.hours and [hours.model_dump() for hours in special.hours]
                items.write(row)


@command("calendars.remove_calendar", payload=CalendarId, roles=ADMIN)
def remove_calendar(actor: Actor, items: Batch[CalendarId]) -> None:
    """Remove calendars with their days; what is above them applies. Refuses calendars.not_found."""
    calendars = queries.lock_calendars(items.each("id"))
    days = queries.list_stated(calendars)
    gone = []
    for item in items:
        with item:
            row = calendars.pop(item.payload.id, None)
            if row is None:
                raise CalendarNotFound("id")
            gone.append(row)
    for day in days:  # before the calendars that they refer to
        items.delete(day)
    for row in gone:
        items.delete(row)


def _days_of(payload: SetDays) -> list[date]:
    return [*(special.day for special in payload.days), *payload.clear]


def _new_day(actor: Actor, calendar_id: UUID, special: SpecialDay) -> CalendarDay:
    """A day's row; its id follows from calendar and day, so that both doors make the same one."""
    return CalendarDay(
        id=uuid5(calendar_id, special.day.isoformat()),
        company_id=actor.company_id,
        work_calendar_id=calendar_id,
        day=special.day,
    )
