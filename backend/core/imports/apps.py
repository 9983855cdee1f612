"""Imports as a Django app of their own: their tables and error codes carry the label `imports`."""

from importlib import import_module
from pathlib import Path

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "core.imports"
    label = "imports"

    def ready(self) -> None:
        from core.database_objects import provide

        import_module("core.imports.jobs")
        provide("imports", (Path(__file__).parent / "sql" / "statistics.sql").read_text)
