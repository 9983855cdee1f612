"""The push: corrects the field time of a device's commands and hands them to the one way to write."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import orjson
from django.db import connection

from core import records
from core.actor import Actor
from core.batches import CommandRequest, Verdict
from core.clock import ClockReading, field_time
from core.commands import execute_all
from core.fence import company_fence
from core.models import Status
from sync import queries
from sync.errors import FromRevokedDevice


@dataclass(slots=True)
class Push:
    """One request's commands in the order in which they happened, and what the device's clocks read at its sending."""

    clock: ClockReading
    commands: list[CommandRequest] = field(default_factory=list)


class Pushed(NamedTuple):
    """What became of a push: a verdict each, and the highest number up to which every command has one."""

    verdicts: list[Verdict]
    acknowledged: int


def push(actor: Actor, request: Push, received_at: datetime) -> Pushed:
    """Judge the commands, in their order.

    What is known of the device (acknowledged number, clocks, counts) is written in the transaction of the verdicts.
    """
    if not request.commands:
        return Pushed([], queries.get_acknowledged(actor))
    _correct_times(actor, request, received_at)
    acknowledged = 0

    def note(verdicts: Sequence[Verdict]) -> None:
        nonlocal acknowledged
        acknowledged = _note_push(actor, request.clock, received_at, verdicts)

    verdicts = execute_all(request.commands, actor=actor, door="push", in_transaction=note)
    return Pushed(verdicts, acknowledged)


def park_all(actor: Actor, request: Push, received_at: datetime) -> int:
    """Store the last push of a revoked device; every new command waits for a person. Returns how many were stored."""
    if not request.commands:
        return 0
    _correct_times(actor, request, received_at)
    with company_fence(actor.company_id):
        verdicts = records.park(request.commands, actor, "push", FromRevokedDevice())
        _note_push(actor, request.clock, received_at, verdicts)
    return len(verdicts)


def verdicts_json(verdicts: Sequence[Verdict]) -> bytes:
    """The finished JSON of an answer's verdicts."""
    return orjson.dumps([verdict.as_wire() for verdict in verdicts])


def _correct_times(actor: Actor, request: Push, received_at: datetime) -> None:
    """Set `occurred_at` of every command. Offsets of earlier boots are read only when a command needs one."""
    known: dict[str, int] = {}
    if actor.device_id and any(c.boot_id not in (None, request.clock.boot_id) for c in request.commands):
        with company_fence(actor.company_id):
            known = queries.list_boots(actor.device_id)
    for command in request.commands:
        then = ClockReading(command.claimed_at or received_at, command.uptime_ms, command.boot_id)
        corrected = field_time(then, request.clock, received_at, known)
        command.occurred_at, command.occurred_verified = corrected.occurred_at, corrected.verified


def note_clock(actor: Actor, clock: ClockReading, received_at: datetime) -> None:
    """Note what a device's clocks showed at a request without commands; nothing without an uptime."""
    offset_ms = clock.offset_ms(received_at)
    if clock.boot_id is None or offset_ms is None:
        return
    wall_ms = round((received_at - clock.at).total_seconds() * 1000)
    with connection.cursor() as cursor:
        cursor.execute(
            "select sync_note_clock(%s, %s, %s, %s, %s, %s)",
            [actor.company_id, actor.user_id, actor.device_id, clock.boot_id, offset_ms, wall_ms],
        )


def _note_push(actor: Actor, clock: ClockReading, received_at: datetime, verdicts: Sequence[Verdict]) -> int:
    """Note a set of verdicts; returns the acknowledged number."""
    statuses = [verdict.status for verdict in verdicts]
    with connection.cursor() as cursor:
        cursor.execute(
            "select sync_note_push(%s, %s, %s, %s::bigint[], %s, %s, %s, %s, %s)",
            [
                actor.company_id,
                actor.user_id,
                actor.device_id,
                [verdict.seq for verdict in verdicts if verdict.seq is not None],
                statuses.count(Status.REFUSED),
                statuses.count(Status.PARKED),
                clock.boot_id if clock.uptime_ms is not None else None,
                clock.offset_ms(received_at) if clock.boot_id is not None else None,
                round((received_at - clock.at).total_seconds() * 1000),
            ],
        )
        acknowledged: int = cursor.fetchone()[0]
        return acknowledged
