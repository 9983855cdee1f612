"""Gives each test process a fresh, migrated PostgreSQL database of its own: embedded, or on DATABASE_URL's server.
Files are kept in a folder beside, which goes with the database.

The environment is set when this module is imported, which is before anything imports Django's settings; the database
itself is made at the start of the session. It is a copy of a template, which is migrated once and used again as long
as no line of the backend changes. Tests are separated by companies, not by transactions: nothing is rolled back, and
a web server started by a test (it inherits the environment) sees the same database.
"""

import gc
import hashlib
import logging
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [path for path in (str(ROOT / "backend"), str(ROOT)) if path not in sys.path]

from core.postgres import roles  # noqa: E402
from core.postgres.embedded import EmbeddedServer, EmbeddedServerError  # noqa: E402

gc.disable()  # until everything is imported and collected: none of it is ever garbage

_PREFIX = "roundsman_test_"
_TEMPLATE_PREFIX = "roundsman_template_"
_KEPT_TEMPLATES = 2
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")

os.environ["ROUNDSMAN_VAR"] = str(ROOT / "var" / "test")
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
os.environ.setdefault("ROUNDSMAN_LOG_LEVEL", "WARNING")
os.environ.setdefault("ROUNDSMAN_POOL_MAX", "40")  # tests of races use a thread per contender

# xdist's workers inherit the environment of the main process, so what the user gave is kept under another name.
_GIVEN_URL = os.environ.setdefault("ROUNDSMAN_TEST_DATABASE_URL", os.environ.get("DATABASE_URL", ""))
_GIVEN_OWNER_URL = os.environ.setdefault("ROUNDSMAN_TEST_OWNER_URL", os.environ.get("DATABASE_OWNER_URL", ""))
_RUN = os.environ.setdefault("ROUNDSMAN_TEST_RUN", str(os.getpid()))
DATABASE = f"{_PREFIX}{_RUN}_{_WORKER}"
FILES = ROOT / "var" / "test" / "files" / DATABASE
os.environ["ROUNDSMAN_FILES"] = str(FILES)

server: EmbeddedServer | None = None
if not _GIVEN_URL:
    # Losing the tests' data in a power cut is no loss.
    server = EmbeddedServer(
        ROOT / "var" / "test" / "postgres",
        log_file=ROOT / "var" / "test" / "log" / "postgres.log",
        settings={"fsync": "off", "full_page_writes": "off", "max_connections": "300"},
    )


def admin_conninfo(database: str = "postgres") -> str:
    """Returns the connection string of a login that may make databases, for `database`."""
    if server is not None:
        return server.conninfo(database)
    return make_conninfo(_GIVEN_OWNER_URL or _GIVEN_URL, dbname=database)


def app_conninfo(database: str = DATABASE) -> str:
    """Returns the connection string that the application uses for `database`."""
    if server is not None:
        return server.conninfo(database, roles.APP)
    if _GIVEN_OWNER_URL:
        return make_conninfo(_GIVEN_URL, dbname=database)
    return make_conninfo(_GIVEN_URL, dbname=database, options=roles.session_options({}, roles.APP))


def owner_conninfo(database: str = DATABASE) -> str:
    """Returns the connection string that migrations use for `database`."""
    if server is not None:
        return server.conninfo(database, roles.OWNER)
    if _GIVEN_OWNER_URL:
        return make_conninfo(_GIVEN_OWNER_URL, dbname=database)
    return make_conninfo(_GIVEN_URL, dbname=database, options=roles.session_options({}, roles.OWNER))


def _point_at(database: str) -> None:
    """Sets DATABASE_URL and DATABASE_OWNER_URL, for this process and those it starts."""
    if server is None and not _GIVEN_OWNER_URL:
        os.environ["DATABASE_URL"] = make_conninfo(_GIVEN_URL, dbname=database)
    else:
        os.environ["DATABASE_URL"] = app_conninfo(database)
        os.environ["DATABASE_OWNER_URL"] = owner_conninfo(database)


_point_at(DATABASE)

import django  # noqa: E402

django.setup()


@contextmanager
def _admin() -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(admin_conninfo(), autocommit=True) as connection:
        yield connection


def code_digest() -> str:
    """Changes whenever a migrated database might look different."""
    digest = hashlib.sha256((ROOT / "requirements" / "runtime.txt").read_bytes())
    for path in sorted((ROOT / "backend").rglob("*")):
        if path.suffix in {".py", ".sql"}:
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _make_template(admin: psycopg.Connection[Any]) -> str:
    """Returns the name of a migrated database that belongs to this state of the code, made if it is missing."""
    template = f"{_TEMPLATE_PREFIX}{code_digest()}"
    if _exists(admin, template):
        return template
    draft = f"{_TEMPLATE_PREFIX}draft"
    _drop(admin, draft)
    if _GIVEN_OWNER_URL:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
    else:
        roles.prepare(admin_conninfo(), draft)
    if server is not None:
        roles.let_roles_log_in(admin_conninfo())
    _migrate(draft)
    admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(template)))
    admin.execute(
        sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(template), sql.Literal(str(time.time())))
    )
    _drop_old_templates(admin)
    return template


def _migrate(database: str) -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    connections["owner"].settings_dict["NAME"] = database
    connections["default"].settings_dict["NAME"] = database
    before = settings.DATABASE_ACCESS
    try:
        from config.database import access_from_environment

        _point_at(database)
        settings.DATABASE_ACCESS = access_from_environment(settings.VAR_DIR)
        call_command("migrate", verbosity=0)
    finally:
        for connection in connections.all(initialized_only=True):
            connection.close()
            connection.close_pool()
            connection.settings_dict["NAME"] = DATABASE
        settings.DATABASE_ACCESS = before
        _point_at(DATABASE)


def _exists(admin: psycopg.Connection[Any], database: str) -> bool:
    return admin.execute("SELECT FROM pg_database WHERE datname = %s", [database]).fetchone() is not None


def _drop(admin: psycopg.Connection[Any], database: str) -> None:
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def _drop_old_templates(admin: psycopg.Connection[Any]) -> None:
    rows = admin.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE %s AND datname NOT LIKE '%%draft'"
        " ORDER BY shobj_description(oid, 'pg_database')::float DESC NULLS LAST OFFSET %s",
        [f"{_TEMPLATE_PREFIX}%", _KEPT_TEMPLATES],
    ).fetchall()
    for (name,) in rows:
        _drop(admin, name)


def _drop_leftovers(admin: psycopg.Connection[Any]) -> None:
    """Drops what runs that were killed have left; on a server of our own only, where every run is of this machine."""
    if server is None:
        return
    rows = admin.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{_PREFIX}%"]).fetchall()
    for (name,) in rows:
        run = name.removeprefix(_PREFIX).split("_")[0]
        if run.isdigit() and not Path(f"/proc/{run}").exists():
            _drop(admin, name)


def _only_hands_out(config: pytest.Config) -> bool:
    """Whether this is xdist's main process, which runs no test itself."""
    return _WORKER == "main" and bool(getattr(config.option, "numprocesses", None))


def pytest_sessionstart(session: pytest.Session) -> None:
    """Starts the server and makes this process's database."""
    if _only_hands_out(session.config):
        gc.enable()  # it collects no tests, after which the others do
    if session.config.option.collectonly:
        return
    try:
        _make_database(_only_hands_out(session.config))
    except (EmbeddedServerError, roles.DatabaseNotReadyError, psycopg.OperationalError) as refusal:
        raise pytest.UsageError(str(refusal)) from refusal


def _make_database(only_the_template: bool) -> None:
    if server is not None:
        server.hold()
    with _admin() as admin:
        # Held until this connection closes: one process migrates, the others wait and copy.
        admin.execute("SELECT pg_advisory_lock(hashtext('roundsman.tests'))")
        template = _make_template(admin)
        if not only_the_template:
            _drop_leftovers(admin)
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(template), sql.Identifier(_owner_role(admin))
                )
            )
            os.environ["ROUNDSMAN_TEST_DATABASE_MADE"] = DATABASE


def _owner_role(admin: psycopg.Connection[Any]) -> str:
    return str(admin.info.user) if _GIVEN_OWNER_URL else roles.OWNER


def pytest_collection_finish(session: pytest.Session) -> None:
    """Collects garbage from here on, without going through what was loaded until now again and again."""
    gc.freeze()
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Removes the database, and stops the server when no other run uses it."""
    from django.db import connections

    logging.disable()  # threads that still run lose their database now; nothing to tell anybody
    for connection in connections.all(initialized_only=True):
        connection.close()
        connection.close_pool()
    if os.environ.get("ROUNDSMAN_TEST_DATABASE_MADE") == DATABASE:
        with _admin() as admin:
            _drop(admin, DATABASE)
    shutil.rmtree(FILES, ignore_errors=True)
    if server is not None:
        server.release()
