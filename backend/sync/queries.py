"""Reads of sync: command records, conflicts, and why somebody sees a scope."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db.models import Count, Exists, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest

from accounts import queries as account_queries
from core import grants
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
    return _may_look_into(actor, CommandRecord.objects.filter(company_id=actor.company_id, settles__isnull=True))


def list_edits_about(actor: Actor, ids: Iterable[UUID]) -> QuerySet[CommandRecord]:
    """What the actor may look into of the commands that changed these customers, sites or contacts.

    A parked command that took effect later is told as of then.
    """
    return _may_look_into(actor, CommandRecord.objects.filter(company_id=actor.company_id, about__in=list(ids)))


def list_waiting(actor: Actor) -> QuerySet[CommandRecord]:
    """Commands that did not take effect and that the actor may settle: a manager his people's, an administrator all.

    Each with how many others are `held` by it; those others are left out where it was parked, for they follow it.
    """
    mine = CommandRecord.objects.filter(company_id=actor.company_id)
    over = mine.filter(~Q(status__in=_WAITING) | Q(code="sync.discarded"), settles=OuterRef("id"))
    awaited = mine.filter(id=OuterRef("waits_for"), status=Status.PARKED, settles__isnull=True)
    held = mine.filter(waits_for=OuterRef("id"), settles__isnull=True).order_by()
    rows = mine.filter(~Exists(over), settles__isnull=True, status__in=_WAITING).exclude(
        Exists(awaited.filter(~Exists(over)))
    )
    rows = rows.annotate(held=Coalesce(Subquery(held.values("waits_for").annotate(n=Count("id")).values("n")), 0))
    if actor.has_role("admin"):
        return rows
    if not actor.has_role("manager"):
        return rows.none()
    return rows.filter(user_id__in=account_queries.list_subordinate_ids(actor)).exclude(user_id=actor.user_id)


def list_open_conflicts(actor: Actor) -> QuerySet[Any]:
    """Conflicts of rows that the actor sees, in which a value was lost that he may restore; each with `lost_at`."""
    lost_at = Greatest("your_at", Coalesce("their_at", "your_at"))
    rows = Conflict.objects.filter(grants.visible(actor, "scope_id"), state="open").annotate(lost_at=lost_at)
    if actor.has_role("admin"):
        return rows
    own = Q(user_id=actor.user_id)
    below = Q(user_id__in=account_queries.list_subordinate_ids(actor))
    return rows.filter(own | below if actor.has_role("manager") else own)


def list_present(conflicts: Iterable[Conflict]) -> dict[UUID, Any]:
    """The rows in conflict as phones know them now, by the rows' ids; without those that are gone (one query)."""
    found = list(conflicts)
    entries = Entry.objects.filter(
        scope_id__in={conflict.scope_id for conflict in found},
        kind__in={conflict.kind for conflict in found},
        id__in={conflict.row_id for conflict in found},
        body__isnull=False,
    )
    return {id_: orjson.loads(body) for id_, body in entries.values_list("id", "body") if body is not None}


def list_silent_devices(actor: Actor, since: datetime) -> QuerySet[Any]:
    """Devices as `list_device_states` has them, of people at work, of whom no device was heard of since then."""
    heard = DeviceState.objects.filter(user_id=OuterRef("user_id"))
    heard = heard.filter(Q(last_push_at__gte=since) | Q(last_pull_at__gte=since))
    return list_device_states(actor).filter(
        ~Exists(heard), revoked_at__isnull=True, user__is_active=True, synced_at__lt=since
    )


def list_repaired_devices(actor: Actor, since: datetime) -> QuerySet[Any]:
    """Devices as `list_device_states` has them, whose data had to be repaired since then; each with `repaired_at`."""
    repaired = DeviceState.objects.filter(device_id=OuterRef("id")).values("last_repair_at")
    rows = list_device_states(actor).annotate(repaired_at=Subquery(repaired))
    return rows.filter(revoked_at__isnull=True, repairs__gt=0, repaired_at__gte=since)


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


def _may_look_into(actor: Actor, records: QuerySet[CommandRecord]) -> QuerySet[CommandRecord]:
    if actor.has_role("admin"):
        return records
    below = account_queries.list_subordinate_ids(actor) if actor.has_role("manager") else ()
    return records.filter(user_id__in=[actor.user_id, *below])
