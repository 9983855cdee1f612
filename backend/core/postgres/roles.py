"""The two roles that Roundsman works with, its database, and what each role may do there.

`roundsman_owner` owns every table and runs the migrations. `roundsman_app` is what the application connects as: it
owns nothing, so that row-level security holds for it and it can neither change a table nor empty one.
Both are ordinary roles of PostgreSQL 15 to 18, on the embedded server and on a real one alike.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

OWNER = "roundsman_owner"
APP = "roundsman_app"
EXTENSIONS = ("btree_gist", "pg_trgm")

# What every session of the application starts with.
APP_SETTINGS: Mapping[str, str] = {
    "timezone": "UTC",
    "synchronous_commit": "on",
    # Statements come by the thousand and look alike: one plan for all parameters beats planning each time.
    "plan_cache_mode": "force_generic_plan",
    "max_parallel_workers_per_gather": "0",
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
}
# A cursor trusts that whatever is visible was flushed: that holds for what migrations and mending write, too.
OWNER_SETTINGS: Mapping[str, str] = {"timezone": "UTC", "synchronous_commit": "on"}


class DatabaseNotReadyError(Exception):
    """The login given may not make the roles or the database; the message says what an administrator has to run."""


def session_options(settings: Mapping[str, str], role: str | None = None) -> str:
    """Returns libpq's `options` that start a session with these settings, and as `role` where that is another."""
    words = [f"-c role={role}"] if role else []
    return " ".join([*words, *(f"-c {name}={value}" for name, value in settings.items())])


def prepare(admin_conninfo: str, database: str) -> None:
    """Makes roles, database and rights through an administrator's login (superuser, or CREATEROLE and CREATEDB).

    Does nothing to what is there already. The roles get their rights through this login; they can log in themselves
    only if they could before (the embedded server lets them: `let_roles_log_in`).
    Raises DatabaseNotReadyError when the login may not do what is missing.
    """
    try:
        with _connect_for_roles(admin_conninfo, database) as admin:
            _make_roles(admin)
            _make_database(admin, database)
        with psycopg.connect(_on(admin_conninfo, database), autocommit=True) as admin:
            _one_at_a_time(admin)
            _let_owner_build(admin)
            _make_extensions(admin)
            _grant(admin)
    except psycopg.errors.InsufficientPrivilege as refusal:
        raise DatabaseNotReadyError(
            f"{refusal}\nAn administrator has to run once:\n"
            f"  CREATE ROLE {OWNER} NOBYPASSRLS; CREATE ROLE {APP} NOBYPASSRLS;\n"
            f"  GRANT {OWNER}, {APP} TO <the login in DATABASE_URL>;\n"
            f"  CREATE DATABASE {database} OWNER {OWNER};"
        ) from refusal


def let_roles_log_in(admin_conninfo: str) -> None:
    """Lets both roles connect themselves, with their settings: for servers where no password is asked."""
    with psycopg.connect(admin_conninfo, autocommit=True) as admin:
        for role, settings in ((OWNER, OWNER_SETTINGS), (APP, APP_SETTINGS)):
            wanted = [f"{name}={value}" for name, value in settings.items()]
            if admin.execute(
                "SELECT FROM pg_roles WHERE rolname = %s AND rolcanlogin AND lower(rolconfig::text)::text[] @> %s",
                [role, [word.lower() for word in wanted]],
            ).fetchone():
                continue
            admin.execute(sql.SQL("ALTER ROLE {} LOGIN").format(sql.Identifier(role)))
            for name, value in settings.items():
                admin.execute(
                    sql.SQL("ALTER ROLE {} SET {} = {}").format(
                        sql.Identifier(role), sql.Identifier(name), sql.Literal(value)
                    )
                )


def prepare_as_owner(owner_conninfo: str, app_role: str) -> None:
    """Makes extensions and rights through the owner's own login, on a database that an administrator made."""
    with psycopg.connect(owner_conninfo, autocommit=True) as owner:
        _one_at_a_time(owner)
        _make_extensions(owner)
        _grant(owner, owner_role=_current_role(owner), app_role=app_role)


def _on(conninfo: str, database: str) -> str:
    return make_conninfo(conninfo, dbname=database)


def _connect_for_roles(admin_conninfo: str, database: str) -> "psycopg.Connection[Any]":
    """Connects to the database itself, or to `postgres` while it does not exist yet."""
    try:
        return psycopg.connect(_on(admin_conninfo, database), autocommit=True)
    except psycopg.OperationalError as refusal:
        if "does not exist" not in str(refusal):
            raise
        return psycopg.connect(_on(admin_conninfo, "postgres"), autocommit=True)


def _one_at_a_time(connection: "psycopg.Connection[Any]") -> None:
    """Waits for others who prepare this database; the lock goes with the connection."""
    connection.execute("SELECT pg_advisory_lock(hashtext('roundsman.prepare'))")


def _current_role(connection: "psycopg.Connection[Any]") -> str:
    row = connection.execute("SELECT current_user").fetchone()
    assert row is not None
    return str(row[0])


def _make_roles(admin: "psycopg.Connection[Any]") -> None:
    me = _current_role(admin)
    for role in (OWNER, APP):
        name = sql.Identifier(role)
        # Two processes may come here at once: the loser finds the role made.
        if admin.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
            with suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
                admin.execute(sql.SQL("CREATE ROLE {} NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE").format(name))
        # From PostgreSQL 16 on, whoever makes a role is its administrator but may not act as it unless told so.
        may_act = admin.execute(
            "SELECT pg_has_role(%s, %s, %s)", [me, role, "SET" if _version(admin) >= 160000 else "MEMBER"]
        ).fetchone()
        if may_act is None or not may_act[0]:
            admin.execute(sql.SQL("GRANT {} TO {}").format(name, sql.Identifier(me)))


def _version(connection: "psycopg.Connection[Any]") -> int:
    return connection.info.server_version


def _make_database(admin: "psycopg.Connection[Any]", database: str) -> None:
    if admin.execute("SELECT FROM pg_database WHERE datname = %s", [database]).fetchone() is None:
        with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            admin.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
                    sql.Identifier(database), sql.Identifier(OWNER)
                )
            )


def _let_owner_build(admin: "psycopg.Connection[Any]") -> None:
    """Lets the owner role make tables where the database itself belongs to somebody else."""
    row = admin.execute(
        "SELECT current_database(), has_database_privilege(%(role)s, current_database(), 'CREATE')"
        " AND has_schema_privilege(%(role)s, 'public', 'CREATE')",
        {"role": OWNER},
    ).fetchone()
    assert row is not None
    if not row[1]:
        owner = sql.Identifier(OWNER)
        admin.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(sql.Identifier(row[0]), owner))
        admin.execute(sql.SQL("GRANT CREATE, USAGE ON SCHEMA public TO {}").format(owner))


def _make_extensions(connection: "psycopg.Connection[Any]") -> None:
    present = {name for (name,) in connection.execute("SELECT extname FROM pg_extension")}
    for extension in EXTENSIONS:
        if extension not in present:
            connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))


def _grant(connection: "psycopg.Connection[Any]", owner_role: str = OWNER, app_role: str = APP) -> None:
    """Lets the application use what the owner has made and will make: read and write rows, nothing else.

    No TRUNCATE, no REFERENCES, no TRIGGER, and no tables of its own in schema public.
    """
    names = {"owner": sql.Identifier(owner_role), "app": sql.Identifier(app_role)}
    for statement in (
        "GRANT USAGE ON SCHEMA public TO {app}",
        "REVOKE CREATE ON SCHEMA public FROM {app}",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    ):
        connection.execute(sql.SQL(statement).format(**names))
    for kind, rights in (
        ("TABLES", "SELECT, INSERT, UPDATE, DELETE"),
        ("SEQUENCES", "USAGE, SELECT"),
        ("FUNCTIONS", "EXECUTE"),
    ):
        connection.execute(
            sql.SQL(
                f"ALTER DEFAULT PRIVILEGES FOR ROLE {{owner}} IN SCHEMA public GRANT {rights} ON {kind} TO {{app}}"
            ).format(**names)
        )


def database_of(conninfo: str) -> str:
    """Returns the name of the database that a connection string or URL names."""
    name = conninfo_to_dict(conninfo).get("dbname")
    if not name:
        raise DatabaseNotReadyError("the database's address names no database: postgresql://user@host/NAME")
    return str(name)
