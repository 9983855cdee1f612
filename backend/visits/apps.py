"""The visits app: registers its commands and its feeds."""

from importlib import import_module

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "visits"

    def ready(self) -> None:
        for room in ("feed", "commands"):
            import_module(f"visits.{room}")
