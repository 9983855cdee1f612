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

-- Entries and grants are written by triggers alone, command records only ever added.
revoke insert, update, delete on sync_entry, sync_grant from roundsman_app;
revoke update, delete on core_command_record from roundsman_app;
