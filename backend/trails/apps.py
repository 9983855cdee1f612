"""The trails app: registers its commands, its feeds, its jobs and its functions in the database."""

from importlib import import_module
from pathlib import Path

from django.apps import AppConfig

_SQL = Path(__file__).parent / "sql" / "trails.sql"
_ROOMS = ("feed", "commands.policies", "commands.consents", "jobs")


class TrailsConfig(AppConfig):
    name = "trails"

    def ready(self) -> None:
        from core.database_objects import provide

        provide("trails", _SQL.read_text)
        for room in _ROOMS:
            import_module(f"trails.{room}")
