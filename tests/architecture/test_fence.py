"""The second fence: with every query filter switched off, no row of another company is to be had."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from core.fence import SETTING
from tests.architecture import database
from tests.contract.examples import fill
from tests.contract.world import World
from tests.postgres_plugin import app_conninfo

Connection = psycopg.Connection[Any]


@pytest.fixture(scope="module")
def worlds() -> tuple[World, World]:
    """Two companies with rows in every table."""
    both = World(), World()
    for world in both:
        fill(world)
    return both


@pytest.fixture
def unfiltered() -> Iterator[Connection]:
    """A connection of the application's role, past Django and all queries; rolled back."""
    connection = psycopg.connect(app_conninfo())
    yield connection
    connection.rollback()
    connection.close()


def _enter(connection: Connection, company_id: object) -> None:
    connection.execute("select set_config(%s, %s, true)", [SETTING, str(company_id)])


def _tables() -> list[str]:
    with database.as_owner() as connection:
        return database.company_tables(connection)


def _companies(connection: Connection, table: str) -> set[str]:
    own = "id" if table == "accounts_company" else "company_id"
    return {str(row) for row in database.column(connection, f"select {own} from (select * from {table}) everything")}


def test_inside_a_fence_there_is_one_company(worlds: tuple[World, World], unfiltered: Connection) -> None:
    for world in worlds:
        _enter(unfiltered, world.id)
        empty = [table for table in _tables() if not _companies(unfiltered, table)]
        assert not empty, f"no example fills these tables, so nothing is shown of them: {empty}"
        foreign = [table for table in _tables() if _companies(unfiltered, table) != {str(world.id)}]
        assert not foreign, foreign


def test_without_a_fence_there_is_nothing(worlds: tuple[World, World], unfiltered: Connection) -> None:
    assert not [table for table in _tables() if _companies(unfiltered, table)]
    unfiltered.execute("select set_config(%s, '', true)", [SETTING])
    assert not [table for table in _tables() if _companies(unfiltered, table)]


def test_nothing_is_written_through_the_fence(worlds: tuple[World, World], unfiltered: Connection) -> None:
    own, foreign = (world.id for world in worlds)
    writable = 0
    for table in _tables():
        if table == "accounts_company":
            continue
        _enter(unfiltered, own)
        for statement in (
            f"update {table} set company_id = %(foreign)s",
            f"insert into {table}"
            " select (jsonb_populate_record(t, jsonb_build_object('company_id', %(foreign)s::text))).*"
            f" from {table} t limit 1",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), unfiltered.transaction():
                unfiltered.execute(statement, {"foreign": foreign})
                pytest.fail(f"{table} took a row of another company")
        try:
            with unfiltered.transaction():
                assert unfiltered.execute(f"delete from {table} where company_id = %s", [foreign]).rowcount == 0
                writable += 1
        except psycopg.errors.InsufficientPrivilege:
            pass
    assert writable > 10


def test_the_fence_ends_with_its_transaction(worlds: tuple[World, World], unfiltered: Connection) -> None:
    """A connection that goes back to the pool takes no company along."""
    _enter(unfiltered, worlds[0].id)
    assert _companies(unfiltered, "accounts_user")
    unfiltered.commit()
    assert not _companies(unfiltered, "accounts_user")
