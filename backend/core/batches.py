"""What a handler receives: the commands of one kind that are judged and written together, as one set."""

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from types import TracebackType
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import models

from core import writing
from core.clock import now
from core.errors import DomainError
from core.ids import uuid7
from core.models import Status
from core.registry import COMMANDS

P = TypeVar("P")
PRESENT_SCHEMA = 0
"""Stands for the number of the command's present schema where a request is made by our own code."""


@dataclass(slots=True)
class CommandRequest:
    """A command as it came: whose word it is for when it happened, and what it builds on.

    payload: as sent, not yet judged. schema: which version of the payload it is, the present one by default.
    occurred_at: corrected field time. seq, claimed_at, uptime_ms, boot_id: the device's own words, kept as evidence.
    fault: what is wrong with the envelope, if anything is.
    """

    name: str
    payload: Any
    id: UUID = field(default_factory=uuid7)
    schema: int = PRESENT_SCHEMA
    seq: int | None = None
    occurred_at: datetime = field(default_factory=now)
    occurred_verified: bool = True
    claimed_at: datetime | None = None
    uptime_ms: int | None = None
    boot_id: str | None = None
    depends_on: list[UUID] = field(default_factory=list)
    fault: DomainError | None = None

    def __post_init__(self) -> None:
        if self.schema == PRESENT_SCHEMA:
            self.schema = COMMANDS[self.name].schema if self.name in COMMANDS else 1


@dataclass(slots=True)
class Verdict:
    """What became of one command. A retry of the command gets the same verdict."""

    id: UUID
    status: str
    seq: int | None = None
    code: str | None = None
    field: str | None = None
    message: str | None = None
    details: dict[str, Any] = dataclasses.field(default_factory=dict)
    conflicts: list[dict[str, Any]] = dataclasses.field(default_factory=list)

    @property
    def settled(self) -> bool:
        """Whether the command took effect."""
        return self.status in (Status.APPLIED, Status.MERGED)

    def as_wire(self) -> dict[str, Any]:
        """The verdict's form in a push's answer."""
        return {
            "id": self.id,
            "seq": self.seq,
            "status": self.status,
            "code": self.code,
            "field": self.field,
            "message": self.message,
            "details": self.details,
            "conflicts": self.conflicts,
        }


class NeedsIsolation(Exception):
    """An item was refused after it had written: the set must be run again one by one. Never leaves core."""


class Item(Generic[P]):
    """One command in a batch. Used as a context manager, a refusal raised inside settles this item alone."""

    __slots__ = ("conflicts", "payload", "refusal", "request", "wrote")

    def __init__(self, request: CommandRequest, payload: P) -> None:
        self.request = request
        self.payload = payload
        self.refusal: DomainError | None = None
        self.conflicts: list[dict[str, Any]] = []
        self.wrote = False

    @property
    def id(self) -> UUID:
        """The command's id."""
        return self.request.id

    @property
    def occurred_at(self) -> datetime:
        """When it happened in the field, corrected."""
        return self.request.occurred_at

    def __enter__(self) -> "Item[P]":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, DomainError):
            return False
        if self.wrote:
            raise NeedsIsolation from error
        self.refusal = error
        return True


class Batch(Generic[P]):
    """Commands of one kind. Iterating yields the items not refused so far.

    Judge first, then change: an item that is refused must not have changed a row that another item shares.
    """

    def __init__(self, items: list[Item[P]]) -> None:
        self.items = items
        self._inserts: dict[type[models.Model], dict[int, models.Model]] = {}
        self._updates: dict[type[models.Model], dict[int, models.Model]] = {}
        self._deletes: dict[type[models.Model], dict[int, models.Model]] = {}
        self._facts: dict[type[models.Model], list[dict[str, Any]]] = {}
        self._current: Item[P] | None = None

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Item[P]]:
        for item in self.items:
            if item.refusal is None:
                self._current = item
                yield item
        self._current = None

    def each(self, name: str) -> set[Any]:
        """The values of the payload member `name` over all items, without None."""
        return {value for item in self.items if (value := getattr(item.payload, name)) is not None}

    def each_of(self, name: str) -> set[Any]:
        """The values in the lists that are the payload member `name`, over all items."""
        return {value for item in self.items for value in getattr(item.payload, name)}

    def collect(self, of: Callable[[P], Any]) -> set[Any]:
        """The values of `of(payload)` over all items, without None."""
        return {value for item in self.items if (value := of(item.payload)) is not None}

    def write(self, instance: models.Model) -> None:
        """Have `instance` written with the set: inserted when new, otherwise updated. Twice is once."""
        self._mark()
        rows = self._inserts if instance._state.adding else self._updates
        rows.setdefault(type(instance), {})[id(instance)] = instance

    def write_fact(self, model: type[models.Model], row: dict[str, Any]) -> None:
        """Have a new row inserted with the set. row: plain values by attribute name, the same names in every row.

        For facts that nobody reads back within the set: a model object would cost ten times the row.
        """
        self._mark()
        self._facts.setdefault(model, []).append(row)

    def delete(self, instance: models.Model) -> None:
        """Have `instance` deleted with the set."""
        self._mark()
        self._updates.get(type(instance), {}).pop(id(instance), None)
        self._deletes.setdefault(type(instance), {})[id(instance)] = instance

    def flush(self) -> None:
        """Write everything: one statement per table and kind of write, a table after those that it refers to."""
        for model in sorted(self._deletes, key=_height, reverse=True):
            writing.delete(model, list(self._deletes[model].values()))
        for model in sorted(self._inserts.keys() | self._facts.keys(), key=_height):
            self._insert(model)
        for model in sorted(self._updates, key=_height):
            writing.update(model, sorted(self._updates[model].values(), key=lambda row: row.pk))
        self._inserts, self._updates, self._deletes, self._facts = {}, {}, {}, {}

    def _insert(self, model: type[models.Model]) -> None:
        if rows := self._inserts.get(model):
            writing.insert(model, list(rows.values()))
            for instance in rows.values():
                instance._state.adding = False
        if facts := self._facts.get(model):
            writing.insert_rows(model, tuple(facts[0]), facts)

    def _mark(self) -> None:
        if self._current is not None:
            self._current.wrote = True


@cache
def _height(model: type[models.Model]) -> tuple[int, str]:
    """How many tables stand in a row below this one by foreign keys, and its name: always the same order.

    A table that refers to itself has its rows written by one statement, which the database checks at its end.
    """
    below = {field.related_model for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)}
    heights = [_height(other)[0] for other in below if other is not model and isinstance(other, type)]
    return 1 + max(heights, default=0), model._meta.db_table
