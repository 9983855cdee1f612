"""Customers: the list with its filters. What belongs to one customer is in `customer.py`."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts import queries as account_queries
from console.cells import Cell, Column, State
from console.filters import Choice, OneOf, Search
from console.list_map import ListMap, PlaceOnMap
from console.lists import List
from console.registry import Place
from console.voice import Voice
from core.actor import Actor
from customers import overview
from customers import queries as customer_queries
from customers.placed_sites import list_placed_sites
from visits.queries import visits as visit_queries

_MOST = 500
_NONE = "none"
STAGE_TONES = {"lead": "wait", "prospect": "wait", "active": "good", "dormant": "warn", "lost": "plain"}


def marks(customer: Any) -> Cell:
    """Where the customer stands, and what somebody who looks over customers should not miss."""
    found = (
        State(f"customers.stage.{customer.stage}", STAGE_TONES[customer.stage]),
        State("customers.mark.archived") if customer.archived_at else None,
        State("customers.mark.hold", "bad") if customer.credit_hold else None,
        State("customers.mark.pin", "wait") if customer.pin_waits else None,
    )
    return tuple(filter(None, found))


def owner_choices(actor: Actor, voice: Voice) -> list[tuple[str, str]]:
    """Nobody, and the people whom the reader looks after."""
    people = account_queries.list_people(actor).filter(is_active=True).order_by("name").values_list("id", "name")
    return [(_NONE, voice.say("customers.owner.none")), *((str(id_), name) for id_, name in people[:_MOST])]


def _teams(actor: Actor, voice: Voice) -> list[tuple[str, str]]:
    units = account_queries.list_units(actor).order_by("name").values_list("id", "name")[:_MOST]
    return [(str(id_), name) for id_, name in units]


def territory_choices(actor: Actor, voice: Voice) -> list[tuple[str, str]]:
    """None, and the territories of the teams that the reader looks after."""
    rows = account_queries.list_own_territories(actor).order_by("name").values_list("id", "name")[:_MOST]
    return [(_NONE, voice.say("customers.territory.none")), *((str(id_), name) for id_, name in rows)]


def _id_or_none(word: str) -> UUID | None:
    return None if word == _NONE else UUID(word)


def _last_check_ins(actor: Actor, rows: list[Any], voice: Voice) -> dict[UUID, Any]:
    return visit_queries.list_last_check_ins([row.id for row in rows])


def _places(customers: QuerySet[Any]) -> Iterator[PlaceOnMap]:
    """All sites that have a position, in the tone of the customer's stage."""
    sites = list_placed_sites(customers)
    return (PlaceOnMap(site.id, site.customer, site.lat, site.lon, STAGE_TONES[site.stage]) for site in sites)


def _places_of(ids: Sequence[UUID]) -> dict[UUID, PlaceOnMap]:
    """The first site of each of these customers that has a position."""
    found = {}
    for id_, sites in customer_queries.list_sites(ids).items():
        placed = next((site for site in sites if site.coordinates is not None), None)
        if placed is not None:
            found[id_] = PlaceOnMap(placed.id, placed.name, placed.lat, placed.lon)
    return found


_LEGEND = (
    ("good", "customers.stage.active"),
    ("wait", "customers.legend.wait"),
    ("warn", "customers.stage.dormant"),
    ("plain", "customers.stage.lost"),
)

CUSTOMERS = List(
    name="customers",
    path="customers",
    place=Place("work", 40, "store"),
    rows=overview.list_rows,
    order="name",
    gather=_last_check_ins,
    columns=(
        Column("name", lambda customer, _: customer.name, sort="name", is_title=True),
        Column("code", lambda customer, _: customer.code, sort="code_text"),
        Column("grade", lambda customer, _: customer.customer_class, sort="grade"),
        Column("stage", lambda customer, _: marks(customer)),
        Column("owner", lambda customer, _: customer.owner_name, sort="owner_name"),
        Column("territory", lambda customer, _: customer.territory_name, sort="territory_name"),
        Column("visited", lambda customer, visited: visited.get(customer.id)),
    ),
    filters=(
        Search(("name", "code", "phone")),
        OneOf("owner", "owner_id", owner_choices, _id_or_none),
        OneOf("team", "owner__org_unit__path__contains", _teams, lambda word: [UUID(word)]),
        OneOf("territory", "territory_id", territory_choices, _id_or_none),
        Choice("grade", {grade: Q(customer_class=grade) for grade in "ABCD"} | {"none": Q(customer_class=None)}),
        Choice("stage", {stage: Q(stage=stage) for stage in STAGE_TONES}),
        Choice("attention", {"hold": Q(credit_hold=True), "pin": Q(pin_waits=True)}),
        Choice(
            "archived",
            {"yes": Q(archived_at__isnull=False), "all": Q()},
            otherwise=Q(archived_at=None),
        ),
    ),
    link=lambda customer: reverse("console:customers.customer", kwargs={"id": customer.id}),
    choosing="customers.reassign",
    on_map=ListMap(_places, _places_of, lambda: f"{reverse('console:map')}/sites/", _LEGEND),
    live="customers visits",
    empty_icon="store",
).register()
