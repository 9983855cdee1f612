"""Divergence: scopes whose digest differed are asked for again, whole, and what had been wrong is counted by kind.

Counting needs the picture before: when the first page of the repairing answer arrives, the old tags are set aside,
durably, because the scope may span several pages and the app may be killed between two of them.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from roundsman_client.protocol import REPAIR_SCOPES
from roundsman_client.replica import Replica
from roundsman_client.store import Store

DIVERGED = "digest"
"""A digest differed although nothing had happened that explains it: counted, each count a bug report."""
NEW_HISTORY = "epoch"
"""The server's history changed (failover, restore): a difference is expected and not counted as a bug."""


class Repairs:
    """The scopes to repair and the count of what was wrong."""

    def __init__(self, store: Store, replica: Replica) -> None:
        self._store = store
        self._replica = replica

    def want(self, scopes: Iterable[str], reason: str) -> None:
        """Name these scopes in the next pull."""
        with self._store.transaction() as db:
            db.executemany("insert or replace into repair values (?, ?)", [(scope, reason) for scope in scopes])

    def wanted(self, except_scopes: Iterable[str] = ()) -> list[str]:
        """The scopes to name, at most as many as one pull may name."""
        with self._store.transaction() as db:
            scopes = [row["scope"] for row in db.execute("select scope from repair order by scope")]
        skipped = set(except_scopes)
        return [scope for scope in scopes if scope not in skipped][:REPAIR_SCOPES]

    def set_aside(self, scopes: Iterable[str]) -> None:
        """These scopes are about to be dropped and filled again: remember what they held."""
        with self._store.transaction() as db:
            db.execute("delete from repair_before")
            for scope in scopes:
                db.executemany(
                    "insert into repair_before values (?, ?, ?, ?)",
                    [(scope, kind, id_, tag) for (kind, id_), tag in self._replica.tags(scope).items()],
                )

    def finish(self, scopes: Sequence[str]) -> tuple[Counter[str], Counter[str]]:
        """The answer that brought these scopes is complete. Returns the rows that had been wrong, by kind.

        The first counter is for divergences, the second for differences that a new history explains.
        """
        diverged: Counter[str] = Counter()
        new_history: Counter[str] = Counter()
        with self._store.transaction() as db:
            held = set(self._replica.list_scopes())
            for scope in scopes:
                wanted = db.execute("select reason from repair where scope = ?", (scope,)).fetchone()
                count = new_history if wanted and wanted["reason"] == NEW_HISTORY else diverged
                if scope in held:  # a scope that left meanwhile had nothing wrong
                    count.update(self._wrong_rows(scope))
                db.execute("delete from repair where scope = ?", (scope,))
                db.execute("delete from repair_before where scope = ?", (scope,))
            db.executemany(
                "insert into repair_count values (?, ?) on conflict (kind) do update set rows = rows + excluded.rows",
                list(diverged.items()),
            )
        return diverged, new_history

    def _wrong_rows(self, scope: str) -> Counter[str]:
        with self._store.transaction() as db:
            found = db.execute("select kind, id, tag from repair_before where scope = ?", (scope,))
            before = {(row["kind"], row["id"]): row["tag"] for row in found}
        after = self._replica.tags(scope)
        wrong = (key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
        return Counter(kind for kind, _ in wrong)

    def forget(self) -> None:
        """Drop all wishes: a comparison of everything is about to make new ones."""
        with self._store.transaction() as db:
            db.execute("delete from repair")
            db.execute("delete from repair_before")

    def totals(self) -> dict[str, int]:
        """Rows that repairs found wrong since the store was made, by kind."""
        with self._store.transaction() as db:
            return {row["kind"]: row["rows"] for row in db.execute("select kind, rows from repair_count")}
