"""The upgrade that made a list of the one next step: whatever was noted before it is in the list, in every company."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from psycopg.rows import dict_row

from core.fence import fence_sql
from core.ids import uuid7
from core.postgres import roles
from tests.postgres_plugin import DATABASE, admin_conninfo, server

OLD = f"{DATABASE}_old"
LOGS = [
    ("Call", date(2026, 12, 1), [{"text": "Call", "due_date": "2026-12-01"}]),
    ("带样品", None, [{"text": "带样品", "due_date": None}]),
    ("", date(2026, 12, 1), [{"text": "", "due_date": "2026-12-01"}]),
    ("", None, []),
]

pytestmark = pytest.mark.skipif(server is None, reason="rows without those they refer to take a superuser's rights")


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


def _insert(connection: psycopg.Connection[Any], table: str, row: dict[str, Any]) -> None:
    names, places = ", ".join(row), ", ".join(["%s"] * len(row))
    connection.execute(f"insert into {table} ({names}) values ({places})", list(row.values()))


def _old_log(company: UUID, note: str, step: str, day: date | None) -> dict[str, Any]:
    return {name: uuid7() for name in ("id", "visit_id", "customer_id", "author_id")} | {
        "company_id": company,
        "result": "other",
        "note": note,
        "next_step": step,
        "next_step_date": day,
        "occurred_at": "2026-11-20T01:30:00Z",
        "occurred_verified": True,
    }


def test_logs_of_before_keep_their_step(executor: MigrationExecutor) -> None:
    executor.migrate([("visits", "0002_open_visits")])
    with connections["owner"].cursor() as cursor:
        cursor.execute(fence_sql("visits_visit_log"))
    companies = [uuid7(), uuid7()]
    with psycopg.connect(admin_conninfo(OLD), row_factory=dict_row) as admin:
        admin.execute("set session_replication_role = replica")  # a log alone, without visit and customer
        for number, company in enumerate(companies):
            named = {"code": f"c{number}", "name": "C", "locale": "en", "time_zone": "Asia/Shanghai"}
            _insert(admin, "accounts_company", {"id": company} | named)
            for place, (step, day, _) in enumerate(LOGS):
                _insert(admin, "visits_visit_log", _old_log(company, str(place), step, day))
    executor.loader.build_graph()
    executor.migrate([("visits", "0003_next_steps")])
    with psycopg.connect(admin_conninfo(OLD), row_factory=dict_row) as admin:
        rows = admin.execute("select * from visits_visit_log order by company_id, note").fetchall()
    assert [row["next_steps"] for row in rows] == [steps for _, _, steps in LOGS] * len(companies)
    assert not {"next_step", "next_step_date"} & rows[0].keys()
