"""The day of a rep: plan against fact on a time line, and his trail, for whoever says what he looks at it for."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from pydantic import ValidationError

from accounts import queries as account_queries
from console import spots
from console import trails as trail_words
from console.cells import as_html
from console.pages.visits import day_address, minutes_of, state_chips
from console.registry import Page, register
from console.rendering import render, visitor_of, voice_of
from console.timeline import Bar, TimeLine
from console.verdicts import tone_of, verdict_chip
from console.voice import Voice
from core.actor import Actor
from core.clock import now
from core.errors import DomainError, InvalidInput
from core.fence import company_fence
from core.geodesy import Coordinates
from customers import queries as customer_queries
from trails.errors import PurposeMissing
from trails.looking import find_opening, look_at_day
from trails.schemas import TrailDayQuery
from visits import punctuality
from visits.queries import absences as absence_queries
from visits.queries import visits as queries
from visits.states import State

DWELL_MINUTES = 30
"""How long a visit is drawn of which nobody said how long it takes."""


@dataclass(frozen=True)
class Day:
    """A rep's day as it is read; a fixed number of queries."""

    actor: Actor
    rep: Any
    date: date
    voice: Voice
    at: datetime

    @cached_property
    def visits(self) -> list[Any]:
        """In the order in which they were made, then in that of the plan."""
        last = datetime.max.replace(tzinfo=self.at.tzinfo)
        rows = queries.list_day(self.actor, self.rep.id, self.date)
        return sorted(rows, key=lambda v: (v.checked_in_at or v.planned_at or last, v.sequence or 999, v.id))

    @cached_property
    def evidence(self) -> Mapping[tuple[UUID, str], Any]:
        return queries.list_evidence_of(visit.id for visit in self.visits)

    @cached_property
    def routes(self) -> list[Any]:
        """The rep's routes that belong to the day."""
        rows = absence_queries.list_routes(self.actor, self.rep.id).order_by("name", "id")
        return [row for row in rows if row.as_route().runs_on(self.date)]

    @cached_property
    def sites(self) -> Mapping[UUID, list[Any]]:
        return customer_queries.list_sites({visit.customer_id for visit in self.visits})

    @cached_property
    def span(self) -> tuple[datetime, datetime]:
        """From when to when the company's day lasts."""
        return account_queries.get_days_bounds(self.actor.company_id, self.date, self.date)

    @cached_property
    def line(self) -> TimeLine:
        """The time line, with everything on it that the visits need."""
        instants = [at for v in self.visits for at in (v.planned_at, v.checked_in_at, v.checked_out_at) if at]
        return TimeLine.around(instants, self.span, self.voice)

    def site_of(self, visit: Any) -> Any:
        """Where the visit takes place: its own site, else the customer's first that has a position."""
        placed = [site for site in self.sites.get(visit.customer_id, ()) if site.coordinates is not None]
        return next((site for site in placed if site.id == visit.site_id), placed[0] if placed else None)

    def places(self) -> list[tuple[str, Coordinates]]:
        """All sites of the customers of the day, by the customer's name."""
        names = {visit.customer_id: visit.customer.name for visit in self.visits}
        return [(names[id_], site.coordinates) for id_ in names for site in self.sites.get(id_, ()) if site.coordinates]


def get(request: HttpRequest, id: UUID) -> HttpResponse:
    """The day, without the trail."""
    return _show(request, read_day(request, id))


def post(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """The day with the trail. No link leads here: whoever looks has chosen the purpose on the page, and is logged."""
    visitor = visitor_of(request)
    assert visitor is not None
    with company_fence(visitor.actor.company_id):
        day = read_day(request, id)
        try:
            asked = _asked(request)
            found = look_at_day(visitor.actor, day.rep.id, day.date, asked, day.at)
        except DomainError as refusal:
            return _show(request, day, fault=refusal.message(day.voice.locale), status=refusal.status)
        return _show(request, day, found, asked)


register(Page("visits.day", "visits/day/<uuid:id>", get=get, post=post))


def read_day(request: HttpRequest, id: UUID) -> Day:
    """The day that the address asks for.

    Raises accounts.user_not_found for who is nobody of the reader's people, core.invalid_input.
    """
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    rep = account_queries.get_team_person(visitor.actor, id)
    at = now()
    word = request.GET.get("day", "")
    try:
        day = date.fromisoformat(word) if word else account_queries.get_company_day(visitor.actor.company_id, at)
        if not 2000 <= day.year <= 2200:
            raise ValueError(word)
    except ValueError:
        raise InvalidInput("day", reason=voice.say("list.bad_day")) from None
    return Day(visitor.actor, rep, day, voice, at)


def _asked(request: HttpRequest) -> TrailDayQuery:
    """What for. Raises trails.purpose_missing, core.invalid_input."""
    purpose, note = (request.POST.get(name, "").strip() for name in ("purpose", "note"))
    if not purpose:
        raise PurposeMissing("purpose")
    try:
        return TrailDayQuery.model_validate({"purpose": purpose, "note": note, "detail": "full"})
    except ValidationError as wrong:
        raise InvalidInput(str(wrong.errors()[0]["loc"][0]), reason=voice_of(request).say("list.bad_choice")) from None


def _show(
    request: HttpRequest,
    day: Day,
    found: Mapping[str, Any] | None = None,
    asked: TrailDayQuery | None = None,
    fault: str | None = None,
    status: int = 200,
) -> HttpResponse:
    voice, one = day.voice, timedelta(days=1)
    opening = None if found else find_opening(day.actor, day.rep.id, day.date, day.at)
    drawn = spots.of_day(_spots(day), found)
    return render(
        request,
        "visits_day.html",
        status,
        rep=day.rep,
        day=day.date,
        routes=day.routes,
        order=_order_address(day),
        day_text=voice.day(day.date),
        weekday=voice.say(f"visits.day.weekday.{day.date.weekday()}"),
        before=day_address(day.rep.id, day.date - one),
        after=day_address(day.rep.id, day.date + one),
        hours=day.line.hours(voice),
        lanes=_lanes(day, found),
        described=_described(day),
        entries=[_entry(day, number, visit) for number, visit in enumerate(day.visits, 1)],
        drawn=json.dumps(drawn) if drawn else None,
        playable=bool(drawn and drawn["trail"]),
        opening=opening,
        purposes=[(str(purpose), f"visits.purpose.{purpose}") for purpose in opening.purposes] if opening else (),
        closed=f"visits.trail.closed.{opening.closed}" if opening and opening.closed else None,
        is_own=day.rep.id == day.actor.user_id,
        trail=trail_words.tell(found, day.places(), voice) if found else None,
        looked_text=voice.say(f"visits.purpose.{asked.purpose}") if asked else "",
        line_begin=round(day.line.begin.timestamp() * 1000),
        line_end=round(day.line.end.timestamp() * 1000),
        fault=fault,
    )


def _order_address(day: Day) -> str | None:
    """Where the day is put in order, if there is anything left to order."""
    planned = sum(visit.state == State.PLANNED and visit.visit_date == day.date for visit in day.visits)
    if planned < 2 or day.date < day.voice.today():
        return None
    return f"{reverse('console:visits.order', kwargs={'id': day.rep.id})}?day={day.date}"


def _spots(day: Day) -> list[tuple[int, Any, Any, Any]]:
    """What of each visit can be drawn: its number, itself, its site, its check-in."""
    return [
        (number, visit, day.site_of(visit), day.evidence.get((visit.id, "in")))
        for number, visit in enumerate(day.visits, 1)
    ]


def _lanes(day: Day, found: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """What lies on the time line, from top to bottom; y: in pixels."""
    lanes: list[tuple[str, Sequence[Bar]]] = [("plan", _planned(day)), ("fact", _made(day))]
    if found:
        lanes.append(("trail", trail_words.draw(found, day.line, day.voice)))
    return [{"name": name, "bars": bars, "y": 28 + 36 * row} for row, (name, bars) in enumerate(lanes)]


def _planned(day: Day) -> list[Bar]:
    return [
        day.line.bar(
            visit.planned_at,
            visit.planned_at + timedelta(minutes=visit.dwell_minutes or DWELL_MINUTES),
            visit.customer.name,
            "plan",
            number,
        )
        for number, visit in enumerate(day.visits, 1)
        if visit.planned_at and visit.planned_date == day.date
    ]


def _made(day: Day) -> list[Bar]:
    return [
        day.line.bar(
            visit.checked_in_at,
            visit.checked_out_at or max(min(day.at, day.span[1]), visit.checked_in_at),
            visit.customer.name,
            tone_of(visit.check_in_verdict or "verified"),
            number,
        )
        for number, visit in enumerate(day.visits, 1)
        if visit.checked_in_at and visit.visit_date == day.date
    ]


def _described(day: Day) -> str:
    """The time line in a sentence, for who cannot see it; the list below tells all of it."""
    made = sum(1 for visit in day.visits if visit.checked_in_at)
    return day.voice.say("visits.day.described", visits=len(day.visits), made=made)


def _entry(day: Day, number: int, visit: Any) -> dict[str, Any]:
    """One visit in the list beside the time line."""
    voice = day.voice
    late = visit.planned_at and visit.checked_in_at and punctuality.is_late(visit, day.at, day.date)
    check_in = day.evidence.get((visit.id, "in"))
    minutes = minutes_of(visit)
    return {
        "number": number,
        "visit": visit,
        "planned": voice.time(visit.planned_at) if visit.planned_at else None,
        "made": _times(visit, voice),
        "stayed": None if minutes is None else voice.duration(minutes * 60),
        "late": voice.duration((visit.checked_in_at - visit.planned_at).total_seconds()) if late else None,
        "chips": [as_html(chip, voice) for chip in state_chips(visit, day.at, voice.today())],
        "verdict": as_html(verdict_chip(check_in.verdict), voice) if check_in else None,
        "check_in": check_in,
        "elsewhere": voice.day(visit.visit_date) if visit.visit_date != day.date else None,
    }


def _times(visit: Any, voice: Voice) -> str | None:
    if visit.checked_in_at is None:
        return None
    end = voice.time(visit.checked_out_at) if visit.checked_out_at else "…"
    return f"{voice.time(visit.checked_in_at)}–{end}"
