"""What undoing makes of one row of an import."""

from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from core.imports.rows import Fault

UndoOutcome = Literal["removed", "set_back", "left"]
UNDO_OUTCOMES: tuple[UndoOutcome, ...] = ("removed", "set_back", "left")


@dataclass(slots=True)
class UndoResult:
    """What is to become, or became, of a row that took effect.

    id: the record's. changes: per field `from` and `to`, of what is set back. reasons: why something is left as it is.
    """

    row: int
    outcome: UndoOutcome
    id: str | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    reasons: list[Fault] = field(default_factory=list)

    def as_line(self) -> bytes:
        """The result as a line of JSON."""
        return orjson.dumps(self)

    @classmethod
    def from_line(cls, line: bytes) -> "UndoResult":
        """The result from its line of JSON."""
        members = orjson.loads(line)
        members["reasons"] = [Fault(**fault) for fault in members["reasons"]]
        return cls(**members)

    def as_wire(self, headers: dict[str, str], locale: str) -> dict[str, Any]:
        """The result for people."""
        return {
            "row": self.row,
            "outcome": self.outcome,
            "id": self.id,
            "changes": self.changes,
            "reasons": [fault.as_wire(headers, locale) for fault in self.reasons],
        }
