"""The sync app: puts the generated triggers and the pull's functions in place."""

from importlib import import_module
from pathlib import Path

from django.apps import AppConfig

_SQL = Path(__file__).parent / "sql"


def _pull_sql() -> str:
    """The pull, with what the apps below declare about missing files put into its statement."""
    from core.missing_files import missing_files_sql

    return (_SQL / "pull.sql").read_text().replace("/* missing files */ '[]'", missing_files_sql())


class SyncConfig(AppConfig):
    name = "sync"

    def ready(self) -> None:
        from core.database_objects import after_install, provide
        from core.device_clocks import provide_device_clocks
        from sync import entry_triggers, grant_triggers
        from sync.proof import write_changed_feeds
        from sync.push import note_clock
        from sync.queries import list_boots

        for room in ("commands", "jobs"):
            import_module(f"sync.{room}")
        provide_device_clocks(list_boots, note_clock)
        provide("sync_epoch", (_SQL / "epoch.sql").read_text)
        provide("sync_entries", entry_triggers.all_triggers_sql)
        provide("sync_grants", grant_triggers.all_triggers_sql)
        provide("sync_pull", _pull_sql)
        provide("sync_device", (_SQL / "device.sql").read_text)
        provide("sync_events", (_SQL / "events.sql").read_text)
        provide("sync_upkeep", (_SQL / "upkeep.sql").read_text)
        after_install(write_changed_feeds)
