-- One pull: everything that a page of the answer needs, in one statement of one snapshot.
--
-- Stable on purpose: every query in it then reads with the snapshot of the calling statement, so that the cursor, the
-- permission check, the grants, the rows and the digests all tell of the same moment.
--
-- co, us, dev: company, user and device of the caller. known_roles: the roles that `kinds` was derived from.
-- old: the cursor's snapshot; null sends everything. first: the snapshot of the answer's first page, null on that page
-- itself. after_*: position inside an answer of several pages.
-- old_epoch: the epoch of the cursor; another than the present one sends no rows, the phone compares digests.
-- repair: scopes to send whole.
-- digest_mode: 'none', 'sample' (the next scopes after `digest_after`) or 'all'.
--
-- Results. state: 'ok', 'revoked', 'inactive', 'roles' (they changed; `roles` holds the present ones) 'epoch' (to be
-- renewed first), or null for a user or device that is not known here. enters, leaves: JSON texts. high: the highest
-- transaction id delivered or read.
create or replace function sync_hex(total numeric) returns text
language sql immutable as $$
  -- total mod 2^64 as 16 hex digits, by way of the signed number with the same bits. One expression, so that
  -- PostgreSQL puts it in place of the call.
  select lpad(to_hex((mod(mod(total, 18446744073709551616) + 27670116110564327424, 18446744073709551616)
                      - 9223372036854775808)::bigint), 16, '0')
$$;

drop function if exists sync_pull;
create function sync_pull(
  co uuid, us uuid, dev uuid, known_roles text[], kinds text[], old pg_snapshot, first pg_snapshot,
  after_scope uuid, after_kind text, after_id uuid, old_epoch uuid, repair uuid[],
  max_bytes int, digest_mode text, digest_after uuid,
  out state text, out roles text[], out epoch uuid, out snapshot text, out high text, out acknowledged bigint,
  out enters text, out leaves text, out page bytea, out row_count int,
  out last_scope uuid, out last_kind text, out last_id uuid, out complete boolean,
  out digests text, out digest_last uuid, out missing text)
language plpgsql stable
set plan_cache_mode = force_generic_plan
set enable_seqscan = off  -- a plan made while the tables were small must not read them whole later
as $$
declare
  floor_xid xid8;
  other_epoch boolean;
  entered int;
  nothing_new boolean;
  chosen uuid[];
  high_grant xid8;
  high_entry xid8;
  -- So many rows are read for a page. Usual rows (400 bytes and more) fill it; of smaller ones the page holds fewer
  -- bytes than it might. Reading as many as could ever fit costs every page of usual rows three times as much.
  max_rows int := max_bytes / 400 + 2;
  fetched int;
  high_digest xid8;
  page_scopes uuid[];
  page_kinds text[];
  page_ids uuid[];
  nil constant uuid := '00000000-0000-0000-0000-000000000000';
begin
  perform set_config('roundsman.company_id', co::text, true);
  snapshot := pg_current_snapshot()::text;
  -- As sync_current_epoch() has it, written out: three nested calls would cost more than the rest of the check.
  select e.id into epoch from sync_epoch e
  where e.timeline = left(pg_walfile_name(pg_current_wal_lsn()), 8)
    and e.system_identifier = (select c.system_identifier from pg_control_system() c);

  select case when d.revoked_at is not null then 'revoked'
              when not u.is_active then 'inactive'
              when d.signed_out_at is not null then 'signed_out'
              when not (u.roles::text[] <@ known_roles and u.roles::text[] @> known_roles) then 'roles'
              when epoch is null then 'epoch'
              else 'ok' end,
         u.roles::text[], coalesce(s.acknowledged_seq, 0)
  into state, roles, acknowledged
  from accounts_device d
  join accounts_user u on u.id = d.user_id
  left join sync_device_state s on s.device_id = d.id
  where d.id = dev and u.id = us;
  if state is distinct from 'ok' then
    return;
  end if;

  -- Under another epoch the cursor's transaction ids mean nothing: no rows, but the digests of all scopes.
  other_epoch := old_epoch is distinct from epoch and old_epoch is not null;
  if other_epoch then
    old := null;
    first := null;
    digest_mode := 'all';
  end if;
  floor_xid := pg_snapshot_xmin(old);

  select max(g.xid),
         coalesce('[' || string_agg(
           case when not g.phone and case when old is not null then not pg_visible_in_snapshot(g.xid, old)
                                          -- Of what was lost before, the first page has told; who comes without a
                                          -- cursor drops by himself what he is not sent.
                                          when first is not null then not pg_visible_in_snapshot(g.xid, first)
                                          else old_epoch is not null end
                then '{"scope":"' || g.scope_id || '","reason":"' || coalesce(g.left_reason, 'revoked') || '"}' end,
           ',') || ']', '[]'),
         count(*) filter (where g.phone and (old is null or not pg_visible_in_snapshot(g.xid, old)))
  into high_grant, leaves, entered
  from sync_grant g
  where g.user_id = us and g.xid is not null;

  -- The usual pull finds nothing new, and a plain probe of each scope says so at half the cost of forming a page.
  nothing_new := other_epoch or (entered = 0 and repair = '{}' and after_scope is null and not exists (
    select from sync_grant g
    join sync_entry i on i.scope_id = g.scope_id and i.xid >= floor_xid and not pg_visible_in_snapshot(i.xid, old)
    where g.user_id = us and g.phone));
  if nothing_new then
    page := ''; enters := '[]'; row_count := 0; complete := true;
  else
    -- The window hands its rows on in their order, so the aggregates need no sorting of their own.
    select coalesce(convert_to(string_agg(f.line, ',') filter (where f.fits), 'UTF8'), ''),
           max(f.xid) filter (where f.fits), count(*) filter (where f.fits), count(*),
           array_agg(f.scope_id) filter (where f.fits),
           array_agg(f.kind) filter (where f.fits),
           array_agg(f.id) filter (where f.fits)
    into page, high_entry, row_count, fetched, page_scopes, page_kinds, page_ids
    from (
      select w.line, w.scope_id, w.kind, w.id, w.xid, w.n, w.n = 1 or w.bytes <= max_bytes as fits
      from (
        select v.*, row_number() over places as n, sum(octet_length(v.line) + 1) over places as bytes
        from (
          select '{"scope":"' || e.scope_id || '","kind":"' || e.kind || '","id":"' || e.id || '","version":'
                 || e.version || ',"tag":"' || lpad(to_hex(e.tag), 16, '0') || '","data":' || coalesce(e.body, 'null')
                 || '}' as line, e.scope_id, e.kind, e.id, e.xid
          from (
            select g.scope_id, r.kind, r.id, r.xid, r.version, r.tag, r.body
            from sync_grant g
            cross join lateral (
              -- The scope was entered (or is repaired): every live row of it.
              select i.kind, i.id, i.xid, i.version, i.tag, i.body
              from sync_entry i
              where (old is null or not pg_visible_in_snapshot(g.xid, old) or g.scope_id = any (repair))
                and i.scope_id = g.scope_id and i.body is not null and i.kind = any (kinds)
                and (i.kind, i.id) > (case when g.scope_id = after_scope then after_kind else '' end,
                                      case when g.scope_id = after_scope then after_id else nil end)
              union all
              -- The scope was held all along: what changed since, tombstones included.
              select i.kind, i.id, i.xid, i.version, i.tag, i.body
              from sync_entry i
              where pg_visible_in_snapshot(g.xid, old) and g.scope_id <> all (repair)
                and i.scope_id = g.scope_id and i.xid >= floor_xid and not pg_visible_in_snapshot(i.xid, old)
                and i.kind = any (kinds)
                and (g.scope_id is distinct from after_scope or (i.kind, i.id) > (after_kind, after_id))
            ) r
            where g.user_id = us and g.phone and g.scope_id >= coalesce(after_scope, nil)
            order by g.scope_id, r.kind, r.id
            limit max_rows
          ) e
        ) v
        window places as (order by v.scope_id, v.kind, v.id rows unbounded preceding)
      ) w
    ) f;
    last_scope := page_scopes[row_count];
    last_kind := page_kinds[row_count];
    last_id := page_ids[row_count];
    complete := fetched = row_count and fetched < max_rows;

    select coalesce('[' || string_agg('"' || g.scope_id || '"', ',' order by g.scope_id) || ']', '[]')
    into enters
    from sync_grant g
    where g.user_id = us and g.phone
      and (old is null or not pg_visible_in_snapshot(g.xid, old) or g.scope_id = any (repair))
      and (after_scope is null or g.scope_id > after_scope)
      and (complete or g.scope_id <= last_scope);
  end if;

  if complete and digest_mode <> 'none' then
    digest_after := case when digest_mode = 'all' then nil else coalesce(digest_after, nil) end;
    -- On a later page, the digest of a scope that changed since the first one would not be that of the rows sent.
    chosen := array(
      select g.scope_id from sync_grant g
      where g.user_id = us and g.phone and g.scope_id > digest_after
        and (first is null or pg_visible_in_snapshot(g.xid, first) and not exists (
          select from sync_entry n
          where n.scope_id = g.scope_id and n.xid >= pg_snapshot_xmin(first) and not pg_visible_in_snapshot(n.xid, first)))
      order by g.scope_id
      limit case digest_mode when 'all' then null else 2 end);
    select '{' || string_agg('"' || d.scope_id || '":{"rows":' || d.n || ',"sum":"' || sync_hex(d.total) || '"}', ',') || '}',
           max(d.xid)
    into digests, high_digest
    from (
      select c.scope_id, count(i.id) as n, coalesce(sum(i.tag), 0) as total, max(i.xid) as xid
      from unnest(chosen) c(scope_id)
      left join sync_entry i on i.scope_id = c.scope_id and i.body is not null and i.kind = any (kinds)
      group by c.scope_id
    ) d;
    digest_last := chosen[cardinality(chosen)];
  end if;
  -- Which files of this device's commands have not come yet: one look into an index that is nearly always empty.
  if complete then
    missing := /* missing files */ '[]';
  end if;
  -- Everything up to a visible transaction was flushed, so no id up to `high` can be used again after a crash.
  high := greatest(high_grant, high_entry, high_digest)::text;
  digests := coalesce(digests, '{}');
  missing := coalesce(missing, '[]');
end $$;
