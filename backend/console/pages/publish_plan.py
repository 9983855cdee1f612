"""Publishing the rolling plan: what would change is shown by rep and day before anything happens.

Of many reps some are previewed at a time, and a worker publishes: a page tells how far that is, and can be left.
"""

from collections import Counter
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from accounts import queries as account_queries
from console.cells import State
from console.forms import CommandForm, Field, Values, go, read_command_id
from console.list_page import read_choice
from console.registry import Page, page, register
from console.rendering import render, visitor_of, voice_of
from console.voice import Voice
from console.weeks import weekday
from core.actor import Actor
from core.errors import CATALOGUE, DomainError, InvalidInput
from customers import queries as customer_queries
from visits.commands.plans import preview
from visits.jobs.plans import REPS_AT_ONCE
from visits.jobs.publications import publish_later
from visits.queries import board as queries
from visits.queries import publications as publication_queries
from visits.schemas.plans import PublishPlan

MOST_SHOWN = 1_000
MOST_REPS = 2_000
_STATE_TONES = {"running": "wait", "done": "good", "refused": "bad", "lost": "bad"}
_TONES = {"add": "good", "restore": "good", "change": "wait", "withdraw": "bad"}


def _payload(path: Values, values: Values) -> Values:
    return values | {"rep_ids": (values.get("rep_ids") or "").split()}


PUBLISH = CommandForm(
    "planning.publish",
    "planning/publish",
    command="visits.publish_plan",
    fields=(Field("rep_ids", "hidden"), Field("include_today", "check", required=False, empty=False)),
    payload=_payload,
    back="planning",
)


def show_publish(request: HttpRequest) -> HttpResponse:
    """Whose plan is to be published; once that is said, what would change."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    actor, team = visitor.actor, read_choice(request.GET, "team", voice)
    asked = "team" in request.GET
    include_today = request.GET.get("include_today") == "on"
    reps = list(queries.list_reps(actor, org_unit_id=team).order_by("name", "id")[: MOST_REPS + 1]) if asked else []
    first = _first(request, len(reps), voice)
    some = reps[first : first + REPS_AT_ONCE]
    fits = 0 < len(reps) <= MOST_REPS
    return render(
        request,
        "publish_plan.html",
        teams=list(account_queries.list_units(actor).order_by("name")),
        team=str(team or ""),
        include_today=include_today,
        asked=asked,
        running=publication_queries.find_running(actor),
        in_background=len(reps) > REPS_AT_ONCE,
        most=MOST_REPS,
        is_too_many=len(reps) > MOST_REPS,
        parts=_parts(request, first, len(some), len(reps)) if len(reps) > REPS_AT_ONCE else None,
        rep_ids=" ".join(str(rep.id) for rep in reps),
        found=_preview(actor, some, include_today, voice) if fits else None,
    )


def _first(request: HttpRequest, reps: int, voice: Voice) -> int:
    """The number of the rep with whom the shown part begins, from 0. Raises core.invalid_input."""
    word = request.GET.get("from", "1")
    if not word.isdecimal() or len(word) > 5 or not 1 <= int(word) <= max(1, reps):
        raise InvalidInput("from", reason=voice.say("list.bad_choice"))
    return int(word) - 1


def _parts(request: HttpRequest, first: int, shown: int, total: int) -> dict[str, Any]:
    """Which reps are shown, and the queries of the parts before and behind them."""

    def query(begin: int) -> str | None:
        members = request.GET.copy()
        members["from"] = str(begin + 1)
        return members.urlencode() if 0 <= begin < total else None

    return {
        "first": first + 1,
        "last": first + shown,
        "total": total,
        "before": query(max(0, first - REPS_AT_ONCE)) if first else None,
        "following": query(first + REPS_AT_ONCE),
    }


def publish(request: HttpRequest) -> HttpResponseBase:
    """Publish what was shown: the plans of few reps at once, those of many by a worker."""
    visitor = visitor_of(request)
    assert visitor is not None
    words = request.POST.get("rep_ids", "").split()
    if len(words) <= REPS_AT_ONCE:
        return PUBLISH.post(request)
    id_ = read_command_id(request)
    try:
        rep_ids = [UUID(word) for word in words]
        publish_later(visitor.actor, id_, rep_ids, include_today=request.POST.get("include_today") == "on")
    except (ValueError, DomainError):
        return PUBLISH.post(request)  # which is refused for the same reason, and says so
    return go(request, reverse("console:planning.publication", kwargs={"id": id_}))


register(Page("planning.publish", "planning/publish", get=show_publish, post=publish))


@page("planning.publication", "planning/publications/<uuid:id>")
def show_publication(request: HttpRequest, id: UUID) -> HttpResponse:
    """How far a publication is, and how it ended."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    publication = publication_queries.get_publication(visitor.actor, id)
    lost = publication_queries.is_lost(publication)
    state = "lost" if lost else publication.state
    return render(
        request,
        "publication.html",
        publication=publication,
        total=len(publication.rep_ids),
        running=state == "running",
        state=State(f"planning.publication.state.{state}", _STATE_TONES[state]),
        fault=_fault(publication, voice),
    )


def _fault(publication: Any, voice: Voice) -> str:
    """Why it stopped."""
    if not publication.error:
        return ""
    kind = CATALOGUE.get(publication.error["code"], DomainError)
    return kind(publication.error["field"], **publication.error["details"]).message(voice.locale)


def _preview(actor: Actor, reps: list[Any], include_today: bool, voice: Voice) -> dict[str, Any]:
    """Figures of all changes, and by rep and day the changes themselves, as many as can be shown."""
    facts = preview(actor, PublishPlan(rep_ids=[rep.id for rep in reps], include_today=include_today))
    changes = {rep.id: list(facts.plans[rep.id].changes()) for rep in reps}
    counts = Counter(_kind(change) for found in changes.values() for change in found)
    named, left = {}, MOST_SHOWN
    for id_, found in changes.items():
        named[id_] = sorted(found, key=_day)[:left]
        left -= len(named[id_])
    shown = [change for found in named.values() for change in found]
    customers = dict(
        customer_queries.visible(actor)
        .filter(id__in={_about(change).customer_id for change in shown})
        .values_list("id", "name")
    )
    people = account_queries.list_users({change.wish.rep_id for change in shown if change.wish})
    return {
        "figures": [
            {"label": voice.say(f"planning.publish.figure.{kind}"), "value": voice.number(counts[kind])}
            for kind in ("add", "move", "order", "restore", "withdraw")
            if counts[kind] or kind in ("add", "move", "withdraw")
        ],
        "total": counts.total(),
        "left_out": counts.total() - len(shown),
        "reps": [
            {
                "name": rep.name,
                "count": voice.say("planning.publish.changes", count=len(changes[rep.id])),
                "days": _days(rep.id, named[rep.id], customers, people, voice),
            }
            for rep in reps
            if changes[rep.id]
        ],
    }


def _days(
    rep_id: UUID, changes: list[Any], customers: dict[UUID, str], people: dict[UUID, Any], voice: Voice
) -> list[dict[str, Any]]:
    days = []
    for day, of_day in groupby(changes, key=_day):
        lines = [
            {
                "what": voice.say(f"planning.publish.change.{_kind(change)}"),
                "tone": _TONES[change.kind],
                "name": customers.get(_about(change).customer_id) or voice.say("planning.publish.unseen"),
                "more": _more(rep_id, change, people, voice),
            }
            for change in of_day
        ]
        days.append({"label": f"{weekday(day, voice)} {voice.short_day(day)}", "lines": lines})
    return days


def _kind(change: Any) -> str:
    """What happens to the visit, as people tell it: a changed place in the day is not a move."""
    if change.kind != "change":
        return str(change.kind)
    same = (change.wish.day, change.wish.rep_id) == (change.before.day, change.before.rep_id)
    return "order" if same else "move"


def _about(change: Any) -> Any:
    return change.wish or change.before


def _day(change: Any) -> Any:
    return _about(change).day


def _more(rep_id: UUID, change: Any, people: dict[UUID, Any], voice: Voice) -> str:
    """Where it comes from, where it was, and who makes it, where that is somebody else."""
    told = [voice.say(f"planning.origin.{_about(change).origin}")]
    if change.kind == "change" and change.before.day != change.wish.day:
        told.append(voice.say("planning.publish.was", day=voice.short_day(change.before.day)))
    if change.wish is not None and change.wish.rep_id != rep_id and change.wish.rep_id in people:
        told.append(voice.say("planning.publish.by", name=people[change.wish.rep_id].name))
    if change.fulfilled:
        told.append(voice.say("planning.publish.fulfilled"))
    return " · ".join(told)
