"""A phone of the tests: a replica in memory that follows the protocol's rules and knows nothing of the server's code.

It pulls in this process, without HTTP, so that a test can stop between any two pages. The reference client is another
implementation of the same rules; this one is small enough to be broken on purpose (negative controls).
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import psycopg

from accounts.models import Device
from core.actor import Actor
from core.clock import now
from core.fence import company_fence
from core.ids import uuid7
from sync.pull import PullRequest, pull
from tests.personas import Persona
from tests.postgres_plugin import DATABASE, admin_conninfo

Key = tuple[str, str]


@dataclass(frozen=True)
class Held:
    """One row of a replica."""

    scope: str
    version: int
    tag: str
    data: str


def on_device(persona: Persona) -> Actor:
    """The person as an actor on a fresh device of his."""
    with company_fence(persona.company.id):
        device = Device.objects.create(
            company_id=persona.company.id, user_id=persona.id, id=uuid7(), name="phone", platform="android"
        )
    return replace(persona.actor, device_id=device.id)


@dataclass
class Phone:
    """A replica. scope_rule: whether tombstones and leaves spare rows that meanwhile belong to another scope."""

    actor: Actor
    page_bytes: int = 1_048_576
    scope_rule: bool = True
    pull: Callable[..., bytes] = pull
    cursor: str | None = None
    epoch: str | None = None
    rows: dict[Key, Held] = field(default_factory=dict)
    scopes: set[str] = field(default_factory=set)
    pages: int = 0

    @classmethod
    def of(cls, persona: Persona, **options: Any) -> "Phone":
        """A fresh phone of this person."""
        return cls(on_device(persona), **options)

    def page(self, **asked: Any) -> dict[str, Any]:
        """Fetch one page and apply it; the answer."""
        asked.setdefault("max_bytes", self.page_bytes)
        answer: dict[str, Any] = json.loads(self.pull(self.actor, PullRequest(self.cursor, **asked), now()))
        self._apply(answer)
        self.cursor = answer["cursor"]
        self.epoch = answer["epoch"]
        self.pages += 1
        return answer

    def sync(self, **asked: Any) -> list[dict[str, Any]]:
        """Fetch pages until the answer is complete; the pages."""
        pages = [self.page(**asked)]
        while not pages[-1]["complete"]:
            assert len(pages) < 100_000
            pages.append(self.page(**asked))
        return pages

    def view(self) -> dict[Key, tuple[str, str, str]]:
        """Scope, tag and data of every row; without versions, which say how a row came, not what it is."""
        return {key: (row.scope, row.tag, row.data) for key, row in self.rows.items()}

    def digests(self) -> dict[str, dict[str, Any]]:
        """The digests of all scopes, computed from the rows at hand."""
        found = {}
        for scope in self.scopes:
            tags = [int(row.tag, 16) for row in self.rows.values() if row.scope == scope]
            found[scope] = {"rows": len(tags), "sum": f"{sum(tags) % 2**64:016x}"}
        return found

    def of_kind(self, kind: str) -> dict[str, dict[str, Any]]:
        """The rows of one kind: id to data."""
        return {id_: json.loads(row.data) for (found, id_), row in self.rows.items() if found == kind}

    def _apply(self, answer: dict[str, Any]) -> None:
        changes = answer["changes"]
        for leave in changes["leave"]:
            self._drop(leave["scope"])
            self.scopes.discard(leave["scope"])
        for scope in changes["enter"]:
            self._drop(scope)
            self.scopes.add(scope)
        for row in changes["rows"]:
            key = (row["kind"], row["id"])
            if row["data"] is not None:
                self.rows[key] = Held(row["scope"], row["version"], row["tag"], json.dumps(row["data"], sort_keys=True))
            elif key in self.rows and (self.rows[key].scope == row["scope"] or not self.scope_rule):
                del self.rows[key]

    def _drop(self, scope: str) -> None:
        self.rows = {key: row for key, row in self.rows.items() if row.scope != scope}


def truth(user_id: UUID) -> dict[Key, tuple[str, str, str]]:
    """What a phone of this user must hold, read past the application: past its role, its fence and its pull.

    The tags are computed here, from the bodies.
    """
    with psycopg.connect(admin_conninfo(DATABASE)) as connection:
        found = connection.execute(
            "select e.kind, e.id::text, e.scope_id::text, e.body from sync_grant g join sync_entry e using (scope_id)"
            " where g.user_id = %s and g.phone and g.active and e.body is not null",
            [user_id],
        ).fetchall()
    return {
        (kind, id_): (scope, tag_of(kind, id_, body), json.dumps(json.loads(body), sort_keys=True))
        for kind, id_, scope, body in found
    }


def is_right(phone: Phone) -> bool:
    """Whether the replica is the truth, by its own books, the server's digests and a fresh phone."""
    fresh = Phone(phone.actor)
    digests = fresh.sync(digests="all")[-1]["digests"]
    return phone.view() == truth(phone.actor.user_id) == fresh.view() and phone.digests() == digests


def tag_of(kind: str, id_: str, body: str) -> str:
    """The tag of a row as section 6 of the protocol defines it."""
    return hashlib.md5(f"{kind}|{id_}|{body}".encode()).hexdigest()[:16]
