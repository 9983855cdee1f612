"""Models before they are in a language: records, their fields and types, and lists of words."""

from dataclasses import dataclass, field
from typing import Literal

Plain = Literal["text", "id", "instant", "day", "decimal", "boolean", "int", "long", "double", "json", "object"]


@dataclass(frozen=True)
class Type:
    """What a field holds. plain: a value of its own, else a list, a map by text, an edit, or what `name` names."""

    plain: Plain | None = None
    name: str | None = None
    list_of: "Type | None" = None
    map_of: "Type | None" = None
    change_of: "Type | None" = None


@dataclass(frozen=True)
class Field:
    """One member. wire: its name there. nullable: may be null or missing. constant: the only value it can have."""

    wire: str
    type: Type
    nullable: bool
    doc: str
    deprecated: str | None = None
    constant: int | None = None


@dataclass(frozen=True)
class Record:
    """One object on the wire. command, number: of a command's payload. kind: of a row's data."""

    name: str
    doc: str
    fields: tuple[Field, ...]
    command: str | None = None
    number: int | None = None
    kind: str | None = None


@dataclass(frozen=True)
class Words:
    """A list of known words; a newer server may send others."""

    name: str
    doc: str
    values: tuple[str, ...]


@dataclass
class Models:
    """All of them, by the file that they belong in: an app for commands, `rows`, `messages`."""

    records: dict[str, list[Record]] = field(default_factory=dict)
    words: dict[str, list[Words]] = field(default_factory=dict)

    def add(self, file: str, record: Record) -> None:
        """Put a record into a file."""
        self.records.setdefault(file, []).append(record)

    def add_words(self, file: str, words: Words) -> None:
        """Put a list of words into a file."""
        self.words.setdefault(file, []).append(words)

    @property
    def commands(self) -> list[Record]:
        """The payloads, by command."""
        found = [record for records in self.records.values() for record in records if record.command]
        return sorted(found, key=lambda record: record.command or "")

    @property
    def kinds(self) -> list[Record]:
        """The data of rows, by kind."""
        found = [record for records in self.records.values() for record in records if record.kind]
        return sorted(found, key=lambda record: record.kind or "")
