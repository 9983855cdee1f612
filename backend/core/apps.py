"""The ground floor as a Django app."""

from importlib import import_module
from pathlib import Path

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        from core import partitions
        from core.database_objects import provide

        import_module("core.feed")
        provide("core_claim", lambda: (Path(__file__).parent / "sql" / "claim.sql").read_text())
        provide("core_partitions", partitions.functions_sql)
