"""The forms of work calendars: made, edited, removed; days stated one by one or in a row."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from calendars import queries
from calendars.hours import WEEKDAYS
from console.forms import CommandForm, Field, Values
from console.opening_hours import as_fields, as_line, from_line
from console.pages.users import ADMIN, unit_choices
from console.rendering import voice_of
from console.time_zones import list_zones
from console.voice import Voice
from core.actor import Actor
from core.batches import Verdict
from core.commands import execute
from core.errors import InvalidInput
from core.ids import uuid7

_KINDS = ("holiday", "extra", "usual")
_WEEKS = ("inherited", "own")
Options = list[tuple[str, str]]


def _calendar(actor: Actor, id: UUID) -> Any:
    return queries.get_calendar(id)


def _units(actor: Actor, voice: Voice) -> Options:
    return [("", voice.say("calendars.whole_company")), *unit_choices(actor, voice)]


def _zones(actor: Actor, voice: Voice) -> Options:
    return [("", voice.say("calendars.inherited")), *list_zones()]


def _weeks(actor: Actor, voice: Voice) -> Options:
    return [(word, voice.say(f"calendars.week.{word}")) for word in _WEEKS]


def _start(calendar: Any, request: HttpRequest) -> Values:
    return {
        "name": calendar.name,
        "org_unit_id": str(calendar.org_unit_id or ""),
        "time_zone": calendar.time_zone or "",
        "week_kind": "inherited" if calendar.week is None else "own",
        **as_fields(calendar.week),
    }


def _payload(path: Values, values: Values) -> Values:
    """The calendar as the command takes it. Hours of days that are to be inherited say nothing."""
    week = {day: from_line(values.pop(day, None)) for day in WEEKDAYS}
    own = values.pop("week_kind", None) == "own"
    return {"id": path.get("id") or str(uuid7()), **values, "week": week if own else None}


_FIELDS = (
    Field("name", empty=""),
    Field("org_unit_id", "choice", choices=_units, required=False),
    Field("time_zone", "choice", choices=_zones, required=False),
    Field("week_kind", "choice", choices=_weeks),
    *(Field(day, required=False) for day in WEEKDAYS),
)

CREATE = CommandForm(
    "calendars.create",
    "calendars/create",
    command="calendars.set_calendar",
    fields=_FIELDS,
    start=lambda subject, request: {"week_kind": "own"} | as_fields(None),
    payload=_payload,
    back="calendars",
    roles=ADMIN,
).register()

EDIT = CommandForm(
    "calendars.edit",
    "calendars/<uuid:id>/edit",
    command="calendars.set_calendar",
    fields=_FIELDS,
    subject=_calendar,
    named=lambda calendar: calendar.name,
    start=_start,
    payload=_payload,
    back="calendars",
    roles=ADMIN,
).register()

REMOVE = CommandForm(
    "calendars.remove",
    "calendars/<uuid:id>/remove",
    command="calendars.remove_calendar",
    subject=_calendar,
    named=lambda calendar: calendar.name,
    back="calendars",
    danger=True,
    roles=ADMIN,
).register()


def _kinds(actor: Actor, voice: Voice) -> Options:
    return [(kind, voice.say(f"calendars.day.{kind}")) for kind in _KINDS]


def _asked_day(request: HttpRequest) -> date | None:
    """The day that was clicked, if any."""
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None


def _begin_day(calendar: Any, request: HttpRequest) -> Values:
    day = _asked_day(request)
    if day is None:
        return {"kind": "holiday"}
    stated = queries.list_stated([calendar.id], [day])
    if stated:
        [row] = stated
        kind = "extra" if row.works else "holiday"
        return {"day": str(day), "kind": kind, "name": row.name, "hours": as_line(row.hours or [])}
    layers = queries.resolve_units(calendar.company_id, [calendar.org_unit_id], day, day)
    worked = layers[calendar.org_unit_id].time.is_working_day(day)
    return {"day": str(day), "kind": "holiday" if worked else "extra"}


def _days(values: Values, voice: Voice) -> list[str]:
    """Every day from the first to the last. Raises core.invalid_input."""
    found = {}
    for name in ("day", "to_day"):
        try:
            found[name] = date.fromisoformat(values.get(name) or values.get("day") or "")
        except ValueError:
            raise InvalidInput(name, reason=voice.say("calendars.day.not_a_day")) from None
    first, count = found["day"], (found["to_day"] - found["day"]).days
    if count < 0:
        raise InvalidInput("to_day", reason=voice.say("calendars.day.backwards"))
    return [str(first + timedelta(days=number)) for number in range(count + 1)]


def _set_days(request: HttpRequest, actor: Actor, values: Values, command_id: UUID) -> Verdict:
    days, kind = _days(values, voice_of(request)), values.get("kind")
    payload: dict[str, Any] = {"calendar_id": values["id"]}
    if kind == "usual":
        payload["clear"] = days
    else:
        hours = from_line(values.get("hours")) if kind == "extra" else []
        same = {"works": kind == "extra", "name": values.get("name", ""), "hours": hours or None}
        payload["days"] = [{"day": day} | same for day in days]
    return execute("calendars.set_days", payload, actor=actor, command_id=command_id, door="console")


DAY = CommandForm(
    "calendars.day",
    "calendars/<uuid:id>/day",
    command="calendars.set_days",
    fields=(
        Field("kind", "choice", choices=_kinds),
        Field("day", "date"),
        Field("to_day", "date", required=False),
        Field("name", required=False, empty=""),
        Field("hours", required=False, empty=""),
    ),
    subject=_calendar,
    named=lambda calendar: calendar.name,
    start=_begin_day,
    send=_set_days,
    back="calendars",
    roles=ADMIN,
).register()
