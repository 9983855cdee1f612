"""The second fence: row-level security by company, for every table that holds a company's rows.

The queries filter by what the actor may see; should one forget, the database still hands out no row of another
company. Inside `company_fence` the transaction-local setting names the company; outside of it there are no rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connections, transaction

SETTING = "roundsman.company_id"
CURRENT_COMPANY = f"(select nullif(current_setting('{SETTING}', true), '')::uuid)"
"""A scalar subquery, so that PostgreSQL evaluates it once per statement and not once per row."""


@contextmanager
def company_fence(company_id: UUID, using: str = "default") -> Iterator[None]:
    """Open a transaction (or a savepoint in one) in which exactly the rows of `company_id` exist."""
    with transaction.atomic(using=using):
        set_company(company_id, using)
        yield


def set_company(company_id: UUID, using: str = "default") -> None:
    """Name the company for the rest of the running transaction."""
    with connections[using].cursor() as cursor:
        cursor.execute(f"select set_config('{SETTING}', %s, true)", [str(company_id)])


def fence_sql(table: str, column: str = "company_id") -> str:
    """The statements that put the fence on `table`. They can be run any number of times."""
    return f"""
alter table {table} enable row level security;
alter table {table} force row level security;
drop policy if exists company_fence on {table};
create policy company_fence on {table} using ({column} = {CURRENT_COMPANY}) with check ({column} = {CURRENT_COMPANY});
"""
