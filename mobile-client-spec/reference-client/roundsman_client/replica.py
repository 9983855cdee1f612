"""The replica: the server's rows by scope, and the digest of every scope, kept while rows come and go.

A row is keyed by (kind, id) and remembers its scope. A row that moves from scope A to scope B arrives as a row of B and
a tombstone of A, in either order; so a tombstone or a leave removes a row only if the row's stored scope is the one
that is named.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator

from roundsman_client.digest import EMPTY, Digest
from roundsman_client.protocol import Row, to_text
from roundsman_client.store import Store


class Replica:
    """The server's rows in the store. Its writers run inside the transaction of the answer that is being applied."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # Scopes

    def begin_whole(self) -> None:
        """An answer begins that brings every scope (its pull had no cursor): until it ends, old rows stay visible."""
        with self._store.transaction() as db:
            db.execute("update scope set entered = 0")

    def end_whole(self) -> None:
        """That answer is complete: scopes it did not bring are not this user's any more."""
        with self._store.transaction() as db:
            for row in db.execute("select id from scope where not entered").fetchall():
                self.leave(row["id"])

    def enter(self, scope: str) -> None:
        """The scope arrives from its beginning: drop what is here of it."""
        with self._store.transaction() as db:
            db.execute("delete from server_row where scope = ?", (scope,))
            db.execute("insert or replace into scope (id, entered) values (?, 1)", (scope,))

    def leave(self, scope: str) -> None:
        """The scope is gone: drop its rows and forget it."""
        with self._store.transaction() as db:
            db.execute("delete from server_row where scope = ?", (scope,))
            db.execute("delete from scope where id = ?", (scope,))

    # Rows

    def apply(self, rows: Iterable[Row]) -> None:
        """Take over rows and tombstones, in their order, and keep the digests.

        Versions are not compared: after a failover the same number can stand for another content, and an answer is
        always newer than what is here.
        """
        with self._store.transaction() as db:
            digests = _Digests(db)
            for row in rows:
                held = db.execute(
                    "select scope, tag from server_row where kind = ? and id = ?", (row.kind, row.id)
                ).fetchone()
                if row.data is None:
                    if held and held["scope"] == row.scope:
                        db.execute("delete from server_row where kind = ? and id = ?", (row.kind, row.id))
                        digests.take_away(held["scope"], held["tag"])
                    continue
                if held:
                    digests.take_away(held["scope"], held["tag"])
                db.execute(
                    "insert or replace into server_row (kind, id, scope, version, tag, data) values (?, ?, ?, ?, ?, ?)",
                    (row.kind, row.id, row.scope, row.version, row.tag, to_text(row.data)),
                )
                digests.add(row.scope, row.tag)
            digests.store()

    # Comparing

    def digest(self, scope: str) -> Digest:
        """The digest of what is here of a scope."""
        with self._store.transaction() as db:
            return _read_digest(db, scope)

    def differing(self, theirs: dict[str, Digest]) -> list[str]:
        """The scopes whose digest is another one here, or that are missing here."""
        held = set(self.list_scopes())
        return sorted(scope for scope, digest in theirs.items() if scope not in held or self.digest(scope) != digest)

    def list_scopes(self) -> list[str]:
        """The scopes that this phone holds."""
        with self._store.transaction() as db:
            return [row["id"] for row in db.execute("select id from scope order by id")]

    def tags(self, scope: str) -> dict[tuple[str, str], str]:
        """(kind, id) → tag of every row of a scope."""
        with self._store.transaction() as db:
            found = db.execute("select kind, id, tag from server_row where scope = ?", (scope,))
            return {(row["kind"], row["id"]): row["tag"] for row in found}

    # Reading

    def rows(self) -> Iterator[Row]:
        """Every row as the server sent it."""
        with self._store.transaction() as db:
            found = db.execute("select * from server_row order by kind, id").fetchall()
        for row in found:
            yield Row(row["scope"], row["kind"], row["id"], row["version"], row["tag"], json.loads(row["data"]))


class _Digests:
    """The digests that one page touches: read once, written once."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._touched: dict[str, Digest] = {}

    def _get(self, scope: str) -> Digest:
        if scope not in self._touched:
            self._touched[scope] = _read_digest(self._db, scope)
        return self._touched[scope]

    def add(self, scope: str, tag: str) -> None:
        self._touched[scope] = self._get(scope).plus(tag)

    def take_away(self, scope: str, tag: str) -> None:
        self._touched[scope] = self._get(scope).minus(tag)

    def store(self) -> None:
        self._db.executemany(
            "insert into scope (id, rows, total, entered) values (?, ?, ?, 1)"
            " on conflict (id) do update set rows = excluded.rows, total = excluded.total",
            [(scope, digest.rows, digest.total) for scope, digest in self._touched.items()],
        )


def _read_digest(db: sqlite3.Connection, scope: str) -> Digest:
    found = db.execute("select rows, total from scope where id = ?", (scope,)).fetchone()
    return Digest(found["rows"], found["total"]) if found else EMPTY
