"""The visits app: registers its commands, its feeds and its jobs."""

from importlib import import_module

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "visits"

    def ready(self) -> None:
        import_module("visits.feed")
        for noun in ("visits", "check_ins", "judgements", "cycles", "plans"):
            import_module(f"visits.commands.{noun}")
        for noun in ("plans", "evidence"):
            import_module(f"visits.jobs.{noun}")
