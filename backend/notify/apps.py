"""The notify app: keeps what other apps have users told of, and shows it to them."""

from importlib import import_module

from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "notify"

    def ready(self) -> None:
        for room in ("commands", "feed", "jobs"):
            import_module(f"notify.{room}")
