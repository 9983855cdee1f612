"""The writers of sync: settling parked commands, restoring values that lost a conflict.

These are a person's rare decisions, taken one at a time; each may run a stored command of any app, so they are not
set-based.
"""

from collections.abc import Mapping
from uuid import UUID

from core import records
from core.actor import Actor
from core.batches import Batch
from core.commands import execute_nested
from core.models import CommandRecord, Conflict
from core.registry import command
from sync import errors, policies, queries
from sync.schemas import AcceptValue, Discard, Release, RestoreValue


@command("sync.release", payload=Release, roles={"manager", "admin"})
def release(actor: Actor, items: Batch[Release]) -> None:
    """Run a parked or refused command once more, under its user's name or another's, with all that waits for it.

    Refuses sync.command_not_found, sync.not_waiting, core.forbidden. What comes out is the released command's own
    verdict and reaches its user by an ordinary pull.
    """
    records.hold(items.each("command_id"))
    for item in items:
        with item:
            record = _waiting(actor, item.payload.command_id)
            if item.payload.as_user_id is not None:
                policies.may_settle(actor, item.payload.as_user_id)
            records.settle_again([record.id], operator=actor, as_user_id=item.payload.as_user_id, deliberate=True)


@command("sync.discard", payload=Discard, roles={"manager", "admin"})
def discard(actor: Actor, items: Batch[Discard]) -> None:
    """Decide that a parked command is not applied, nor what waits for it; their users see them refused and why.

    Refuses sync.command_not_found, sync.not_waiting, core.forbidden.
    """
    records.hold(items.each("command_id"))
    for item in items:
        with item:
            record = _waiting(actor, item.payload.command_id)
            records.give_up(record, errors.Discarded(reason=item.payload.reason), operator=actor)


@command("sync.restore_value", payload=RestoreValue)
def restore_value(actor: Actor, items: Batch[RestoreValue]) -> None:
    """Put the value that lost a conflict back, as an edit of its own.

    Refuses sync.conflict_not_found, sync.already_restored, sync.conflict_settled, core.forbidden and whatever the edit
    itself refuses.
    """
    conflicts = queries.lock_conflicts(items.each("conflict_id"))
    for item in items:
        with item:
            conflict = _settleable(actor, conflicts, item.payload.conflict_id)
            if conflict.state == "restored":
                raise errors.AlreadyRestored("conflict_id")
            if conflict.state != "open":
                raise errors.ConflictSettled("conflict_id")
            lost = conflict.yours if conflict.kept == "theirs" else conflict.theirs
            present = queries.get_present_value(conflict)
            execute_nested(
                conflict.command_name,
                {
                    "id": str(conflict.row_id),
                    "changes": {conflict.field: {"from": present, "to": lost}},
                },
                actor=actor,
                occurred_at=item.occurred_at,
            )
            conflict.state = "restored"
            items.write(conflict)


@command("sync.accept_value", payload=AcceptValue)
def accept_value(actor: Actor, items: Batch[AcceptValue]) -> None:
    """Settle conflicts without a change: what stands stays, and the value that lost is not put back any more.

    Refuses sync.conflict_not_found, sync.conflict_settled, core.forbidden.
    """
    conflicts = queries.lock_conflicts(items.each("conflict_id"))
    for item in items:
        with item:
            conflict = _settleable(actor, conflicts, item.payload.conflict_id)
            if conflict.state != "open":
                raise errors.ConflictSettled("conflict_id")
            conflict.state = "accepted"
            items.write(conflict)


def _settleable(actor: Actor, conflicts: Mapping[UUID, Conflict], conflict_id: UUID) -> Conflict:
    """The conflict, where it is the actor's to settle."""
    conflict = conflicts.get(conflict_id)
    if conflict is None:
        raise errors.ConflictNotFound("conflict_id")
    policies.may_restore(actor, conflict.user_id)
    return conflict


def _waiting(actor: Actor, command_id: UUID) -> CommandRecord:
    record = queries.find_record(actor.company_id, command_id)
    if record is None:
        raise errors.CommandNotFound("command_id")
    policies.may_settle(actor, record.user_id)
    if not queries.is_waiting(record):
        raise errors.NotWaiting("command_id")
    return record
