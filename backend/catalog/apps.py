"""The catalog app: registers its commands and its feeds."""

from importlib import import_module

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"

    def ready(self) -> None:
        for room in ("feed", "commands", "imports", "undoing"):
            import_module(f"catalog.{room}")
