"""A database of another age: migrated as far as a test wants, filled, and migrated on."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from core.ids import uuid7
from core.postgres import roles
from tests.postgres_plugin import DATABASE, admin_conninfo, server

OLD = f"{DATABASE}_old"
needs_superuser = pytest.mark.skipif(
    server is None, reason="rows without those they refer to take a superuser's rights"
)


@pytest.fixture
def executor() -> Iterator[MigrationExecutor]:
    """Migrates an empty database beside the one of the tests, in place of the owner's."""
    assert server is not None
    roles.prepare(admin_conninfo(), OLD)
    owner = connections["owner"]
    owner.close()
    owner.settings_dict["NAME"] = OLD
    try:
        yield MigrationExecutor(owner)
    finally:
        owner.close()
        owner.settings_dict["NAME"] = DATABASE
        with psycopg.connect(admin_conninfo(), autocommit=True) as admin:
            admin.execute(f"drop database {OLD} with (force)")


def insert(connection: psycopg.Connection[Any], table: str, row: dict[str, Any]) -> None:
    """One row."""
    names, places = ", ".join(row), ", ".join(["%s"] * len(row))
    connection.execute(f"insert into {table} ({names}) values ({places})", list(row.values()))


def make(connection: psycopg.Connection[Any], table: str, **given: Any) -> Any:
    """A row of which nothing matters but what is given; its id."""
    columns = connection.execute(
        "select column_name, data_type from information_schema.columns"
        " where table_name = %s and is_nullable = 'NO' and column_default is null",
        [table],
    ).fetchall()
    values: dict[str, Any] = {
        "uuid": None, "ARRAY": [], "jsonb": "{}", "boolean": True, "date": date(2026, 11, 20),
        "timestamp with time zone": datetime(2026, 11, 20, tzinfo=UTC),
    }  # fmt: skip
    row = {name: values.get(kind, "1") if kind != "uuid" else uuid7() for name, kind in columns} | given
    insert(connection, table, row)
    return row["id"]
