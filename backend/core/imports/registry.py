"""The registry of imports: what can be imported, from which columns, and which commands a row becomes."""

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from django.db import models

from core.actor import Actor
from core.edits import plain
from core.errors import Forbidden
from core.imports.cells import Kind
from core.imports.errors import UnknownNoun
from core.imports.rows import Row

SPECS: dict[str, "ImportSpec"] = {}
Identity = tuple[str, Hashable]
"""A name by which a record is known: (`code`, `C-17`)."""
MANAGERS = frozenset({"manager", "admin"})


@dataclass(frozen=True)
class Column:
    """A column that an import understands.

    aliases: headers under which other systems export it, best first; its name and both titles count as well. Case,
    blanks and punctuation in headers do not matter.
    """

    name: str
    kind: Kind
    en: str
    zh: str
    aliases: tuple[str, ...] = ()

    def title(self, locale: str) -> str:
        """What the column is called."""
        return self.zh if locale.startswith("zh") else self.en

    def headers(self) -> list[str]:
        """The headers that mean this column, folded, best first."""
        return [fold_header(text) for text in (self.name, self.en, self.zh, *self.aliases)]


@dataclass(frozen=True)
class Step:
    """One command that a row becomes.

    columns: the column to blame for a payload member, where its name differs. shared: names a command that other rows
    need as well; it is executed once. changes: per field `from` and `to`, where the payload does not say so itself.
    """

    command: str
    payload: Mapping[str, Any]
    columns: Mapping[str, str] = field(default_factory=dict)
    shared: str | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Existing:
    """A record that is there already. identities: the names by which it is known. more: what else its spec needs."""

    row: models.Model
    identities: Sequence[Identity]
    more: Any = None

    @property
    def id(self) -> UUID:
        """The record's id."""
        id_: UUID = self.row.pk
        return id_


@dataclass
class Chunk:
    """Rows that are planned together, so that what they refer to is read once. memo: the spec's own notes."""

    actor: Actor
    rows: list[Row]
    memo: dict[Any, Any] = field(default_factory=dict)

    def each(self, column: str) -> set[Any]:
        """The values of a column over all rows, without None."""
        return {value for row in self.rows if (value := row.get(column)) is not None}


class ImportSpec(ABC):
    """What can be imported under one noun.

    required: groups of columns of which the file (or a default) must have at least one each. folds: rows may repeat
    a record (as orders repeat their customer); the first one counts.
    """

    noun: ClassVar[str]
    en: ClassVar[str]
    zh: ClassVar[str]
    columns: ClassVar[tuple[Column, ...]]
    required: ClassVar[tuple[tuple[str, ...], ...]] = ()
    roles: ClassVar[frozenset[str]] = MANAGERS
    folds: ClassVar[bool] = False

    def title(self, locale: str) -> str:
        """What is imported, in words."""
        return self.zh if locale.startswith("zh") else self.en

    def column(self, name: str) -> Column | None:
        """The column of this name, if there is one."""
        return next((column for column in self.columns if column.name == name), None)

    def prepare(self, row: Row) -> None:  # noqa: B027 - most rows need nothing
        """Derive values from others (an address from its parts), once references are known."""

    @abstractmethod
    def identities(self, row: Row) -> list[Identity]:
        """The names by which the row's record is known."""

    @abstractmethod
    def load(self, chunk: Chunk) -> Iterable[Existing]:
        """The records that the rows may be about, as far as the actor sees them: a fixed number of queries."""

    @abstractmethod
    def make(self, chunk: Chunk, row: Row) -> list[Step]:
        """The commands that make the row's record, under `row.new_id()` unless the row says an id."""

    @abstractmethod
    def amend(self, chunk: Chunk, row: Row, existing: Existing) -> list[Step]:
        """The commands that bring the record to what the row says; none when it is so already."""


def register(spec: ImportSpec) -> ImportSpec:
    """Register an import. Nouns are unique."""
    if SPECS.setdefault(spec.noun, spec) is not spec:
        raise ValueError(f"import {spec.noun} is declared twice")
    return spec


def require_spec(noun: str, actor: Actor) -> ImportSpec:
    """The import of this noun, which the actor may use. Raises imports.unknown_noun, core.forbidden."""
    spec = SPECS.get(noun)
    if spec is None:
        raise UnknownNoun("noun", noun=noun[:64])
    if actor.roles.isdisjoint(spec.roles):
        raise Forbidden
    return spec


def edit_step(
    command: str, existing: models.Model, wanted: Mapping[str, Any], columns: Mapping[str, str]
) -> list[Step]:
    """The update command that sets those of the `wanted` fields which differ; nothing when none does.

    Each change is based on the present value, so that only an edit made in this very moment can meet a conflict.
    """
    changes = {
        name: {"from": plain(getattr(existing, name)), "to": plain(value)}
        for name, value in wanted.items()
        if getattr(existing, name) != value
    }
    if not changes:
        return []
    return [Step(command, {"id": str(existing.pk), "changes": changes}, columns)]


def fold_header(text: str) -> str:
    """The form in which headers are compared: letters and digits only, in lower case, without a remark in brackets."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = re.sub(r"[(\[{【].*?[)\]}】]", "", folded) or folded
    return "".join(char for char in folded if char.isalnum())
