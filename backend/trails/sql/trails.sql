-- Whatever bears on what may be stored of an employee (a batch of points, his word on his consent) takes its turn: a point
-- is never stored on the grounds of a consent that is being withdrawn beside it.
create or replace function trails_take_turn(employee uuid, batch uuid) returns void
language plpgsql volatile as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(employee::text, 5));
  if batch is not null then
    perform pg_advisory_xact_lock(hashtextextended(batch::text, 6));
  end if;
end $$;

-- The log of looks is only ever added to by the application; what is older than it has to be goes here.
create or replace function trails_purge_looks(co uuid, before timestamptz) returns bigint
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare gone bigint;
begin
  perform set_config('roundsman.company_id', co::text, true);
  delete from trails_access where company_id = co and at < before;
  delete from trails_look where company_id = co and at < before;
  get diagnostics gone = row_count;
  return gone;
end $$;

-- The policy in force at a moment for people whose units, from the root to their own, are these; no row without one.
create or replace function trails_policy_of(units uuid[], moment timestamptz) returns setof trails_policy
language sql stable rows 1 as $$
  select p.* from trails_policy p
  where p.org_unit_id = any (units) and p.effective_at <= moment
  order by array_position(units, p.org_unit_id) desc, p.effective_at desc, p.id desc limit 1
$$;

-- Which org units at and below `top` open their people's trails for a purpose to a superior with one of these roles, by the
-- policy that is in force at a moment; whether they are tracked, for how many days what there is is kept, and how old a
-- position may be that is called live.
create or replace function trails_open_units(top uuid, moment timestamptz, wanted text, roles text[])
returns table (unit_id uuid, tracks boolean, days int, live_s int) language sql stable as $$
  select o.id, p.tracks, w.days, p.live_s
  from accounts_org_unit o
  cross join lateral trails_policy_of(o.path, moment) p
  cross join lateral (
    select w.days from jsonb_to_recordset(p.purposes) w(purpose text, days int) where w.purpose = wanted) w
  where o.path @> array[top] and p.viewer_roles && roles::varchar[]
$$;
