"""One row of an import: as read, as understood, and what is to become of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

import orjson

from core.errors import CATALOGUE, DomainError
from core.imports.ids import row_id

Outcome = Literal["create", "update", "unchanged", "repeated", "error"]
OUTCOMES: tuple[Outcome, ...] = ("create", "update", "unchanged", "repeated", "error")


Line = tuple[list[str], list[tuple[int | None, DomainError]]]
"""The cells of a row as its reader gives them, and the faults that it met: index of a cell, or None for the row."""


@dataclass(slots=True)
class Fault:
    """A typed error or note about a row, or about one column of it."""

    column: str | None
    code: str
    details: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, column: str | None, error: DomainError) -> "Fault":
        """The fault that an error is."""
        return cls(column, error.code, error.details)

    def as_wire(self, headers: dict[str, str], locale: str) -> dict[str, Any]:
        """The fault for people. headers: what the columns are called in the file."""
        header = headers.get(self.column or "", self.column)
        kind = CATALOGUE.get(self.code, DomainError)
        message = kind(header, **self.details).message(locale)
        return {"column": self.column, "header": header, "code": self.code, "message": message, "details": self.details}


@dataclass(slots=True)
class RawRow:
    """A row as read. number: as a spreadsheet shows it, the header is usually 1. faults: index of a cell, or None for
    the whole row, and what is wrong there; notes likewise."""

    number: int
    cells: list[str]
    faults: list[tuple[int | None, DomainError]] = field(default_factory=list)
    notes: list[tuple[int | None, DomainError]] = field(default_factory=list)

    def as_line(self) -> bytes:
        """The row as a line of JSON."""
        faults = [[index, error.code, error.details] for index, error in self.faults]
        notes = [[index, error.code, error.details] for index, error in self.notes]
        return orjson.dumps([self.number, self.cells, faults, notes])

    @classmethod
    def from_line(cls, line: bytes) -> "RawRow":
        """The row from its line of JSON."""
        number, cells, faults, notes = orjson.loads(line)
        errors, remarks = (
            [(index, CATALOGUE[code](None, **details)) for index, code, details in given] for given in (faults, notes)
        )
        return cls(number, cells, errors, remarks)


@dataclass(slots=True)
class Row:
    """A row as understood.

    values: what the file says, by column. fallbacks: defaults for what it does not say; they make new records and
    never change existing ones. seed: what ids of new records are derived from.
    """

    number: int
    seed: UUID
    values: dict[str, Any] = field(default_factory=dict)
    fallbacks: dict[str, Any] = field(default_factory=dict)
    errors: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    memo: dict[str, Any] = field(default_factory=dict)

    def get(self, column: str, otherwise: Any = None) -> Any:
        """What the file says, or the default."""
        if column in self.values:
            return self.values[column]
        return self.fallbacks.get(column, otherwise)

    def pick(self, *columns: str) -> dict[str, Any]:
        """What is said or defaulted of these columns."""
        return {name: value for name in columns if (value := self.get(name)) is not None}

    def given(self, *columns: str) -> dict[str, Any]:
        """What the file itself says of these columns."""
        return {name: self.values[name] for name in columns if name in self.values}

    def derive(self, column: str, value: Any, parts: tuple[str, ...]) -> None:
        """Set a column that follows from `parts`: said by the file if any of them is, else a default."""
        said = any(part in self.values for part in parts)
        (self.values if said else self.fallbacks)[column] = value

    def fail(self, column: str | None, error: DomainError) -> None:
        """The row cannot be applied."""
        self.errors.append(Fault.of(column, error))

    def note(self, column: str | None, remark: DomainError) -> None:
        """The row can be applied, and somebody should know this."""
        self.notes.append(Fault.of(column, remark))

    def new_id(self, name: str = "") -> UUID:
        """The id of the record that this row makes, or of a further one with a name. It follows from the import and the
        row, so that a repeated run means the same record."""
        return row_id(self.seed, self.number, name)

    def shared_id(self, name: str) -> UUID:
        """The id of a record that several rows need, such as a category."""
        return row_id(self.seed, 0, name)


@dataclass(slots=True)
class Result:
    """What is to become, or became, of a row. id: the record's. changes: per field `from` and `to`, of an update."""

    row: int
    outcome: Outcome
    id: str | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    errors: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)

    def as_line(self) -> bytes:
        """The result as a line of JSON."""
        return orjson.dumps(self)

    @classmethod
    def from_line(cls, line: bytes) -> "Result":
        """The result from its line of JSON."""
        members = orjson.loads(line)
        for name in ("errors", "notes"):
            members[name] = [Fault(**fault) for fault in members[name]]
        return cls(**members)

    def as_wire(self, headers: dict[str, str], locale: str) -> dict[str, Any]:
        """The result for people."""
        return {
            "row": self.row,
            "outcome": self.outcome,
            "id": self.id,
            "changes": self.changes,
            "errors": [fault.as_wire(headers, locale) for fault in self.errors],
            "notes": [fault.as_wire(headers, locale) for fault in self.notes],
        }


def tally(results: Iterable[Result]) -> Counter[str]:
    """Rows by outcome, and how many rows are `noted`: worth a look although nothing is wrong."""
    counts: Counter[str] = Counter()
    for result in results:
        counts[result.outcome] += 1
        if result.notes and result.outcome in ("create", "update", "unchanged"):
            counts["noted"] += 1
    return counts
