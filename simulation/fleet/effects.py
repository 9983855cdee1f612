"""Whether each command had its effect, once: every command of the ledger beside the rows that users get in the end.

A command that was applied left its row, with what it said. One that was refused, or is parked, left nothing. A mark
stands in one row. A field holds what somebody wrote whose command took effect; and the very last, if one device alone
wrote it.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from simulation.fleet.evidence import Evidence, Json

_MARK = re.compile(r"[\w-]+#\d+")
_NOT_WRITTEN_BY_COMMANDS = ("conflict", "verdict", "user", "product", "org_unit", "territory")
_TOOK_EFFECT = ("applied", "merged")

Find = Callable[[str, str], Json | None]


@dataclass(frozen=True, slots=True)
class Deed:
    """A command of the ledger with what the server says of it. status: `missing` where it has no record."""

    id: str
    device_id: str
    user_id: str
    name: str
    schema: int
    payload: Json
    seq: int
    status: str
    stored: Json | None

    @property
    def took_effect(self) -> bool:
        return self.status in _TOOK_EFFECT


def check_effects(evidence: Evidence) -> tuple[list[str], int]:
    """What is wrong with the effects, and how many commands were looked at."""
    gone = _gone(evidence)
    find = _finder(evidence)
    faults: list[str] = []
    count = 0
    writes: dict[tuple[str, str, str], list[Deed]] = defaultdict(list)
    for deed in _deeds(evidence):
        count += 1
        if deed.stored is not None and deed.stored != deed.payload:
            faults.append(f"command {deed.id} ({deed.name}) is stored with another payload")
        if deed.name in _EDITS:
            for field in deed.payload["changes"]:
                writes[_EDITS[deed.name], deed.payload["id"], field].append(deed)
        else:
            faults += _check_row(deed, find, gone)
    for place, deeds in writes.items():
        faults += _check_field(place, deeds, find, gone)
    faults += _check_marks(evidence)
    return faults, count


def _gone(evidence: Evidence) -> set[str]:
    """The rows that commands removed, those with them that belonged to a customer who was deleted."""
    removing = "c.name in ('customers.delete', 'customers.remove_contact')"
    gone = {deed.payload["id"] for deed in _deeds(evidence, removing) if deed.took_effect}
    adding = "c.name in ('customers.add_contact', 'customers.add_site')"
    return gone | {deed.payload["id"] for deed in _deeds(evidence, adding) if deed.payload["customer_id"] in gone}


def check_conflicts(evidence: Evidence) -> list[str]:
    """Conflicts of which no user has a row: nobody would ever see the value that lost."""
    query = """
        select r.id, json_extract(c.value, '$.field') from record r, json_each(r.conflicts) c
        where not exists (
          select 1 from entry e where e.kind = 'conflict' and e.id = json_extract(c.value, '$.conflict_id'))
    """
    return [f"command {id_} met a conflict on {field} that no user can see" for id_, field in evidence.each(query)]


def _check_row(deed: Deed, find: Find, gone: set[str]) -> Iterator[str]:
    """A command that makes, closes or removes something."""
    said = f"command {deed.id} ({deed.name}, {deed.status})"
    if deed.name in ("customers.delete", "customers.remove_contact"):
        kind = "customer" if deed.name == "customers.delete" else "contact"
        if deed.took_effect and find(kind, deed.payload["id"]) is not None:
            yield f"{said} left its row in place"
        return
    kind, id_ = _row_of(deed)
    row = find(kind, id_)
    if not deed.took_effect:
        if row is not None:
            yield f"{said} has left a {kind}"
        return
    if id_ in gone or deed.payload.get("customer_id") in gone:
        if row is not None:
            yield f"{said} was removed, and its {kind} is there"
        return
    if row is None:
        yield f"{said} has no {kind}"
        return
    for field, value in _expected(deed).items():
        if row.get(field) != value:
            yield f"{said}: {field} of its {kind} is {row.get(field)!r}, not {value!r}"
    if deed.name in ("visits.check_in", "visits.check_out"):
        visit = find("visit", deed.payload["visit_id"])
        states = ("closed",) if deed.name == "visits.check_out" else ("open", "closed")
        if visit is None or visit["rep_id"] != deed.user_id or visit["state"] not in states:
            yield f"{said}: its visit is {visit and visit['state']}"


_ROWS = {
    "customers.create": ("customer", ("name",)),
    "customers.add_site": ("site", ("name", "customer_id")),
    "customers.add_contact": ("contact", ("name", "customer_id")),
    "visits.plan": ("visit", ("purpose", "customer_id")),
    "visits.log": ("visit_log", ("note", "visit_id", "result")),
}
"""By command the kind of row that it makes, under the payload's id, and members that nobody edits later."""
_EDITS = {
    "customers.update": "customer",
    "customers.update_site": "site",
    "customers.update_contact": "contact",
}


def _row_of(deed: Deed) -> tuple[str, str]:
    if deed.name in ("visits.check_in", "visits.check_out"):
        return "check_in", deed.id  # the evidence has the command's id
    return _ROWS[deed.name][0], deed.payload["id"]


def _expected(deed: Deed) -> Json:
    payload = deed.payload
    if deed.name in ("visits.check_in", "visits.check_out"):
        return {"visit_id": payload["visit_id"], "direction": "in" if deed.name == "visits.check_in" else "out"}
    expected = {field: payload[field] for field in _ROWS[deed.name][1]}
    if deed.name == "visits.log":
        expected["next_steps"] = payload.get("next_steps", []) if deed.schema > 1 else _one_step(payload)
    return expected


def _one_step(payload: Json) -> list[Json]:
    """The next steps of a log as an old app sends it."""
    step = {"text": payload.get("next_step") or "", "due_date": payload.get("next_step_date")}
    return [step] if any(step.values()) else []


def _check_field(place: tuple[str, str, str], deeds: list[Deed], find: Find, gone: set[str]) -> Iterator[str]:
    """What commands wrote into one field of one row, in any order."""
    kind, id_, field = place
    row = find(kind, id_)
    if row is None:
        if id_ not in gone and any(deed.took_effect for deed in deeds):
            yield f"{kind} {id_} was edited, and is not there"
        return
    present = row.get(field)
    written = {deed.payload["changes"][field]["to"]: deed for deed in deeds}
    if present in written and not written[present].took_effect:
        yield f"{field} of {kind} {id_} holds what command {written[present].id} wrote, which is not applied"
    if all(deed.status == "applied" for deed in deeds) and len({deed.device_id for deed in deeds}) == 1:
        last = max(deeds, key=lambda deed: deed.seq).payload["changes"][field]["to"]
        if present != last:
            yield f"{field} of {kind} {id_} is {present!r}; the last edit wrote {last!r}"
    elif any(deed.status == "applied" for deed in deeds) and present not in written:
        yield f"{field} of {kind} {id_} is {present!r}, which nobody wrote"


def _check_marks(evidence: Evidence) -> Iterator[str]:
    """Every mark stands in one row alone: nothing was done twice."""
    places: Counter[str] = Counter()
    kinds = ", ".join(f"'{kind}'" for kind in _NOT_WRITTEN_BY_COMMANDS)
    for (data,) in evidence.each(f"select data from entry where kind not in ({kinds})"):
        places.update(set(_MARK.findall(data)))
    for mark, times in places.items():
        if times > 1:
            yield f"what was written as {mark} stands in {times} rows"


def _deeds(evidence: Evidence, where: str = "true") -> Iterator[Deed]:
    """The ledger, in no order."""
    query = f"""
        select c.id, c.device_id, d.user_id, c.name, c.schema, c.payload, coalesce(r.seq, 0),
               coalesce(r.status, 'missing'), r.payload
        from command c join device d on d.id = c.device_id left join record r on r.id = c.id where {where}
    """
    for id_, device_id, user_id, name, schema, payload, seq, status, stored in evidence.each(query):
        yield Deed(
            id_, device_id, user_id, name, schema, json.loads(payload), seq, status, stored and json.loads(stored)
        )


def _finder(evidence: Evidence) -> Find:
    def find(kind: str, id_: str) -> Json | None:
        found = evidence.read("select data from entry where kind = ? and id = ?", (kind, id_))
        row: Json | None = json.loads(found[0][0]) if found else None
        return row

    return find
