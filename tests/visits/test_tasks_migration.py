"""The upgrade that made tasks of next steps: every log of before has its own, in every company, and only once."""

from datetime import date
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from psycopg.rows import dict_row

from core.fence import fence_sql
from tests.postgres_plugin import admin_conninfo
from tests.visits.upgrades import OLD, executor, make, needs_superuser
from visits.next_steps import task_id

__all__ = ["executor"]  # a fixture
pytestmark = needs_superuser
STEPS = '[{"text": "Call", "due_date": "2026-12-01"}, {"text": "带样品", "due_date": null}]'


def test_logs_of_before_get_their_tasks(executor: MigrationExecutor) -> None:
    executor.migrate([("visits", "0011_tasks")])
    with connections["owner"].cursor() as cursor:
        for table in ("visits_visit_log", "visits_task"):
            cursor.execute(fence_sql(table))
    with psycopg.connect(admin_conninfo(OLD)) as admin:
        logs = [_log(admin, number, steps) for number, steps in ((1, STEPS), (2, STEPS), (3, "[]"))]
    executor.loader.build_graph()
    executor.migrate([("visits", "0012_tasks_of_logs")])
    with psycopg.connect(admin_conninfo(OLD), row_factory=dict_row) as admin:
        rows = {row["id"]: row for row in admin.execute("select * from visits_task").fetchall()}
    assert rows.keys() == {task_id(log["id"], place) for log in logs[:2] for place in (0, 1)}
    for log in logs[:2]:
        first, second = rows[task_id(log["id"], 0)], rows[task_id(log["id"], 1)]
        assert (first["text"], first["due_date"]) == ("Call", date(2026, 12, 1))
        assert (second["text"], second["due_date"], second["state"]) == ("带样品", None, "open")
        for task in (first, second):
            assert (task["company_id"], task["customer_id"]) == (log["company_id"], log["customer_id"])
            assert (task["assignee_id"], task["log_id"]) == (log["author_id"], log["id"])


def _log(admin: psycopg.Connection[Any], number: int, steps: str) -> dict[str, UUID]:
    """A log with what it stands on, in a company of its own."""
    company = make(admin, "accounts_company", code=f"c{number}", time_zone="Asia/Shanghai", locale="en")
    author = make(admin, "accounts_user", company_id=company, locale="en", roles=["rep"])
    customer = make(admin, "customers_customer", company_id=company, stage="active")
    rows: dict[str, UUID] = {"company_id": company, "customer_id": customer}
    visit = make(admin, "visits_visit", **rows, rep_id=author, state="planned", origin="fixed", dwell_minutes=30)
    rows |= {"author_id": author}
    return rows | {"id": make(admin, "visits_visit_log", **rows, visit_id=visit, result="other", next_steps=steps)}
