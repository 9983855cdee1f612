"""The race: real connections that commit out of order, against phones that never stop pulling.

Beside them read two negative controls, whose cursors are a time and a sequence number, as they are commonly built. They
must miss rows, or the race was none.
"""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from django.db import connections

from core.ids import uuid7
from sync.proof import check_company
from tests.personas import TestCompany
from tests.postgres_plugin import DATABASE, admin_conninfo
from tests.sync.phones import Phone, truth
from tests.sync.tables import Tables, writer

_SECONDS = 3.0
_WRITERS = 8


def _write(company: TestCompany, scopes: list[Any], stop: threading.Event, seed: int) -> None:
    """Transactions of a few rows that take their time between writing and committing; one in eight is rolled back."""
    chance = random.Random(seed)
    with writer(company.id) as connection:
        tables = Tables(connection, company.id)
        mine: list[Any] = []
        while not stop.is_set():
            for _ in range(chance.randint(1, 3)):
                scope = chance.choice(scopes)
                if mine and chance.random() < 0.3:
                    tables.execute(
                        "update customers_contact set customer_id = %s, name = %s, updated_at = clock_timestamp(),"
                        " title = nextval('race_numbers') where id = %s", scope, str(uuid7()), chance.choice(mine),
                    )  # fmt: skip
                else:
                    mine.append(tables.add_contact(scope))
                    tables.execute(
                        "update customers_contact set updated_at = clock_timestamp(), title = nextval('race_numbers')"
                        " where id = %s", mine[-1],
                    )  # fmt: skip
            time.sleep(chance.random() * 0.04)
            (connection.rollback if chance.random() < 0.125 else connection.commit)()
        connection.commit()


def _pull(phone: Phone, stop: threading.Event) -> int:
    """Pull without a pause; once more when the writers have ended. Returns the number of answers."""
    answers = 0
    try:
        while not stop.is_set():
            phone.sync()
            answers += 1
        phone.sync()
    finally:
        connections.close_all()
    return answers


class _Control:
    """A reader whose cursor is the highest value of a column that it has seen."""

    def __init__(self, company: TestCompany, column: str, start: Any) -> None:
        self._company = company
        self._query = f"select id, {column} from customers_contact where company_id = %s and {column} > %s"
        self._last = start
        self.seen: dict[Any, Any] = {}

    def read(self, stop: threading.Event) -> None:
        with psycopg.connect(admin_conninfo(DATABASE), autocommit=True) as connection:
            while True:
                last_time = stop.is_set()
                for id_, value in connection.execute(self._query, [self._company.id, self._last]).fetchall():
                    self.seen[id_] = value
                    self._last = max(self._last, value)
                if last_time:
                    return


@pytest.fixture
def scopes(company: TestCompany) -> list[Any]:
    """Five customers of alice's, two of which bob sees too; and the numbers for the control."""
    with psycopg.connect(admin_conninfo(DATABASE), autocommit=True) as connection:
        connection.execute("create sequence if not exists race_numbers")
        connection.execute("grant usage on sequence race_numbers to public")
    with writer(company.id) as connection:
        tables = Tables(connection, company.id)
        found = [tables.add_customer(company.alice.id) for _ in range(5)]
        for customer in found[:2]:
            tables.share(customer, company.bob.id)
        connection.commit()
    return found


def test_nothing_is_lost_however_transactions_commit(company: TestCompany, scopes: list[Any]) -> None:
    phones = [Phone.of(company.alice), Phone.of(company.alice, page_bytes=3_000), Phone.of(company.bob)]
    controls = [
        _Control(company, "updated_at", datetime(2000, 1, 1, tzinfo=UTC)),
        _Control(company, "nullif(title, '')::bigint", 0),
    ]
    writing, reading = threading.Event(), threading.Event()
    with ThreadPoolExecutor(_WRITERS + len(phones) + len(controls)) as pool:
        writers = [pool.submit(_write, company, scopes, writing, seed) for seed in range(_WRITERS)]
        pulls = [pool.submit(_pull, phone, reading) for phone in phones]
        controlling = [pool.submit(control.read, reading) for control in controls]
        time.sleep(_SECONDS)
        writing.set()
        for job in writers:
            job.result(timeout=5)
        reading.set()
        answers = [job.result(timeout=10) for job in pulls]
        for job in controlling:
            job.result(timeout=5)

    for phone in phones:
        expected = truth(phone.actor.user_id)
        assert phone.view() == expected, f"{len(phone.view().items() ^ expected.items())} of {len(expected)} differ"
    contacts = phones[0].of_kind("contact")
    assert len(contacts) > 50, "the writers hardly wrote"
    assert min(answers) > 10, "the phones hardly pulled"
    assert not [part for part in check_company(company.id) if part.total]
    for control in controls:
        missed = sum(str(id_) not in map(str, control.seen) for id_ in contacts)
        assert missed > 0, f"no race: {control._query} missed nothing of {len(contacts)}"
