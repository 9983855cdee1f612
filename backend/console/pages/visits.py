"""Visits: what was planned and what was made, of everybody whose customers the reader sees."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from accounts import queries as account_queries
from console.cells import Cell, Column, Link, State
from console.filters import CalendarDay, Choice, OneOf, Only, Options, Relative, Search
from console.lists import List
from console.registry import Place
from console.verdicts import verdict_chip
from console.voice import Voice
from core.actor import Actor
from core.clock import now
from core.errors import InvalidInput
from customers import queries as customer_queries
from visits import punctuality
from visits.actions import Traits, Type, choose_type
from visits.evidence import Finding
from visits.queries import types as type_queries
from visits.queries import visits as queries
from visits.states import State as VisitState

STATE_TONES = {"planned": "plain", "open": "wait", "closed": "good", "cancelled": "plain"}
_MOST_CHOICES = 500


@dataclass(frozen=True)
class Around:
    """What the visits of a page are told with. names: of visit types by id; evidence: by visit and direction."""

    types: Mapping[UUID, Type]
    names: Mapping[UUID, str]
    evidence: Mapping[tuple[UUID, str], Any]
    voice: Voice
    at: datetime
    today: date


def state_chips(visit: Any, at: datetime, today: date) -> tuple[State, ...]:
    """The visit's state, and whether it is late or was missed."""
    if punctuality.is_missed(visit, today):
        return (State("visits.timing.missed", "bad"),)
    chips = (State(f"visits.state.{visit.state}", STATE_TONES[visit.state]),)
    return (*chips, State("visits.timing.late", "warn")) if punctuality.is_late(visit, at, today) else chips


def type_of(visit: Any, types: Mapping[UUID, Type]) -> UUID | None:
    """The visit's type: the one that somebody said, else the one that the company's rules give it."""
    if visit.visit_type_id is not None:
        return UUID(str(visit.visit_type_id))
    customer = visit.customer
    traits = Traits(customer.customer_class, customer.channel, frozenset(visit.rep.roles))
    chosen = choose_type(types.values(), traits)
    return chosen.id if chosen else None


def minutes_of(visit: Any) -> int | None:
    """How long it took, from check-in to check-out; None while it is not over."""
    if visit.checked_in_at is None or visit.checked_out_at is None:
        return None
    return max(0, round((visit.checked_out_at - visit.checked_in_at).total_seconds() / 60))


def type_names(voice: Voice) -> dict[UUID, str]:
    """What the company's visit types are called by this reader (one query)."""
    return {row.id: voice.name(row.names) for row in type_queries.list_types(archived=True)}


def day_address(rep_id: UUID, day: date) -> str:
    """The page of a rep's day."""
    return f"{reverse('console:visits.day', kwargs={'id': rep_id})}?{urlencode({'day': day})}"


def _gather(actor: Actor, visits: list[Any], voice: Voice) -> Around:
    """Two queries whatever the number of visits."""
    rows = list(type_queries.list_types(archived=True))
    types, names = {row.id: row.as_type() for row in rows}, {row.id: voice.name(row.names) for row in rows}
    evidence = queries.list_evidence_of(visit.id for visit in visits)
    return Around(types, names, evidence, voice, now(), voice.today())


def _checked(visit: Any, direction: str, around: Around) -> Cell:
    """When the rep came or left, which leads to the evidence, and what is to be said of it."""
    row = around.evidence.get((visit.id, direction))
    if row is None:
        return None
    address = reverse("console:visits.evidence", kwargs={"id": row.id})
    return Link(around.voice.time(row.occurred_at), address), verdict_chip(row.verdict)


def _type(visit: Any, around: Around) -> Cell:
    type_id = type_of(visit, around.types)
    return around.names.get(type_id) if type_id else None


def list_people_choices(actor: Actor, voice: Voice) -> Options:
    """The people whose work the reader leads."""
    people = account_queries.list_team_people(actor).order_by("name").values_list("id", "name")[:_MOST_CHOICES]
    return [(str(id_), name) for id_, name in people]


def list_team_choices(actor: Actor, voice: Voice) -> Options:
    """The org units that the reader looks after."""
    teams = account_queries.list_units(actor).order_by("name").values_list("id", "name")[:_MOST_CHOICES]
    return [(str(id_), name) for id_, name in teams]


def _members(word: str) -> list[UUID]:
    """The people of a team and of those below it, as plain ids: joined by its path, all visits would be read first."""
    return list(account_queries.list_unit_user_ids(UUID(word)))


def _types(actor: Actor, voice: Voice) -> Options:
    return sorted(((str(id_), name) for id_, name in type_names(voice).items()), key=lambda pair: pair[1])


@dataclass(frozen=True)
class OfType:
    """The visits of one type, whether somebody said it or the company's rules do."""

    name: str = "type"
    kind: str = "choice"

    def condition(self, word: str, voice: Voice) -> Q:
        try:
            return type_queries.of_type(UUID(word))
        except ValueError:
            raise InvalidInput(self.name, reason=voice.say("list.bad_choice")) from None

    def options(self, list_name: str, actor: Actor, voice: Voice) -> Options:
        return _types(actor, voice)


def _judged(*verdicts: Finding) -> Q:
    return Q(check_in_verdict__in=verdicts) | Q(check_out_verdict__in=verdicts)


VISITS = List(
    name="visits",
    path="visits",
    place=Place("work", 30, "pin", query="when=so_far"),
    rows=queries.list_described,
    order="-visit_date",
    gather=_gather,
    columns=(
        Column("customer", lambda visit, _: visit.customer.name, is_title=True),
        Column("day", lambda visit, _: visit.visit_date, sort="visit_date"),
        Column("rep", lambda visit, _: Link(visit.rep.name, day_address(visit.rep_id, visit.visit_date))),
        Column("team", lambda visit, _: visit.rep.org_unit.name if visit.rep.org_unit else None),
        Column("state", lambda visit, around: state_chips(visit, around.at, around.today)),
        Column("planned", lambda visit, around: visit.planned_at and around.voice.time(visit.planned_at)),
        Column("check_in", lambda visit, around: _checked(visit, "in", around)),
        Column("check_out", lambda visit, around: _checked(visit, "out", around)),
        Column("minutes", lambda visit, _: minutes_of(visit)),
        Column("type", _type),
    ),
    filters=(
        Search(("purpose",), about={"customer_id": customer_queries.list_named, "rep_id": account_queries.list_named}),
        Relative(
            "when",
            {
                "today": lambda voice: Q(visit_date=voice.today()),
                "yesterday": lambda voice: Q(visit_date=voice.today() - timedelta(1)),
                "week": lambda voice: Q(visit_date__range=(voice.today() - timedelta(6), voice.today())),
                "so_far": lambda voice: Q(visit_date__lte=voice.today()),
                "ahead": lambda voice: Q(visit_date__gt=voice.today()),
            },
        ),
        CalendarDay("since", "visit_date"),
        CalendarDay("until", "visit_date", until=True),
        OneOf("team", "rep_id__in", list_team_choices, _members),
        OneOf("rep", "rep_id", list_people_choices, UUID),
        Choice("state", {str(state): Q(state=state) for state in VisitState}),
        Relative(
            "timing",
            {
                "late": lambda voice: punctuality.late(now(), voice.today()),
                "missed": lambda voice: punctuality.missed(voice.today()),
            },
        ),
        Choice(
            "verdict",
            {"doubtful": _judged(*(f for f in Finding if f != Finding.VERIFIED))}
            | {str(finding): _judged(finding) for finding in reversed(Finding)},
        ),
        OfType(),
        Only("customer", "customer_id"),
    ),
    link=lambda visit: reverse("console:visits.visit", kwargs={"id": visit.id}),
    live="visits",
    empty_icon="pin",
).register()
