"""Work calendars: whose they are and who goes by them, and one as a year of working days, holidays and make-up days."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts import queries as account_queries
from calendars import queries
from calendars.hours import WEEKDAYS, to_time
from calendars.inheritance import USUAL_WEEK
from console.calendar_year import FIRST_YEAR, LAST_YEAR, Year
from console.cells import Cell, Column
from console.filters import Search
from console.lists import List, RowAction
from console.opening_hours import in_words
from console.pages.users import ADMIN
from console.registry import Place, page
from console.rendering import render, visitor_of, voice_of
from console.voice import Voice
from core.actor import Actor
from core.errors import InvalidInput

_NAMED = 4
"""So many org units are named in a row of the list; of the others it says how many they are."""
_USUAL = {
    day: [{"start": to_time(start), "end": to_time(end)} for start, end in spans]
    for day, spans in zip(WEEKDAYS, USUAL_WEEK, strict=True)
}


def _gather(actor: Actor, rows: list[Any], voice: Voice) -> dict[Any, Any]:
    """Names of org units by id, who goes by which calendar, and the voice."""
    units: list[Any] = list(account_queries.list_unit_rows(actor).order_by("full_name", "id"))
    nearest = queries.find_nearest({unit.id: unit.path for unit in units})
    followers: dict[UUID, list[str]] = {}
    for unit in units:
        if (calendar_id := nearest.get(unit.id)) is not None:
            followers.setdefault(calendar_id, []).append(unit.name)
    return {"names": {unit.id: unit.full_name for unit in units}, "followers": followers, "voice": voice}


def _whose(calendar: Any, gathered: dict[Any, Any]) -> str:
    if calendar.org_unit_id is None:
        return str(gathered["voice"].say("calendars.whole_company"))
    return str(gathered["names"].get(calendar.org_unit_id, ""))


def _followers(calendar: Any, gathered: dict[Any, Any]) -> Cell:
    names = gathered["followers"].get(calendar.id, [])
    more = len(names) - _NAMED
    told = ", ".join(names[:_NAMED])
    return f"{told} {gathered['voice'].say('calendars.more_units', count=more)}" if more > 0 else told


def _hours(calendar: Any, gathered: dict[Any, Any]) -> str:
    voice = gathered["voice"]
    if calendar.week is None:
        return str(voice.say("calendars.inherited"))
    return "; ".join(f"{days} {hours}" for days, hours in in_words(calendar.week, voice))


CALENDARS = List(
    name="calendars",
    path="calendars",
    place=Place("system", 25, "calendar"),
    rows=lambda actor: queries.list_calendars(),
    order="name",
    gather=_gather,
    columns=(
        Column("name", lambda calendar, _: calendar.name, sort="name", is_title=True),
        Column("whose", _whose),
        Column("hours", _hours),
        Column("zone", lambda calendar, gathered: calendar.time_zone or gathered["voice"].say("calendars.inherited")),
        Column("followers", _followers),
    ),
    filters=(Search(("name", "org_unit__name")),),
    link=lambda calendar: reverse("console:calendars.calendar", kwargs={"id": calendar.id}),
    row_actions=(RowAction("calendars.edit"), RowAction("calendars.remove")),
    action="calendars.create",
    live="calendars accounts",
    empty_icon="calendar",
    roles=ADMIN,
).register()


@page("calendars.calendar", "calendars/<uuid:id>", roles=ADMIN)
def show_calendar(request: HttpRequest, id: UUID) -> HttpResponse:
    """A year of one calendar, as it applies with what it inherits."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    calendar = queries.get_calendar(id)
    number = _year(request, voice)
    unit_id = calendar.org_unit_id
    span = (date(number, 1, 1), date(number, 12, 31))
    found = queries.resolve_units(visitor.actor.company_id, [unit_id], *span)[unit_id]
    year = Year(number, found, calendar.id, voice)
    layers = queries.list_layers(unit_id)
    names = {layer.id: layer.name for layer in layers}
    gathered = _gather(visitor.actor, [], voice)
    week, weeks_of = _nearest(layers, "week")
    _, zones_of = _nearest(layers, "time_zone")
    return render(
        request,
        "calendar.html",
        calendar=calendar,
        whose=_whose(calendar, gathered),
        followers=gathered["followers"].get(calendar.id, []),
        hours=in_words(week or _USUAL, voice),
        hours_from=_origin(calendar, weeks_of, "calendars.usual_hours", voice),
        zone=found.time.zone.key,
        zone_from=_origin(calendar, zones_of, "calendars.companys_zone", voice),
        year=number,
        before=number - 1 if number > FIRST_YEAR else None,
        after=number + 1 if number < LAST_YEAR else None,
        months=list(year.months()),
        weekdays=[voice.say(f"customers.weekday.{day}") for day in WEEKDAYS],
        worked=year.count(),
        specials=[(special, names.get(special.calendar_id, "")) for special in year.specials()],
        back=f"{request.path}?year={number}",
    )


def _year(request: HttpRequest, voice: Voice) -> int:
    asked = request.GET.get("year") or str(voice.today().year)
    if not asked.isdecimal() or not FIRST_YEAR <= int(asked[:5]) <= LAST_YEAR:
        raise InvalidInput("year", reason=voice.say("list.bad_choice"))
    return int(asked)


def _nearest(layers: list[Any], member: str) -> tuple[Any, Any]:
    """What the nearest calendar states that states it, and which one that is."""
    stating = [layer for layer in layers if getattr(layer, member) is not None]
    return (getattr(stating[-1], member), stating[-1]) if stating else (None, None)


def _origin(calendar: Any, stating: Any, otherwise: str, voice: Voice) -> str:
    """Where something comes from; nothing where the calendar itself states it."""
    if stating is None:
        return voice.say(otherwise)
    return "" if stating.id == calendar.id else voice.say("calendars.from", name=stating.name)
