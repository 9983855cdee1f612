"""The files app: registers its feed and jobs, the triggers of attachments, and what phones are asked for."""

from importlib import import_module

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "files"

    def ready(self) -> None:
        from core.database_objects import provide
        from core.missing_files import provide_missing_files
        from files import attachment_triggers
        from files.missing import MISSING_FILES_SQL

        for room in ("feed", "jobs"):
            import_module(f"files.{room}")
        provide_missing_files(MISSING_FILES_SQL)
        provide("files_attachments", attachment_triggers.all_triggers_sql)
