"""The forms app: registers its commands and its feeds."""

from importlib import import_module

from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "forms"

    def ready(self) -> None:
        for room in ("feed", "commands"):
            import_module(f"forms.{room}")
