"""Tables that are partitioned by day, so that what is old goes without a trace and without effort.

A model says `partitioned_by_day` and has a column `day`, which is a part of its primary key; its migration makes the
table `partition by range (day)`. A job makes the partitions of the days to come and drops old ones that are empty.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from django.apps import apps
from django.db import connection

from core.models import CompanyModel

_SQL = Path(__file__).parent / "sql" / "partitions.sql"


def partitioned_models() -> list[type[CompanyModel]]:
    """Every model whose table is partitioned by day, sorted by table."""
    found = [model for model in apps.get_models() if issubclass(model, CompanyModel) and model.partitioned_by_day]
    return sorted(found, key=lambda model: model._meta.db_table)


def functions_sql() -> str:
    """The functions that make and drop partitions, of these tables and no others."""
    tables = ", ".join(f"'{model._meta.db_table}'" for model in partitioned_models())
    return _SQL.read_text().replace("{tables}", tables)


def make_days(model: type[CompanyModel], days: Iterable[date]) -> None:
    """Make the partitions of `days` that are missing (one query)."""
    with connection.cursor() as cursor:
        cursor.execute("select core_make_day(%s, day) from unnest(%s::date[]) day", [model._meta.db_table, list(days)])


def drop_empty_days(model: type[CompanyModel], before: date) -> int:
    """Drop the partitions of days before `before` without any row; returns how many (one query).

    Those of today, of yesterday and of the days to come stay.
    """
    with connection.cursor() as cursor:
        cursor.execute("select core_drop_empty_days(%s, %s)", [model._meta.db_table, before])
        gone: int = cursor.fetchone()[0]
        return gone
