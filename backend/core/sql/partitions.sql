-- Tables that are partitioned by day: a partition is made before its day, and dropped when it is empty for good.
-- Rows are reached through the parent alone, whose fence holds; the partitions themselves nobody but the owner may read.

-- The partition of a day, made if it is missing. As a table of its own that is then attached: that lets readers and
-- writers of other days go on, which `create table … partition of` does not.
create or replace function core_make_day(parent text, day date) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  part text := parent || to_char(day, '"_p"YYYYMMDD');
  grantee text;
begin
  if parent <> all (array[{tables}]::text[]) then
    raise exception '% is not partitioned by day', parent;
  end if;
  if to_regclass(part) is not null then
    return;
  end if;
  -- One after the other; attaching takes this lock anyway. Unlike an advisory one it also makes this session hear of the
  -- partitions that others have made, which it may remember as missing.
  execute format('lock table %I in share update exclusive mode', parent);
  if to_regclass(part) is not null then
    return;
  end if;
  execute format('create table %I (like %I including all)', part, parent);
  execute format('alter table %I enable row level security', part);
  execute format('alter table %I force row level security', part);
  for grantee in
    select distinct g.grantee from information_schema.role_table_grants g
    where g.table_schema = current_schema() and g.table_name = part and g.grantee <> current_user
  loop
    execute format('revoke all on %I from %I', part, grantee);
  end loop;
  execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, part, day, day + 1);
end $$;

-- Drop the partitions of days before `before` that hold no row of any company; returns how many went. One that somebody
-- uses just now stays for the next time. Row-level security is forced on the owner too, so he could not see rows that are
-- there: he takes it off the partition before he looks.
create or replace function core_drop_empty_days(parent text, before date) returns int
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '2s' as $$
declare
  part text;
  filled boolean;
  gone int := 0;
begin
  if parent <> all (array[{tables}]::text[]) then
    raise exception '% is not partitioned by day', parent;
  end if;
  for part in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = parent::regclass
      and c.relname < parent || to_char(least(before, current_date - 1), '"_p"YYYYMMDD')
    order by 1
  loop
    begin
      execute format('lock table %I in access exclusive mode', part);
      execute format('alter table %I no force row level security', part);
      execute format('select exists (select from %I)', part) into filled;
      if filled then
        execute format('alter table %I force row level security', part);
      else
        execute format('drop table %I', part);
        gone := gone + 1;
      end if;
    exception when lock_not_available then null;
    end;
  end loop;
  return gone;
end $$;
