"""The one definition of visibility: who may see which scope, and why.

Apps declare, in their `feed.py`, the sources of grants (SQL that yields `company_id, user_id, scope_id, reason`)
and the tables whose changes must refresh them. `sync` joins the sources into one view and keeps the table
`sync_grant` equal to it by triggers. Everything that asks "may he see this?" reads that table, through here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from core.actor import Actor
from core.models import Grant

SOURCES: dict[str, "GrantSource"] = {}
TRIGGERS: list["GrantTrigger"] = []


@dataclass(frozen=True)
class GrantSource:
    """SQL that yields `company_id, user_id, scope_id, reason` for every pair that it grants.

    table, scope, columns: where the rows that name the scopes are, in which column, and what else the SQL reads of
    them. The SQL then calls that table `{rows}`, so that the refresh of some scopes can begin with just their rows.
    """

    name: str
    sql: str
    table: str | None = None
    scope: str = ""
    columns: tuple[str, ...] = ()

    def view_sql(self) -> str:
        """The SQL over all rows."""
        return self.sql.format(rows=self.table) if self.table else self.sql

    def scoped_sql(self, some_rows: str) -> str:
        """The SQL over `some_rows`, which stand for the table."""
        return self.sql.format(rows=some_rows)


@dataclass(frozen=True)
class GrantTrigger:
    """A table whose changes change grants.

    columns: an update that changes none of them refreshes nothing (empty: updates never do). scopes, users: SQL over
    the changed rows `rows` (old and new versions) that yields the scope ids or user ids to refresh. wide: the change
    reaches rows that other transactions may be adding at this moment, so it waits for them (people, teams,
    territories); otherwise only the named scopes are locked. adds_scopes: an inserted row is itself a new scope, which
    no other transaction can know of.
    """

    name: str
    table: str
    columns: tuple[str, ...] = ()
    scopes: str | None = None
    users: str | None = None
    wide: bool = False
    adds_scopes: bool = False


def grant_source(
    name: str, sql: str, *, table: str | None = None, scope: str = "", columns: tuple[str, ...] = ()
) -> None:
    """Register a source of grants, see `GrantSource`."""
    if name in SOURCES:
        raise ValueError(f"grant source {name} is declared twice")
    SOURCES[name] = GrantSource(name, sql, table, scope, columns)


def refresh_grants_on(trigger: GrantTrigger) -> None:
    """Register a table whose changes refresh grants."""
    TRIGGERS.append(trigger)


def sees_company(actor: Actor) -> bool:
    """Whether the actor sees every scope of his company (one query)."""
    return Grant.objects.filter(
        user_id=actor.user_id, scope_id=actor.company_id, active=True, reasons__contains=["all"]
    ).exists()


def visible(actor: Actor, scope_column: str) -> Q:
    """A filter for rows whose `scope_column` is a scope that the actor may see, by any reason."""
    grants = Grant.objects.filter(user_id=actor.user_id, active=True)
    whole = grants.filter(scope_id=actor.company_id, reasons__contains=["all"])
    return Q(Exists(grants.filter(scope_id=OuterRef(scope_column)))) | Q(Exists(whole))


def list_visible(actor: Actor, scope_ids: Iterable[UUID]) -> set[UUID]:
    """Which of `scope_ids` the actor may see, by any reason (one query)."""
    wanted = set(scope_ids)
    if not wanted:
        return set()
    rows = Grant.objects.filter(
        user_id=actor.user_id, active=True, scope_id__in=[*wanted, actor.company_id]
    ).values_list("scope_id", "reasons")
    held = dict(rows)
    if "all" in held.get(actor.company_id, ()):
        return wanted
    return wanted & held.keys()


def list_lost(actor: Actor, scope_ids: Iterable[UUID]) -> set[UUID]:
    """Which of `scope_ids` the actor once could see and no longer can (one query)."""
    wanted = set(scope_ids)
    if not wanted:
        return set()
    lost = Grant.objects.filter(user_id=actor.user_id, active=False, scope_id__in=wanted)
    return set(lost.values_list("scope_id", flat=True))


def list_held(company_id: UUID, user_ids: Iterable[UUID], scope_ids: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    """Which pairs of these users and scopes are granted, by any reason (one query, none without pairs)."""
    users, scopes = set(user_ids), set(scope_ids)
    if not users or not scopes:
        return set()
    rows = Grant.objects.filter(user_id__in=users, active=True, scope_id__in=[*scopes, company_id])
    held: set[tuple[UUID, UUID]] = set()
    for user_id, scope_id, reasons in rows.values_list("user_id", "scope_id", "reasons"):
        if scope_id != company_id:
            held.add((user_id, scope_id))
        elif "all" in reasons:
            held |= {(user_id, scope) for scope in scopes}
    return held
