"""Writers and phones that take turns in a random order: transactions stay open while phones pull page by page.

One thread plays everybody, so that a seed is a run. A statement that would wait for another writer gives up at once,
and its transaction is rolled back: rollbacks are part of the game.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import UUID

import psycopg

from core.ids import uuid7
from tests.personas import TestCompany
from tests.sync.phones import Phone
from tests.sync.tables import Tables, writer

_GIVE_UP = "3ms"
_PAGE_BYTES = (1, 450, 2_000, 20_000)  # one row to some fifty


class Writers:
    """Four open connections, and what they may do to one company's customers, contacts and shares."""

    def __init__(
        self, chance: random.Random, company: TestCompany, connections: Sequence[psycopg.Connection[Any]]
    ) -> None:
        self._chance = chance
        self._tables = [Tables(connection, company.id) for connection in connections]
        self._users = [company.alice.id, company.bob.id, company.zed.id]
        self._customers: list[UUID] = []
        self._contacts: list[UUID] = []
        self._acts: list[Callable[[Tables], object]] = [
            self._edit, self._edit, self._move, self._move, self._move_many, self._add_contact, self._add_contact,
            self._delete_contact, self._reassign, self._reassign, self._share, self._unshare, self._add_customer,
            self._delete_customer, self._burn,
        ]  # fmt: skip

    def begin(self) -> None:
        """Something to start with, committed."""
        tables = self._tables[0]
        for _ in range(6):
            self._add_customer(tables)
        self._contacts = [tables.add_contact(self._customer()) for _ in range(20)]
        tables.connection.commit()

    def step(self) -> None:
        """One of the writers does one thing: changes something in its transaction, commits it or rolls it back."""
        tables = self._chance.choice(self._tables)
        dice = self._chance.random()
        if dice < 0.25:
            tables.connection.commit()
        elif dice < 0.32:
            tables.connection.rollback()
        else:
            try:
                self._chance.choice(self._acts)(tables)
            except (psycopg.errors.LockNotAvailable, psycopg.errors.IntegrityError):
                tables.connection.rollback()

    def finish(self) -> None:
        """Everybody ends his transaction."""
        for tables in self._tables:
            self._chance.choice([tables.connection.commit, tables.connection.rollback])()

    def _customer(self) -> UUID:
        return self._chance.choice(self._customers)

    def _contact(self) -> UUID:
        return self._chance.choice(self._contacts)

    def _edit(self, tables: Tables) -> None:
        tables.execute("update customers_contact set name = %s where id = %s", str(uuid7()), self._contact())

    def _move(self, tables: Tables) -> None:
        tables.execute("update customers_contact set customer_id = %s where id = %s", self._customer(), self._contact())

    def _move_many(self, tables: Tables) -> None:
        tables.execute(
            "update customers_contact set customer_id = %s, name = name || '.' where customer_id = %s",
            self._customer(), self._customer(),
        )  # fmt: skip

    def _add_contact(self, tables: Tables) -> None:
        # Sometimes the id of a row that was deleted, or never committed, comes back to life, maybe elsewhere.
        id_ = self._contact() if self._chance.random() < 0.3 else uuid7()
        self._contacts.append(id_)
        tables.add_contact(self._customer(), id_=id_)

    def _delete_contact(self, tables: Tables) -> None:
        tables.execute("delete from customers_contact where id = %s", self._contact())

    def _reassign(self, tables: Tables) -> None:
        tables.execute(
            "update customers_customer set owner_id = %s where id = %s",
            self._chance.choice(self._users),
            self._customer(),
        )

    def _share(self, tables: Tables) -> None:
        tables.share(self._customer(), self._chance.choice(self._users))

    def _unshare(self, tables: Tables) -> None:
        tables.unshare(self._customer(), self._chance.choice(self._users))

    def _add_customer(self, tables: Tables) -> None:
        # Ids in no order of time, so that new scopes come before and behind the position of a page.
        id_ = UUID(int=self._chance.getrandbits(64) << 64 | tables.company_id.int % 2**64)
        self._customers.append(tables.add_customer(self._chance.choice(self._users), id_=id_))

    def _delete_customer(self, tables: Tables) -> None:
        customer = self._customer()
        for table in ("customers_share", "customers_contact"):
            tables.execute(f"delete from {table} where customer_id = %s", customer)
        tables.execute("delete from customers_customer where id = %s", customer)

    def _burn(self, tables: Tables) -> None:
        tables.execute("select pg_current_xact_id()")


@contextmanager
def writers(chance: random.Random, company: TestCompany) -> Iterator[Writers]:
    """Four writers, with something to start with."""
    with ExitStack() as stack:
        connections = [stack.enter_context(writer(company.id)) for _ in range(4)]
        for connection in connections:
            connection.execute(f"set lock_timeout = '{_GIVE_UP}'")
            connection.commit()
        found = Writers(chance, company, connections)
        found.begin()
        yield found
        for connection in connections:
            connection.rollback()


def pull_somehow(chance: random.Random, phone: Phone) -> None:
    """One page; sometimes the answer is lost on the way, sometimes the phone asks for a repair without need."""
    phone.page_bytes = chance.choice(_PAGE_BYTES)
    dice = chance.random()
    if dice < 0.1:
        cursor, rows, scopes = phone.cursor, dict(phone.rows), set(phone.scopes)
        phone.page()
        phone.cursor, phone.rows, phone.scopes = cursor, rows, scopes
    elif dice < 0.15 and phone.scopes:
        phone.page(repair=(UUID(chance.choice(sorted(phone.scopes))),))
    else:
        phone.page(digests=chance.choice(["none", "sample", "all"]))


def play(seed: int, company: TestCompany, steps: int = 120, **phone_options: Any) -> list[Phone]:
    """One run. The phones have pulled to the end, after all writers came to theirs."""
    chance = random.Random(seed)
    phones = [Phone.of(person, **phone_options) for person in (company.alice, company.bob, company.zed)]
    with writers(chance, company) as found:
        for _ in range(steps):
            if chance.random() < 0.6:
                found.step()
            else:
                pull_somehow(chance, chance.choice(phones))
        found.finish()
        for phone in phones:
            phone.sync()  # the answer that was under way, and then what happened meanwhile
            phone.sync()
    return phones
