"""What was seen of a run, in one SQLite file that all its processes write: memory stays flat however long a run is.

The ledger of commands is kept here, apart from the phones: a phone that loses a command must not lose the proof.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from roundsman_client.protocol import Row
from simulation.fleet.network import Exchanged

Json = dict[str, Any]
_TABLES = """
create table if not exists device (          -- who took part
    id text primary key, name text not null, username text not null, user_id text not null, role text not null,
    old_app integer not null, clock_error_s real not null);
create table if not exists command (         -- what was recorded on phones, noted when it was
    id text primary key, device_id text not null, name text not null, schema integer not null, payload text not null,
    day integer not null);
create table if not exists act (             -- what people at a desk did, and what became of it (code: of a refusal)
    number integer primary key, name text not null, payload text not null, code text);
create table if not exists exchange (        -- requests that the server answered
    kind text not null, status integer not null, seconds real not null, began real not null,
    bytes_up integer not null, bytes_down integer not null);
create table if not exists fault (kind text primary key, times integer not null);
create table if not exists traffic (         -- of a device on a day of the run: bodies, as sent
    device_id text not null, day integer not null, requests integer not null, bytes_up integer not null,
    bytes_down integer not null, primary key (device_id, day));
create table if not exists event (name text primary key, times integer not null);
create table if not exists record (          -- the server's records of the phones' commands
    id text not null, device_id text not null, seq integer, status text not null, code text, payload text not null,
    conflicts text not null);
create table if not exists entry (           -- the truth: every row that any user's new device got
    kind text not null, id text not null, scope text not null, data text not null, primary key (kind, id));
create table if not exists finding (         -- what is wrong, by check
    check_ text not null, device text not null, words text not null);
create table if not exists examined (check_ text primary key, times integer not null);
create table if not exists visit (           -- of a device on Monday, in seconds after the first could come
    device_id text not null, came real not null, done real not null, asked_s real not null, idle integer not null);
"""


class Evidence:
    """The file, for one process. Any thread may write."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, timeout=120, isolation_level=None, check_same_thread=False)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = off")  # of use as long as the run lives
        self._db.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _write(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._lock:
            self._db.execute("begin immediate")
            self._db.executemany(statement, rows)
            self._db.execute("commit")

    def read(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self._lock:
            return self._db.execute(query, values).fetchall()

    def each(self, query: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The same, one after the other; for who is alone with the file."""
        yield from self._db.execute(query, values)

    # What is noted while the run lasts

    def note_device(
        self, id_: str, name: str, username: str, user_id: str, role: str, *, old_app: bool, clock_error_s: float
    ) -> None:
        """A device takes part. role: such as `phone`, `tablet`, `absent`."""
        values = (id_, name, username, user_id, role, old_app, clock_error_s)
        self._write("insert or replace into device values (?, ?, ?, ?, ?, ?, ?)", [values])

    def note_commands(self, device_id: str, day: int, commands: Iterable[tuple[str, str, int, Json]]) -> None:
        """Commands were recorded: id, name, schema, payload."""
        rows = [(id_, device_id, name, schema, _text(payload), day) for id_, name, schema, payload in commands]
        self._write("insert into command values (?, ?, ?, ?, ?, ?)", rows)

    def note_act(self, name: str, payload: Json, code: str | None = None) -> None:
        """Somebody at a desk did something. code: it was refused."""
        self._write("insert into act (name, payload, code) values (?, ?, ?)", [(name, _text(payload), code)])

    def note_exchanges(self, exchanges: Iterable[Exchanged]) -> None:
        """Requests were answered."""
        self._write("insert into exchange values (?, ?, ?, ?, ?, ?)", exchanges)

    def note_faults(self, faults: Mapping[str, int]) -> None:
        """Faults happened on the network."""
        self._count("fault", faults)

    def note_events(self, events: Mapping[str, int]) -> None:
        """Things happened to phones: apps died, users signed in again, …"""
        self._count("event", events)

    def note_traffic(self, device_id: str, day: int, requests: int, bytes_up: int, bytes_down: int) -> None:
        """A device sent and received."""
        self._write(
            "insert into traffic values (?, ?, ?, ?, ?) on conflict (device_id, day) do update set"
            " requests = requests + excluded.requests, bytes_up = bytes_up + excluded.bytes_up,"
            " bytes_down = bytes_down + excluded.bytes_down",
            [(device_id, day, requests, bytes_up, bytes_down)],
        )

    def note_visit(self, device_id: str, came: float, done: float, asked_s: float, *, idle: bool) -> None:
        """A device came on Monday and was done. asked_s: how long it was asked to stay away. idle: only to look."""
        self._write("insert into visit values (?, ?, ?, ?, ?)", [(device_id, came, done, asked_s, idle)])

    # What is found in the end

    def note_records(self, device_id: str, records: Iterable[Json]) -> None:
        """The server's records of the commands that a device pushed."""
        rows = (
            (
                record["id"],
                device_id,
                record["verdict"]["seq"],
                record["verdict"]["status"],
                record["verdict"]["code"],
                _text(record["payload"]),
                _text(record["verdict"]["conflicts"]),
            )
            for record in records
        )
        self._write("insert into record values (?, ?, ?, ?, ?, ?, ?)", rows)

    def note_entries(self, rows: Iterable[Row]) -> None:
        """Rows that a new device got."""
        values = ((row.kind, row.id, row.scope, _text(row.data)) for row in rows)
        self._write("insert or ignore into entry values (?, ?, ?, ?)", values)

    def note_findings(self, check: str, device: str, faults: Iterable[str], examined: int = 1) -> None:
        """A check looked at `examined` things of a device and found these faults."""
        self._write("insert into finding values (?, ?, ?)", [(check, device, words) for words in faults])
        self._count("examined", {check: examined})

    def _count(self, table: str, counts: Mapping[str, int]) -> None:
        first = {"fault": "kind", "event": "name", "examined": "check_"}[table]
        self._write(
            f"insert into {table} values (?, ?) on conflict ({first}) do update set times = times + excluded.times",
            list(counts.items()),
        )


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
