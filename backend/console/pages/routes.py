"""Visit routes: whom reps visit in one go, in which order, on which days; making and editing is in `route_forms.py`."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts import queries as account_queries
from console import rhythms, route_stops
from console.cells import Cell, Column, Link, State, as_html
from console.filters import OneOf, Options, Relative, Search
from console.forms import CommandForm, Field, Values
from console.lists import List, RowAction
from console.pages.visits import day_address, type_names
from console.registry import Place, page
from console.rendering import render, visitor_of, voice_of
from console.voice import Voice
from console.weeks import weekday
from core.actor import Actor
from core.batches import Verdict
from core.commands import execute
from core.errors import NotFound
from core.fence import company_fence
from visits.queries import absences as queries
from visits.schemas.absences import SetRoute

_MOST_CHOICES = 500
_NEXT_DAYS = 4
_SEARCHED_DAYS = 400


def _rows(actor: Actor) -> Any:
    return queries.list_routes(actor).select_related("rep")


def _gather(actor: Actor, rows: list[Any], voice: Voice) -> Voice:
    return voice


def get_route(actor: Actor, id: UUID) -> Any:
    """One of the routes of the actor and of his people. Raises core.not_found."""
    route = _rows(actor).filter(id=id).first()
    if route is None:
        raise NotFound
    return route


def state_of(route: Any, today: date) -> State:
    """Whether the route is driven, is still to come, or has ended."""
    if route.valid_to is not None and (route.valid_to < today or route.valid_to < route.valid_from):
        return State("routes.state.ended")
    return State("routes.state.coming", "wait") if route.valid_from > today else State("routes.state.running", "good")


def _people(actor: Actor, voice: Voice) -> Options:
    people = account_queries.list_team_people(actor).order_by("name").values_list("id", "name")[:_MOST_CHOICES]
    return [(str(id_), name) for id_, name in people]


def days_in_words(route: Any, voice: Voice) -> str:
    """`Mon, Thu · every 2 weeks`."""
    return f"{rhythms.weekdays(route.weekdays, voice)} · {rhythms.weekly(route.every_weeks, voice)}"


def _when(route: Any, voice: Voice) -> Cell:
    return days_in_words(route, voice)


ROUTES = List(
    name="routes",
    path="routes",
    place=Place("work", 41, "route"),
    rows=_rows,
    order="name",
    gather=_gather,
    columns=(
        Column("name", lambda route, _: route.name, sort="name", is_title=True),
        Column(
            "rep", lambda route, voice: Link(route.rep.name, day_address(route.rep_id, voice.today())), sort="rep__name"
        ),
        Column("stops", lambda route, _: len(route.customer_ids)),
        Column("when", _when),
        Column("state", lambda route, voice: state_of(route, voice.today())),
        Column("from", lambda route, _: route.valid_from, sort="valid_from"),
        Column("to", lambda route, _: route.valid_to),
    ),
    filters=(
        Search(("name", "rep__name")),
        OneOf("rep", "rep_id", _people, UUID),
        Relative(
            "state",
            {
                "running": lambda voice: Q(valid_from__lte=voice.today()) & ~Q(valid_to__lt=voice.today()),
                "coming": lambda voice: Q(valid_from__gt=voice.today()) & ~Q(valid_to__lt=voice.today()),
                "ended": lambda voice: Q(valid_to__lt=voice.today()),
            },
        ),
    ),
    link=lambda route: reverse("console:routes.route", kwargs={"id": route.id}),
    row_actions=(RowAction("routes.edit"),),
    live="visits",
    action="routes.new",
    empty_icon="route",
).register()


@page("routes.route", "routes/<uuid:id>")
def show_route(request: HttpRequest, id: UUID) -> HttpResponse:
    """The route's customers in their order, beside the map; when it is driven next."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    route, today = get_route(visitor.actor, id), voice.today()
    stops = route_stops.read_stops(visitor.actor, route.customer_ids, route.rep_id)
    following = list(islice(_driven_on(route, today), _NEXT_DAYS))
    return render(
        request,
        "route.html",
        route=route,
        state=as_html(state_of(route, today), voice),
        has_ended=route.valid_to is not None and route.valid_to < today,
        when=days_in_words(route, voice),
        stops=[tell_stop(stop, voice) for stop in stops],
        way=way_in_words(stops, voice),
        is_placed=any(stop.spot for stop in stops),
        following=[
            (f"{weekday(day, voice)} {voice.short_day(day)}", day_address(route.rep_id, day)) for day in following
        ],
        facts=_facts(route, voice),
    )


def tell_stop(stop: route_stops.RouteStop, voice: Voice) -> dict[str, Any]:
    """One stop as templates show it."""
    return {
        "id": stop.id,
        "number": stop.number,
        "name": stop.name or voice.say("routes.unseen"),
        "is_seen": stop.name is not None,
        "about": stop.about,
        "spot": stop.spot,
        "way": None if stop.way_m is None else voice.distance(stop.way_m),
        "fault": stop.fault,
        "fault_text": voice.say(f"routes.stop.{stop.fault}") if stop.fault else "",
    }


def way_in_words(stops: Sequence[route_stops.RouteStop], voice: Voice) -> str:
    """How long the whole way is; empty where fewer than two stops have a position."""
    ways = [stop.way_m for stop in stops if stop.way_m is not None]
    return voice.distance(sum(ways)) if ways else ""


def _driven_on(route: Any, first: date) -> Iterator[date]:
    """The days from `first` on to which the route belongs, whether they are worked or not."""
    plan = route.as_route()
    days = (first + timedelta(days=number) for number in range(_SEARCHED_DAYS))
    return (day for day in days if plan.runs_on(day))


def _facts(route: Any, voice: Voice) -> list[tuple[str, str]]:
    dwell = route.dwell_minutes
    told = [
        ("from", voice.day(route.valid_from)),
        ("to", voice.day(route.valid_to) if route.valid_to else voice.say("routes.no_end")),
        ("dwell", voice.duration(dwell * 60) if dwell else ""),
        ("type", type_names(voice).get(route.visit_type_id, "") if route.visit_type_id else ""),
        ("purpose", route.purpose),
    ]
    return [(voice.say(f"routes.fact.{name}"), value) for name, value in told if value]


def _last_day(route: Any, request: HttpRequest) -> Values:
    return {"valid_to": str(voice_of(request).today())}


def _end(request: HttpRequest, actor: Actor, payload: Values, command_id: UUID) -> Verdict:
    """The route as it is now, with another last day."""
    with company_fence(actor.company_id):
        route = get_route(actor, UUID(payload["id"]))
    kept = {name: getattr(route, name) for name in SetRoute.model_fields}
    whole = SetRoute.model_construct(**kept).model_dump(mode="json") | {"valid_to": payload["valid_to"]}
    return execute("visits.set_route", whole, actor=actor, command_id=command_id, door="console")


END = CommandForm(
    "routes.end",
    "routes/<uuid:id>/end",
    command="visits.set_route",
    fields=(Field("valid_to", "date", empty=""),),
    subject=get_route,
    named=lambda route: f"{route.name} · {route.rep.name}",
    start=_last_day,
    send=_end,
    back="routes",
    danger=True,
).register()
