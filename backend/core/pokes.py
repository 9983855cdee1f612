"""Tells the listening processes that something of a company changed, without a cost on the path of the change.

A `NOTIFY` inside the writing transaction would serialise all commits of the database. So a thread of this process
gathers the companies and notifies a moment after their commits, in a transaction of its own. A poke carries no data
and may be lost: it only says "pull now" a little earlier than the phone would. It names the company and its rooms
(apps) whose commands took place, so that a page looks again only for what it shows.
"""

import logging
import threading
from uuid import UUID

from django.db import DatabaseError, connection, transaction

CHANNEL = "roundsman_changed"
_GATHER_S = 0.1
_log = logging.getLogger(__name__)
_lock = threading.Lock()
_changed: dict[UUID, set[str]] = {}
_thread: threading.Thread | None = None
_wake = threading.Event()


def changed(company_id: UUID, *rooms: str) -> None:
    """Note that rows of the company change with the running transaction, in these apps; told after its commit."""
    transaction.on_commit(lambda: _note(company_id, rooms))


def _note(company_id: UUID, rooms: tuple[str, ...]) -> None:
    global _thread
    with _lock:
        _changed.setdefault(company_id, set()).update(rooms)
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_run, name="pokes", daemon=True)
            _thread.start()
    _wake.set()


def _run() -> None:
    while True:
        _wake.wait()
        _wake.clear()
        threading.Event().wait(_GATHER_S)
        with _lock:
            companies = [" ".join([str(id_), *sorted(rooms)]) for id_, rooms in _changed.items()]
            _changed.clear()
        try:
            with connection.cursor() as cursor:
                cursor.execute("select pg_notify(%s, c) from unnest(%s::text[]) c", [CHANNEL, companies])
        except DatabaseError:
            _log.warning("pokes not sent", extra={"companies": len(companies)})
        finally:
            connection.close()
