"""The two roles: what the application may do to the owner's tables, and what it may not."""

import os

import psycopg
import pytest

from core.postgres import roles
from tests.postgres_plugin import admin_conninfo, app_conninfo, owner_conninfo


@pytest.fixture
def table() -> str:
    """A table made by the owner, as a migration would make it."""
    name = "role_probe"
    with psycopg.connect(owner_conninfo(), autocommit=True) as owner:
        owner.execute(f"DROP TABLE IF EXISTS {name}")
        owner.execute(f"CREATE TABLE {name} (id bigint GENERATED ALWAYS AS IDENTITY, company text)")
        owner.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        owner.execute(f"CREATE POLICY mine ON {name} USING (company = current_setting('probe.company', true))")
    return name


def role_of(conninfo: str) -> str:
    """The role that a session with this connection string acts as."""
    with psycopg.connect(conninfo) as connection:
        row = connection.execute("SELECT current_user").fetchone()
        assert row is not None
        return str(row[0])


def test_neither_role_is_above_the_fences() -> None:
    with psycopg.connect(app_conninfo()) as app:
        rows = app.execute(
            "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = ANY(%s)",
            [[role_of(owner_conninfo()), role_of(app_conninfo())]],
        ).fetchall()
        owned = app.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole").fetchone()
    assert [above for _, above in rows] == [False, False]
    assert owned == (0,)


def test_the_application_reads_and_writes_rows(table: str) -> None:
    with psycopg.connect(app_conninfo()) as app:
        app.execute("SELECT set_config('probe.company', 'a', true)")
        app.execute(f"INSERT INTO {table} (company) VALUES ('a')")
        app.execute(f"UPDATE {table} SET company = 'a'")
        assert app.execute(f"SELECT id, company FROM {table}").fetchall() == [(1, "a")]
        app.execute("SELECT set_config('probe.company', 'b', true)")
        assert app.execute(f"SELECT id FROM {table}").fetchall() == []
        app.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE {table}",
        "DROP TABLE {table}",
        "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE {table} DISABLE TRIGGER ALL",
        "CREATE TRIGGER t BEFORE INSERT ON {table} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "CREATE TABLE public.own (x int)",
        "CREATE EXTENSION citext",
        "SET session_replication_role = replica",
    ],
)
def test_the_application_may_not_change_the_house(table: str, statement: str) -> None:
    with psycopg.connect(app_conninfo()) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement.format(table=table))


def test_the_extensions_are_there() -> None:
    with psycopg.connect(owner_conninfo()) as owner:
        present = {name for (name,) in owner.execute("SELECT extname FROM pg_extension")}
    assert present >= set(roles.EXTENSIONS)


@pytest.mark.skipif(bool(os.environ.get("ROUNDSMAN_TEST_OWNER_URL")), reason="no administrator's login was given")
def test_preparing_again_changes_nothing() -> None:
    with psycopg.connect(owner_conninfo()) as owner:
        database = owner.info.dbname
        before = owner.execute("SELECT defaclacl::text FROM pg_default_acl ORDER BY 1").fetchall()
        roles.prepare(admin_conninfo(database), database)
        assert owner.execute("SELECT defaclacl::text FROM pg_default_acl ORDER BY 1").fetchall() == before


def test_a_session_of_the_application_has_its_settings() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (role_of(app_conninfo()),)
        for name, value in roles.APP_SETTINGS.items():
            cursor.execute("SELECT current_setting(%s)", [name])
            shown = {"60s": "1min"}.get(value, value)  # PostgreSQL writes an interval in its largest unit
            assert cursor.fetchone() == (shown,), name
