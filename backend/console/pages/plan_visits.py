"""What is done at the planning board: plan, move and cancel visits, record absences and end them."""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest

from accounts import queries as account_queries
from console.forms import CommandForm, Field, Values
from console.rendering import voice_of
from console.voice import Voice
from core.actor import Actor
from core.clock import to_wire
from core.ids import uuid7
from visits.errors import AbsenceNotFound
from visits.queries import absences as absence_queries
from visits.queries import board as queries
from visits.queries import visits as visit_queries

_MOST_CHOICES = 1_000
Options = list[tuple[str, str]]


def _visit(actor: Actor, id: UUID) -> Any:
    return visit_queries.get_described(actor, id)


def _visit_named(visit: Any) -> str:
    return f"{visit.customer.name} · {visit.rep.name}"


def _rep(actor: Actor, id: UUID) -> Any:
    return account_queries.get_team_person(actor, id)


def _absence(actor: Actor, id: UUID) -> Any:
    absence = absence_queries.list_absences(actor).select_related("rep").filter(id=id).first()
    if absence is None:
        raise AbsenceNotFound("id")
    return absence


def _days_away(absence: Any) -> str:
    return f"{absence.rep.name} · {absence.from_date} – {absence.to_date}"


def _agreed_at(day: Any, clock: Any, zone: Any) -> Any:
    """A day and a time of day as an instant; None without a time. What is neither is handed on to the command."""
    if not clock:
        return None
    try:
        local = datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), ZoneInfo(zone))
        return to_wire(local.astimezone(UTC))
    except (TypeError, ValueError, OverflowError, ZoneInfoNotFoundError):
        return clock


def _moving(visit: Any, request: HttpRequest) -> Values:
    voice = voice_of(request)
    agreed = visit.planned_at if visit.is_appointment else None
    return {
        "planned_date": str(visit.planned_date),
        "planned_at": voice.time(agreed) if agreed else "",
        "from": str(visit.planned_date),
        "zone": voice.time_zone,
    }


def _move(path: Values, values: Values) -> Values:
    day = values.get("planned_date")
    return {
        "visit_id": path["id"],
        "planned_date": {"from": values.get("from"), "to": day},
        "planned_at": _agreed_at(day, values.get("planned_at"), values.get("zone")),
    }


MOVE = CommandForm(
    "planning.move",
    "planning/visits/<uuid:id>/move",
    command="visits.move",
    fields=(
        Field("planned_date", "date"),
        Field("planned_at", "time", required=False),
        Field("from", "hidden"),
        Field("zone", "hidden"),
    ),
    subject=_visit,
    named=_visit_named,
    start=_moving,
    payload=_move,
    back="planning",
    template="planning_move.html",
).register()

CANCEL = CommandForm(
    "planning.cancel",
    "planning/visits/<uuid:id>/cancel",
    command="visits.cancel",
    fields=(Field("reason", empty=""),),
    subject=_visit,
    named=_visit_named,
    payload=lambda path, values: {"visit_id": path["id"]} | values,
    back="planning",
    danger=True,
).register()


def _plannable(rep: Any, actor: Actor, voice: Voice) -> Options:
    rows = queries.list_plannable(actor, rep.id).order_by("name", "id").values_list("id", "name", "code")
    named = [(str(id_), f"{name} · {code}" if code else name) for id_, name, code in rows[:_MOST_CHOICES]]
    return [("", voice.say("planning.choose_customer")), *named]


def _planning(rep: Any, request: HttpRequest) -> Values:
    voice = voice_of(request)
    return {"id": uuid7(), "zone": voice.time_zone, "planned_date": request.GET.get("date") or str(voice.today())}


def _plan(path: Values, values: Values) -> Values:
    zone = values.pop("zone", None)
    agreed = _agreed_at(values.get("planned_date"), values.get("planned_at"), zone)
    return values | {"rep_id": path["id"], "planned_at": agreed}


PLAN = CommandForm(
    "planning.plan",
    "planning/reps/<uuid:id>/plan",
    command="visits.plan",
    fields=(
        Field("customer_id", "choice", among=_plannable),
        Field("planned_date", "date"),
        Field("planned_at", "time", required=False),
        Field("dwell_minutes", "number", required=False),
        Field("purpose", required=False, empty=""),
        Field("id", "hidden"),
        Field("zone", "hidden"),
    ),
    subject=_rep,
    named=lambda rep: rep.name,
    start=_planning,
    payload=_plan,
    back="planning",
).register()


def _colleagues(rep: Any, actor: Actor, voice: Voice) -> Options:
    rows = queries.list_reps(actor).exclude(id=rep.id).order_by("name", "id").values_list("id", "name")
    return [("", voice.say("planning.nobody")), *((str(id_), name) for id_, name in rows[:_MOST_CHOICES])]


def _away(rep: Any, request: HttpRequest) -> Values:
    today = str(voice_of(request).today())
    return {"id": uuid7(), "from_date": today, "to_date": today}


ABSENCE = CommandForm(
    "planning.absence",
    "planning/reps/<uuid:id>/absence",
    command="visits.record_absence",
    fields=(
        Field("from_date", "date"),
        Field("to_date", "date"),
        Field("substitute_id", "choice", among=_colleagues, required=False),
        Field("id", "hidden"),
    ),
    subject=_rep,
    named=lambda rep: rep.name,
    start=_away,
    payload=lambda path, values: values | {"rep_id": path["id"]},
    back="planning",
).register()

END_ABSENCE = CommandForm(
    "planning.end_absence",
    "planning/absences/<uuid:id>/end",
    command="visits.cancel_absence",
    subject=_absence,
    named=_days_away,
    back="planning",
    danger=True,
).register()
