"""The registry of feeds: which rows an app publishes to phones, in whose scope, and in which form.

An app declares its feeds in its `feed.py`; `sync` makes statement-level triggers of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

ALL_ROLES = frozenset({"rep", "engineer", "dispatcher", "manager", "admin"})
DEPRECATED_FOR = timedelta(days=365)
FEEDS: dict[str, "Feed"] = {}


@dataclass(frozen=True)
class Deprecation:
    """A member that stays for the apps that still read it. It goes on the day `until` at the earliest.

    instead: the member that new apps read.
    """

    since: date
    until: date
    instead: str

    def __post_init__(self) -> None:
        if self.until - self.since < DEPRECATED_FOR:
            raise ValueError(f"a member stays for {DEPRECATED_FOR.days} days after it was called deprecated")


@dataclass(frozen=True)
class Feed:
    """Rows of one table, published as one kind.

    kind: the name on the wire. scope: the column that names the scope a row belongs to. columns: the published
    columns, each under its own name. computed: further members, name to SQL over the row `t`. roles: who gets the
    kind. where: SQL over `t`; rows for which it is false are not published. row_id, order: for a table in which
    several rows tell of one published row, the published id and the order in which the last one wins. members: what
    the table cannot tell of a member to phone teams (computed ones, JSON, closed lists of words), name to a type as
    pydantic understands it, such as `Annotated[datetime | None, Field(description="…")]`. about: what one row is, where
    the table's description is not meant for them. deprecated: members that new apps no longer read.
    """

    kind: str
    model: type[models.Model]
    scope: str
    columns: Sequence[str] = ()
    computed: Mapping[str, str] = field(default_factory=dict)
    roles: frozenset[str] = ALL_ROLES
    where: str = "true"
    row_id: str = "t.id"
    order: str | None = None
    members: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""
    deprecated: Mapping[str, Deprecation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        members = {*self.columns, *self.computed}
        if unknown := {*self.deprecated, *(item.instead for item in self.deprecated.values())} - members:
            raise ValueError(f"kind {self.kind} publishes no {sorted(unknown)}")

    @property
    def table(self) -> str:
        """The database table of the feed's model."""
        return self.model._meta.db_table

    def body_sql(self) -> str:
        """SQL for the finished JSON (text) of one row `t`."""
        members = [f"{column_sql(self.model, name)} as {_quoted(name)}" for name in self.columns]
        members += [f"{sql} as {_quoted(name)}" for name, sql in self.computed.items()]
        return f"(select row_to_json(r)::text from (select {', '.join(members)}) r)"


def publish(feed: Feed) -> Feed:
    """Register a feed. Kinds are unique."""
    if FEEDS.setdefault(feed.kind, feed) is not feed:
        raise ValueError(f"kind {feed.kind} is published twice")
    return feed


def kinds_for(roles: frozenset[str]) -> tuple[str, ...]:
    """The kinds that a user with `roles` gets, sorted."""
    return tuple(sorted(kind for kind, feed in FEEDS.items() if not feed.roles.isdisjoint(roles)))


def instant_sql(expression: str) -> str:
    """SQL that writes an instant as the wire does: RFC 3339 in UTC with milliseconds."""
    return f"""to_char({expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""


def column_sql(model: type[models.Model], name: str) -> str:
    """SQL for the wire form of the column `name` of a row `t` of `model`: instants and decimals become text."""
    candidates = [item for item in model._meta.concrete_fields if name in (item.name, item.attname)]
    if not candidates:
        raise ValueError(f"{model.__name__} has no column {name}")
    column = candidates[0]
    sql = f"t.{_quoted(column.column)}"
    if isinstance(column, models.DateTimeField):
        return instant_sql(sql)
    if isinstance(column, models.DecimalField):
        return f"{sql}::text"
    if isinstance(column, ArrayField):
        return f"to_json({sql})"
    return sql


def _quoted(name: str) -> str:
    return f'"{name}"'
