"""Crashes: the database and the workers are killed with -9 at random moments while phones push and pull.

No row may be hidden from a phone by its cursor, no acknowledged command may be lost, none may take effect twice, and
the server has to come back by itself. The negative control shows what a cursor that is not bounded would do.
"""

import dataclasses
import json
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.test import override_settings

from core.actor import Actor
from core.ids import uuid7
from sync.cursors import seal, unseal
from sync.snapshots import Snapshot
from tests.concurrency.installation import Installation
from tests.concurrency.phone import Phone, Rows, Unavailable, record_work

_BURNT = 300
_SUITE = ["database", "worker", "backend"]
_ROLLED_BACK = 0.98


@dataclasses.dataclass
class Crew:
    """An installation with a company whose people have phones."""

    site: Installation
    company: dict[str, Any]
    phones: list[Phone] = dataclasses.field(default_factory=list)

    def phone(self, username: str) -> Phone:
        """A new device of this person."""
        self.phones.append(Phone(self.site.web.url, self.company["code"], username, self.company["password"]))
        return self.phones[-1]

    def actor(self, phone: Phone) -> Actor:
        """The person behind a phone."""
        user_id = UUID(self.company["users"][phone.username])
        return Actor(UUID(self.company["id"]), user_id, device_id=UUID(phone.device))

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query inside the company's fence."""
        return self.site.rows(query, *values, company_id=self.company["id"])


@pytest.fixture(scope="module")
def crew(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    with Installation(tmp_path_factory.mktemp("crash")) as site:
        crew = Crew(site, json.loads(site.run("tests/concurrency/company.py")))
        yield crew
        for phone in crew.phones:
            phone.close()


def _burn(crew: Crew, transactions: int) -> None:
    """Use up transaction ids in work that is rolled back: nothing of it is flushed."""
    with psycopg.connect(crew.site.database.app) as connection:
        for _ in range(transactions):
            connection.execute("select pg_current_xact_id()")
            connection.rollback()


def test_a_cursor_that_is_not_bounded_loses_rows(crew: Crew) -> None:
    """The mechanism: ids of rolled back work are given out again after a crash, and a raw snapshot counts them as seen.

    The phone's own cursor, cut off above what was delivered, misses nothing of the very same rows.
    """
    phone, writer = crew.phone("alice"), crew.phone("alice")
    for _ in range(8):  # until both workers know the device and write nothing at a pull
        phone.drain()
        writer.drain()
    time.sleep(1)  # until the last poke was sent
    _burn(crew, _BURNT)
    phone.sync()
    ((raw,),) = crew.site.rows("select pg_current_snapshot()::text")
    assert phone.cursor
    with override_settings(SECRET_KEY=crew.site.environment["ROUNDSMAN_SECRET_KEY"]):
        own = unseal(phone.cursor, crew.actor(phone))
        unbounded = seal(dataclasses.replace(own, seen=Snapshot.parse(raw)), crew.actor(phone))
    assert own.seen is not None
    assert own.seen.xmax < Snapshot.parse(raw).xmax - _BURNT + 1, "the cursor reaches beyond what was delivered"

    crew.site.database.kill()
    crew.site.database.restart()
    crew.site.web.wait_until_ready()
    made = set()
    for number in range(5):
        made.add(str(uuid7()))
        writer.record("customers.create", {"id": max(made), "name": f"After the crash {number}"})
        writer.drain()
    xids = [int(xid) for (xid,) in crew.rows("select xid from sync_entry where id = any(%s::uuid[])", list(made))]
    assert len(xids) == len(made)
    assert max(xids) < Snapshot.parse(raw).xmax, "the ids were not used again: this test shows nothing"

    def arrived(cursor: str) -> set[str]:
        phone.cursor, phone.replica = cursor, {}
        phone.drain()
        return {id_ for _, kind, id_ in phone.replica if kind == "customer"} & made

    bounded = phone.cursor
    assert arrived(unbounded) == set(), "the raw snapshot hid none of the rows: this control shows nothing"
    assert arrived(bounded) == made


class Storm:
    """Phones that work and sync without a pause, beside writers that roll nearly everything back."""

    def __init__(self, crew: Crew, seed: int) -> None:
        self.crew = crew
        self.luck = random.Random(seed)
        self.phones = [crew.phone(name) for name in ("alice", "alice", "bob", "zed")]
        self.customers: dict[str, list[str]] = {phone.device: [] for phone in self.phones}
        self.committed: list[str] = []
        self.rolled_back = 0
        self.territory = str(uuid7())
        admin = crew.phone("dora")
        admin.record("accounts.create_territory", {"id": self.territory, "code": self.territory, "name": "T"})
        admin.drain()

    def round(self, kind: str) -> None:
        """Work, kill something at a random moment, let it come back, and look for what is missing."""
        stop = threading.Event()
        with ThreadPoolExecutor(len(self.phones) + 2) as threads:
            work = [threads.submit(self._work, phone, stop, self.luck.random()) for phone in self.phones]
            work += [threads.submit(self._roll_back, stop, self.luck.random()) for _ in range(2)]
            try:
                time.sleep(self.luck.uniform(0.5, 2.0))
                self._kill(kind)
                time.sleep(self.luck.uniform(0.5, 1.5))
            finally:
                stop.set()
            for done in work:
                done.result()
        for phone in self.phones:
            phone.drain()
        for phone in self.phones:
            phone.drain()
        self.verify()

    def _kill(self, kind: str) -> None:
        site = self.crew.site
        if kind == "worker":
            site.web.kill_worker()
        elif kind == "backend":
            with suppress(psycopg.OperationalError):
                site.database.kill_backend()
        else:
            site.database.kill()
            time.sleep(self.luck.uniform(0.2, 0.8))
            site.database.restart()
        assert site.web.wait_until_ready(30) < 30

    def _work(self, phone: Phone, stop: threading.Event, seed: float) -> None:
        luck = random.Random(seed)
        while not stop.is_set():
            for _ in range(luck.randint(0, 4)):
                record_work(phone, self.customers[phone.device], luck)
            try:
                phone.sync(limit=luck.randint(1, 20))
            except Unavailable:
                time.sleep(0.05)

    def _roll_back(self, stop: threading.Event, seed: float) -> None:
        luck = random.Random(seed)
        while not stop.is_set():
            try:
                with psycopg.connect(self.crew.site.database.app) as connection:
                    while not stop.is_set():
                        self._one_transaction(connection, luck)
                        time.sleep(0.002)
            except psycopg.OperationalError:
                time.sleep(0.05)

    def _one_transaction(self, connection: psycopg.Connection[Any], luck: random.Random) -> None:
        id_ = str(uuid7())
        connection.execute("select set_config('roundsman.company_id', %s, true)", [self.crew.company["id"]])
        connection.execute(
            "insert into accounts_territory select (jsonb_populate_record(t, jsonb_build_object('id', %(id)s::text,"
            " 'code', %(id)s::text))).* from accounts_territory t where id = %(model)s",
            {"id": id_, "model": self.territory},
        )
        if luck.random() < _ROLLED_BACK:
            connection.rollback()
            self.rolled_back += 1
        else:
            connection.commit()
            self.committed.append(id_)

    def verify(self) -> None:
        """0 rows hidden, 0 acknowledged commands lost, none applied twice."""
        for phone in self.phones:
            assert _difference(phone.replica, phone.fresh()) == [], phone.username
        verdicts = {id_: verdict for phone in self.phones for id_, verdict in phone.verdicts.items()}
        records = self.crew.rows(
            "select id::text, status, name, payload from core_command_record where id = any(%s::uuid[])",
            list(verdicts),
        )
        assert {id_: status for id_, status, _, _ in records} == {
            id_: verdict["status"] for id_, verdict in verdicts.items()
        }
        assert {verdict["status"] for verdict in verdicts.values()} <= {"applied", "merged"}
        expected: Counter[str] = Counter(self.committed)
        for id_, _, name, payload in records:
            expected.update(_versions(name, payload, verdicts[id_], id_))
        entries = self.crew.rows(
            "select id::text, version from sync_entry where id = any(%s::uuid[]) and body is not null", list(expected)
        )
        found = dict(entries)
        assert len(entries) == len(found)
        assert found == dict(expected), "a command took effect not at all, or twice"


def _versions(name: str, payload: dict[str, Any], verdict: dict[str, Any], id_: str) -> dict[str, int]:
    """By how much a command that took effect raises the version of which rows."""
    if name == "customers.create" or name == "visits.log":
        return {payload["id"]: 1}
    if name == "customers.update":
        return {payload["id"]: int(all(conflict["kept"] == "yours" for conflict in verdict["conflicts"]))}
    return {payload["visit_id"]: 1, id_: 1}  # a check-in and a check-out change the visit and leave their evidence


def _difference(held: Rows, right: Rows) -> list[str]:
    return [
        f"{kind} {id_}: {held.get(key)} instead of {right.get(key)}"
        for key in held.keys() | right.keys()
        if held.get(key) != right.get(key)
        for _, kind, id_ in [key]
    ]


def _report(storm: Storm, kinds: Counter[str]) -> str:
    verdicts = sum(len(phone.verdicts) for phone in storm.phones)
    patience = sum(phone.unavailable for phone in storm.phones)
    cut_off = sum(phone.cut_off for phone in storm.phones)
    return (
        f"{sum(kinds.values())} crashes {dict(kinds)}: {verdicts} commands, {len(storm.committed)} other commits,"
        f" {storm.rolled_back} rollbacks, {patience} answers 503, {cut_off} cut off; nothing lost, nothing twice"
    )


@pytest.mark.slow
def test_nothing_is_lost_in_crashes(crew: Crew) -> None:
    seed = int(os.environ.get("ROUNDSMAN_SEED") or random.randrange(2**32))
    print(f"ROUNDSMAN_SEED={seed}")
    storm = Storm(crew, seed)
    for kind in _SUITE:
        storm.round(kind)
    print(_report(storm, Counter(_SUITE)))
    assert sum(phone.unavailable for phone in storm.phones), "nobody noticed that the database was away"


@pytest.mark.soak
@pytest.mark.skipif("ROUNDSMAN_SOAK_S" not in os.environ, reason="make soak")
def test_nothing_is_lost_in_many_crashes(crew: Crew) -> None:
    seed = int(os.environ.get("ROUNDSMAN_SEED") or random.randrange(2**32))
    print(f"ROUNDSMAN_SEED={seed}")
    storm, kinds = Storm(crew, seed), Counter[str]()
    end = time.monotonic() + float(os.environ["ROUNDSMAN_SOAK_S"])
    while time.monotonic() < end:
        kind = storm.luck.choice(["database", "database", "worker", "backend"])
        storm.round(kind)
        kinds[kind] += 1
        print(_report(storm, kinds), flush=True)
