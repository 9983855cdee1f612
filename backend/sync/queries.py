"""Reads of sync: command records, conflicts, and why somebody sees a scope."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import orjson
from django.db.models import Exists, Func, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest

from accounts import queries as account_queries
from core.actor import Actor
from core.fence import company_fence
from core.models import CommandRecord, Conflict, Entry, Grant, Status
from sync.models import DeviceState

_WAITING = (Status.PARKED.value, Status.REFUSED.value)


def find_record(company_id: UUID, command_id: UUID) -> CommandRecord | None:
    """The record of a command, not of a later settlement."""
    return CommandRecord.objects.filter(company_id=company_id, id=command_id, settles__isnull=True).first()


def is_waiting(record: CommandRecord) -> bool:
    """Whether a command can still be settled: it did not take effect, and nobody decided against it."""
    if record.status not in _WAITING:
        return False
    last = (
        CommandRecord.objects.filter(company_id=record.company_id, settles=record.id)
        .order_by("-received_at", "-id")
        .first()
    )
    return last is None or (last.status in _WAITING and last.code != "sync.discarded")


def list_commands(actor: Actor) -> QuerySet[CommandRecord]:
    """Commands that the actor may look into: his own, a manager his subordinates', an administrator all."""
    rows = CommandRecord.objects.filter(company_id=actor.company_id, settles__isnull=True)
    if actor.has_role("admin"):
        return rows
    below = account_queries.list_subordinate_ids(actor) if actor.has_role("manager") else ()
    return rows.filter(user_id__in=[actor.user_id, *below])


def list_device_states(actor: Actor) -> QuerySet[Any]:
    """The devices that the actor may see, with their users and what is known of their synchronisation.

    last_sync_at: the last push or pull, null before; synced_at: the same for sorting, from the sign-in on. The others
    as in `DeviceState`.
    """
    state = DeviceState.objects.filter(device_id=OuterRef("id"))
    counts = {name: Coalesce(Subquery(state.values(name)), 0) for name in ("commands", "refused", "parked", "repairs")}
    last = state.annotate(last=Greatest("last_push_at", "last_pull_at")).values("last")
    return (
        account_queries.list_devices(actor)
        .select_related("user")
        .annotate(
            last_sync_at=Subquery(last),
            synced_at=Coalesce(Subquery(last), "created_at"),
            clock_offset_ms=Subquery(state.values("clock_offset_ms")),
            **counts,
        )
    )


def count_parked(actor: Actor) -> int:
    """How many of the commands that the actor may look into were parked and never settled."""
    settled = CommandRecord.objects.filter(company_id=actor.company_id, settles=OuterRef("id"))
    return list_commands(actor).filter(~Exists(settled), status=Status.PARKED).count()


def lock_conflicts(ids: Iterable[UUID]) -> dict[UUID, Conflict]:
    """Conflicts by id, locked in the order of their ids."""
    rows = Conflict.objects.filter(id__in=set(ids)).order_by("id").select_for_update()
    return {row.id: row for row in rows}


def get_present_value(conflict: Conflict) -> Any:
    """The value that the field in conflict has now, as phones know it; else the one that won the conflict."""
    kept = conflict.theirs if conflict.kept == "theirs" else conflict.yours
    entry = Entry.objects.filter(
        scope_id=conflict.scope_id, kind=conflict.kind, id=conflict.row_id, body__isnull=False
    ).first()
    if entry is None or entry.body is None:
        return kept
    return orjson.loads(entry.body).get(conflict.field, kept)


def list_access(scope_id: UUID) -> QuerySet[Grant]:
    """The grants on a scope, those that reach a phone first."""
    return Grant.objects.filter(scope_id=scope_id).order_by("-active", "-phone", "user_id")


def measure_scopes(scope_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many bytes of rows a phone has to load for each of these scopes, uncompressed; empty ones are left out."""
    rows = Entry.objects.filter(scope_id__in=set(scope_ids), body__isnull=False).values_list("scope_id")
    return dict(rows.annotate(size=Sum(Func("body", function="octet_length"), output_field=IntegerField())).order_by())


def list_settlements(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, CommandRecord]:
    """The latest settlement of each of the commands that has one."""
    rows = CommandRecord.objects.filter(company_id=actor.company_id, settles__in=list(ids))
    return {row.settles: row for row in rows.order_by("received_at", "id") if row.settles}


def get_acknowledged(actor: Actor) -> int:
    """The highest number up to which every command of the actor's device has its verdict; 0 before the first."""
    with company_fence(actor.company_id):
        found = DeviceState.objects.filter(device_id=actor.device_id).values_list("acknowledged_seq", flat=True)
        return found.first() or 0


def list_boots(device_id: UUID) -> dict[str, int]:
    """The offset last measured for each of a device's last boots: boot id to Unix ms minus uptime ms."""
    found = DeviceState.objects.filter(device_id=device_id).values_list("boots", flat=True).first()
    return found or {}
