"""Health for orchestrators: `live` says the process answers, `ready` that it can do its work."""

from collections.abc import Callable

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse

from core import database_objects
from core.rest import json_response


def live(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers."""
    return json_response({"status": "live"})


def ready(request: HttpRequest) -> HttpResponse:
    """200 when database, migrations, triggers and epoch are in order, else 503; each check by name."""
    checks: dict[str, str] = {}
    for name, check in _CHECKS.items():
        try:
            checks[name] = "ok" if check() else "failed"
        except Error as error:
            checks[name] = f"failed: {type(error).__name__}"
    good = all(state == "ok" for state in checks.values())
    return json_response({"status": "ready" if good else "not ready", "checks": checks}, 200 if good else 503)


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select not pg_is_in_recovery()")
        return bool(cursor.fetchone()[0])


def _migrations() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _definitions() -> bool:
    """Functions, triggers and policies are those of this code, and no trigger of them was switched off or dropped."""
    if database_objects.installed_digest() != database_objects.digest():
        return False
    with connection.cursor() as cursor:
        wanted = database_objects.trigger_names()
        cursor.execute(
            "select count(distinct tgname) from pg_trigger where tgname = any(%s) and tgenabled <> 'D'", [list(wanted)]
        )
        return bool(cursor.fetchone()[0] == len(wanted))


def _epoch() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select sync_current_epoch()")
        return cursor.fetchone()[0] is not None


_CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "migrations": _migrations,
    "triggers": _definitions,
    "epoch": _epoch,
}
