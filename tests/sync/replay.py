"""What the edits of a customer must have come to: computed from the stored commands, by other code than the server's.

A command that was applied twice, or not at all, or in another order than its verdict says, gives another value.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from core.models import CommandRecord, Conflict

FIELDS = ("phone", "notes")
"""Fields that follow the policy `latest` and start as what the creating command says, else empty."""


@dataclass
class Expected:
    """One customer's values, the field time of each one's last edit, and the conflicts that were met on the way."""

    values: dict[str, Any]
    edited_at: dict[str, datetime]
    conflicts: list[tuple[str, str, Any, Any, str]] = field(default_factory=list)

    def edit(self, record: CommandRecord) -> None:
        """One `customers.update` that took effect."""
        for name, change in record.payload["changes"].items():
            if name not in FIELDS or change is None:
                continue
            present, base, wanted = self.values[name], change.get("from"), change.get("to")
            if present == wanted:
                continue
            if present == base or record.occurred_at > self.edited_at[name]:
                if present != base:
                    self._conflict(record, name, wanted, present, "yours")
                # The stored instant has milliseconds, as all instants on the wire.
                self.values[name] = wanted
                self.edited_at[name] = record.occurred_at.replace(
                    microsecond=record.occurred_at.microsecond // 1000 * 1000
                )
            else:
                self._conflict(record, name, wanted, present, "theirs")

    def _conflict(self, record: CommandRecord, *what: Any) -> None:
        self.conflicts.append((str(record.settles or record.id), *what))


def replay(records: Iterable[CommandRecord]) -> dict[str, Expected]:
    """The customers that commands made, by id. records: all of a company, in the order in which they were judged."""
    found: dict[str, Expected] = {}
    for record in records:
        if record.status not in ("applied", "merged"):
            continue
        if record.name == "customers.create":
            values = {name: record.payload.get(name, "") for name in FIELDS}
            found[record.payload["id"]] = Expected(values, dict.fromkeys(FIELDS, record.occurred_at))
        elif record.name == "customers.update":
            found[record.payload["id"]].edit(record)
    return found


def in_order(records: Iterable[CommandRecord], conflicts: Mapping[UUID, Conflict]) -> list[CommandRecord]:
    """Records in the order in which they were judged.

    A set is stored with one instant when all of it has been judged, in the order of the device's numbers. The edit that
    restores a value is stored by itself, a little earlier; it belongs where the restoring command stands.
    """
    plain = sorted((record for record in records if record.door != "nested"), key=_place)
    nested = sorted((record for record in records if record.door == "nested"), key=_place)
    found = []
    for record in plain:
        if record.name == "sync.restore_value" and record.status == "applied":
            conflict = conflicts[UUID(record.payload["conflict_id"])]
            edit = next(
                edit
                for edit in nested
                if edit.payload["id"] == str(conflict.row_id)
                and conflict.field in edit.payload["changes"]
                and edit.received_at <= record.received_at
            )
            nested.remove(edit)
            found.append(edit)
        found.append(record)
    assert not nested
    return found


def _place(record: CommandRecord) -> tuple[datetime, int, UUID]:
    return record.received_at, record.seq or 2**63, record.id
