"""What the database says of itself: tables, triggers, keys, fences and rights, as the architecture tests ask for them.

Each function returns what is wrong, so that a test can also show that it finds a fault made on purpose.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from core.fence import SETTING
from tests.postgres_plugin import owner_conninfo

Connection = psycopg.Connection[Any]


@contextmanager
def as_owner() -> Iterator[Connection]:
    """A transaction as the owner that is rolled back: faults can be made in it on purpose."""
    connection = psycopg.connect(owner_conninfo())
    try:
        yield connection
    finally:
        connection.rollback()
        connection.close()


def column(connection: Connection, query: str, *values: Any) -> list[Any]:
    """The first column of the answer."""
    return [row[0] for row in connection.execute(query, values or None).fetchall()]


def company_tables(connection: Connection) -> list[str]:
    """Every table with a company's rows, by its column `company_id`, and the companies themselves.

    Partitions are no tables of their own: they are reached through their parent alone, see `open_partitions`.
    """
    return column(
        connection,
        "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid"
        " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')"
        " and a.attname = 'company_id' and not a.attisdropped and not c.relispartition"
        " union select 'accounts_company' order by 1",
    )


def unfenced_tables(connection: Connection, role: str) -> dict[str, str]:
    """Company tables whose fence is missing or has a gap for `role`, with what is wrong."""
    faults = {}
    for table in company_tables(connection):
        enabled, forced = connection.execute(  # type: ignore[misc]
            "select relrowsecurity, relforcerowsecurity from pg_class where oid = %s::regclass", [table]
        ).fetchone()
        policies = connection.execute(
            "select pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid), polcmd, polpermissive"
            " from pg_policy where polrelid = %s::regclass"
            " and (polroles = '{0}' or %s::regrole = any (polroles))",
            [table, role],
        ).fetchall()
        own = "id" if table == "accounts_company" else "company_id"
        if not enabled or not forced:
            faults[table] = "row-level security is not forced"
        elif not policies:
            faults[table] = "no policy"
        for using, check, command, permissive in policies:
            sound = all(
                text and f"({own} = " in text and SETTING in text and " OR " not in text for text in (using, check)
            )
            if permissive and not (sound and command == "*"):
                faults[table] = f"a policy that lets other rows through: {using}"
    return faults


def open_partitions(connection: Connection, role: str) -> list[str]:
    """Partitions that `role` has any right on, or whose rows the fence does not keep from everybody else."""
    return column(
        connection,
        "select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relispartition"
        " and c.relkind = 'r' and (not c.relrowsecurity or not c.relforcerowsecurity or has_table_privilege("
        " %s, c.oid, 'select, insert, update, delete, truncate, references, trigger')) order by 1",
        role,
    )


def missing_triggers(connection: Connection, wanted: dict[str, str]) -> dict[str, str]:
    """Of the statement triggers `wanted` (trigger to table), those that are missing or switched off."""
    rows = connection.execute(
        "select tgname, tgrelid::regclass::text, tgenabled::text, (tgtype & 1) = 1"
        " from pg_trigger where not tgisinternal"
    ).fetchall()
    present = {name: (table, enabled, per_row) for name, table, enabled, per_row in rows}
    faults = {}
    for name, table in wanted.items():
        found = present.get(name)
        if found is None:
            faults[name] = "missing"
        elif found != (table, "O", False):
            faults[name] = f"on {found[0]}, state {found[1]}, per row: {found[2]}"
    return faults


def unindexed_keys(connection: Connection) -> list[str]:
    """Foreign keys whose columns do not lead a whole, valid index of their table.

    An index that leaves out only the rows whose key is null serves as well.
    """
    return column(
        connection,
        """
        select c.conrelid::regclass || '.' || c.conname
        from pg_constraint c
        where c.contype = 'f' and c.connamespace = 'public'::regnamespace
          and not exists (
            select 1 from pg_index i
            where i.indrelid = c.conrelid and i.indisvalid
              and (i.indkey::smallint[])[0:cardinality(c.conkey) - 1] @> c.conkey
              and (i.indpred is null or (cardinality(c.conkey) = 1 and pg_get_expr(i.indpred, i.indrelid) =
                '(' || (select attname from pg_attribute where attrelid = c.conrelid and attnum = c.conkey[1])
                || ' IS NOT NULL)')))
        order by 1
        """,
    )
