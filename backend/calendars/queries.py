"""Reads of calendars. All need the company's fence."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from accounts import queries as accounts
from calendars.errors import CalendarNotFound
from calendars.hours import day_spans, week_spans
from calendars.inheritance import Layer, Resolved, SpecialDay, resolve
from calendars.models import CalendarDay, WorkCalendar
from calendars.working_time import WorkingTime


def list_calendars() -> QuerySet[WorkCalendar]:
    """All calendars of the company."""
    return WorkCalendar.objects.all()


def get_calendar(calendar_id: UUID) -> WorkCalendar:
    """A calendar of the company. Raises calendars.not_found."""
    found = WorkCalendar.objects.filter(id=calendar_id).first()
    if found is None:
        raise CalendarNotFound
    return found


def list_days(calendar_id: UUID, from_date: date | None = None, to_date: date | None = None) -> QuerySet[CalendarDay]:
    """The days that a calendar states, between two days, both included."""
    asked = {"day__gte": from_date, "day__lte": to_date}
    rows = CalendarDay.objects.filter(work_calendar_id=calendar_id)
    return rows.filter(**{name: value for name, value in asked.items() if value is not None})


def list_layers(org_unit_id: UUID | None) -> list[WorkCalendar]:
    """The calendars that an org unit, or the company, goes by: the company's first, the nearest last. Two queries."""
    unit = accounts.list_org_units([org_unit_id]).get(org_unit_id) if org_unit_id else None
    place = {above: number for number, above in enumerate(unit.path if unit else [])}
    rows = [row for row in WorkCalendar.objects.all() if row.org_unit_id is None or row.org_unit_id in place]
    return sorted(rows, key=lambda row: -1 if row.org_unit_id is None else place[row.org_unit_id])


def find_nearest(paths: Mapping[UUID, Sequence[UUID]]) -> dict[UUID, UUID]:
    """The calendar nearest to each of these org units, by the units' ways from the root; of those that have one.

    One query.
    """
    of_unit = dict(WorkCalendar.objects.values_list("org_unit_id", "id"))
    on_way = {unit: [id_ for key in (None, *path) if (id_ := of_unit.get(key))] for unit, path in paths.items()}
    return {unit: ids[-1] for unit, ids in on_way.items() if ids}


def lock_calendars(ids: Iterable[UUID]) -> dict[UUID, WorkCalendar]:
    """Calendars by id, held against other changes (one query)."""
    rows = WorkCalendar.objects.filter(id__in=set(ids)).order_by("id").select_for_update(no_key=True)
    return {row.id: row for row in rows}


def list_stated(calendar_ids: Iterable[UUID], days: Iterable[date] | None = None) -> list[CalendarDay]:
    """The days that these calendars state, all or those named (one query)."""
    rows = CalendarDay.objects.filter(work_calendar_id__in=set(calendar_ids)).order_by("id")
    return list(rows if days is None else rows.filter(day__in=set(days)))


def resolve_units(
    company_id: UUID, unit_ids: Iterable[UUID | None], from_date: date, to_date: date
) -> dict[UUID | None, Resolved]:
    """What applies in these org units (None: in the company), days beyond the two left out. Four queries."""
    wanted = set(unit_ids)
    zone = accounts.get_company(company_id).time_zone
    paths = {
        unit.id: unit.path for unit in accounts.list_org_units(unit for unit in wanted if unit is not None).values()
    }
    layers = _layers(from_date, to_date)
    found: dict[UUID | None, Resolved] = {}
    by_calendars: dict[tuple[UUID, ...], Resolved] = {}  # most units inherit everything: resolved once
    for unit_id in wanted:
        above = [layers[key] for key in (None, *paths.get(unit_id, ())) if key in layers]
        key = tuple(layer.calendar_id for layer in above)
        if key not in by_calendars:
            by_calendars[key] = resolve(above, zone)
        found[unit_id] = by_calendars[key]
    return found


def working_times(
    company_id: UUID, unit_ids: Iterable[UUID | None], from_date: date, to_date: date
) -> dict[UUID | None, WorkingTime]:
    """The working time of these org units (None: the company's), exact between the two days. Four queries."""
    return {unit: found.time for unit, found in resolve_units(company_id, unit_ids, from_date, to_date).items()}


def _layers(from_date: date, to_date: date) -> dict[UUID | None, Layer]:
    """What each calendar states, by its org unit (two queries)."""
    special: dict[UUID, dict[date, SpecialDay]] = {}
    for row in CalendarDay.objects.filter(day__range=(from_date, to_date)):
        hours = None if row.hours is None else day_spans(row.hours)
        special.setdefault(row.work_calendar_id, {})[row.day] = SpecialDay(row.works, hours, row.name)
    return {
        row.org_unit_id: Layer(
            row.id, row.time_zone, None if row.week is None else week_spans(row.week), special.get(row.id, {})
        )
        for row in WorkCalendar.objects.all()
    }
