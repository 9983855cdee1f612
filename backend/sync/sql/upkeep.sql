-- Upkeep, and what the application's role may not touch.

-- Tombstones older than `before` are deleted; cursors that old get every scope anew. Returns how many went.
create or replace function sync_purge_tombstones(co uuid, before timestamptz) returns bigint
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare gone bigint;
begin
  perform set_config('roundsman.company_id', co::text, true);
  delete from sync_entry where company_id = co and body is null and deleted_at < before;
  get diagnostics gone = row_count;
  return gone;
end $$;

-- With which definition each feed's entries were written: see sync.proof.
create table if not exists sync_feed_definition (kind text primary key, digest text not null);

-- Entries and grants are written by triggers alone, command records are only ever added, the epoch is renewed by its
-- function: whatever roles were given these rights by default lose them.
do $$
declare g record;
begin
  for g in
    select grantee, table_name, string_agg(distinct privilege_type, ', ') as rights
    from information_schema.role_table_grants
    where table_schema = current_schema() and grantee <> current_user and (
      (table_name in ('sync_entry', 'sync_grant', 'sync_epoch', 'sync_feed_definition', 'core_definitions', 'django_migrations')
       and privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'))
      or (table_name = 'core_command_record' and privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE')))
    group by grantee, table_name
  loop
    execute format('revoke %s on %I from %I', g.rights, g.table_name, g.grantee);
  end loop;
end $$;
