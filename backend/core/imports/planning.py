"""From rows to commands: what each row means, what it is about, and what has to be done for it.

Nothing here writes. Whether a command is allowed is not asked here either; the command itself is asked, see
`core.imports.checking`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from core.actor import Actor
from core.batches import CommandRequest, Verdict
from core.errors import DomainError
from core.imports import errors
from core.imports.cells import NOTHING, shorten
from core.imports.ids import MOST_STEPS, command_id
from core.imports.registry import Chunk, Column, Existing, Identity, ImportSpec, Step
from core.imports.rows import Fault, Outcome, RawRow, Result, Row
from core.registry import COMMANDS


@dataclass
class Planned:
    """A row with what is to become of it."""

    row: Row
    result: Result
    steps: list[Step] = field(default_factory=list)

    def requests(self) -> list[CommandRequest]:
        """The commands, under ids that follow from the import and the row."""
        return [
            CommandRequest(
                step.command,
                dict(step.payload),
                id=command_id(self.row.seed, self.row.number, ordinal, step.shared),
                schema=COMMANDS[step.command].schema,
            )
            for ordinal, step in enumerate(self.steps)
        ]

    @property
    def failed(self) -> bool:
        """Whether the row cannot be applied."""
        return bool(self.row.errors)

    def fail(self, fault: Fault) -> None:
        """The row cannot be applied after all."""
        self.row.errors.append(fault)
        self.result = Result(self.row.number, "error", errors=self.row.errors, notes=self.row.notes)


@dataclass
class Planner:
    """Plans an import from its first row to its last.

    columns: per column of the file that of the import, None where it is not used. seen: which row named a record
    first; it grows by `remember`, so that a part can be planned again.
    """

    spec: ImportSpec
    actor: Actor
    import_id: UUID
    columns: list[Column | None]
    fallbacks: Mapping[str, Any]
    seen: dict[Identity, int] = field(default_factory=dict)

    def plan(self, raw_rows: Iterable[RawRow]) -> list[Planned]:
        """What is to become of these rows: a fixed number of queries."""
        rows = [self._read(raw) for raw in raw_rows]
        chunk = self._understand(rows)
        index: dict[Identity, list[Existing]] = {}
        for existing in self.spec.load(chunk):
            for identity in existing.identities:
                index.setdefault(identity, []).append(existing)
        named: dict[Identity, int] = {}
        return [self._plan(chunk, row, index, named) for row in rows]

    def remember(self, planned: Iterable[Planned]) -> None:
        """These rows are done with: later ones that name the same records repeat them."""
        for item in planned:
            if not item.row.errors:
                for identity in item.row.memo.get("identities", ()):
                    self.seen.setdefault(identity, item.row.number)

    def _read(self, raw: RawRow) -> Row:
        """The cells as values of their kinds, their faults named by column."""
        row = Row(raw.number, self.import_id, fallbacks=dict(self.fallbacks))
        bad: set[int | None] = set()
        for faults, report in ((raw.faults, row.fail), (raw.notes, row.note)):
            for index, error in faults:
                column = self.columns[index] if index is not None and index < len(self.columns) else None
                if index is None or column is not None:  # what is wrong in an unused column is of no interest
                    report(column.name if column else None, error)
                bad.add(index)
        if row.errors and None in bad:  # the cells may stand under wrong headers
            return row
        for index, (column, cell) in enumerate(zip(self.columns, raw.cells, strict=False)):
            if column is None or cell in NOTHING:
                continue
            try:
                row.values[column.name] = column.kind.parse(cell)
            except DomainError as error:
                if index not in bad:
                    row.fail(column.name, error)
        return row

    def _understand(self, rows: list[Row]) -> Chunk:
        """References found, derived values set."""
        chunk = Chunk(self.actor, rows)
        for column in self.spec.columns:
            if column.kind.resolve is not None:
                self._resolve(column, rows)
        for row in rows:
            if not row.errors:
                self.spec.prepare(row)
        return chunk

    def _resolve(self, column: Column, rows: list[Row]) -> None:
        name = column.name
        texts = {text for row in rows if isinstance(text := row.get(name), str)}
        if not texts or column.kind.resolve is None:
            return
        found = column.kind.resolve(self.actor, texts)
        for row in rows:
            for values in (row.values, row.fallbacks):
                if not isinstance(text := values.get(name), str):
                    continue
                meant = found.get(text)
                if isinstance(meant, UUID):
                    values[name] = meant
                    continue
                del values[name]
                row.fail(name, meant or errors.ReferenceUnknown(value=shorten(text)))

    def _plan(
        self, chunk: Chunk, row: Row, index: Mapping[Identity, list[Existing]], named: dict[Identity, int]
    ) -> Planned:
        planned = Planned(row, Result(row.number, "error", errors=row.errors, notes=row.notes))
        if row.errors:
            return planned
        identities = self.spec.identities(row)
        found = {existing.id: existing for identity in identities for existing in index.get(identity, ())}
        identities += [("record", id_) for id_ in found]
        row.memo["identities"] = identities
        first = min((at for name in identities if (at := self.seen.get(name) or named.get(name))), default=None)
        if len(found) > 1:
            row.fail(None, errors.IdentityClash())
        elif first is not None and not self.spec.folds:
            row.fail(None, errors.DuplicateRow(first_row=first))
        elif first is not None:
            row.note(None, errors.RepeatsRow(first_row=first))
            planned.result.outcome = "repeated"
        else:
            existing = next(iter(found.values()), None)
            self._to_commands(chunk, planned, existing)
        if not row.errors:
            for identity in identities:
                named.setdefault(identity, row.number)
        return planned

    def _to_commands(self, chunk: Chunk, planned: Planned, existing: Existing | None) -> None:
        row, result = planned.row, planned.result
        outcome: Outcome
        if existing is None:
            steps, outcome = self.spec.make(chunk, row), "create"
        else:
            steps = self.spec.amend(chunk, row, existing)
            outcome = "update" if steps else "unchanged"
        for step in steps:
            _validate(step, row)
        if row.errors:
            return
        assert len(steps) <= MOST_STEPS
        planned.steps = steps
        result.outcome = outcome
        result.id = str(existing.id if existing else row.get("id") or row.new_id())
        if existing is not None:
            result.changes = {
                name: change for step in steps for name, change in step.payload.get("changes", step.changes).items()
            }


def _validate(step: Step, row: Row) -> None:
    """Ask the command's payload, and name every fault by its column."""
    try:
        COMMANDS[step.command].payload.model_validate(step.payload)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            row.fail(column_of(step, ".".join(map(str, item["loc"]))), _explain(item))


def column_of(step: Step, path: str | None) -> str | None:
    """The column that a payload member came from: `changes.phone.to` came from `phone`."""
    parts = [part for part in (path or "").split(".") if part not in ("changes", "from", "to")]
    named = next((step.columns[part] for part in reversed(parts) if part in step.columns), None)
    return named or (parts[0] if parts and parts[0] else None)


def blamed_column(step: Step, verdict: Verdict) -> str | None:
    """The column to blame for a refusal. A constraint names no member, but its code does: `customers.code_taken`."""
    if verdict.field is not None:
        return column_of(step, verdict.field)
    taken = (verdict.code or "").partition(".")[2].removesuffix("_taken")
    members = {**step.payload, **step.payload.get("changes", {})}
    return next((column_of(step, name) for name in members if taken == name or taken.endswith(f"_{name}")), None)


def _explain(item: ErrorDetails) -> DomainError:
    """A fault that pydantic found, as a typed error in both languages."""
    kind, context, value = item["type"], item.get("ctx", {}), shorten(str(item["input"]))
    if kind == "missing" or kind == "string_too_short" or item["input"] is None:
        return errors.ValueMissing()
    if kind == "string_too_long":
        return errors.ValueTooLong(limit=context.get("max_length", 0))
    if kind.startswith(("decimal_", "greater_than", "less_than", "finite_number")):
        return errors.NumberOutOfRange(value=value)
    return errors.ValueRefused(reason=item["msg"])
