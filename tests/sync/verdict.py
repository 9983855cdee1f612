"""The judgement of a run of the oracle: what must be true when nobody has anything left to say."""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg

from core.fence import company_fence
from core.models import CommandRecord, Conflict
from sync.proof import check_company
from tests.personas import TestCompany
from tests.postgres_plugin import DATABASE, admin_conninfo
from tests.sync.gadgets import Gadget
from tests.sync.phones import truth
from tests.sync.replay import FIELDS, in_order, replay


def judge(
    gadgets: list[Gadget], companies: list[TestCompany], folder: Path, url: str, chance: random.Random
) -> Counter[str]:
    """Assert all of it. gadgets: at rest. Returns what happened, counted: a run in which nothing did proves nothing."""
    for gadget in gadgets:
        _every_command_has_one_verdict(gadget)
    for company in companies:
        _entries_and_grants_are_right(company)
        _edits_came_to_what_the_verdicts_say(company)
        _facts_are_there_once(company, [gadget for gadget in gadgets if gadget.persona.company is company])
    for gadget in gadgets:
        if not gadget.wiped:
            _the_replica_is_the_truth(gadget)
            _a_fresh_phone_agrees(gadget, folder, url, chance)
            _the_phone_knows_its_verdicts(gadget)
    return _happened(gadgets, companies)


def _happened(gadgets: list[Gadget], companies: list[TestCompany]) -> Counter[str]:
    seen: Counter[str] = Counter()
    for gadget in gadgets:
        latest = _latest(gadget.persona.company)
        for id_ in gadget.commands:
            status, code = latest[id_]
            seen[f"{status} {code}" if code else status] += 1
        seen.update({f"network: {fault}": count for fault, count in gadget.network.seen.items()})
        seen["wiped"] += gadget.wiped
    for company in companies:
        seen["conflicts"] += _query("select count(*) from core_conflict where company_id = %s", company.id)[0][0]
        seen["settled later"] += sum(record.settles is not None for record in _records(company))
    return seen


def _entries_and_grants_are_right(company: TestCompany) -> None:
    wrong = [part for part in check_company(company.id) if part.total]
    assert not wrong, wrong


def _records(company: TestCompany) -> list[CommandRecord]:
    with company_fence(company.id):
        return in_order(list(CommandRecord.objects.all()), Conflict.objects.in_bulk())


def _edits_came_to_what_the_verdicts_say(company: TestCompany) -> None:
    expected = replay(_records(company))
    rows = _query("select id::text, phone, notes from customers_customer where company_id = %s", company.id)
    for id_, *values in rows:
        assert dict(zip(FIELDS, values, strict=True)) == expected[id_].values, id_
    met = Counter(json.dumps(conflict) for customer in expected.values() for conflict in customer.conflicts)
    kept = _query(
        "select c.command_id::text, c.field, c.yours, c.theirs, c.kept from core_conflict c"
        " where c.company_id = %s and c.kind = 'customer' and c.field = any (%s)", company.id, list(FIELDS),
    )  # fmt: skip
    found = Counter(json.dumps(list(row)) for row in kept)
    assert found == met, f"stored but not expected: {found - met}, expected but not stored: {met - found}"


def _facts_are_there_once(company: TestCompany, gadgets: list[Gadget]) -> None:
    """Visit logs and contacts carry a text that was used once: it stands in exactly one row if its command applied."""
    latest = _latest(company)
    logs = Counter(note for (note,) in _query("select note from visits_visit_log where company_id = %s", company.id))
    names = Counter(name for (name,) in _query("select name from customers_contact where company_id = %s", company.id))
    proofs = Counter(id_ for (id_,) in _query("select id::text from visits_check_in where company_id = %s", company.id))
    for gadget in gadgets:
        for id_, (name, payload) in gadget.commands.items():
            applied = latest[id_][0] in ("applied", "merged")
            if name == "visits.log":
                assert logs.pop(payload["note"], 0) == applied, (id_, latest[id_])
            elif name in ("visits.check_in", "visits.check_out"):
                assert proofs.pop(id_, 0) == applied, (id_, latest[id_])
            elif name == "customers.add_contact" and payload["name"] != "X":
                assert names[payload["name"]] <= applied, (id_, latest[id_])
    assert not logs
    assert not proofs


def _every_command_has_one_verdict(gadget: Gadget) -> None:
    stored = Counter(
        id_ for (id_,) in _query(
            "select id::text from core_command_record"
            " where company_id = %s and settles is null and id::text = any (%s)",
            gadget.persona.company.id, list(gadget.commands),
        )
    )  # fmt: skip
    assert stored == dict.fromkeys(gadget.commands, 1), f"{gadget.name}: {set(gadget.commands) ^ stored.keys()}"
    if not gadget.wiped:
        assert not [item for item in gadget.client.pending() if item.status != "waiting"]


def _the_replica_is_the_truth(gadget: Gadget) -> None:
    held = {key: (scope, tag, json.dumps(data, sort_keys=True)) for key, (scope, tag, data) in gadget.held().items()}
    expected = truth(gadget.persona.id)
    assert held == expected, f"{gadget.name}: {held.items() ^ expected.items()}"
    foreign = _query("select id::text from customers_customer where company_id <> %s", gadget.persona.company.id)
    assert not {id_ for _, id_ in held} & {id_ for (id_,) in foreign}


def _a_fresh_phone_agrees(gadget: Gadget, folder: Path, url: str, chance: random.Random) -> None:
    fresh = Gadget(gadget.persona, folder, url, chance, 1000 + chance.randrange(10**9))
    try:
        report = fresh.sync("all")
        assert report is not None
        assert report.complete
        assert fresh.held() == gadget.held()
        assert fresh.client.digests() == gadget.client.digests()
    finally:
        fresh.close()


def _the_phone_knows_its_verdicts(gadget: Gadget) -> None:
    latest = _latest(gadget.persona.company)
    known = {verdict.command_id: (verdict.status, verdict.code) for verdict in gadget.client.verdicts()}
    assert known == {id_: latest[id_] for id_ in known}
    assert known.keys() == gadget.commands.keys()


def _latest(company: TestCompany) -> dict[str, tuple[str, Any]]:
    """The latest verdict of every command."""
    found = {}
    for record in _records(company):
        found[str(record.settles or record.id)] = (record.status, record.code)
    return found


def _query(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """As the superuser: past the fence and the application."""
    with psycopg.connect(admin_conninfo(DATABASE)) as connection:
        return connection.execute(statement, values).fetchall()
