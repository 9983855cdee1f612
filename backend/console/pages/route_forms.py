"""Making and editing a visit route: its customers are chosen and put in order by buttons and numbers, without a script
as well; with one also by dragging and by keys."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest

from console import rhythms, route_stops
from console.forms import CommandForm, Field, Values
from console.list_page import read_word
from console.pages.routes import get_route, tell_stop, way_in_words
from console.rendering import voice_of
from console.voice import Voice
from core.actor import Actor
from core.ids import uuid7
from visits.queries import board as queries
from visits.schemas.absences import MAX_STOPS

_MOST_FOUND = 8
Options = list[tuple[str, str]]
_KEPT = ("name", "dwell_minutes", "purpose", "valid_from", "valid_to", "every_weeks", "rep_id", "visit_type_id")


def put_in_order(ids: Sequence[str], places: Sequence[str]) -> list[str]:
    """The customers by the numbers beside them: who was given another's number takes its place.

    Whoever moves up comes before the one whose number he has, whoever moves down behind him; what is no number is as
    if it had not been touched.
    """
    keyed = []
    for own, id_ in enumerate(ids, 1):
        text = places[own - 1] if own <= len(places) else ""
        wanted = int(text) if text.isdecimal() and len(text) < 6 else own
        keyed.append((wanted, (wanted > own) - (wanted < own), own, id_))
    return [id_ for *_, id_ in sorted(keyed)]


def _ordered(values: Values) -> list[str]:
    """The customers of the form, by their numbers."""
    return put_in_order(*((values.get(name) or "").split() for name in ("customer_ids", "places")))


def _as_ids(words: str) -> list[UUID]:
    """The ids among these words; the command says what is wrong with the others."""
    found = []
    for word in words.split():
        try:
            found.append(UUID(word))
        except ValueError:
            continue
    return found


def _rework(request: HttpRequest, values: Values) -> Values | None:
    """What the buttons of the stops and of the search make of the form: `up <id>`, `add <id>`, `look`."""
    if "intent" not in request.POST:
        return None
    what, _, which = request.POST["intent"].partition(" ")
    ids = _ordered(values)
    if what == "add" and which not in ids and _as_ids(which):
        ids.append(which)
    elif which in ids:
        at = ids.index(which)
        ids.pop(at)
        if what != "remove":
            ids.insert(max(0, at + {"up": -1, "down": 1}.get(what, 0)), which)
    return values | {"customer_ids": " ".join(ids), "q": read_word(request.POST, "q", voice_of(request))}


def _more(route: Any, values: Values, actor: Actor, voice: Voice) -> Values:
    """The stops, and customers of the rep that could be added; five queries at most."""
    chosen = _as_ids(str(values.get("rep_id") or ""))
    rep_id = chosen[0] if chosen else None
    ids = _as_ids(values.get("customer_ids", ""))
    stops = route_stops.read_stops(actor, ids, rep_id)
    word = values.get("q", "")
    found: list[Any] = []
    if rep_id is not None and len(ids) < MAX_STOPS:
        rows = queries.list_plannable(actor, rep_id).exclude(id__in=ids)
        if word:
            rows = rows.filter(Q(name__icontains=word) | Q(code__icontains=word))
        found = list(rows.order_by("name", "id")[: _MOST_FOUND + 1])
    return {
        "stops": [tell_stop(stop, voice) for stop in stops],
        "way": way_in_words(stops, voice),
        "last": len(stops),
        "most": MAX_STOPS,
        "is_full": len(ids) >= MAX_STOPS,
        "has_rep": rep_id is not None,
        "word": word,
        "found": found[:_MOST_FOUND],
        "has_more": len(found) > _MOST_FOUND,
    }


def _reps(route: Any, actor: Actor, voice: Voice) -> Options:
    """Who can drive it: those who visit customers, and who does now."""
    rows = list(queries.list_reps(actor).order_by("name", "id").values_list("id", "name"))
    if route is not None and route.rep_id not in {id_ for id_, _ in rows}:
        rows.append((route.rep_id, route.rep.name))
    return [("", voice.say("routes.choose_rep")), *((str(id_), name) for id_, name in rows)]


def _weeks(actor: Actor, voice: Voice) -> Options:
    return [(str(weeks), label) for weeks, label in rhythms.week_choices(voice)]


def _start(route: Any, request: HttpRequest) -> Values:
    if route is None:
        rep = "".join(map(str, _as_ids(request.GET.get("rep", ""))[:1]))
        return {"id": uuid7(), "rep_id": rep, "every_weeks": "1", "valid_from": str(voice_of(request).today())}
    values = {name: getattr(route, name) for name in _KEPT}
    told = {name: "" if value is None else str(value) for name, value in values.items()}
    return told | rhythms.tick(route.weekdays) | {"customer_ids": " ".join(map(str, route.customer_ids))}


def _payload(path: Values, values: Values) -> Values:
    ids = _ordered(values)
    values = {name: value for name, value in values.items() if name not in ("customer_ids", "places")}
    weeks = str(values.pop("every_weeks", ""))
    return {
        "weekdays": rhythms.take_days(values),
        "customer_ids": ids,
        "every_weeks": int(weeks) if weeks.isdecimal() else weeks,
        **path,
        **values,
    }


_FIELDS = (
    Field("name", empty=""),
    Field("rep_id", "choice", among=_reps, empty=""),
    *rhythms.DAY_FIELDS,
    Field("every_weeks", "choice", choices=_weeks),
    Field("dwell_minutes", "number", required=False),
    Field("purpose", required=False, empty=""),
    Field("valid_from", "date"),
    Field("valid_to", "date", required=False),
    Field("customer_ids", "many"),
    Field("places", "many"),
    Field("weekdays", "many"),  # what is refused about the boxes of the days
)

_EDITOR: Values = {
    "command": "visits.set_route",
    "start": _start,
    "payload": _payload,
    "rework": _rework,
    "more": _more,
    "back": "routes",
    "template": "route_form.html",
    "in_dialog": False,
}

NEW = CommandForm("routes.new", "routes/new", fields=(*_FIELDS, Field("id", "hidden")), **_EDITOR).register()

EDIT = CommandForm(
    "routes.edit",
    "routes/<uuid:id>/edit",
    fields=(*_FIELDS, Field("visit_type_id", "hidden")),
    subject=get_route,
    named=lambda route: "",  # the first field names it
    **_EDITOR,
).register()
