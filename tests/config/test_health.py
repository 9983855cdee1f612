"""Health: `ready` notices what is missing, and says which check failed."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connections
from django.test import Client

from config import health


@contextmanager
def as_owner(change: str, undo: str) -> Iterator[None]:
    """Change the database as its owner, and put it right again."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(change)
        try:
            yield
        finally:
            cursor.execute(undo)


def checks() -> tuple[int, dict[str, str]]:
    answer = Client().get("/health/ready")
    return answer.status_code, answer.json()["checks"]


def test_live_and_ready() -> None:
    assert Client().get("/health/live").json() == {"status": "live"}
    assert checks() == (200, {"database": "ok", "migrations": "ok", "triggers": "ok", "epoch": "ok"})


@pytest.mark.parametrize("table, trigger", [("customers_customer", "sync_feed_customer_update"),
                                            ("customers_share", "sync_grants_customer_share_insert")])  # fmt: skip
def test_a_trigger_that_is_switched_off_is_noticed(table: str, trigger: str) -> None:
    with as_owner(f"alter table {table} disable trigger {trigger}", f"alter table {table} enable trigger {trigger}"):
        status, found = checks()
    assert status == 503
    assert found["triggers"] == "failed"


def test_definitions_of_another_version_are_noticed() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("select digest from core_definitions")
        digest = cursor.fetchone()[0]
    with as_owner("update core_definitions set digest = 'older'", f"update core_definitions set digest = '{digest}'"):
        assert checks()[1]["triggers"] == "failed"


def test_a_missing_migration_is_noticed() -> None:
    change = "update django_migrations set app = 'gone' where app = 'visits'"
    with as_owner(change, "update django_migrations set app = 'visits' where app = 'gone'"):
        assert checks()[1]["migrations"] == "failed"


def test_an_epoch_of_another_cluster_is_noticed() -> None:
    change = "update sync_epoch set system_identifier = system_identifier + 1"
    with as_owner(change, "update sync_epoch set system_identifier = system_identifier - 1"):
        assert checks()[1]["epoch"] == "failed"


def test_a_database_that_does_not_answer_is_a_failed_check(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> bool:
        raise DatabaseError("gone")

    monkeypatch.setitem(health._CHECKS, "database", refuse)
    status, found = checks()
    assert status == 503
    assert found["database"].startswith("failed")
    assert found["epoch"] == "ok"
