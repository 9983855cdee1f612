"""Rows straight into the tables, past every command: what sync must deliver whoever writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg

from core.fence import SETTING
from core.ids import uuid7
from tests.postgres_plugin import app_conninfo

_WHEN = datetime(2026, 11, 1, tzinfo=UTC)


@contextmanager
def writer(company_id: UUID, **options: Any) -> Iterator[psycopg.Connection[Any]]:
    """A connection as the application's role, with the fence set for the whole session; one transaction at a time."""
    with psycopg.connect(app_conninfo(), **options) as connection:
        connection.execute(f"select set_config('{SETTING}', %s, false)", [str(company_id)])
        connection.commit()
        yield connection


class Tables:
    """Inserts, updates and deletes of one company through `connection`; whoever calls commits or rolls back."""

    def __init__(self, connection: psycopg.Connection[Any], company_id: UUID) -> None:
        self.connection = connection
        self.company_id = company_id

    def add_customer(self, owner_id: UUID | None, name: str = "Customer", id_: UUID | None = None, **more: Any) -> UUID:
        """A customer; its id."""
        return self._insert(
            "customers_customer",
            {"id": id_ or uuid7(), "owner_id": owner_id, "name": name, "stage": "active", "phone": "", "address": "",
             "notes": "", "credit_hold": False} | more,
        )  # fmt: skip

    def add_contact(self, customer_id: UUID, name: str = "Contact", id_: UUID | None = None, **more: Any) -> UUID:
        """A contact of a customer; its id."""
        return self._insert(
            "customers_contact",
            {"id": id_ or uuid7(), "customer_id": customer_id, "name": name, "title": "", "phone": "", "email": "",
             "notes": "", "is_primary": False} | more,
        )  # fmt: skip

    def share(self, customer_id: UUID, user_id: UUID) -> UUID:
        """Share a customer with a user; the share's id."""
        row = {"id": uuid7(), "company_id": self.company_id, "customer_id": customer_id, "user_id": user_id,
               "created_at": _WHEN}  # fmt: skip
        self._run("customers_share", row)
        return row["id"]

    def unshare(self, customer_id: UUID, user_id: UUID) -> None:
        """End it."""
        self.execute("delete from customers_share where customer_id = %s and user_id = %s", customer_id, user_id)

    def execute(self, statement: str, *values: Any) -> int:
        """Any statement; the number of rows it touched."""
        return self.connection.execute(statement, values).rowcount

    def _insert(self, table: str, row: dict[str, Any]) -> UUID:
        row |= {"company_id": self.company_id, "created_at": _WHEN, "updated_at": _WHEN, "edits": "{}"}
        self._run(table, row)
        return row["id"]

    def _run(self, table: str, row: dict[str, Any]) -> None:
        names, places = ", ".join(row), ", ".join(["%s"] * len(row))
        self.connection.execute(f"insert into {table} ({names}) values ({places})", list(row.values()))


@contextmanager
def committed(company_id: UUID) -> Iterator[Tables]:
    """Tables of a company; everything done inside is one committed transaction."""
    with writer(company_id) as connection:
        yield Tables(connection, company_id)
        connection.commit()
