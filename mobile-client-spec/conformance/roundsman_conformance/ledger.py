"""What the phone under test was told to record, compared with every command that it sends."""

import json
from dataclasses import dataclass, field
from typing import Any

from roundsman_conformance.device_clock import Reading, malformed
from roundsman_conformance.findings import Findings
from roundsman_conformance.names import Json

_MEMBERS = {"id", "seq", "name", "schema", "payload", "at", "uptime_ms", "boot_id"}


@dataclass
class Recorded:
    """One command as the adapter was told to record it. reading: the clocks then, None if they are not ours to set."""

    name: str
    id: str
    seq: int
    command: str
    schema: int
    payload: Json
    depends_on: list[str]
    reading: Reading | None
    first_wire: str | None = field(default=None, repr=False)


class Ledger:
    """The commands of one phone, in the order in which its user did them."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._by_id: dict[str, Recorded] = {}
        self.judged: set[int] = set()
        """The numbers that have a verdict at the server."""

    def record(self, recorded: Recorded, said_seq: Any) -> None:
        """Note a command that `do` has answered; said_seq: the number that it named."""
        if recorded.id in self._by_id:
            self._findings.note("REC-3", "an id of its own for every command", f"{recorded.id} twice")
        if said_seq != recorded.seq:
            self._findings.note("REC-2", f"seq {recorded.seq} for {recorded.name}", f"seq {said_seq}")
        self._by_id[recorded.id] = recorded

    @property
    def next_seq(self) -> int:
        """The number of the next command."""
        return len(self._by_id) + 1

    def all(self) -> list[Recorded]:
        """Every command, oldest first."""
        return list(self._by_id.values())

    def expand(self, names: list[str]) -> list[Recorded]:
        """The commands of these names; `bulk*` means bulk1, bulk2 and so on."""
        found: list[Recorded] = []
        for name in names:
            if name.endswith("*"):
                stem = name[:-1]
                found += [r for r in self.all() if r.name.removeprefix(stem).isdigit() and r.name.startswith(stem)]
            else:
                found += [r for r in self.all() if r.name == name]
        return found

    def name_of(self, id_: Any) -> str:
        """How a scenario calls a command."""
        return self._by_id[id_].name if isinstance(id_, str) and id_ in self._by_id else f"{id_!r}"

    def read(self, commands: Any) -> list[Recorded]:
        """The commands of a request, each checked against what was recorded. Unknown ones are left out."""
        if not isinstance(commands, list):
            self._findings.note("OUT-1", "a list of commands", repr(commands)[:100])
            return []
        found = [self._read(wire) for wire in commands]
        known = [item for item in found if item is not None]
        seqs = [item.seq for item in known]
        if seqs != sorted(set(seqs)):
            self._findings.note("OUT-1", "commands in the order of their numbers", f"seq {seqs}")
        return known

    def _read(self, wire: Any) -> Recorded | None:
        if not isinstance(wire, dict) or _MEMBERS - wire.keys():
            missing = sorted(_MEMBERS - wire.keys()) if isinstance(wire, dict) else wire
            self._findings.note("CLK-1" if _only_clocks(missing) else "REC-4", "a whole command", f"lacks {missing}")
            return None
        recorded = self._by_id.get(wire["id"])
        if recorded is None:
            self._findings.note("REC-4", "a command with the id that it was recorded with", f"the id {wire['id']}")
            return None
        if wire["seq"] != recorded.seq:
            self._findings.note("REC-2", f"seq {recorded.seq} for {recorded.name}", f"seq {wire['seq']}")
        self._compare(recorded, wire)
        return recorded

    def _compare(self, recorded: Recorded, wire: Json) -> None:
        text = json.dumps(wire, sort_keys=True)
        if recorded.first_wire is None:
            recorded.first_wire = text
            wanted = {"name": recorded.command, "schema": recorded.schema, "payload": recorded.payload}
            for member, value in wanted.items():
                if not _same(value, wire[member]):
                    rule = "COM-3" if member == "schema" else "REC-4"
                    self._findings.note(rule, f"{recorded.name}: {member} {value!r}", repr(wire[member])[:300])
            if list(wire.get("depends_on") or []) != recorded.depends_on:
                self._findings.note("REC-4", f"{recorded.name}: depends_on", repr(wire.get("depends_on")))
            problem = recorded.reading.misfit(wire) if recorded.reading else malformed(wire)
            if problem:
                self._findings.note("CLK-1", f"{recorded.name}: the clocks when it was recorded", problem)
        elif text != recorded.first_wire:
            first = json.loads(recorded.first_wire)
            changed = sorted(key for key in {*first, *wire} if first.get(key) != wire.get(key))
            self._findings.note("REC-4", f"{recorded.name} as it was sent first", f"another {', '.join(changed)}")

    def acknowledged(self) -> int:
        """The highest number up to which every command has a verdict."""
        seq = 0
        while seq + 1 in self.judged:
            seq += 1
        return seq


def _only_clocks(missing: Any) -> bool:
    return bool(missing) and isinstance(missing, list) and set(missing) <= {"at", "uptime_ms", "boot_id"}


def _same(one: Any, other: Any) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
