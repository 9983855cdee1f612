"""Proves that entries equal the feeds and grants equal the view, and mends them where they do not.

The triggers make a difference impossible; this is how one convinces oneself, and how entries are written anew when a
feed's definition changed. Runs as the owner, inside the fence of one company at a time.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connections

from core.feeds import FEEDS, Feed
from core.fence import company_fence, set_company
from sync.entry_triggers import feed_rows_sql

_DIFFERENCE = """
select count(*) filter (where e.id is null), count(*) filter (where w.id is null),
       count(*) filter (where w.body is distinct from e.body or e.tag is distinct from sync_tag(%(kind)s, w.id, w.body))
         - count(*) filter (where e.id is null) - count(*) filter (where w.id is null)
from ({rows}) w
full join (select * from sync_entry where company_id = %(company)s and kind = %(kind)s and body is not null) e
  on e.scope_id = w.scope_id and e.id = w.id
"""

_MEND_SURPLUS = """
update sync_entry e
set body = null, tag = 0, version = version + 1, xid = pg_current_xact_id(), deleted_at = now()
where e.company_id = %(company)s and e.kind = %(kind)s and e.body is not null
  and not exists (select 1 from ({rows}) w where w.scope_id = e.scope_id and w.id = e.id)
"""

_MEND_REST = """
insert into sync_entry (company_id, scope_id, kind, id, xid, version, tag, body)
select w.company_id, w.scope_id, %(kind)s, w.id, pg_current_xact_id(), 1, sync_tag(%(kind)s, w.id, w.body), w.body
from ({rows}) w
on conflict (scope_id, kind, id) do update
set xid = excluded.xid, version = sync_entry.version + 1, tag = excluded.tag, body = excluded.body, deleted_at = null
where sync_entry.body is distinct from excluded.body or sync_entry.tag is distinct from excluded.tag
"""

_GRANT_DIFFERENCE = """
select count(*) filter (where g.user_id is null), count(*) filter (where w.user_id is null),
       count(*) filter (where g.user_id is not null and w.user_id is not null
                        and (g.reasons <> w.reasons or g.phone <> w.phone))
from (select user_id, scope_id, array_agg(distinct reason order by reason) as reasons,
             bool_or(reason <> 'superior') as phone
      from sync_grant_source where company_id = %(company)s group by 1, 2) w
full join (select * from sync_grant where company_id = %(company)s and active) g
  on g.user_id = w.user_id and g.scope_id = w.scope_id
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """How far one kind of entries, or the grants, are from what they should be."""

    what: str
    missing: int
    surplus: int
    different: int

    @property
    def total(self) -> int:
        """All rows that are not as they should be."""
        return self.missing + self.surplus + self.different


def check_company(company_id: UUID, *, mend: bool = False, using: str = "owner") -> list[Difference]:
    """Compare, and mend on request; one difference for each kind and one for the grants, as found before mending."""
    with company_fence(company_id, using=using):
        found = [_check_feed(company_id, FEEDS[kind], mend, using) for kind in sorted(FEEDS)]
        with connections[using].cursor() as cursor:
            cursor.execute(_GRANT_DIFFERENCE, {"company": company_id})
            grants = Difference("grants", *cursor.fetchone())
            if mend and grants.total:
                cursor.execute("select sync_refresh_grants(%s, null, null)", [company_id])
    return [*found, grants]


def _check_feed(company_id: UUID, feed: Feed, mend: bool, using: str) -> Difference:
    rows = feed_rows_sql(feed, feed.table).replace("%", "%%")
    values: dict[str, Any] = {"company": company_id, "kind": feed.kind}
    with connections[using].cursor() as cursor:
        cursor.execute(_DIFFERENCE.format(rows=rows), values)
        difference = Difference(feed.kind, *cursor.fetchone())
        if mend and difference.total:
            cursor.execute(_MEND_SURPLUS.format(rows=rows), values)
            cursor.execute(_MEND_REST.format(rows=rows), values)
    return difference


def write_changed_feeds(using: str, report: Callable[[str], None] = lambda line: None) -> None:
    """After an upgrade: write the entries of every feed whose definition changed anew, company by company."""
    with connections[using].cursor() as cursor:
        cursor.execute("select kind, digest from sync_feed_definition")
        known = dict(cursor.fetchall())
        present = {
            kind: hashlib.sha256(feed_rows_sql(feed, feed.table).encode()).hexdigest() for kind, feed in FEEDS.items()
        }
        changed = [kind for kind, digest in sorted(present.items()) if known.get(kind) != digest]
        if not changed:
            return
        cursor.execute("select id from accounts_company")
        for (company_id,) in cursor.fetchall():
            set_company(company_id, using)
            for kind in changed:
                report(f"{kind} of {company_id}")
                _check_feed(company_id, FEEDS[kind], mend=True, using=using)
        cursor.execute("delete from sync_feed_definition")
        cursor.executemany("insert into sync_feed_definition values (%s, %s)", list(present.items()))
