"""The grant view, the function that refreshes `sync_grant` from it by difference, and the triggers that call it."""

from core.grants import SOURCES, TRIGGERS, GrantTrigger

# Two transactions that change the same scope's grants must see each other's change: the second waits for the first
# and then reads the view afresh (each statement of a volatile function has its own snapshot). A customer being added
# and a colleague being put into its territory must see each other too: whoever adds rows holds the company's lock
# shared, whoever changes people, teams or territories holds it alone.
_REFRESH = """
create or replace function sync_lock_grants(co uuid, scopes uuid[], wide boolean) returns void
language plpgsql volatile as $$
begin
  if wide or cardinality(scopes) > 500 then
    perform pg_advisory_xact_lock(hashtextextended(co::text, 2));
  else
    perform pg_advisory_xact_lock_shared(hashtextextended(co::text, 2));
    perform pg_advisory_xact_lock(hashtextextended(s::text, 3)) from unnest(scopes) s order by s;
  end if;
end $$;

create or replace function sync_left_reason(reasons text[]) returns text
language sql immutable as $$
  select case when 'owner' = any (reasons) or 'territory' = any (reasons) then 'reassigned'
              when 'share' = any (reasons) then 'unshared'
              when 'work_order' = any (reasons) then 'work_order_ended'
              when 'substitution' = any (reasons) then 'substitution_ended'
              when 'joint_visit' = any (reasons) then 'joint_visit_ended'
              when 'follow' = any (reasons) then 'unfollowed'
              else 'revoked' end
$$;

-- Every new customer comes this way, by a plan that is made once and kept, often while the tables were small and not
-- analysed. So little is left to chance: the rows that name the scopes are read first, and no table is read whole.
create or replace function sync_refresh_scopes(co uuid, scopes uuid[]) returns void
language plpgsql volatile set enable_seqscan = off as $$
begin
{by_scope}
end $$;

-- People change seldom, and one person may see a whole company or nearly nothing: planned anew each time.
create or replace function sync_refresh_users(co uuid, users uuid[]) returns void
language plpgsql volatile set plan_cache_mode = force_custom_plan as $$
begin
{by_user}
end $$;

create or replace function sync_refresh_company(co uuid) returns void
language plpgsql volatile set plan_cache_mode = force_custom_plan as $$
begin
{everything}
end $$;

-- `scopes` alone, `users` alone, or both; null for `scopes` means the whole company.
create or replace function sync_refresh_grants(co uuid, scopes uuid[], users uuid[]) returns void
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
  if scopes is null then
    perform sync_refresh_company(co);
    return;
  end if;
  if cardinality(scopes) > 0 then
    perform sync_refresh_scopes(co, scopes);
  end if;
  if cardinality(users) > 0 then
    perform sync_refresh_users(co, users);
  end if;
end $$;
"""

_BRANCH = """
    with {scoped} wanted as materialized (
      select v.user_id, v.scope_id, array_agg(distinct v.reason order by v.reason) as reasons,
             bool_or(v.reason <> 'superior') as phone
      from {source}
      group by v.user_id, v.scope_id
    ), gone as (
      update sync_grant g
      set active = false, phone = false, reasons = '{{}}',
          left_reason = case when g.phone then sync_left_reason(g.reasons) else g.left_reason end,
          xid = case when g.phone then pg_current_xact_id() else g.xid end, changed_at = now()
      where g.company_id = co and {filter_grant} and g.active
        and not exists (select 1 from wanted w where w.user_id = g.user_id and w.scope_id = g.scope_id)
    )
    insert into sync_grant (company_id, user_id, scope_id, reasons, active, phone, xid)
    select co, w.user_id, w.scope_id, w.reasons, true, w.phone, case when w.phone then pg_current_xact_id() end
    from wanted w order by w.user_id, w.scope_id
    on conflict (user_id, scope_id) do update
    set reasons = excluded.reasons, active = true, phone = excluded.phone,
        xid = case when sync_grant.phone = excluded.phone then sync_grant.xid else pg_current_xact_id() end,
        left_reason = case when excluded.phone then null
                           when sync_grant.phone then sync_left_reason(sync_grant.reasons)
                           else sync_grant.left_reason end,
        changed_at = now()
    where sync_grant.reasons is distinct from excluded.reasons or not sync_grant.active;
"""


def view_sql() -> str:
    """The one definition of visibility: `company_id, user_id, scope_id, reason`."""
    union = "\nunion all\n".join(
        f"select company_id, user_id, scope_id, reason::text as reason from ({source.view_sql()}) source_{name}"
        for name, source in SOURCES.items()
    )
    return f"create or replace view sync_grant_source with (security_invoker = true) as\n{union};\n"


def refresh_sql() -> str:
    """The functions that bring `sync_grant` up to date with the view."""
    scoped, by_scope = _scoped_source()
    return _REFRESH.format(
        everything=_BRANCH.format(scoped="", source="sync_grant_source v where v.company_id = co", filter_grant="true"),
        by_scope=_BRANCH.format(scoped=scoped, source=by_scope, filter_grant="g.scope_id = any (scopes)"),
        by_user=_BRANCH.format(
            scoped="",
            source="sync_grant_source v where v.user_id = any (users)",
            filter_grant="g.user_id = any (users)",
        ),
    )


def _scoped_source() -> tuple[str, str]:
    """The view's sources over the rows of `scopes` alone: the common table expressions, and what reads them."""
    tables: dict[tuple[str, str], set[str]] = {}
    parts = []
    for name, source in SOURCES.items():
        if source.table is None:
            sql, condition = source.sql, " where scope_id = any (scopes)"
        else:
            columns = tables.setdefault((source.table, source.scope), set())
            columns.update(source.columns, ("company_id", source.scope))
            sql, condition = source.scoped_sql(f"some_{source.table}"), ""
        parts.append(f"select user_id, scope_id, reason::text as reason from ({sql}) source_{name}{condition}")
    scoped = "".join(
        f"some_{table} as materialized"
        f" (select {', '.join(sorted(columns))} from {table} where {scope} = any (scopes)), "
        for (table, scope), columns in tables.items()
    )
    return scoped, "(" + "\nunion all\n".join(parts) + ") v"


def trigger_sql(trigger: GrantTrigger) -> str:
    """The function and the triggers of one table whose changes change grants."""
    function = f"sync_grants_{trigger.name}"
    scopes = f"array({trigger.scopes})" if trigger.scopes else "'{}'::uuid[]"
    users = f"array({trigger.users})" if trigger.users else "'{}'::uuid[]"
    changed = "true"
    if trigger.columns:
        new, old = (", ".join(f"{side}.{column}" for column in trigger.columns) for side in ("n", "o"))
        changed = f"row({new}) is distinct from row({old})"
    sources = {
        "INSERT": "select * from new_rows",
        "DELETE": "select * from old_rows",
        "UPDATE": f"select n.* from new_rows n join old_rows o using (id) where {changed}"
        f" union all select o.* from new_rows n join old_rows o using (id) where {changed}",
    }
    # A scope that is itself being added is nobody else's yet, and needs no lock of its own.
    own_scopes = {"INSERT": "'{}'" if trigger.adds_scopes else "scope_ids"}
    branches = "".join(
        f"""
  if tg_op = '{event}' then
    with rows as ({source}) select {scopes}, {users}, (select r.company_id from rows r limit 1)
    into scope_ids, user_ids, co;
    if co is null then return null; end if;
    perform sync_lock_grants(co, {own_scopes.get(event, "scope_ids")}, {trigger.wide});
    {f"with rows as ({source}) select {scopes}, {users} into scope_ids, user_ids;" if trigger.wide else ""}
  end if;"""
        for event, source in sources.items()
    )
    events = {
        "insert": "referencing new table as new_rows",
        "delete": "referencing old table as old_rows",
    }
    if trigger.columns:
        events["update"] = "referencing old table as old_rows new table as new_rows"
    parts = [
        f"""
create or replace function {function}() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare scope_ids uuid[]; user_ids uuid[]; co uuid;
begin{branches}
  perform sync_refresh_grants(co, scope_ids, user_ids);
  return null;
end $$;
"""
    ]
    for event in ("insert", "update", "delete"):
        parts.append(f"drop trigger if exists {function}_{event} on {trigger.table};")
        if event in events:
            parts.append(
                f"create trigger {function}_{event} after {event} on {trigger.table} {events[event]}"
                f" for each statement execute function {function}();"
            )
    return "\n".join(parts)


def all_triggers_sql() -> str:
    """Everything that keeps grants equal to the view."""
    return "\n".join([view_sql(), refresh_sql(), *(trigger_sql(trigger) for trigger in TRIGGERS)])
