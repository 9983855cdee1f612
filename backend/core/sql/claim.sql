-- Claim commands: fence the transaction, lock the ids against a concurrent twin, and tell what is known of them.
-- named: the commands that these depend on. They are locked too: one that is being judged elsewhere at this moment either
-- is settled before these look for it, or finds these waiting for it.
-- Volatile on purpose: the query after the locks must see what a twin committed while this call was waiting.
-- Rows: `role` 'known' (a command of these ids, with its latest verdict) or 'waiting' (a parked command whose latest
-- verdict waits for the command `awaits`, which is one of these ids or should have made `awaited_row`, one of `made`).
drop function if exists core_claim;
create function core_claim(co uuid, ids uuid[], made uuid[], named uuid[])
returns table (role text, id uuid, fingerprint bytea, status text, code text, field text, message text,
               details json, conflicts json, awaits uuid, awaited_row uuid)
language plpgsql volatile
set enable_seqscan = off  -- a plan made while the table was small must not read it whole later
as $$
begin
  perform set_config('roundsman.company_id', co::text, true);
  perform pg_advisory_xact_lock(hashtextextended(i::text, 1)) from unnest(ids || named) i order by i;
  return query
    select 'known', r.id, r.fingerprint,
           coalesce(s.status, r.status), case when s.status is null then r.code else s.code end,
           case when s.status is null then r.field else s.field end,
           case when s.status is null then r.message else s.message end,
           coalesce(s.details, r.details), coalesce(s.conflicts, r.conflicts), null::uuid, null::uuid
    from core_command_record r
    left join lateral (
      select * from core_command_record l
      where l.company_id = co and l.settles = r.id order by l.received_at desc, l.id desc limit 1
    ) s on true
    where cardinality(ids) > 0  -- asked once, before the table: an import names no ids
      and r.company_id = co and r.id = any (ids)
    union all
    select 'waiting', coalesce(r.settles, r.id), null, r.status, null, null, null, null, null, r.waits_for, a.creates
    from core_command_record r
    left join core_command_record a on a.company_id = co and a.id = r.waits_for and a.creates = any (made)
    where r.company_id = co
      and r.waits_for = any (ids || array(
            select l.id from core_command_record l
            where l.company_id = co and l.creates = any (made) and l.status in ('parked', 'refused')))
      and not exists (select 1 from core_command_record n where n.company_id = co
                      and n.settles = coalesce(r.settles, r.id) and n.received_at > r.received_at);
end $$;
