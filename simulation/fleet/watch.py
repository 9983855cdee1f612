"""Watches the versions of all rows on a phone over its whole life, inside of its own SQLite file.

A trigger notes the highest version ever seen of each row, and whoever writes a lower one: within one history of the
server that must not happen. It survives whatever the app survives, kills included, and costs no interpreter's time.
"""

import sqlite3
from pathlib import Path

_WATCH = """
create table if not exists watched_row (kind text, id text, version integer, epoch text, primary key (kind, id))
    without rowid;
create table if not exists watched_fault (kind text, id text, before_ integer, after_ integer);
create trigger if not exists watch_versions after insert on server_row begin
    insert into watched_fault
        select kind, id, version, new.version from watched_row
        where kind = new.kind and id = new.id and version > new.version
          and epoch is (select value from remembered where name = 'epoch');
    insert into watched_row
        values (new.kind, new.id, new.version, (select value from remembered where name = 'epoch'))
        on conflict (kind, id) do update set version = excluded.version, epoch = excluded.epoch;
end;
"""


def watch_versions(store: Path) -> None:
    """Begin to watch the phone with this file, which its client has made before."""
    _on(store).executescript(_WATCH).connection.close()


def list_regressions(store: Path) -> list[str]:
    """Rows whose version went back, each time that it did."""
    db = _on(store)
    try:
        found = db.execute("select kind, id, before_, after_ from watched_fault").fetchall()
    finally:
        db.close()
    return [f"{kind} {id_} went back from version {before} to {after}" for kind, id_, before, after in found]


def count_watched(store: Path) -> int:
    """How many rows the phone has ever held."""
    db = _on(store)
    try:
        return int(db.execute("select count(*) from watched_row").fetchone()[0])
    finally:
        db.close()


def _on(store: Path) -> sqlite3.Connection:
    return sqlite3.connect(store, timeout=60, isolation_level=None)
