"""The upgrade that made a list of the one next step: whatever was noted before it is in the list, in every company."""

from datetime import date
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from psycopg.rows import dict_row

from core.fence import fence_sql
from core.ids import uuid7
from tests.postgres_plugin import admin_conninfo
from tests.visits.upgrades import OLD, executor, insert, needs_superuser

LOGS = [
    ("Call", date(2026, 12, 1), [{"text": "Call", "due_date": "2026-12-01"}]),
    ("带样品", None, [{"text": "带样品", "due_date": None}]),
    ("", date(2026, 12, 1), [{"text": "", "due_date": "2026-12-01"}]),
    ("", None, []),
]

__all__ = ["executor"]  # a fixture
pytestmark = needs_superuser


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
            insert(admin, "accounts_company", {"id": company} | named)
            for place, (step, day, _) in enumerate(LOGS):
                insert(admin, "visits_visit_log", _old_log(company, str(place), step, day))
    executor.loader.build_graph()
    executor.migrate([("visits", "0003_next_steps")])
    with psycopg.connect(admin_conninfo(OLD), row_factory=dict_row) as admin:
        rows = admin.execute("select * from visits_visit_log order by company_id, note").fetchall()
    assert [row["next_steps"] for row in rows] == [steps for _, _, steps in LOGS] * len(companies)
    assert not {"next_step", "next_step_date"} & rows[0].keys()
