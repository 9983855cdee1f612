"""From what rows of an import did to commands that undo it. Nothing here writes."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from core.batches import CommandRequest
from core.errors import DomainError
from core.imports import commands, queries, reversal
from core.imports.errors import NothingToUndo
from core.imports.ids import undo_command_id
from core.imports.models import Import, ImportPart
from core.imports.registry import Step
from core.imports.reversal import REVERSALS, Effect
from core.imports.rows import Fault, Result
from core.imports.undo_results import UndoResult
from core.registry import COMMANDS


@dataclass
class Reverse:
    """A row that took effect, with what undoes it. ordinals: of the commands that the steps undo."""

    import_id: UUID
    result: UndoResult
    steps: list[Step] = field(default_factory=list)
    ordinals: list[int] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether the row is left as it is."""
        return self.result.outcome == "left"

    def requests(self) -> list[CommandRequest]:
        """The commands, under ids that follow from the import and the row."""
        return [
            CommandRequest(
                step.command,
                dict(step.payload),
                id=undo_command_id(self.import_id, self.result.row, ordinal),
                schema=COMMANDS[step.command].schema,
            )
            for step, ordinal in zip(self.steps, self.ordinals, strict=True)
        ]

    def fail(self, fault: Fault) -> None:
        """The row has to stay after all."""
        self.result = UndoResult(self.result.row, "left", self.result.id, reasons=[fault])


def plan(item: Import, part: ImportPart) -> list[Reverse]:
    """What undoes the rows of a part that took effect: a fixed number of queries."""
    results = [result for result in commands.read_results(part) if result.outcome in ("create", "update")]
    assert item.applied_at is not None
    records = queries.list_effects(item, [result.row for result in results])
    effects = {
        result.row: [
            (ordinal, Effect(record, result, item.applied_at)) for ordinal, record in records.get(result.row, ())
        ]
        for result in results
    }
    by_command: dict[str, list[Effect]] = {}
    for row in effects.values():
        for _, effect in row:
            by_command.setdefault(effect.record.name, []).append(effect)
    rows: dict[UUID, Any] = {}
    for name in sorted(by_command):
        rows |= REVERSALS[name].load(by_command[name])
    return [_plan(item, result, effects[result.row], rows) for result in results]


def _plan(item: Import, result: Result, effects: list[tuple[int, Effect]], rows: dict[UUID, Any]) -> Reverse:
    """The last command is undone first. If a part of what a row made has to stay, all of it stays."""
    made = result.outcome == "create"
    found = Reverse(item.id, UndoResult(result.row, "removed" if made else "set_back", result.id))
    for ordinal, effect in reversed(effects):
        try:
            step = reversal.plan(effect, rows)
        except DomainError as error:
            if made:
                return _left(item, result, Fault.of(None, error))
            effect.left.append(Fault.of(None, error))
            step = None
        found.result.reasons += effect.left
        if step is not None:
            found.steps.append(step)
            found.ordinals.append(ordinal)
            found.result.changes |= {} if made else step.payload.get("changes", step.changes)
    if not found.steps:
        return _left(item, result, *(found.result.reasons or [Fault.of(None, NothingToUndo())]))
    return found


def _left(item: Import, result: Result, *reasons: Fault) -> Reverse:
    return Reverse(item.id, UndoResult(result.row, "left", result.id, reasons=list(reasons)))
