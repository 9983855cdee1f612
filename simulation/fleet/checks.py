"""What must be true of a device when everything has come to rest. Each function returns what is wrong.

They take what was found, not where it is from, so that each can be shown to find what it is there for.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from roundsman_client.overlay import LocalRow
from roundsman_client.protocol import Row, Verdict
from simulation.office import Json
from simulation.phone import Recorded
from simulation.proof import shortened

TOLERANCE = timedelta(seconds=20)
"""A command may wait so long for others between its arrival and its record, when the server has much to do."""


class Check(StrEnum):
    """The invariants, as they are named in the report."""

    COMMANDS = "commands"
    EFFECTS = "effects"
    REPLICAS = "replicas"
    GRANTS = "grants"
    VERSIONS = "versions"
    TOLD = "told"
    REPAIRS = "repairs"
    TIMES = "times"
    ANSWERED = "answered"


class Attempt(NamedTuple):
    """One attempt of a device to sync. at: true time. boot: of the device then. complete: it came to its end."""

    at: datetime
    boot: str
    complete: bool


def check_view(shown: Iterable[LocalRow], waiting: int) -> list[str]:
    """Whether the user sees the server's rows, but for commands that wait for a person. waiting: how many do."""
    faults = []
    for row in shown:
        if row.state == "pending" or (row.state == "waiting" and not waiting):
            faults.append(f"{row.kind} {row.id} is shown with work that is {row.state}")
    return shortened(faults)


def check_grants(held: Collection[str], allowed: Collection[str]) -> list[str]:
    """Whether a device holds exactly the scopes that its user may see."""
    faults = [f"holds scope {scope}, which its user may not see" for scope in sorted(set(held) - set(allowed))]
    faults += [f"lacks scope {scope}" for scope in sorted(set(allowed) - set(held))]
    return shortened(faults)


def check_told(records: Iterable[Json], verdicts: Iterable[Verdict], rows: Mapping[tuple[str, str], Row]) -> list[str]:
    """Whether the user can see each of his commands that was refused, is parked or met a conflict, and why.

    verdicts: on the device that recorded them. rows: what all devices of the user hold. A conflict belongs to the user
    whose value lost: another one's, where this command's value was kept.
    """
    shown = {verdict.command_id: verdict for verdict in verdicts}
    faults = []
    for record in records:
        verdict, id_ = record["verdict"], record["id"]
        if verdict["status"] in ("refused", "parked"):
            here = shown.get(id_)
            if here is None or here.status != verdict["status"] or here.code != verdict["code"] or not here.message:
                faults.append(f"command {id_} is {verdict['status']}, and its user is not told why")
            if ("verdict", id_) not in rows:
                faults.append(f"command {id_} is {verdict['status']}, and the user's other devices do not know")
        for conflict in verdict["conflicts"]:
            if conflict["kept"] == "theirs" and ("conflict", conflict["conflict_id"]) not in rows:
                faults.append(f"command {id_} lost {conflict['field']}, and its user is not told")
    return shortened(faults)


def check_times(recorded: Iterable[Recorded], attempts: Sequence[Attempt], records: Iterable[Json]) -> list[str]:
    """Whether the server knows when things happened, although clocks were wrong.

    Fleet time is shorter for the server than for the phones. True is: a command lies so long before its receipt as it
    lay before one of the attempts to send it. Of a phone that was restarted in between nothing is known for certain.
    """
    by_id = {record["id"]: record for record in records}
    moments = [attempt.at for attempt in attempts]
    faults = []
    for command in recorded:
        record = by_id.get(command.id)
        tries = list(_until_complete(attempts, bisect_left(moments, command.at)))
        if record is None or any(attempt.boot != command.boot for attempt in tries):
            continue
        if not record["occurred_verified"]:
            faults.append(f"command {command.id} is not verified, though its phone was not restarted")
            continue
        received, occurred = (datetime.fromisoformat(record[name]) for name in ("received_at", "occurred_at"))
        age = received - occurred
        if not any(abs(age - (attempt.at - command.at)) <= TOLERANCE for attempt in tries):
            faults.append(f"command {command.id} is {age} old to the server, which it never was when it was sent")
    return shortened(faults)


def _until_complete(attempts: Sequence[Attempt], first: int) -> Iterator[Attempt]:
    for attempt in attempts[first:]:
        yield attempt
        if attempt.complete:
            return


def check_repairs(repaired: Mapping[str, int]) -> list[str]:
    """Whether a device had to repair anything: rows by kind."""
    return [f"had to repair {count} rows of {kind}" for kind, count in sorted(repaired.items())]
