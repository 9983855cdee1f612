"""The planning board: a week of the reps, day by day; visits are put on other days by dragging them, or by a form."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts import queries as account_queries
from console.list_page import read_choice, read_word
from console.registry import Place, address_if_any, page
from console.rendering import render, visitor_of, voice_of
from console.voice import Voice
from console.weeks import read_week, week_days, weekday
from core.rest import rows_after, write_cursor
from visits.queries import board as queries
from visits.queries.board import Board, RepDay
from visits.states import State

PAGE_REPS = 20
_TONES = {"missed": "bad", "open": "wait", "closed": "good", "planned": "plain"}


@dataclass(frozen=True)
class Around:
    """What the cells of a board are told with. next: the query by which a form leads back here."""

    voice: Voice
    today: date
    board: Board
    next: str


@page("planning", "planning", place=Place("work", 40, "calendar"))
def show_board(request: HttpRequest) -> HttpResponse:
    """The week that the address asks for, of a page of reps."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    monday, team = read_week(request.GET.get("week", ""), voice), read_choice(request.GET, "team", voice)
    search, cursor = read_word(request.GET, "q", voice), request.GET.get("cursor")
    reps = queries.list_reps(visitor.actor, org_unit_id=team, search=search)
    if cursor:
        reps = rows_after(reps, ["name", "id"], cursor)
    found = list(reps.order_by("name", "id")[: PAGE_REPS + 1])
    shown = found[:PAGE_REPS]
    days = week_days(monday)
    board = queries.get_board(visitor.actor, shown, days[0], days[-1])
    chosen = {"team": team, "q": search}
    around = Around(voice, voice.today(), board, urlencode({"next": request.get_full_path()}))
    following = write_cursor([shown[-1].name, shown[-1].id]) if len(found) > PAGE_REPS else None
    return render(
        request,
        "planning.html",
        monday=monday,
        team=str(team or ""),
        teams=list(account_queries.list_units(visitor.actor).order_by("name")),
        search=search,
        weeks=_weeks(monday, chosen, voice),
        title=voice.say(
            "planning.week",
            number=monday.isocalendar().week,
            year=monday.isocalendar().year,
            first=voice.short_day(days[0]),
            last=voice.short_day(days[-1]),
        ),
        days=[_head(number, day, around) for number, day in enumerate(days)],
        rows=[_row(rep, own, around) for rep, own in board.rows],
        compliance=address_if_any("compliance", span="week", day=monday, team=team, by="rep"),
        next_query=around.next,
        first=_query(chosen | {"week": monday}) if cursor else None,
        following=following and _query(chosen | {"week": monday, "cursor": following}),
        is_narrowed=bool(team or search),
    )


def _query(members: dict[str, Any]) -> str:
    return urlencode({name: value for name, value in members.items() if value})


def _weeks(monday: date, chosen: dict[str, Any], voice: Voice) -> dict[str, str]:
    """Where the week before, this week and the week after lead; within the years that there are pages of."""
    week = timedelta(days=7)
    this = voice.today() - timedelta(days=voice.today().weekday())
    found = {"before": monday - week, "after": monday + week} | ({} if this == monday else {"this": this})
    return {name: _query(chosen | {"week": None if day == this else day}) for name, day in found.items()}


def _head(number: int, day: date, around: Around) -> dict[str, Any]:
    return {
        "weekday": weekday(day, around.voice),
        "day": around.voice.short_day(day),
        "is_today": day == around.today,
        "visits": sum(len(own[number].visits) for _, own in around.board.rows),
    }


def _row(rep: Any, own: list[RepDay], around: Around) -> dict[str, Any]:
    return {
        "id": rep.id,
        "name": rep.name,
        "team": rep.org_unit.name if rep.org_unit else "",
        "visits": sum(len(day.visits) for day in own),
        "cells": [_cell(rep, day, around) for day in own],
    }


def _cell(rep: Any, own: RepDay, around: Around) -> dict[str, Any]:
    voice = around.voice
    is_past = own.day < around.today
    return {
        "day": own.day.isoformat(),
        "label": f"{weekday(own.day, voice)} {voice.short_day(own.day)}",
        "is_today": own.day == around.today,
        "is_past": is_past,
        "is_rest": not own.worked_minutes,
        "special": own.special,
        "absence": own.absence and _absence(own, around),
        "cards": [_card(visit, own, around) for visit in own.visits],
        "planned": own.planned_minutes,
        "worked": own.worked_minutes,
        "is_full": own.planned_minutes > own.worked_minutes,
        "load": voice.say("planning.load", planned=_hours(own.planned_minutes), worked=_hours(own.worked_minutes)),
        "plan": None if is_past else _form("planning.plan", rep.id, around, date=own.day),
    }


def _absence(own: RepDay, around: Around) -> dict[str, str]:
    assert own.absence is not None
    substitute = around.board.people.get(own.absence.substitute_id) if own.absence.substitute_id else None
    text = around.voice.say("planning.away_with", name=substitute.name) if substitute else None
    return {
        "text": text or around.voice.say("planning.away"),
        "href": _form("planning.end_absence", own.absence.id, around),
    }


def _card(visit: Any, own: RepDay, around: Around) -> dict[str, Any]:
    voice = around.voice
    is_planned = visit.state == State.PLANNED
    state = "missed" if is_planned and own.day < around.today else visit.state
    at = visit.checked_in_at or visit.planned_at
    whose = around.board.people.get(visit.for_rep_id) if visit.for_rep_id else None
    about = [voice.say(f"planning.origin.{visit.origin}"), voice.say(f"planning.state.{state}")]
    if whose is not None:
        about.append(voice.say("planning.for", name=whose.name))
    if is_planned and visit.due_to is not None and not visit.due_from <= own.day <= visit.due_to:
        about.append(voice.say("planning.outside", last=voice.short_day(visit.due_to)))
    return {
        "id": visit.id,
        "name": visit.customer.name,
        "tone": _TONES[state],
        "time": at and voice.time(at),
        "agreed": visit.planned_at and visit.is_appointment and voice.time(visit.planned_at),
        "about": " · ".join(about),
        "move": _form("planning.move", visit.id, around) if is_planned else None,
        "href": None if is_planned else address_if_any("visits.visit", {"id": visit.id}),
    }


def _form(name: str, id_: UUID, around: Around, **query: Any) -> str:
    more = f"{urlencode(query)}&" if query else ""
    return f"{reverse(f'console:{name}', kwargs={'id': id_})}?{more}{around.next}"


def _hours(minutes: int) -> str:
    return f"{minutes / 60:.1f}".removesuffix(".0")
