"""The order of a rep's day: the one that stands beside the one that the search proposes, which can then be applied."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from console import cookies
from console.basemap import spot
from console.forms import go, read_command_id
from console.pages.day import Day, read_day
from console.pages.visits import day_address
from console.registry import Page, register
from console.rendering import render, visitor_of
from console.voice import Voice
from core.clock import to_wire
from core.commands import execute
from core.fence import company_fence
from visits.day_proposal import Proposal, Standing
from visits.queries import days as queries
from visits.states import State


@dataclass(frozen=True)
class Around:
    """What the stops of a proposal are told with. at: seconds of the day as an instant."""

    day: Day
    proposal: Proposal
    at: Callable[[int], datetime]

    @property
    def voice(self) -> Voice:
        """How the reader is spoken to."""
        return self.day.voice

    def planned(self) -> list[Any]:
        """The visits that can be put in order, in the order that stands."""
        return [v for v in self.day.visits if v.state == State.PLANNED and v.visit_date == self.day.date]


def get(request: HttpRequest, id: UUID) -> HttpResponse:
    """The order that stands, and the proposed one."""
    return _show(request, read_day(request, id))


def post(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """Apply the order that was shown; then to the day, or here again with what was refused."""
    visitor = visitor_of(request)
    assert visitor is not None
    with company_fence(visitor.actor.company_id):
        day = read_day(request, id)
    stops = [stop.partition(" ") for stop in request.POST.getlist("stops")]
    sent = [{"visit_id": visit_id, "planned_at": at or None} for visit_id, _, at in stops]
    payload = {"date": str(day.date), "stops": sent}
    command_id = read_command_id(request)
    verdict = execute("visits.order_day", payload, actor=visitor.actor, command_id=command_id, door="console")
    if not verdict.settled:
        with company_fence(visitor.actor.company_id):
            return _show(request, read_day(request, id), verdict.message, 422)
    response = go(request, day_address(day.rep.id, day.date))
    cookies.leave_word(response, "visits.order.done", "good")
    return response


register(Page("visits.order", "visits/day/<uuid:id>/order", get=get, post=post))


def _show(request: HttpRequest, day: Day, fault: str | None = None, status: int = 200) -> HttpResponse:
    _, proposal, time, start = queries.propose_day(day.actor, day.rep.id, day.date)
    around = Around(day, proposal, lambda seconds: queries.instant_of(time, day.date, seconds))
    visits = {visit.id: visit for visit in around.planned()}
    proposed = [stop for stop in proposal.stops if stop.visit_id in visits]
    left_out = [stop for stop in proposal.left_out if stop.visit_id in visits]
    standing = {stop.visit_id: stop for stop in proposal.standing}
    ranks = {id_: number for number, id_ in enumerate(visits, 1)}
    spots = [_spot(day, visits[stop.visit_id]) for stop in proposal.standing if stop.visit_id in visits]
    return render(
        request,
        "visits_order.html",
        status,
        rep=day.rep,
        day=day.date,
        day_text=day.voice.day(day.date),
        weekday=day.voice.say(f"visits.day.weekday.{day.date.weekday()}"),
        back_to=day_address(day.rep.id, day.date),
        address=f"{reverse('console:visits.order', kwargs={'id': day.rep.id})}?day={day.date}",
        figures=_figures(around, len(left_out)),
        before=[_standing(visit, number, standing.get(visit.id), around) for visit, number in _numbered(visits)],
        after=[_proposed(stop, number, visits[stop.visit_id], ranks, around) for stop, number in _counted(proposed)],
        left_out=[(visits[stop.visit_id].customer.name, f"visits.order.left.{stop.reason}") for stop in left_out],
        sent=[
            *(f"{stop.visit_id} {to_wire(around.at(stop.begin_s))}" for stop in proposed),
            *(str(stop.visit_id) for stop in left_out),
        ],
        start=json.dumps(spot(*start)) if start else None,
        way_before=json.dumps(([spot(*start)] if start else []) + [one for one in spots if one]),
        has_start=start is not None,
        is_rest=not time.is_working_day(day.date),
        same=[stop.visit_id for stop in proposed] == [stop.visit_id for stop in proposal.standing],
        fault=fault,
    )


def _numbered(visits: dict[UUID, Any]) -> Iterable[tuple[Any, int]]:
    return ((visit, number) for number, visit in enumerate(visits.values(), 1))


def _counted(stops: Sequence[Any]) -> Iterable[tuple[Any, int]]:
    return ((stop, number) for number, stop in enumerate(stops, 1))


def _spot(day: Day, visit: Any) -> tuple[float, float] | None:
    site = day.site_of(visit)
    return spot(site.lat, site.lon) if site is not None else None


def _standing(visit: Any, number: int, stop: Standing | None, around: Around) -> dict[str, Any]:
    """A visit in the order that stands. stop: None where nobody knows where it is."""
    voice = around.voice
    told: dict[str, Any] = {"number": number, "name": visit.customer.name, "time": None, "way": None, "fault": None}
    if stop is None:
        return told | {"fault": "visits.order.left.no_position"}
    told["way"] = voice.distance(stop.way_m) if stop.way_m else None
    if stop.begin_s is None:
        return told | {"fault": "visits.order.late"}
    return told | {"time": voice.time(around.at(stop.begin_s))}


def _proposed(stop: Any, number: int, visit: Any, ranks: dict[UUID, int], around: Around) -> dict[str, Any]:
    """A visit in its proposed place."""
    voice, was = around.voice, ranks[visit.id]
    waits = stop.begin_s - stop.arrive_s
    return {
        "id": visit.id,
        "number": number,
        "name": visit.customer.name,
        "spot": _spot(around.day, visit),
        "time": voice.time(around.at(stop.begin_s)),
        "until": voice.time(around.at(stop.end_s)),
        "way": voice.distance(stop.way_m) if stop.way_m else None,
        "travel": voice.duration(stop.travel_s) if stop.travel_s else None,
        "waits": voice.duration(waits) if waits >= 60 else None,
        "agreed": visit.is_appointment,
        "was": None if was == number else voice.say("visits.order.was", number=was),
    }


def _figures(around: Around, left_out: int) -> list[dict[str, Any]]:
    """What both orders cost, side by side. better: whether the proposal is."""
    voice, proposal = around.voice, around.proposal
    now, then = proposal.standing, proposal.stops
    rows: list[tuple[str, float, float, Callable[[Any], str]]] = [
        ("way", sum(s.way_m for s in now), sum(s.way_m for s in then), voice.distance),
        ("travel", sum(s.travel_s for s in now), sum(s.travel_s for s in then), voice.duration),
        ("end", _end(now), _end(then), lambda seconds: voice.time(around.at(seconds)) if seconds else "–"),
        ("missed", sum(s.begin_s is None for s in now) + _unplaced(proposal), left_out, voice.number),
    ]
    return [
        {
            "label": voice.say(f"visits.order.figure.{name}"),
            "before": shown(before),
            "after": shown(after),
            "better": after < before,
        }
        for name, before, after, shown in rows
    ]


def _end(stops: Sequence[Any]) -> int:
    return max((stop.end_s for stop in stops), default=0)


def _unplaced(proposal: Proposal) -> int:
    return sum(stop.reason == "no_position" for stop in proposal.left_out)
