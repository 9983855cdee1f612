"""The calendars endpoints. Every command has its own path and takes the same payload as in a push."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from accounts import queries as accounts
from calendars import queries, schemas
from calendars.feed import CALENDAR_DAY, WORK_CALENDAR
from calendars.hours import to_time
from core.actor import Actor
from core.clock import now
from core.errors import InvalidInput
from core.rest import fenced, get_row, json_response, list_page, run_command
from core.rest_schemas import READ_ERRORS, WRITE_RESPONSES, PageQuery

router = Router(tags=["calendars"])


@router.get("/calendars", response={200: schemas.WorkCalendarPage} | READ_ERRORS)
@fenced
def list_calendars(request: HttpRequest, page: Query[PageQuery]) -> HttpResponse:
    """The company's work calendars by name: at most one for the company and one for each org unit."""
    rows = queries.list_calendars()
    return list_page(_actor(request), WORK_CALENDAR, rows, order=["name"], cursor=page.cursor, limit=page.limit)


@router.post("/calendars", response=WRITE_RESPONSES)
def set_calendar(request: HttpRequest, payload: schemas.SetCalendar) -> HttpResponse:
    """Make a work calendar, or put another in its place (`calendars.set_calendar`)."""
    return run_command(request, "calendars.set_calendar", payload, row_id=payload.id)


@router.post("/calendars/set-days", response=WRITE_RESPONSES)
def set_days(request: HttpRequest, payload: schemas.SetDays) -> HttpResponse:
    """State holidays and working days of a calendar (`calendars.set_days`)."""
    return run_command(request, "calendars.set_days", payload, row_id=payload.calendar_id)


@router.post("/calendars/remove", response=WRITE_RESPONSES)
def remove_calendar(request: HttpRequest, payload: schemas.CalendarId) -> HttpResponse:
    """Remove a calendar with its days (`calendars.remove_calendar`)."""
    return run_command(request, "calendars.remove_calendar", payload, row_id=payload.id)


@router.get("/calendars/effective", response={200: schemas.EffectiveDays} | READ_ERRORS)
@fenced
def list_effective_days(request: HttpRequest, asked: Query[schemas.EffectiveQuery]) -> HttpResponse:
    """What applies in an org unit, or in the company, day by day, after inheritance."""
    actor = _actor(request)
    if asked.org_unit_id is not None:
        accounts.get_org_unit(asked.org_unit_id)
    first = asked.from_date or accounts.get_company_day(actor.company_id, now())
    last = asked.to_date or first + timedelta(days=30)
    if not 0 <= (last - first).days < schemas.MAX_DAYS:
        raise InvalidInput("to_date", reason=f"must be 0 to {schemas.MAX_DAYS - 1} days after from_date")
    found = queries.resolve_units(actor.company_id, [asked.org_unit_id], first, last)[asked.org_unit_id]
    items = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        special, calendar_id = found.days.get(day, (None, None))
        spans = found.time.hours_on(day)
        items.append(
            {
                "day": day,
                "works": bool(spans),
                "hours": [{"start": to_time(start), "end": to_time(end)} for start, end in spans],
                "name": special.name if special else "",
                "calendar_id": calendar_id,
            }
        )
    return json_response({"time_zone": found.time.zone.key, "items": items})


@router.get("/calendars/{calendar_id}", response={200: schemas.WorkCalendarOut} | READ_ERRORS)
@fenced
def get_calendar(request: HttpRequest, calendar_id: UUID) -> HttpResponse:
    """One work calendar."""
    return get_row(_actor(request), WORK_CALENDAR, queries.get_calendar(calendar_id))


@router.get("/calendars/{calendar_id}/days", response={200: schemas.CalendarDayPage} | READ_ERRORS)
@fenced
def list_days(request: HttpRequest, calendar_id: UUID, asked: Query[schemas.DayQuery]) -> HttpResponse:
    """The days that a calendar states, the earliest first."""
    rows = queries.list_days(queries.get_calendar(calendar_id).id, asked.from_date, asked.to_date)
    return list_page(_actor(request), CALENDAR_DAY, rows, order=["day"], cursor=asked.cursor, limit=asked.limit)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
