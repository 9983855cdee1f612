"""Rows as scenarios write them, and the replica that follows from answers.

A scenario names of a row only what matters. `kinds.json` completes it: in which scope a kind lies, and the members that
a fresh row has. The replica here is what a phone must hold after an answer; both runners compare with it.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from roundsman_conformance.kinds import Kinds
from roundsman_conformance.names import Json, Names, numbered

_MODULUS = 1 << 64


@dataclass(frozen=True)
class Row:
    """A row. In a `Table` its values are symbolic, in a `Replica` concrete. data: None is a tombstone."""

    scope: str
    kind: str
    id: str
    data: Json | None

    @property
    def key(self) -> tuple[str, str]:
        """What identifies it."""
        return self.kind, self.id

    @property
    def tag(self) -> str:
        """16 hex digits, made from its content."""
        text = f"{self.kind}|{self.id}|{json.dumps(self.data, sort_keys=True, ensure_ascii=False)}"
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:16]

    def wire(self, version: int) -> Json:
        """The row as it stands in an answer."""
        return {
            "scope": self.scope,
            "kind": self.kind,
            "id": self.id,
            "version": version,
            "tag": self.tag if self.data is not None else "0" * 16,
            "data": self.data,
        }


class Table:
    """The server's rows in the symbols of the scenario."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self.rows: dict[tuple[str, str], Row] = {}

    def write(self, written: Json) -> Row:
        """Note a row as it is from now on, and return it whole."""
        key = (written["kind"], written["id"])
        before = self.rows.get(key)
        row = self._complete(written, before)
        if row.data is not None:
            self.rows[key] = row
        elif before is not None and before.scope == row.scope:
            del self.rows[key]
        return row

    def _complete(self, written: Json, before: Row | None) -> Row:
        """The row that `{kind, id, scope?, data?, gone?}` means, based on how it was before."""
        kind, id_ = written["kind"], written["id"]
        data = dict(before.data if before and before.data else self._kinds.fresh(kind)) | written.get("data", {})
        scope = written.get("scope")
        if scope is None and before is not None and (written.get("gone") or "data" not in written):
            scope = before.scope
        if scope is None:
            scope = self._kinds.scope_of(kind, id_, data)
        return Row(scope, kind, id_, None if written.get("gone") else data)

    def write_all(self, written: Json, order: Callable[[Row], Any]) -> list[Row]:
        """The rows that one entry of an answer's `rows` means. order: of a scope's rows, as a server sends them."""
        if "all_of" in written:
            return sorted(self.of_scope(written["all_of"]), key=order)
        if "times" in written:
            return [self.write(numbered(written, number)) for number in range(1, written["times"] + 1)]
        return [self.write(written)]

    def filled(self, names: Names, row: Row) -> Row:
        """The row as it travels: ids and values in place of names and matchers, and every member of its kind."""
        id_ = names.fill(row.id)
        data = None
        if row.data is not None:
            data = self._kinds.whole(row.kind, names.fill(row.data, f"{row.kind}/{id_}"))
        return Row(names.fill(row.scope), row.kind, id_, data)

    def of_scope(self, scope: str) -> list[Row]:
        """The live rows of a scope."""
        return [row for row in self.rows.values() if row.scope == scope]


@dataclass
class Replica:
    """What a phone holds. Built by answers, page by page, as the rules say."""

    rows: dict[tuple[str, str], Row] = field(default_factory=dict)
    scopes: set[str] = field(default_factory=set)

    def copy(self) -> "Replica":
        """One that can change by itself."""
        return Replica(dict(self.rows), set(self.scopes))

    def leave(self, scope: str) -> None:
        """Drop a scope."""
        self._drop(scope)
        self.scopes.discard(scope)

    def enter(self, scope: str) -> None:
        """Begin a scope anew."""
        self._drop(scope)
        self.scopes.add(scope)

    def apply(self, row: Row) -> None:
        """Take over a row or a tombstone."""
        if row.data is not None:
            self.rows[row.key] = row
        elif row.key in self.rows and self.rows[row.key].scope == row.scope:
            del self.rows[row.key]

    def keep_only(self, scopes: Iterable[str]) -> None:
        """Drop every other scope."""
        for scope in self.scopes - set(scopes):
            self.leave(scope)

    def _drop(self, scope: str) -> None:
        self.rows = {key: row for key, row in self.rows.items() if row.scope != scope}


def digest(tags: Iterable[str]) -> Json:
    """The digest of rows with these tags."""
    values = [int(tag, 16) for tag in tags]
    return {"rows": len(values), "sum": f"{sum(values) % _MODULUS:016x}"}
