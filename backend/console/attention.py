"""What needs somebody, of all sorts in one order: the sorts declare themselves, the page merges them.

One statement counts, one finds what comes next; then each sort reads what its own cards show, with a fixed number of
statements. Within a sort, what has waited longest comes first.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, IntegerField, QuerySet, Value

from console.voice import Voice
from core.actor import Actor
from core.errors import InvalidInput
from core.rest import read_cursor, rows_after, write_cursor

PAGE_ITEMS = 30
SORTS: dict[str, "Sort"] = {}


@dataclass(frozen=True)
class Act:
    """A button. href: of a page; dialog: of a form. sends: instead, the id of an alert that it says was read."""

    label: str
    href: str = ""
    tone: str = ""
    dialog: bool = True
    sends: str = ""


@dataclass(frozen=True)
class Side:
    """One of two values that met. label: which. by: whose, with when. stands: whether it is the one in force."""

    label: str
    value: str
    by: str
    at: datetime | None
    stands: bool


@dataclass(frozen=True)
class Matter:
    """One thing that needs the reader, as its card shows it.

    of: its sort. at: since when. why: a sentence. facts: what was sent, in plain words; more: the address of all of it.
    """

    id: UUID
    of: str
    tone: str
    title: str
    at: datetime
    person: str = ""
    device: str = ""
    why: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    sides: list[Side] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    more: str = ""


Tell = Callable[[Actor, Mapping[UUID, str], Voice], Iterable[Matter]]
"""Makes the cards for these ids, each with the name of its sort; with a fixed number of statements. Several sorts may
share one."""


@dataclass(frozen=True)
class Sort:
    """One sort of what needs somebody. Its texts are `attention.kind.<name>`.

    urgency: smallest first. rows: what needs the actor, from an app's `queries`. since: the column that says since
    when; person: the one with the user whom it is about.
    """

    name: str
    urgency: int
    rows: Callable[[Actor], QuerySet[Any]]
    since: str
    person: str
    tell: Tell


@dataclass(frozen=True)
class Asked:
    """What the reader asks for. people: only what is about these, None for everybody; usable as a subquery."""

    kind: str | None = None
    people: Any = None
    cursor: str | None = None


def declare(sort: Sort) -> Sort:
    """Register a sort. Names and urgencies are unique."""
    if SORTS.setdefault(sort.name, sort) is not sort or len({one.urgency for one in SORTS.values()}) != len(SORTS):
        raise ValueError(f"sort {sort.name} is declared twice")
    return sort


def sorts() -> list[Sort]:
    """All sorts, the most urgent first."""
    return sorted(SORTS.values(), key=lambda sort: sort.urgency)


def count(actor: Actor, asked: Asked) -> dict[str, int]:
    """How much of each sort needs the actor (one statement)."""
    parts = [
        _rows(sort, actor, asked)
        .order_by()
        .values(sort=Value(sort.name))
        .annotate(n=Count("id"))
        .values_list("sort", "n")
        for sort in sorts()
    ]
    return dict.fromkeys(SORTS, 0) | dict(parts[0].union(*parts[1:], all=True))


def find(actor: Actor, asked: Asked, voice: Voice) -> tuple[list[Matter], str | None]:
    """One page of what needs the actor, and the cursor of what follows. Raises core.invalid_input."""
    keys = _keys(actor, asked)
    shown = keys[:PAGE_ITEMS]
    names = {sort.urgency: sort.name for sort in sorts()}
    wanted: dict[Tell, dict[UUID, str]] = {}
    for urgency, _, id_ in shown:
        wanted.setdefault(SORTS[names[urgency]].tell, {})[id_] = names[urgency]
    told = {(one.of, one.id): one for tell, ids in wanted.items() for one in tell(actor, ids, voice)}
    following = write_cursor(shown[-1]) if len(keys) > PAGE_ITEMS else None
    # What was settled between the two statements is simply not shown.
    places = ((names[urgency], id_) for urgency, _, id_ in shown)
    return [told[place] for place in places if place in told], following


def _keys(actor: Actor, asked: Asked) -> list[tuple[int, datetime, UUID]]:
    """Urgency, since when, and id of what comes next; one more than a page (one statement)."""
    parts = []
    for sort in sorts():
        rows = _after(sort, _rows(sort, actor, asked), asked.cursor)
        if rows is not None and asked.kind in (None, sort.name):
            columns = {"urgency": Value(sort.urgency, IntegerField()), "since": F(sort.since)}
            parts.append(rows.order_by().annotate(**columns).values_list("urgency", "since", "id"))
    if not parts:
        return []
    merged = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return list(merged.order_by("urgency", "since", "id")[: PAGE_ITEMS + 1])


def _rows(sort: Sort, actor: Actor, asked: Asked) -> QuerySet[Any]:
    rows = sort.rows(actor)
    return rows if asked.people is None else rows.filter(**{f"{sort.person}__in": asked.people})


def _after(sort: Sort, rows: QuerySet[Any], cursor: str | None) -> QuerySet[Any] | None:
    """The rows behind the cursor; None where the whole sort lies before it."""
    if not cursor:
        return rows
    urgency, since, id_ = read_cursor(cursor, 3)
    if not isinstance(urgency, int):
        raise InvalidInput("cursor", reason="not a cursor of this list")
    if urgency > sort.urgency:
        return None
    return rows if urgency < sort.urgency else rows_after(rows, [sort.since, "id"], write_cursor([since, id_]))
