"""The visits app: registers its commands and its feeds."""

from importlib import import_module

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "visits"

    def ready(self) -> None:
        import_module("visits.feed")
        for noun in ("visits",):
            import_module(f"visits.commands.{noun}")
