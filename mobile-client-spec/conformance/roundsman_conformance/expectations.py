"""Compares what the client holds and shows, and what it reports, with what a scenario expects."""

from dataclasses import dataclass, field
from typing import Any

from roundsman_conformance.answers import message_of
from roundsman_conformance.findings import Findings
from roundsman_conformance.ledger import Ledger
from roundsman_conformance.names import Json, Names
from roundsman_conformance.rows import Replica

LISTS = ("rows", "pending", "verdicts", "conflicts")


@dataclass
class Dump:
    """What the adapter's `dump` said, in a form that can be asked."""

    content: Json
    rows: dict[tuple[str, str], Json] = field(init=False)
    verdicts: dict[str, Json] = field(init=False)

    def __post_init__(self) -> None:
        self.rows = {(str(row.get("kind")), str(row.get("id"))): row for row in self.items("rows")}
        self.verdicts = {str(verdict.get("id")): verdict for verdict in self.items("verdicts")}

    def items(self, name: str) -> list[Json]:
        """One of the lists; nothing where the adapter has none."""
        found = self.content.get(name)
        return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


class Expectations:
    """The expectations of one play."""

    def __init__(self, names: Names, ledger: Ledger, findings: Findings, language: str) -> None:
        self._names = names
        self._ledger = ledger
        self._findings = findings
        self._language = language

    def check(self, wanted: list[Json], dump: Dump, replica: Replica) -> None:
        """Compare a dump. replica: what the phone must hold of the server's rows."""
        for item in wanted:
            found = self._judge(item, dump, replica)
            if found is not None:
                self._findings.note(item["rule"], *found)

    def _judge(self, item: Json, dump: Dump, replica: Replica) -> tuple[str, str] | None:
        for member, judge in (
            ("row", self._row),
            ("no_row", self._no_row),
            ("holds", self._holds),
            ("pending", self._pending),
            ("among_pending", self._among_pending),
            ("verdict", self._verdict),
            ("conflict", self._conflict),
            ("repairs", self._repairs),
            ("phone", self._phone),
        ):
            if member in item:
                return judge(item, dump, replica)
        raise ValueError(f"an expectation of nothing: {item}")

    def _row(self, item: Json, dump: Dump, replica: Replica) -> tuple[str, str] | None:
        kind, id_ = item["kind"], self._names.fill(item["row"])
        row = dump.rows.get((kind, id_))
        said = f"{kind} {item['row']}"
        if row is None:
            return f"{said} is shown", "it is not"
        wanted = {"state": item["state"]} if "state" in item else {}
        if "data" in item:
            wanted["data"] = item["data"]
        wrong = self._names.differences(wanted, row, subset=True)
        return (f"{said}: {wanted}", "; ".join(wrong)) if wrong else None

    def _no_row(self, item: Json, dump: Dump, replica: Replica) -> tuple[str, str] | None:
        key = (item["kind"], self._names.fill(item["no_row"]))
        return (f"{item['kind']} {item['no_row']} is gone", "it is shown") if key in dump.rows else None

    def _holds(self, item: Json, dump: Dump, replica: Replica) -> tuple[str, str] | None:
        """`exactly`: the server's rows, no more, no fewer. Rows under a pending effect are compared by their ids."""
        wrong = []
        for row in replica.rows.values():
            shown = dump.rows.get(row.key)
            if shown is None:
                wrong.append(f"{self._say(row.key)} is missing")
            elif shown.get("state") == "synced":
                data = {"scope": row.scope, "data": row.data}
                wrong += [f"{self._say(row.key)}: {d}" for d in self._names.differences(data, shown, subset=True)]
        for key, shown in dump.rows.items():
            if shown.get("state") == "synced" and key not in replica.rows:
                wrong.append(f"{self._say(key)} is too many")
        more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        return (f"the server's {len(replica.rows)} rows", "; ".join(wrong[:5]) + more) if wrong else None

    def _say(self, key: tuple[str, str]) -> str:
        return f"{key[0]} {self._names.name_of(key[1])}"

    def _pending(self, item: Json, dump: Dump, replica: Replica) -> tuple[str, str] | None:
        """The commands that are not settled, in order: a list of names, or name → state."""
        wanted = item["pending"]
        order = [recorded.name for recorded in self._ledger.expand(list(wanted))]
        got = [(self._ledger.name_of(one.get("id")), one.get("state")) for one in dump.items("pending")]
        right = [name for name, _ in got] == order
        if isinstance(wanted, dict):
            right = right and all(wanted[name] == state for name, state in got)
        said = ", ".join(f"{n} ({s})" for n, s in got[:6]) + ("…" if len(got) > 6 else "")
        return None if right else (f"pending: {wanted or 'nothing'}", said or "nothing pending")

    def _among_pending(self, item: Json, dump: Dump, replica: Replica) -> tuple[str, str] | None:
        """Name → state of some commands that are not settled; there may be others."""
        got = {self._ledger.name_of(one.get("id")): one.get("state") for one in dump.items("pending")}
        wanted = item["among_pending"]
        right = all(got.get(name) == state for name, state in wanted.items())
        return None if right else (f"among the pending: {wanted}", repr(got))

    def _verdict(self, item: Json, dump: Dump, replica: Replica) -> tuple[str, str] | None:
        (recorded,) = self._ledger.expand([item["verdict"]])
        verdict = dump.verdicts.get(recorded.id)
        if verdict is None:
            return f"a verdict on {recorded.name}", "none"
        wanted = {key: item[key] for key in ("status", "code", "field") if key in item}
        if item.get("explained"):
            wanted["message"] = message_of(item.get("code"), self._language)
        wrong = self._names.differences(wanted, verdict, subset=True)
        return (f"{recorded.name}: {wanted}", "; ".join(wrong)) if wrong else None

    def _conflict(self, item: Json, dump: Dump, replica: Replica) -> tuple[str, str] | None:
        wanted = self._names.fill(item["conflict"])
        found = [c for c in dump.items("conflicts") if not self._names.differences(wanted, c, subset=True)]
        if len(found) == 1:
            return None
        return f"the conflict {item['conflict']} once", self._names.say(
            dump.items("conflicts")
        ) if not found else "twice"

    def _repairs(self, item: Json, dump: Dump, replica: Replica) -> tuple[str, str] | None:
        got = dump.content.get("repairs")
        right = got is None or got == item["repairs"]  # counting is a SHOULD
        return None if right else (f"repairs counted: {item['repairs']}", repr(got))

    def _phone(self, item: Json, dump: Dump, replica: Replica) -> tuple[str, str] | None:
        """Members of the dump itself: `{"signed_in": false}`; `empty: true` means that nothing is left on the phone."""
        wanted = dict(item["phone"])
        if wanted.pop("empty", False):
            left = [name for name in LISTS if dump.content.get(name)]
            if left or dump.content.get("cursor"):
                return "nothing left on the phone", f"{', '.join([*left, 'cursor'])}"
        wrong = self._names.differences(wanted, dump.content, subset=True)
        return (f"{wanted}", "; ".join(wrong)) if wrong else None


def check_report(rule: str, wanted: Json, report: Json, before: Json, findings: Findings) -> None:
    """Compare the report of `sync`. before: the report of the sync before it."""
    pause_s = report.get("retry_after_s")
    pause: Any = pause_s if isinstance(pause_s, int | float) else 0
    for member, value in wanted.items():
        match member:
            case "at_least_s":
                right, got = pause >= value, f"retry_after_s {pause_s}"
            case "at_most_s":
                right, got = pause <= value, f"retry_after_s {pause_s}"
            case "longer_than_before":
                right, got = (
                    pause > (before.get("retry_after_s") or 0),
                    f"{pause_s} after {before.get('retry_after_s')}",
                )
            case "error":
                allowed = value if isinstance(value, list) else [value]
                right, got = report.get("error") in allowed, f"error {report.get('error')!r}"
            case _:
                right, got = report.get(member) == value, f"{member} {report.get(member)!r}"
        if not right:
            said = f" ({report['message']})" if report.get("message") else ""
            findings.note(rule, f"report: {member} {value}", f"{got}{said}")
