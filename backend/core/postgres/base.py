"""Django's PostgreSQL backend on the embedded server, which is started by the first connection and not before.

Named as Django asks for: `ENGINE = "core.postgres"` loads `DatabaseWrapper` from `core.postgres.base`.
"""

import atexit
import threading
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.backends.postgresql import base

_leaving_registered = threading.Event()


class DatabaseWrapper(base.DatabaseWrapper):
    """Starts the embedded server before it connects; this process then holds the server until it ends."""

    def get_connection_params(self) -> dict[str, Any]:
        settings.EMBEDDED_POSTGRES.hold()
        if not _leaving_registered.is_set():
            _leaving_registered.set()
            atexit.register(_leave)
        parameters: dict[str, Any] = super().get_connection_params()
        return parameters


def _leave() -> None:
    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()
    settings.EMBEDDED_POSTGRES.release()
