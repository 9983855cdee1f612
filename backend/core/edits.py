"""What every `<app>.update` command does with its changes: merge them, note who edited what, keep the losers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from django.db import models

from core.actor import Actor
from core.batches import Batch, Item
from core.clock import to_wire
from core.feeds import FEEDS
from core.merge import FieldConflict, FieldEdit, Policy, merge
from core.models import Conflict
from core.payloads import Change


def apply_edit(
    actor: Actor,
    items: Batch[Any],
    item: Item[Any],
    row: models.Model,
    changes: Mapping[str, Change[Any] | None],
    *,
    kind: str,
    command_name: str,
    policies: Mapping[str, Policy] | None = None,
) -> None:
    """Merge the changes of `item` into `row` and have both the row and the conflicts written with the set.

    changes: by attribute name; a field that the edit does not name is None. The row needs the columns `edits`,
    `created_at` and `created_by_id`. Values are compared in their wire form.
    """
    named = {name: (plain(change.from_), plain(change.to)) for name, change in changes.items() if change is not None}
    values = {name: change.to for name, change in changes.items() if change is not None}
    current = {name: plain(getattr(row, name)) for name in named}
    stored: dict[str, Any] = row.edits  # type: ignore[attr-defined]
    last = {
        name: FieldEdit(datetime.fromisoformat(edit["at"]), edit["by"])
        for name, edit in stored.items()
        if name in named
    }
    created_at = row.created_at  # type: ignore[attr-defined]
    creator = row.created_by_id  # type: ignore[attr-defined]
    created = FieldEdit(created_at, str(creator) if creator else None)
    result = merge(current, named, at=item.occurred_at, last_edits=last, created=created, policies=policies or {})
    for conflict in result.conflicts:
        kept = _keep(actor, item, row, conflict, kind, command_name)
        items.write(kept)
        item.conflicts.append(
            {
                "field": conflict.field,
                "yours": conflict.yours,
                "theirs": conflict.theirs,
                "kept": conflict.kept,
                "conflict_id": str(kept.id),
            }
        )
    if result.values:
        mark = {"at": to_wire(item.occurred_at), "by": str(actor.author_id)}
        row.edits = stored | dict.fromkeys(result.values, mark)  # type: ignore[attr-defined]
        for name in result.values:
            setattr(row, name, values[name])
        items.write(row)


def plain(value: Any) -> Any:
    """The wire form of a value, for comparing what a phone knew with what is stored."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, datetime):
        return to_wire(value)
    if value is None or isinstance(value, str | int | float | bool | list | dict):
        return value
    return orjson.loads(orjson.dumps(value, default=str))


def _keep(
    actor: Actor, item: Item[Any], row: models.Model, conflict: FieldConflict, kind: str, command_name: str
) -> Conflict:
    """The conflict row, published to the user whose value lost."""
    theirs_lost = conflict.kept == "yours"
    loser = conflict.their_by if theirs_lost and conflict.their_by else actor.author_id
    return Conflict(
        company_id=actor.company_id,
        user_id=loser,
        command_id=item.id,
        command_name=command_name,
        kind=kind,
        scope_id=getattr(row, FEEDS[kind].scope),
        row_id=row.pk,
        field=conflict.field,
        yours=conflict.yours,
        theirs=conflict.theirs,
        kept=conflict.kept,
        your_user_id=actor.author_id,
        their_user_id=conflict.their_by,
        your_at=item.occurred_at,
        their_at=conflict.their_at,
        state="open",
    )
