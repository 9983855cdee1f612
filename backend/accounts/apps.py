"""The accounts app: registers its commands, its feeds, its database objects and how a user becomes an actor."""

from importlib import import_module
from pathlib import Path

from django.apps import AppConfig

_SQL = Path(__file__).parent / "sql" / "accounts.sql"
_ROOMS = (
    "feed",
    "commands.users",
    "commands.passwords",
    "commands.org_units",
    "commands.territories",
    "commands.devices",
    "commands.api_keys",
    "commands.second_factors",
    "commands.preferences",
    "jobs",
    "imports",
    "undoing",
)


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts.queries import get_actor
        from core.actor import provide_actors
        from core.database_objects import provide

        provide_actors(get_actor)
        provide("accounts", _SQL.read_text)
        for room in _ROOMS:
            import_module(f"accounts.{room}")
