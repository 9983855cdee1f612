-- What is known of a device's outbox and clocks.

-- The offsets of a device's last eight boots, this one among them.
create or replace function sync_boots_with(boots jsonb, boot text, boot_offset_ms bigint) returns jsonb
language sql immutable as $$
  select case when boot is null then boots
              else jsonb_build_object(boot, boot_offset_ms) || coalesce((
                select jsonb_object_agg(b.key, b.value) from (
                  select * from jsonb_each(boots - boot) order by value::text::bigint desc limit 7) b), '{}') end
$$;

-- What a device's clocks showed at a request that brought no commands.
create or replace function sync_note_clock(
  co uuid, us uuid, dev uuid, boot text, boot_offset_ms bigint, wall_offset_ms bigint)
returns void language sql volatile as $$
  insert into sync_device_state as s (company_id, device_id, user_id, acknowledged_seq, boots, clock_offset_ms,
                                      commands, refused, parked, repairs)
  values (co, dev, us, 0, sync_boots_with('{}', boot, boot_offset_ms), wall_offset_ms, 0, 0, 0, 0)
  on conflict (device_id) do update
  set boots = sync_boots_with(s.boots, boot, boot_offset_ms), clock_offset_ms = wall_offset_ms
$$;

-- After a set of commands got its verdicts, in the same transaction: advance `acknowledged_seq` over every contiguous
-- number, those of earlier sets included, and remember the boot's clock offset (the last eight boots).
create or replace function sync_note_push(
  co uuid, us uuid, dev uuid, seqs bigint[], refused_now int, parked_now int,
  boot text, boot_offset_ms bigint, wall_offset_ms bigint)
returns bigint language plpgsql volatile as $$
declare
  acked bigint;
  further bigint;
begin
  insert into sync_device_state as s (company_id, device_id, user_id, acknowledged_seq, boots, clock_offset_ms,
                                      last_push_at, commands, refused, parked, repairs)
  values (co, dev, us, 0, sync_boots_with('{}', boot, boot_offset_ms),
          wall_offset_ms, now(), cardinality(seqs), refused_now, parked_now, 0)
  on conflict (device_id) do update
  set user_id = us, last_push_at = now(), clock_offset_ms = coalesce(wall_offset_ms, s.clock_offset_ms),
      boots = sync_boots_with(s.boots, boot, boot_offset_ms),
      commands = s.commands + excluded.commands, refused = s.refused + refused_now, parked = s.parked + parked_now
  returning s.acknowledged_seq into acked;

  select coalesce(max(x.seq), acked) into further
  from (select seq, row_number() over (order by seq) as n
        from (select distinct unnest(seqs) as seq) d where d.seq > acked) x
  where x.seq = acked + x.n;
  if exists (select 1 from core_command_record r
             where r.company_id = co and r.device_id = dev and r.seq = further + 1) then
    select max(x.seq) into further
    from (select r.seq, row_number() over (order by r.seq) as n
          from (select distinct l.seq from core_command_record l
                where l.company_id = co and l.device_id = dev and l.seq > acked
                union select unnest(seqs)) r where r.seq > acked) x
    where x.seq = acked + x.n;
  end if;
  if further > acked then
    update sync_device_state set acknowledged_seq = further where device_id = dev;
  end if;
  return further;
end $$;

-- A pull itself never writes. Now and then it is noted that the device was here, and when its present boot began;
-- repairs are always counted.
drop function if exists sync_note_pull;
create function sync_note_pull(co uuid, us uuid, dev uuid, repaired int, boot text, boot_offset_ms bigint) returns void
language plpgsql volatile as $$
begin
  perform set_config('roundsman.company_id', co::text, true);
  insert into sync_device_state as s (company_id, device_id, user_id, acknowledged_seq, boots, last_pull_at, commands,
                                      refused, parked, repairs, last_repair_at)
  values (co, dev, us, 0, sync_boots_with('{}', boot, boot_offset_ms), now(), 0, 0, 0, repaired, case when repaired > 0 then now() end)
  on conflict (device_id) do update
  set last_pull_at = now(), boots = sync_boots_with(s.boots, boot, boot_offset_ms), repairs = s.repairs + repaired,
      last_repair_at = coalesce(excluded.last_repair_at, s.last_repair_at);
end $$;
