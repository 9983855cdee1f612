"""The overlay: rows as they look with the pending commands on top of the server's. Nothing here is ever the truth.

`rebase` throws the overlay away and replays every pending command over the rows that the server has just sent. The
server's rows and the user's unsent work therefore never have to be merged on the phone.
"""

import json
import logging
import sqlite3
from dataclasses import dataclass

from roundsman_client.optimistic import EFFECTS, Act
from roundsman_client.outbox import Outbox
from roundsman_client.protocol import Command, Json, to_text
from roundsman_client.store import Store

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LocalRow:
    """A row as the user sees it. state: synced, pending (work of his is on its way) or waiting (it is parked)."""

    kind: str
    id: str
    scope: str
    data: Json
    state: str


class Overlay:
    """Optimistic rows over the replica's."""

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox

    def rebase(self) -> None:
        """Replay the pending commands, oldest first, on the server's rows as they are now."""
        with self._store.transaction() as db:
            db.execute("delete from overlay_row")
            for command, state in self._outbox.shown_over_server_rows():
                self.show(command, state)

    def show(self, command: Command, state: str = "pending") -> None:
        """Add the effect of one command to what the user sees."""
        effect = EFFECTS.get(command.name)
        identity = self._store.recall("identity")
        if effect is None or identity is None:
            return
        with self._store.transaction():
            view = _View(self._store)
            try:
                effect(view, Act(command, identity["user"]["id"]))
            except (KeyError, TypeError, ValueError, AttributeError):
                # A payload that the server will refuse. It is stored and will be sent; only the preview is missing.
                _log.warning("no preview for command %s (%s)", command.seq, command.name)
            else:
                view.store(state)

    def find(self, kind: str, id_: str) -> LocalRow | None:
        """One row as the user sees it, or None."""
        with self._store.transaction() as db:
            found = db.execute(
                "select *, 0 as rank from overlay_row where kind = :kind and id = :id union all"
                " select kind, id, scope, data, 'synced', 1 from server_row where kind = :kind and id = :id"
                " order by rank limit 1",
                {"kind": kind, "id": id_},
            ).fetchone()
        return _local(found) if found else None

    def list_kinds(self) -> list[str]:
        """The kinds of the rows that the user sees."""
        with self._store.transaction() as db:
            found = db.execute("select kind from overlay_row union select kind from server_row order by kind")
            return [row["kind"] for row in found]

    def list_rows(self, kind: str) -> list[LocalRow]:
        """The rows of a kind as the user sees them, by id."""
        with self._store.transaction() as db:
            found = db.execute(
                "select * from overlay_row where kind = :kind union all"
                " select kind, id, scope, data, 'synced' from server_row where kind = :kind and not exists"
                " (select 1 from overlay_row where overlay_row.kind = :kind and overlay_row.id = server_row.id)"
                " order by id",
                {"kind": kind},
            ).fetchall()
        return [_local(row) for row in found]


class _View:
    """What one command's effect reads and writes; written to the store only when the effect has come to its end."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._changed: dict[tuple[str, str], tuple[str, Json]] = {}

    def get(self, kind: str, id_: str) -> Json | None:
        if not isinstance(id_, str):
            raise TypeError("an id is a text")
        if (kind, id_) in self._changed:
            return dict(self._changed[kind, id_][1])
        with self._store.transaction() as db:
            for table in ("overlay_row", "server_row"):
                found = db.execute(f"select data from {table} where kind = ? and id = ?", (kind, id_)).fetchone()
                if found:
                    data: Json = json.loads(found["data"])
                    return data
        return None

    def put(self, kind: str, id_: str, scope: str, data: Json) -> None:
        if not (isinstance(id_, str) and isinstance(scope, str)):
            raise TypeError("ids and scopes are texts")
        self._changed[kind, id_] = (scope, data)

    def store(self, state: str) -> None:
        with self._store.transaction() as db:
            for (kind, id_), (scope, data) in self._changed.items():
                db.execute(
                    "insert into overlay_row values (?, ?, ?, ?, ?) on conflict (kind, id) do update set"
                    " scope = excluded.scope, data = excluded.data,"
                    # Once a parked command is among those that touch the row, it stays marked as waiting.
                    " state = case 'waiting' when state then state else excluded.state end",
                    (kind, id_, scope, to_text(data), state),
                )


def _local(row: sqlite3.Row) -> LocalRow:
    return LocalRow(row["kind"], row["id"], row["scope"], json.loads(row["data"]), row["state"])
