-- The epoch: transaction ids mean something only in one history of one cluster.

-- The timeline comes from the file name of the write-ahead log: pg_control_checkpoint() still shows the old one after
-- a promotion. On a standby this raises, which is right: a pull there would lose rows.
create or replace function sync_timeline() returns text
language sql stable as $$ select left(pg_walfile_name(pg_current_wal_lsn()), 8) $$;

create or replace function sync_system_identifier() returns bigint
language sql stable as $$ select system_identifier from pg_control_system() $$;

-- The epoch if it is valid here, otherwise null: it has to be renewed before anybody pulls.
create or replace function sync_current_epoch() returns uuid
language sql stable as $$
  select id from sync_epoch
  where timeline = sync_timeline() and system_identifier = sync_system_identifier()
$$;

-- Renew the epoch where it is not valid, or in any case when `always` (the restore procedure: two restores of one
-- backup get the same timeline). Where the transaction counter restarted, entries and grants are stamped anew, so
-- that no row carries an id from the future.
create or replace function sync_renew_epoch(always boolean default false) returns uuid
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  present uuid;
  co uuid;
  fence text := current_setting('roundsman.company_id', true);
begin
  perform pg_advisory_xact_lock(4711, 1);
  present := sync_current_epoch();
  if present is not null and not always then
    return present;
  end if;
  for co in select id from accounts_company loop
    perform set_config('roundsman.company_id', co::text, true);
    update sync_entry set xid = pg_current_xact_id() where company_id = co and xid > pg_current_xact_id();
    update sync_grant set xid = pg_current_xact_id() where company_id = co and xid > pg_current_xact_id();
  end loop;
  perform set_config('roundsman.company_id', coalesce(fence, ''), true);
  insert into sync_epoch (singleton, id, system_identifier, timeline)
  values (true, gen_random_uuid(), sync_system_identifier(), sync_timeline())
  on conflict (singleton) do update
  set id = excluded.id, system_identifier = excluded.system_identifier, timeline = excluded.timeline, began_at = now()
  returning id into present;
  return present;
end $$;

select sync_renew_epoch();
