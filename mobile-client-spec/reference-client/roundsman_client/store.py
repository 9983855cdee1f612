"""The SQLite file: its tables, its transactions, and the few single values that the client remembers.

Everything durable is in this one file: the outbox, the replica of the server's rows, the optimistic overlay, the
cursor, and the page that an interrupted answer had reached. Keep it out of cloud backups: a phone restored from an old
copy would give sequence numbers to new commands that the server has already seen.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SCHEMA_VERSION = 3
_TABLES = """
create table remembered (
    name text primary key,
    value text not null              -- JSON
) without rowid;

create table command (               -- the outbox, and what was sent from it in the last 30 days
    seq integer primary key,         -- contiguous, from 1
    id text not null unique,
    name text not null,
    schema integer not null,
    payload text not null,           -- JSON
    at text not null,                -- the device's clocks when it was recorded
    uptime_ms integer not null,
    boot_id text not null,
    depends_on text not null,        -- JSON list of command ids
    answered_at_ms integer,          -- the server's time of the verdict; null: never answered
    resend integer not null default 0
);

create table verdict (
    command_id text primary key references command(id) on delete cascade,
    status text not null,            -- applied, merged, refused, parked; held: this phone keeps it back
    code text,
    field text,
    message text,
    details text not null,           -- JSON
    conflicts text not null,         -- JSON
    settled_at text
) without rowid;

create table server_row (            -- the replica: what the server said, untouched by pending commands
    kind text not null,
    id text not null,
    scope text not null,
    version integer not null,
    tag text not null,
    data text not null,              -- JSON
    primary key (kind, id)
) without rowid;
create index server_row_scope on server_row (scope);

create table scope (                 -- the scopes this phone holds, with the digest of their rows
    id text primary key,
    rows integer not null default 0,
    total text not null default '0000000000000000',
    entered integer not null default 0  -- 1: entered in the answer that is being received
) without rowid;

create table overlay_row (           -- rows as pending commands make them look; rebuilt at every answer
    kind text not null,
    id text not null,
    scope text not null,
    data text not null,              -- JSON
    state text not null,             -- pending; waiting: a parked command is among them
    primary key (kind, id)
) without rowid;

create table repair (                -- scopes whose digest differed, to be named in the next pull
    scope text primary key,
    reason text not null             -- digest: a divergence; epoch: expected after the server's history changed
) without rowid;

create table repair_before (         -- what a scope held before its repair, to tell which kinds had been wrong
    scope text not null,
    kind text not null,
    id text not null,
    tag text not null,
    primary key (scope, kind, id)
) without rowid;

create table repair_count (          -- rows that a repair found wrong; above zero is a bug report
    kind text primary key,
    rows integer not null
) without rowid;
"""

_FILE_TABLE = """
create table file (                  -- files that commands name, until the server has them
    sha256 text primary key,         -- hex
    media_type text not null,
    content blob not null,
    upload text,                     -- path of the upload that was begun
    rejected text                    -- code of the reason why this content is never taken
)
"""
_TRAIL_TABLE = """
create table trail_point (           -- where the phone was, until the server has it
    n integer primary key,
    at text not null,                -- the device's clocks at that moment
    uptime_ms integer not null,
    boot_id text not null,
    state text,                      -- what is true of the tracking from then on; null: a position
    lat_e7 integer,                  -- 1e-7 degrees, WGS-84
    lon_e7 integer,
    accuracy_m real
)
"""
_LATER_TABLES = {2: _FILE_TABLE, 3: _TRAIL_TABLE}
"""What each version of the store added to the one before."""


class Store:
    """One phone's SQLite file. All access goes through `transaction`, one thread at a time."""

    def __init__(self, path: str | Path) -> None:
        """path: the file, made if missing and readable by its owner alone; `:memory:` for a store that is not kept."""
        self._lock = threading.RLock()
        self._depth = 0
        if str(path) != ":memory:":
            Path(path).touch(mode=0o600)
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        self.db.row_factory = sqlite3.Row
        self.db.execute("pragma journal_mode = wal")
        # A command counts as recorded when it is on the disk, not when it is in the system's memory.
        self.db.execute("pragma synchronous = full")
        self.db.execute("pragma foreign_keys = on")
        self.db.execute("pragma secure_delete = on")
        with self.transaction():
            version = self.db.execute("pragma user_version").fetchone()[0]
            if version == 0:
                for statement in _TABLES.split(";\n"):
                    self.db.execute(statement)
            for added, table in _LATER_TABLES.items():
                if version < added:
                    self.db.execute(table)
            self.db.execute(f"pragma user_version = {_SCHEMA_VERSION}")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing. A transaction inside another one is a part of it."""
        with self._lock:
            if self._depth:
                yield self.db
                return
            self.db.execute("begin immediate")
            self._depth = 1
            try:
                yield self.db
            except BaseException:
                self.db.execute("rollback")
                raise
            else:
                self.db.execute("commit")
            finally:
                self._depth = 0

    def recall(self, name: str, default: Any = None) -> Any:
        """The value remembered under `name`."""
        with self.transaction() as db:
            found = db.execute("select value from remembered where name = ?", (name,)).fetchone()
        return default if found is None else json.loads(found["value"])

    def remember(self, name: str, value: Any) -> None:
        """Keep a JSON value under `name`; None forgets it."""
        with self.transaction() as db:
            if value is None:
                db.execute("delete from remembered where name = ?", (name,))
            else:
                db.execute("insert or replace into remembered values (?, ?)", (name, json.dumps(value)))

    def wipe(self, *, keep_outbox: bool) -> None:
        """Erase what is on this phone: everything, or (`keep_outbox`) all but what delivers the unsent commands."""
        kept = ("identity", "device_id", "tokens", "last_seq", "contained", "revoked") if keep_outbox else ()
        with self.transaction() as db:
            for table in (
                "server_row", "scope", "overlay_row", "repair", "repair_before", "repair_count", "trail_point",
            ):  # fmt: skip
                db.execute(f"delete from {table}")
            if keep_outbox:
                db.execute(
                    "delete from command where not resend and id in"
                    " (select command_id from verdict where status <> 'held')"
                )
            else:
                db.execute("delete from command")
                db.execute("delete from file")
            marks = ",".join("?" * len(kept))
            db.execute(f"delete from remembered where name not in ({marks})", kept)
        with self._lock:
            # Erased text must not survive in the write-ahead log either.
            self.db.execute("pragma wal_checkpoint(truncate)")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self.db.close()
