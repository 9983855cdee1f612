"""The visits app: registers its commands, its feeds and its jobs."""

from importlib import import_module

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "visits"

    def ready(self) -> None:
        from core.database_objects import provide
        from visits import site_triggers, task_triggers

        for room in ("feed", "photo_files", "form_files", "notices"):
            import_module(f"visits.{room}")
        provide("visits_tasks", lambda: task_triggers.SQL)
        provide("visits_sites", lambda: site_triggers.SQL)
        for noun in (
            "visits",
            "check_ins",
            "judgements",
            "photos",
            "cycles",
            "plans",
            "routes",
            "absences",
            "participants",
            "days",
            "competitors",
            "observations",
            "compliance",
            "tasks",
            "types",
            "alerts",
            "forms",
            "scores",
        ):
            import_module(f"visits.commands.{noun}")
        for noun in ("plans", "publications", "evidence", "alerts"):
            import_module(f"visits.jobs.{noun}")
