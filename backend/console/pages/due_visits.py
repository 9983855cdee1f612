"""Due visits: what is behind the figures of compliance, each with what became of it and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, get_args
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from accounts import queries as account_queries
from console.cells import Cell, Column, Link, State
from console.compliance_asked import CLASSES
from console.filters import CalendarDay, Choice, OneOf, Only
from console.list_page import ListPage
from console.lists import List
from console.pages.compliance import class_name, list_cycle_choices
from console.pages.visits import day_address, list_people_choices, list_team_choices
from console.registry import address_if_any
from console.rendering import voice_of
from console.voice import Voice
from console.weeks import YEARS
from core.actor import Actor
from core.clock import now
from core.errors import InvalidInput
from customers import queries as customer_queries
from visits.compliance import Outcome, Reason
from visits.queries import compliance as queries
from visits.queries import plans as plan_queries
from visits.queries.compliance import Asked
from visits.schemas.compliance import LONGEST_DAYS, DueVisitOut

_TONES = {"valid": "good", "missed": "bad", "excluded": "plain", "pending": "wait"}
DUE = ["valid", "missed"]
"""The outcomes of what counts as due."""
_AROUND = timedelta(days=31)
"""So many days before today and after it where none are named."""
_DAYS = {"due_on__gte": "from_date", "due_on__lte": "to_date"}


@dataclass(frozen=True)
class Around:
    """What the due visits of a page are told with: names by id."""

    customers: Mapping[UUID, str]
    people: Mapping[UUID, Any]
    cycles: Mapping[UUID, str]
    voice: Voice


class DueVisitList(List):
    """A list of rows that one statement judges: its filters are members of what that statement is asked."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """As of any list. Raises core.invalid_input for days that lie too far apart as well."""
        voice = voice_of(request)
        _members(ListPage.read(self, request.GET, voice), voice)
        return super().get(request)

    def cut(
        self, asked: ListPage, actor: Actor, voice: Voice, cursor: str | None, limit: int
    ) -> tuple[list[Any], str | None]:
        """At most `limit` rows behind the cursor, and the cursor of what follows; three queries."""
        members = _members(asked, voice)
        outcomes, reason = members.pop("outcome", None), members.pop("reason", None)
        rows, following = queries.list_due(
            queries.reckon(actor, now()),
            Asked(**members),
            outcomes=outcomes,
            reason=reason,
            cursor=cursor,
            limit=limit,
            latest_first=asked.sort.startswith("-"),
        )
        return [DueVisitOut.model_construct(**row) for row in rows], following


def _members(asked: ListPage, voice: Voice) -> dict[str, Any]:
    """What is asked of the statement. Raises core.invalid_input."""
    pairs: list[tuple[str, Any]] = [pair for one in asked.conditions(voice) for pair in one.children]  # type: ignore[misc]
    found = {_DAYS.get(name, name): value for name, value in pairs}
    today = voice.today()
    since, until = found.get("from_date"), found.get("to_date")
    if any(day and day.year not in YEARS for day in (since, until)):
        raise InvalidInput("since", reason=voice.say("list.bad_day"))
    found["from_date"] = since or min(today, until or today) - _AROUND
    latest = found["from_date"] + timedelta(days=LONGEST_DAYS)
    found["to_date"] = until or min(latest, max(today, found["from_date"]) + _AROUND)
    if not 0 <= (found["to_date"] - found["from_date"]).days <= LONGEST_DAYS:
        raise InvalidInput("until", reason=voice.say("compliance.bad_days"))
    return found


def _gather(actor: Actor, rows: list[Any], voice: Voice) -> Around:
    """Three queries whatever the number of rows."""
    customers = customer_queries.visible(actor).filter(id__in={row.customer_id for row in rows})
    cycles = plan_queries.list_cycles(actor).filter(id__in={row.cycle_id for row in rows})
    people = {id_ for row in rows for id_ in (row.rep_id, row.owed_by_id, row.made_by_id) if id_}
    return Around(
        dict(customers.values_list("id", "name")),
        account_queries.list_users(people),
        dict(cycles.values_list("id", "name")),
        voice,
    )


def _customer(row: Any, around: Around) -> Cell:
    name = around.customers.get(row.customer_id)
    if name is None:
        return around.voice.say("compliance.visits.elsewhere")
    return Link(name, reverse("console:customers.customer", kwargs={"id": row.customer_id}))


def _person(id_: UUID, around: Around) -> str:
    return around.people[id_].name if id_ in around.people else "–"


def _rep(row: Any, around: Around) -> Cell:
    return Link(_person(row.rep_id, around), day_address(row.rep_id, row.due_on))


def _made(row: Any, around: Around) -> Cell:
    """The visit that stands for it, or comes nearest to doing so; by whom, if by another."""
    if row.visit_id is None:
        return None
    link = Link(around.voice.day(row.made_on), reverse("console:visits.visit", kwargs={"id": row.visit_id}))
    return link if row.made_by_id == row.rep_id else (link, _person(row.made_by_id, around))


def _back(words: Mapping[str, str]) -> str | None:
    """The figures that these due visits are behind."""
    same: dict[str, Any] = {name: words.get(name) for name in ("since", "until", "team", "rep", "class", "cycle")}
    span = "days" if same["since"] and same["until"] else None
    return address_if_any("compliance", None, span=span, **same)


def _window(row: Any, around: Around) -> str:
    return f"{around.voice.short_day(row.window_from)} – {around.voice.short_day(row.window_to)}"


DUE_VISITS = DueVisitList(
    name="compliance.visits",
    path="compliance/visits",
    rows=lambda actor: plan_queries.list_cycles(actor).none(),
    order="due_on",
    gather=_gather,
    columns=(
        Column("customer", _customer, is_title=True),
        Column("due", lambda row, _: row.due_on, sort="due_on"),
        Column("window", _window),
        Column("rep", _rep),
        Column("outcome", lambda row, _: State(f"compliance.visits.outcome.{row.outcome}", _TONES[row.outcome])),
        Column("reason", lambda row, around: around.voice.say(f"compliance.visits.reason.{row.reason}")),
        Column("made", _made),
        Column("cycle", lambda row, around: around.cycles.get(row.cycle_id)),
        Column("class", lambda row, around: class_name(row.customer_class, around.voice)),
    ),
    filters=(
        CalendarDay("since", "due_on"),
        CalendarDay("until", "due_on", until=True),
        OneOf("team", "org_unit_id", list_team_choices, UUID),
        OneOf("rep", "rep_id", list_people_choices, UUID),
        Choice("class", {grade: Q(customer_class=grade) for grade in CLASSES}),
        OneOf("cycle", "cycle_id", list_cycle_choices, UUID),
        Choice("outcome", {"due": Q(outcome=DUE)} | {word: Q(outcome=[word]) for word in get_args(Outcome)}),
        Choice("reason", {word: Q(reason=word) for word in get_args(Reason)}),
        Only("customer", "customer_id"),
    ),
    live="visits",
    back=_back,
    empty_icon="calendar",
).register()
