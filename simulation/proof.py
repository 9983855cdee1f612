"""The proof at the end of the day. Each function returns what is wrong; nothing wrong is an empty list.

A replica is right when it equals the first pull of a device that never held anything. A command is safe when the
server has it once, with one verdict, and the phone shows that verdict.
"""

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from roundsman_client.client import Client
from roundsman_client.errors import ServerBusy
from roundsman_client.protocol import Row, Verdict
from simulation.office import Json
from simulation.phone import Phone, Recorded

Rows = Mapping[tuple[str, str], Row]
_PATIENCE = 20
"""So often a new device comes again when the server has too much to do."""
_MOST = 5
"""So many faults of one sort are told in full."""
_FIELD_TIME = timedelta(seconds=10)
"""A command may wait so long for others between its arrival and its record."""


@dataclass
class Findings:
    """What was found of one phone. field_time: the largest error of a verified time; unverified: times that rest on
    the phone's word alone."""

    rows: int = 0
    replica: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    field_time: timedelta = timedelta()
    unverified: int = 0


def fresh_pull(server: str, company: str, username: str, password: str, store: Path) -> dict[tuple[str, str], Row]:
    """What a new device of this user gets by its first pull."""
    with Client(store, server) as client:
        for _ in range(_PATIENCE):
            try:
                client.sign_in(company, username, password, f"new device of {username}")
                break
            except ServerBusy as busy:
                time.sleep(busy.retry_after_s or 1)
        for _ in range(_PATIENCE):
            report = client.sync("all")
            if report.complete:
                break
            time.sleep(report.retry_after_s)
        rows = client.server_rows()
        client.sign_out()
    if not report.complete:
        raise ConnectionError(f"the fresh pull of {username} did not end: {report.problem}")
    return rows


def compare_rows(held: Rows, fresh: Rows) -> list[str]:
    """Where a replica differs from a fresh pull, row by row: missing, surplus, or another scope, content or tag."""
    faults = [f"lacks {kind} {id_}" for kind, id_ in fresh.keys() - held.keys()]
    faults += [f"holds {kind} {id_}, which a new device does not get" for kind, id_ in held.keys() - fresh.keys()]
    for key in held.keys() & fresh.keys():
        ours, theirs = held[key], fresh[key]
        # Versions say how often a row was published, not what it is.
        for name in ("scope", "data", "tag"):
            if getattr(ours, name) != getattr(theirs, name):
                faults.append(f"{key[0]} {key[1]}: {name} is {getattr(ours, name)}, should be {getattr(theirs, name)}")
                break
    return shortened(sorted(faults))


def check_replica(phone: Phone, fresh: Rows) -> list[str]:
    """What is wrong with a phone's rows: the replica itself, what its user sees, what had to be repaired."""
    faults = compare_rows(phone.client.server_rows(), fresh)
    for kind in {kind for kind, _ in fresh}:
        unsettled = [row.id for row in phone.client.rows(kind) if row.state != "synced"]
        faults += [f"{kind} {id_} is shown with work that is not settled" for id_ in unsettled]
    if repairs := phone.client.repairs():
        faults.append(f"had to be repaired: {repairs}")
    return faults


def check_commands(
    recorded: Sequence[Recorded], shown: Iterable[Verdict], stored: Iterable[Json], *, may_wait: bool = False
) -> list[str]:
    """What is wrong with a phone's commands. shown: on the phone; stored: on the server, of this device.

    may_wait: some of them may still be parked.
    """
    records = list(stored)
    faults = []
    for id_, times in Counter(record["id"] for record in records).items():
        if times > 1:
            faults.append(f"command {id_} has {times} records")
    by_id = {record["id"]: record for record in records}
    known = {command.id for command in recorded}
    faults += [f"command {id_} is not on the server" for id_ in known - by_id.keys()]
    faults += [f"command {id_} was never recorded here" for id_ in by_id.keys() - known]
    verdicts = {verdict.command_id: verdict for verdict in shown}
    faults += [f"command {id_} has no verdict on the phone" for id_ in known - verdicts.keys()]
    for id_ in by_id.keys() & verdicts.keys():
        theirs, ours = by_id[id_]["verdict"], verdicts[id_]
        if (theirs["status"], theirs["code"]) != (ours.status, ours.code):
            faults.append(f"command {id_} is {theirs['status']} {theirs['code']}, shown {ours.status} {ours.code}")
        if theirs["status"] == "parked" and not may_wait:
            faults.append(f"command {id_} is still parked: {theirs['code']}")
    numbers = sorted(record["verdict"]["seq"] for record in records)
    if numbers != list(range(1, len(numbers) + 1)):
        faults.append(f"the numbers of the commands have gaps: {numbers}")
    return shortened(faults)


def measure_field_time(phone: Phone, stored: Iterable[Json], findings: Findings) -> None:
    """Compare the times that the server made of the phone's clocks with the day's true time; note it in `findings`.

    The day is shorter for the server than for the phones: true is that a command lies so long before its receipt as
    the phone's true time says.
    """
    by_id = {record["id"]: record for record in stored}
    faults = []
    for command in phone.recorded:
        record = by_id.get(command.id)
        if record is None or command.offered_at is None:
            continue
        measured = command.boot in phone.heard_boots
        if record["occurred_verified"] != measured:
            faults.append(f"command {command.id}: verified is {record['occurred_verified']}, not {measured}")
        if not measured:
            findings.unverified += 1
            continue
        received_at, occurred_at = (datetime.fromisoformat(record[name]) for name in ("received_at", "occurred_at"))
        error = abs((received_at - occurred_at) - (command.offered_at - command.at))
        findings.field_time = max(findings.field_time, error)
        if error > _FIELD_TIME:
            faults.append(f"command {command.id} happened {error} from where the server puts it")
    findings.commands += shortened(faults)


def shortened(faults: list[str]) -> list[str]:
    """The first few faults, and how many more there are."""
    return faults if len(faults) <= _MOST else [*faults[:_MOST], f"… and {len(faults) - _MOST} more"]
