"""The statement-level triggers that keep `sync_entry` equal to the feeds, generated from the registry of feeds."""

from core.feeds import FEEDS, Feed

# Publishing rows. Unchanged ones are left alone: no phone is told of what it has. The rows are materialized because
# PostgreSQL would otherwise write the expression of the body in both places that use it, and make every body twice.
_PUBLISH = """
insert into sync_entry (company_id, scope_id, kind, id, xid, version, tag, body)
with s as materialized ({rows})
select s.company_id, s.scope_id, '{kind}', s.id, pg_current_xact_id(), {version},
       sync_tag('{kind}', s.id, s.body), s.body
from s {before}
on conflict (scope_id, kind, id) do update
set xid = excluded.xid, version = greatest(sync_entry.version + 1, excluded.version),
    tag = excluded.tag, body = excluded.body, deleted_at = null
where sync_entry.body is distinct from excluded.body"""

# A row that moves between scopes keeps counting its versions: they never go back on a phone. `gone` is nearly always
# empty, and is found by sorting both sides once: an update of ten thousand rows must not compare each with each.
_BEFORE = """
left join gone g on g.id = s.id
left join sync_entry p on p.scope_id = g.scope_id and p.kind = '{kind}' and p.id = g.id"""

# Rows that are gone, that left their scope, or that are published no longer leave a tombstone in the old scope.
_BURY = """
update sync_entry e
set body = null, tag = 0, version = e.version + 1, xid = pg_current_xact_id(), deleted_at = now()
from {gone} gone
where e.scope_id = gone.scope_id and e.kind = '{kind}' and e.id = gone.id and e.body is not null"""

_FUNCTION = """
create or replace function sync_feed_{kind}() returns trigger
language plpgsql security definer set search_path = public, pg_temp set enable_seqscan = off as $$
begin
  if tg_op = 'INSERT' then
    {insert};
  elsif tg_op = 'UPDATE' then
    with gone as materialized ({old_keys} except {new_keys}), published as ({update})
    {bury_left};
  else
    {bury_deleted};
  end if;
  return null;
end $$;
"""


def tag_sql() -> str:
    """The function that computes an entry's tag: the first 8 bytes of md5 over `kind|id|body`."""
    return """
create or replace function sync_tag(kind text, id uuid, body text) returns bigint
language sql immutable parallel safe as $$
  select ('x' || left(md5(kind || '|' || id::text || '|' || body), 16))::bit(64)::bigint
$$;
"""


def feed_rows_sql(feed: Feed, source: str) -> str:
    """SQL that yields company_id, scope_id, id, body of the rows of `source` that the feed publishes."""
    distinct = f"distinct on ({feed.row_id})" if feed.order else ""
    order = f" order by {feed.row_id}, " + _descending(feed.order) if feed.order else ""
    return (
        f"select {distinct} t.company_id, t.{feed.scope} as scope_id, {feed.row_id} as id, {feed.body_sql()} as body"
        f" from {source} t where {feed.where} and t.{feed.scope} is not null{order}"
    )


def trigger_sql(feed: Feed) -> str:
    """The function and the three triggers of one feed."""
    parts = [_function(feed)]
    events = {
        "insert": "referencing new table as new_rows",
        "update": "referencing old table as old_rows new table as new_rows",
        "delete": "referencing old table as old_rows",
    }
    for event, referencing in events.items():
        name = f"sync_feed_{feed.kind}_{event}"
        parts.append(f"drop trigger if exists {name} on {feed.table};")
        parts.append(
            f"create trigger {name} after {event} on {feed.table} {referencing}"
            f" for each statement execute function sync_feed_{feed.kind}();"
        )
    return "\n".join(parts)


def all_triggers_sql() -> str:
    """Everything that keeps entries equal to the feeds."""
    return "\n".join([tag_sql(), *(trigger_sql(FEEDS[kind]) for kind in sorted(FEEDS))])


def _function(feed: Feed) -> str:
    """One function for the three events; a branch is planned only when it is first reached."""
    rows = feed_rows_sql(feed, "new_rows")
    old_keys, new_keys = (_keys_sql(feed, source) for source in ("old_rows", "new_rows"))
    return _FUNCTION.format(
        kind=feed.kind,
        old_keys=old_keys,
        new_keys=new_keys,
        insert=_PUBLISH.format(kind=feed.kind, version="1", rows=rows, before=""),
        update=_PUBLISH.format(
            kind=feed.kind, version="coalesce(p.version, 0) + 1", rows=rows, before=_BEFORE.format(kind=feed.kind)
        ),
        bury_left=_BURY.format(kind=feed.kind, gone=""),
        bury_deleted=_BURY.format(kind=feed.kind, gone=f"({old_keys})"),
    )


def _keys_sql(feed: Feed, source: str) -> str:
    return (
        f"select t.{feed.scope} as scope_id, {feed.row_id} as id from {source} t"
        f" where {feed.where} and t.{feed.scope} is not null"
    )


def _descending(order: str) -> str:
    return ", ".join(f"{part.strip()} desc" for part in order.split(","))
