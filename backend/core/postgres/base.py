"""Django's PostgreSQL backend on the embedded server, which is started by the first connection and not before.

Named as Django asks for: `ENGINE = "core.postgres"` loads `DatabaseWrapper` from `core.postgres.base`.
"""

import atexit
import os
import threading
import time
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.backends.postgresql import base

_CHECK_EVERY_S = 1.0
_leaving_registered = threading.Event()
_held_at = 0.0
_held_by = 0


class DatabaseWrapper(base.DatabaseWrapper):
    """Starts the embedded server before it connects; this process then holds the server until it ends."""

    def get_connection_params(self) -> dict[str, Any]:
        _hold()
        if not _leaving_registered.is_set():
            _leaving_registered.set()
            atexit.register(_leave)
        parameters: dict[str, Any] = super().get_connection_params()
        return parameters


def _hold() -> None:
    """Hold the server; ask at most once a second whether it still runs, for this is on the path of every request."""
    global _held_at, _held_by
    now = time.monotonic()
    if _held_by != os.getpid() or now - _held_at > _CHECK_EVERY_S:
        settings.EMBEDDED_POSTGRES.hold()
        _held_at, _held_by = now, os.getpid()


def _leave() -> None:
    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()
    settings.EMBEDDED_POSTGRES.release()
