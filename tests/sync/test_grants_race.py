"""Grants under concurrency: people, teams, territories, owners and shares change at once; the table equals the view."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait

import psycopg
import pytest
from django.db import connections

from core.ids import uuid7
from sync.proof import check_company
from tests.personas import TestCompany
from tests.sync.phones import Phone, is_right
from tests.sync.tables import Tables, committed, writer

_WRITERS = 6
_TRANSACTIONS = 20  # of each writer; not seconds, in which a busy machine does too little
_NAMES = (
    "add_customer", "join", "leave", "reassign", "share", "unshare", "move_person", "come_or_go", "move_territory",
)  # fmt: skip


class _World:
    """What there is to change."""

    def __init__(self, company: TestCompany) -> None:
        self.people = [company.alice.id, company.bob.id, company.zed.id, company.erin.id]
        self.units = [company.units[name] for name in ("north", "south", "region")]
        self.territories = [uuid7() for _ in range(3)]
        with committed(company.id) as tables:
            for number, territory in enumerate(self.territories):
                tables.execute(
                    "insert into accounts_territory"
                    " (id, company_id, code, name, org_unit_id, edits, created_at, updated_at)"
                    " values (%s, %s, %s, 'Territory', %s, '{}', now(), now())",
                    territory, company.id, f"T{number}", self.units[0],
                )  # fmt: skip
            self.customers = [tables.add_customer(self.people[0]) for _ in _NAMES]


class _Acts:
    """One change each, of something chosen by `chance`."""

    def __init__(self, world: _World, tables: Tables, chance: random.Random) -> None:
        self._world, self._run, self._tables = world, tables.execute, tables
        self._one = chance.choice

    def add_customer(self) -> None:
        self._tables.add_customer(self._one(self._world.people), territory_id=self._one(self._world.territories))

    def join(self) -> None:
        self._run(
            "insert into accounts_territory_member (id, company_id, territory_id, user_id) values (%s, %s, %s, %s)"
            " on conflict do nothing",
            uuid7(), self._tables.company_id, self._one(self._world.territories), self._one(self._world.people),
        )  # fmt: skip

    def leave(self) -> None:
        self._run("delete from accounts_territory_member where territory_id = %s and user_id = %s",
                  self._one(self._world.territories), self._one(self._world.people))  # fmt: skip

    def reassign(self) -> None:
        self._run("update customers_customer set owner_id = %s, territory_id = %s where id = %s",
                  self._one(self._world.people), self._one([None, *self._world.territories]),
                  self._one(self._world.customers))  # fmt: skip

    def share(self) -> None:
        self._tables.share(self._one(self._world.customers), self._one(self._world.people))

    def unshare(self) -> None:
        self._tables.unshare(self._one(self._world.customers), self._one(self._world.people))

    def move_person(self) -> None:
        self._run("update accounts_user set org_unit_id = %s where id = %s",
                  self._one(self._world.units), self._one(self._world.people))  # fmt: skip

    def come_or_go(self) -> None:
        self._run(
            "update accounts_user set is_active = not is_active where id = %s", self._one(self._world.people[-2:])
        )

    def move_territory(self) -> None:
        self._run("update accounts_territory set org_unit_id = %s where id = %s",
                  self._one(self._world.units), self._one(self._world.territories))  # fmt: skip


def _write(company: TestCompany, world: _World, seed: int) -> None:
    """Transactions of one to three changes, until so many have ended as they were meant to."""
    chance, done = random.Random(seed), 0
    with writer(company.id) as connection:
        acts = _Acts(world, Tables(connection, company.id), chance)
        while done < _TRANSACTIONS:
            try:
                for _ in range(chance.randint(1, 3)):
                    getattr(acts, chance.choice(_NAMES))()
                    time.sleep(chance.random() * 0.003)
                (connection.rollback if chance.random() < 0.1 else connection.commit)()
                done += 1
            except (psycopg.errors.IntegrityError, psycopg.errors.DeadlockDetected):
                connection.rollback()


def _pull(phone: Phone, stop: threading.Event) -> None:
    try:
        while not stop.is_set():
            phone.sync()
    finally:
        connections.close_all()


def test_grants_equal_the_view_whatever_changes_at_once(company: TestCompany) -> None:
    world = _World(company)
    phones = [Phone.of(company.alice, page_bytes=2_000), Phone.of(company.bob)]
    stop = threading.Event()
    with ThreadPoolExecutor(_WRITERS + len(phones)) as pool:
        pulling = [pool.submit(_pull, phone, stop) for phone in phones]
        writing = [pool.submit(_write, company, world, seed) for seed in range(_WRITERS)]
        wait(writing)
        stop.set()
        for job in (*writing, *pulling):
            job.result()
    assert not [part for part in check_company(company.id) if part.total]
    for phone in phones:
        phone.sync()
        phone.sync()
        assert is_right(phone)


@pytest.mark.parametrize("first", _NAMES)
def test_two_changes_that_do_not_see_each_other(company: TestCompany, first: str) -> None:
    """The second begins before the first has committed, and both touch the same few rows."""
    world = _World(company)
    # Alice owns all customers; each pair of changes has one for itself, so that the next pair does not mend it.
    each = world.customers
    world.people, world.territories = world.people[1:3], world.territories[:1]
    for number, second in enumerate(_NAMES):
        world.customers = each[number : number + 1]
        with writer(company.id) as one, writer(company.id) as other, ThreadPoolExecutor(1) as pool:
            getattr(_Acts(world, Tables(one, company.id), random.Random(number)), first)()
            late = pool.submit(_change, world, Tables(other, company.id), second, 100 + number)
            wait([late], timeout=0.1)
            one.commit()
            late.result(timeout=60)
    assert not [part for part in check_company(company.id) if part.total]


def _change(world: _World, tables: Tables, name: str, seed: int) -> None:
    try:
        getattr(_Acts(world, tables, random.Random(seed)), name)()
        tables.connection.commit()
    except psycopg.errors.IntegrityError:
        tables.connection.rollback()
