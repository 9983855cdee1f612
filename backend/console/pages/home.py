"""Today: how the visits of each team stand, what needs the reader, where everybody is. Numbers lead to their rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from console.attention import Asked, count
from console.people_now import Field, Team, read_field
from console.people_told import told, urgency
from console.registry import Place, address_if_any, page
from console.rendering import render, visitor_of, voice_of
from core.actor import Actor
from core.clock import now
from customers import overview
from visits.queries import tasks as task_queries
from visits.queries import today as queries
from visits.queries.today import Counts

MISSED_WITHIN = timedelta(days=7)
_PEOPLE_AT_FIRST = 30
_TONES = {"planned": "plain", "open": "wait", "done": "good", "late": "warn", "missed": "bad"}


_NEEDS = {
    "parked": "bad", "conflict": "bad", "alert": "bad", "tasks": "warn", "refused": "warn", "pins": "wait",
    "silent": "plain", "repaired": "plain",
}  # fmt: skip
"""What can wait for somebody, the most urgent first, each with its tone."""


@dataclass(frozen=True)
class Need:
    """Something that waits for somebody. name: of its text; count: how many of them; href: where they are listed."""

    name: str
    tone: str
    count: int
    href: str | None


@page("home", "", place=Place("work", 10, "home"))
def home(request: HttpRequest) -> HttpResponse:
    """The day of the reader's people. A fixed number of statements."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    actor, at, today = visitor.actor, now(), voice.today()
    field = read_field(actor, voice)
    counts = queries.count_by_unit(actor, at, today, today - MISSED_WITHIN)
    top = _top(actor, field)
    people = sorted(field.people, key=urgency)
    shown = people if request.GET.get("people") == "all" else people[:_PEOPLE_AT_FIRST]
    return render(
        request,
        "home.html",
        today=today,
        figures=_figures(_total(field, counts, top), top.id if top else None, today),
        teams=list(_teams(field, counts, today)),
        needs=_needs(actor, today),
        people=[told(person, voice) for person in shown],
        hidden=len(people) - len(shown),
        nobody=not field.people,
    )


def _total(field: Field, counts: dict[UUID | None, Counts], top: Team | None) -> Counts:
    """All that the reader looks after: of an administrator, also who is in no org unit."""
    return _below(top, field, counts) if top else _sum(counts.values())


def _top(actor: Actor, field: Field) -> Team | None:
    """The reader's own org unit, if what he looks after begins there."""
    if actor.has_role("admin"):
        return None
    return next((team for team in field.teams if team.id == actor.org_unit_id), None)


def _below(team: Team, field: Field, counts: dict[UUID | None, Counts]) -> Counts:
    """Of an org unit and those below it."""
    return _sum(counts[other.id] for other in field.teams if team.id in other.path and other.id in counts)


def _sum(counts: Iterable[Counts]) -> Counts:
    total = Counts()
    for some in counts:
        total = total.with_those(some)
    return total


def _figures(counts: Counts, team_id: UUID | None, today: date) -> list[dict[str, Any]]:
    """Each figure with the list of its visits."""
    asked: dict[str, dict[str, Any]] = {
        "planned": {"when": "today", "state": "planned"},
        "open": {"when": "today", "state": "open"},
        "done": {"when": "today", "state": "closed"},
        "late": {"when": "today", "timing": "late"},
        "missed": {"since": today - MISSED_WITHIN, "timing": "missed"},
    }
    return [
        {
            "name": name,
            "key": f"home.figure.{name}",
            "value": getattr(counts, name),
            "tone": _TONES[name] if getattr(counts, name) else "",
            "href": address_if_any("visits", team=team_id, **query),
        }
        for name, query in asked.items()
    ]


def _teams(field: Field, counts: dict[UUID | None, Counts], today: date) -> Iterator[dict[str, Any]]:
    """The org units with people or visits, each below the one that it belongs to, with those below it counted in."""
    busy = {person.team_id for person in field.people} | counts.keys()
    alive = {id_ for team in field.teams if team.id in busy for id_ in team.path}
    names = {team.id: team.name for team in field.teams}
    for team in sorted(field.teams, key=lambda team: [names.get(id_, "") for id_ in team.path if id_ in names]):
        if team.id not in alive:
            continue
        below = _below(team, field, counts)
        depth = sum(id_ in names for id_ in team.path) - 1
        yield {
            "name": team.name,
            "depth": min(depth, 4),
            "people": len(field.within(team.id)),
            "map": address_if_any("map", team=team.id),
            "compliance": address_if_any("compliance", team=team.id, by="rep"),
            "figures": _figures(below, team.id, today),
            "bar": _bar(below),
        }


def _bar(counts: Counts) -> list[tuple[str, float, float]]:
    """The day as a bar of 100: tone, beginning and length of done, going on, still to come."""
    whole = counts.done + counts.open + counts.planned
    found, begin = [], 0.0
    for tone, part in (("good", counts.done), ("wait", counts.open), ("plain", counts.planned)):
        if part:
            found.append((tone, round(begin, 2), round(100 * part / whole, 2)))
            begin += 100 * part / whole
    return found


def _needs(actor: Actor, today: date) -> list[Need]:
    """What waits for somebody, the most urgent first. Three statements."""
    waiting = count(actor, Asked())
    overdue = task_queries.only_overdue(task_queries.list_tasks(actor, of={}), today, overdue=True).count()
    pins = overview.list_rows(actor).filter(pin_waits=True, archived_at=None).count()
    counts = waiting | {"tasks": overdue, "pins": pins}
    others = {
        "tasks": address_if_any("tasks", state="overdue"),
        "pins": address_if_any("customers", attention="pin"),
    }
    return [
        Need(name, tone, counts[name], others.get(name) or address_if_any("attention", kind=name))
        for name, tone in _NEEDS.items()
        if counts.get(name)
    ]
