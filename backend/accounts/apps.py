"""The accounts app: registers its commands, its feeds and how a user becomes an actor."""

from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts.queries import get_actor
        from core.actor import provide_actors

        provide_actors(get_actor)
        for room in ("feed", "commands"):
            import_module(f"accounts.{room}")
