"""The calendars app: registers its commands, its feeds and its import."""

from importlib import import_module

from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "calendars"

    def ready(self) -> None:
        for room in ("feed", "commands", "imports", "undoing"):
            import_module(f"calendars.{room}")
