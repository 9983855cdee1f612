-- Claim commands: fence the transaction, lock the ids against a concurrent twin, and tell what is known of them.
-- Volatile on purpose: the query after the locks must see what a twin committed while this call was waiting.
-- Rows: `role` 'known' (a command of these ids, with its latest verdict) or 'waiting' (a parked command that builds
-- on one of these ids, or on a row that one of them creates).
create or replace function core_claim(co uuid, ids uuid[], made uuid[])
returns table (role text, id uuid, fingerprint bytea, seq bigint, status text, code text, field text, message text,
               details json, conflicts json)
language plpgsql volatile as $$
begin
  perform set_config('roundsman.company_id', co::text, true);
  perform pg_advisory_xact_lock(hashtextextended(i::text, 1)) from unnest(ids) i order by i;
  return query
    select 'known', r.id, r.fingerprint, r.seq,
           coalesce(s.status, r.status), case when s.status is null then r.code else s.code end,
           case when s.status is null then r.field else s.field end,
           case when s.status is null then r.message else s.message end,
           coalesce(s.details, r.details), coalesce(s.conflicts, r.conflicts)
    from core_command_record r
    left join lateral (
      select * from core_command_record l
      where l.company_id = co and l.settles = r.id order by l.received_at desc, l.id desc limit 1
    ) s on true
    where r.company_id = co and r.id = any (ids)
    union all
    select 'waiting', r.id, null, null, r.status, null, null, null, null, null
    from core_command_record r
    where r.company_id = co
      and r.waits_for = any (ids || array(
            select l.id from core_command_record l
            where l.company_id = co and l.creates = any (made) and l.status in ('parked', 'refused')))
      and not exists (select 1 from core_command_record d where d.company_id = co and d.settles = r.id
                      and d.status <> 'parked');
end $$;
