"""Writes the answers of the scripted server: an exchange of a scenario, with ids, rows, tags and digests in it."""

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from roundsman_conformance.ledger import Ledger, Recorded
from roundsman_conformance.names import Json, Names, to_wire
from roundsman_conformance.rows import Replica, Row, Table, digest

if TYPE_CHECKING:
    from roundsman_conformance.expected_phone import OpenAnswer

EXTRA = {"colour": "green", "later": {"than": ["this", "app"]}}
"""Members that no app knows yet."""


@dataclass
class Changes:
    """The second half of an answer, and what it makes of a phone that takes it."""

    enter: list[str] = field(default_factory=list)
    leave: list[Json] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def apply(self, replica: Replica) -> None:
        """Leave, then enter, then rows."""
        for leave in self.leave:
            replica.leave(leave["scope"])
        for scope in self.enter:
            replica.enter(scope)
        for row in self.rows:
            replica.apply(row)


def message_of(code: str | None, language: str) -> str | None:
    """What the scripted server says to people with a code."""
    if code is None:
        return None
    return f"服务器的说明：{code}" if language.startswith("zh") else f"The server's words on {code}"


class Composer:
    """Composes answers of one play."""

    def __init__(self, names: Names, table: Table, ledger: Ledger, now: Callable[[], datetime]) -> None:
        self._names = names
        self._table = table
        self._ledger = ledger
        self._now = now
        self._versions: dict[tuple[str, str], int] = {}
        self.epoch = str(uuid.uuid4())
        self.language = "en"

    def push(self, verdicts: list[Json]) -> Json:
        """The answer of a push alone."""
        return {
            "received_at": to_wire(self._now()),
            "verdicts": verdicts,
            "acknowledged": self._ledger.acknowledged(),
        }

    def receipts(self, answer: Json) -> list[Json]:
        """Verdicts on commands that did not come with this request: receipts that were under way for long."""
        said = answer.get("scripted", {}).get("receipts", [])
        return [self.verdict(c, {"verdicts": said}) for c in self._ledger.expand([r["command"] for r in said])]

    def verdict(self, command: Recorded, answer: Json) -> Json:
        """The verdict on a command: what the scenario says, or applied."""
        said = next((v for v in answer.get("verdicts", ()) if v["command"] == command.name), {})
        self._ledger.judged.add(command.seq)
        return {
            "id": command.id,
            "seq": command.seq,
            "status": said.get("status", "applied"),
            "code": said.get("code"),
            "field": said.get("field"),
            "message": message_of(said.get("code"), self.language),
            "details": self._names.fill(said.get("details", {})),
            "conflicts": self._names.fill(said.get("conflicts", []), f"conflicts/{command.id}"),
        }

    def cursor(self, answer: Json, sent: Any) -> str:
        """A new cursor, or the one that was sent if the scenario says so."""
        same = answer.get("scripted", {}).get("cursor") == "same"
        return str(sent) if same else secrets.token_urlsafe(60)

    def changes(self, answer: Json) -> Changes:
        """What an answer brings; the scenario's rows are noted as the server's present ones."""
        scripted = answer.get("scripted", {})
        leave = [*answer.get("leave", ()), *scripted.get("leave", ())]
        changes = Changes(self._names.fill(answer.get("enter", [])), self._names.fill(leave))
        for written in answer.get("unsent", ()):
            self._table.write(written)
        withheld = [(row["kind"], row["id"]) for row in scripted.get("without", ())]
        for written in [*answer.get("rows", ()), *scripted.get("rows", ())]:
            for row in self._table.write_all(written, lambda row: (row.kind, self._names.id(row.id))):
                if row.key not in withheld:
                    changes.rows.append(self._filled(row))
        return changes

    def acknowledged(self, answer: Json, verdicts: list[Json], open_answer: "OpenAnswer | None") -> int:
        """What an answer acknowledges. A scenario that names it says that the server forgot the later commands."""
        if "acknowledged" in answer:
            present = {verdict["seq"] for verdict in verdicts}
            self._ledger.judged = {n for n in self._ledger.judged if n <= answer["acknowledged"] or n in present}
        said = answer.get("scripted", {}).get("acknowledged")
        if said is not None:
            return int(said)
        return open_answer.acknowledged if open_answer else self._ledger.acknowledged()

    def pull(
        self, verdicts: list[Json], answer: Json, changes: Changes, held: Replica, cursor: str, acknowledged: int
    ) -> Json:
        """The answer of a pull. held: what the phone holds when it has taken it."""
        if "epoch" in answer:
            self.epoch = self._names.id(answer["epoch"])
            self._versions = {}
        complete = answer.get("complete", True)
        digests = self._digests(answer, held) if complete else {}
        scripted = answer.get("scripted", {})
        whole: Json = {
            "epoch": self.epoch,
            "received_at": to_wire(self._now()),
            "verdicts": verdicts,
            "changes": {
                "enter": changes.enter,
                "leave": changes.leave,
                "rows": [self._wire(row, scripted.get("versions")) for row in changes.rows],
            },
            "acknowledged": acknowledged,
            "complete": answer.get("complete", True),
            "cursor": cursor,
            "digests": digests,
            "missing_files": [],
            "next_sync_after_s": scripted.get("next_sync_after_s", 0),
        }
        if scripted.get("extra"):
            _add_extras(whole)
        if "lacks" in scripted:
            del whole[scripted["lacks"]]
        if "row_lacks" in scripted:
            del whole["changes"]["rows"][-1][scripted["row_lacks"]]
        return whole

    def _digests(self, answer: Json, held: Replica) -> Json:
        """Of all scopes that the phone holds or should hold, unless the scenario names them."""
        wrong = self._names.fill(answer.get("scripted", {}).get("wrong_digests", []))
        named = answer.get("digests")
        scopes = sorted(held.scopes) if named is None else self._names.fill(named)
        found = {}
        for scope in scopes:
            rows = [row for row in self._table.rows.values() if self._names.id(row.scope) == scope]
            tags = [self._filled(row).tag for row in rows]
            found[scope] = digest([*tags, "00000000000000ff"] if scope in wrong else tags)
        return found

    def _filled(self, row: Row) -> Row:
        concrete = self._table.filled(self._names, row)
        if row.kind == "verdict" and concrete.data and concrete.data.get("message"):
            data = concrete.data | {"message": message_of(concrete.data["code"], self.language)}
            concrete = Row(concrete.scope, concrete.kind, concrete.id, data)
        return concrete

    def _wire(self, row: Row, version: int | None) -> Json:
        self._versions[row.key] = self._versions.get(row.key, 0) + 1 if version is None else version
        return row.wire(self._versions[row.key])


def _add_extras(whole: Json) -> None:
    whole.update(EXTRA)
    whole["changes"]["later"] = []
    for item in [*whole["verdicts"], *whole["changes"]["rows"], *whole["changes"]["leave"]]:
        item.update(EXTRA)
    for row in whole["changes"]["rows"]:
        if row["data"] is not None:
            row["data"].update(EXTRA)
    for digest_ in whole["digests"].values():
        digest_.update(EXTRA)
