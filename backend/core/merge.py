"""Field-wise merging of edits: the pure heart of every `<app>.update` command.

An edit names, for each field, the value it was based on and the new one. Equal to `from`: set. Equal to `to`:
nothing to do. Anything else is a conflict on that field alone, settled by the field's policy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Policy = Literal["latest", "server"]


@dataclass(frozen=True, slots=True)
class FieldEdit:
    """When a field was last edited in the field (corrected time), and by whom."""

    at: datetime
    by: str | None


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """One field on which two edits did not know of each other. kept: whose value stands."""

    field: str
    yours: Any
    theirs: Any
    kept: Literal["yours", "theirs"]
    their_at: datetime
    their_by: str | None


@dataclass(slots=True)
class Merge:
    """The outcome: the fields to set with their values, and the conflicts met."""

    values: dict[str, Any] = field(default_factory=dict)
    conflicts: list[FieldConflict] = field(default_factory=list)


def merge(
    current: Mapping[str, Any],
    changes: Mapping[str, tuple[Any, Any]],
    *,
    at: datetime,
    last_edits: Mapping[str, FieldEdit],
    created: FieldEdit,
    policies: Mapping[str, Policy],
) -> Merge:
    """Merge `changes` (field to (from, to)) made at `at` into `current`.

    last_edits: the last edit of each field that was ever edited; `created` stands for the others. A field without a
    policy follows `latest`: the later field time stands, and on a tie the server's value.
    """
    result = Merge()
    for name, (base, wanted) in changes.items():
        present = current[name]
        if present == wanted:
            continue
        if present == base:
            result.values[name] = wanted
            continue
        theirs = last_edits.get(name, created)
        yours_stands = policies.get(name, "latest") == "latest" and at > theirs.at
        if yours_stands:
            result.values[name] = wanted
        result.conflicts.append(
            FieldConflict(name, wanted, present, "yours" if yours_stands else "theirs", theirs.at, theirs.by)
        )
    return result
