"""The registry of how commands that imports carry out are undone: by further commands, as long as nobody came since."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from core.clock import to_wire
from core.edits import plain
from core.imports.errors import ChangedSince, GoneSince, RecordChangedSince
from core.imports.registry import Step
from core.imports.rows import Fault, Result
from core.models import CommandRecord

REVERSALS: dict[str, "Reversal"] = {}


@dataclass
class Effect:
    """A command of an import that took effect.

    result: what became of its row. applied_at: when the import was through. left: what of it stays as it is, and why.
    """

    record: CommandRecord
    result: Result
    applied_at: datetime
    left: list[Fault] = field(default_factory=list)

    @property
    def payload(self) -> Mapping[str, Any]:
        """Of the command."""
        found: Mapping[str, Any] = self.record.payload
        return found

    def made(self, row: Any, name: str) -> bool:
        """Whether this is the last edit of the row's field."""
        return bool(row.edits.get(name) == {"at": to_wire(self.record.occurred_at), "by": str(self.record.user_id)})

    def lost(self) -> set[str]:
        """The fields in which somebody else's edit stood."""
        return {conflict["field"] for conflict in self.record.conflicts if conflict["kept"] == "theirs"}


class Reversal(ABC):
    """How one kind of command is undone."""

    @abstractmethod
    def load(self, effects: Sequence[Effect]) -> Mapping[UUID, Any]:
        """What the commands were about, by the commands' ids: a fixed number of queries. What is gone is left out."""

    @abstractmethod
    def plan(self, effect: Effect, row: Any) -> Step | None:
        """The command that undoes it; None where nothing of it can be. Raises a typed error where it has to stay."""


@dataclass(frozen=True)
class OfRecord(Reversal):
    """Of a command whose payload names its record by `id`."""

    model: type[models.Model]

    def load(self, effects: Sequence[Effect]) -> Mapping[UUID, Any]:
        """The records (one query)."""
        ids = {effect.record.id: UUID(effect.payload["id"]) for effect in effects}
        rows = self.model._base_manager.in_bulk(list(ids.values()))
        return {command: rows[id_] for command, id_ in ids.items() if id_ in rows}


@dataclass(frozen=True)
class Removal(OfRecord):
    """What was made is removed by `command`, unless somebody changed it.

    payload: of that command. touched: which of these records were added to since; at most a few queries.
    """

    command: str
    payload: Callable[[Any], dict[str, Any]] = lambda row: {"id": str(row.pk)}
    touched: Callable[[Sequence[UUID], datetime], set[UUID]] = lambda ids, since: set()

    def load(self, effects: Sequence[Effect]) -> Mapping[UUID, Any]:
        """The records, with a note on those that were added to."""
        found = super().load(effects)
        ids = [row.pk for row in found.values()]
        touched = self.touched(ids, effects[0].applied_at) if ids else set()
        for row in found.values():
            row.is_touched = row.pk in touched
        return found

    def plan(self, effect: Effect, row: Any) -> Step:
        """Raises imports.record_changed_since."""
        if row.edits or row.is_touched or row.updated_at > effect.applied_at:
            raise RecordChangedSince
        return Step(self.command, self.payload(row))


@dataclass(frozen=True)
class SettingBack(OfRecord):
    """Every field whose last edit is the import's gets back the value that it had before."""

    def plan(self, effect: Effect, row: Any) -> Step | None:
        """An edit based on the present values; fields that were changed since are left."""
        lost, changes = effect.lost(), {}
        for name, change in effect.payload["changes"].items():
            if name in lost or change is None:
                continue
            if not effect.made(row, name):
                effect.left.append(Fault.of(name, ChangedSince(name)))
                continue
            changes[name] = {"from": plain(getattr(row, name)), "to": change["from"]}
        return Step(effect.record.name, {"id": str(row.pk), "changes": changes}) if changes else None


def declare(command: str, reversal: Reversal) -> None:
    """Say how a command is undone. Each is declared once."""
    if REVERSALS.setdefault(command, reversal) is not reversal:
        raise ValueError(f"undoing {command} is declared twice")


def plan(effect: Effect, rows: Mapping[UUID, Any]) -> Step | None:
    """The command that undoes it. Raises imports.gone_since, and what its reversal raises."""
    row = rows.get(effect.record.id)
    if row is None:
        raise GoneSince
    return REVERSALS[effect.record.name].plan(effect, row)
