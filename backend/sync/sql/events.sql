-- Which of the users have something new since `old`: what the stream of pokes asks when a company changed.
create or replace function sync_changed_users(co uuid, users uuid[], old pg_snapshot)
returns table (user_id uuid, snapshot text)
language plpgsql stable as $$
begin
  perform set_config('roundsman.company_id', co::text, true);
  return query
    select u.id, pg_current_snapshot()::text
    from unnest(users) u(id)
    where exists (
      select 1 from sync_grant g where g.user_id = u.id and g.xid >= pg_snapshot_xmin(old)
        and not pg_visible_in_snapshot(g.xid, old))
    or exists (
      select 1 from sync_grant g
      join sync_entry e on e.scope_id = g.scope_id and e.xid >= pg_snapshot_xmin(old)
        and not pg_visible_in_snapshot(e.xid, old)
      where g.user_id = u.id and g.phone);
end $$;
