"""The statement-level triggers that keep `sync_entry` equal to the feeds, generated from the registry of feeds."""

from core.feeds import FEEDS, Feed

_PUBLISH = """
    insert into sync_entry (company_id, scope_id, kind, id, xid, version, tag, body)
    select s.company_id, s.scope_id, '{kind}', s.id, pg_current_xact_id(), {version}, sync_tag('{kind}', s.id, s.body), s.body
    from ({rows}) s {before}
    on conflict (scope_id, kind, id) do update
    set xid = excluded.xid, version = greatest(sync_entry.version + 1, excluded.version),
        tag = excluded.tag, body = excluded.body, deleted_at = null
    where sync_entry.body is distinct from excluded.body;
"""

# A row that moves between scopes keeps counting its versions: they never go back on a phone.
_BEFORE = """
    left join lateral (
      select p.version from old_rows t
      join sync_entry p on p.scope_id = t.{scope} and p.kind = '{kind}' and p.id = {row_id}
      where {row_id} = s.id limit 1
    ) p on true
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
    kept = f"(select * from ({_keys_sql(feed, 'old_rows')}) o except select * from ({_keys_sql(feed, 'new_rows')}) n)"
    deleted = f"({_keys_sql(feed, 'old_rows')})"
    tombstones = "\n".join(
        f"""
  if tg_op = '{event}' then
    -- Rows that are gone, that left their scope, or that are published no longer leave a tombstone in the old scope.
    update sync_entry e
    set body = null, tag = 0, version = e.version + 1, xid = pg_current_xact_id(), deleted_at = now()
    from {gone} gone
    where e.scope_id = gone.scope_id and e.kind = '{feed.kind}' and e.id = gone.id and e.body is not null;
  end if;"""
        for event, gone in (("UPDATE", kept), ("DELETE", deleted))
    )
    rows = feed_rows_sql(feed, "new_rows")
    before = _BEFORE.format(scope=feed.scope, kind=feed.kind, row_id=feed.row_id)
    insert = _PUBLISH.format(kind=feed.kind, version="1", rows=rows, before="")
    update = _PUBLISH.format(kind=feed.kind, version="coalesce(p.version, 0) + 1", rows=rows, before=before)
    return f"""
create or replace function sync_feed_{feed.kind}() returns trigger
language plpgsql security definer set search_path = public, pg_temp set enable_seqscan = off as $$
begin
  if tg_op = 'INSERT' then
    {insert}
  end if;
  if tg_op = 'UPDATE' then
    {update}
  end if;{tombstones}
  return null;
end $$;
"""


def _keys_sql(feed: Feed, source: str) -> str:
    return (
        f"select distinct t.{feed.scope} as scope_id, {feed.row_id} as id from {source} t"
        f" where {feed.where} and t.{feed.scope} is not null"
    )


def _descending(order: str) -> str:
    return ", ".join(f"{part.strip()} desc" for part in order.split(","))
