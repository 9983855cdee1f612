-- The company's own fence, and what must work before anybody is known.

alter table accounts_company enable row level security;
alter table accounts_company force row level security;
drop policy if exists company_fence on accounts_company;
create policy company_fence on accounts_company
  using (id = (select nullif(current_setting('roundsman.company_id', true), '')::uuid))
  with check (id = (select nullif(current_setting('roundsman.company_id', true), '')::uuid));
-- Migrations, renewals of the epoch and the two functions below run as the owner, who has to reach every company.
drop policy if exists owner_reaches_all on accounts_company;
create policy owner_reaches_all on accounts_company to current_user using (true) with check (true);

-- The id of the company with this code, or null: somebody who signs in names his company by its code.
create or replace function accounts_find_company(wanted text) returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select id from accounts_company where code = wanted
$$;

-- Every company: jobs and the operator's commands take one after the other, each inside its fence.
drop function if exists accounts_list_companies;
create function accounts_list_companies() returns setof accounts_company
language sql stable security definer set search_path = public, pg_temp as $$
  select * from accounts_company order by code
$$;

-- Who acts: the user, and whether he and his device may still act; sets the fence for the running transaction.
-- dev: null asks for the user alone. state: 'ok', 'revoked', 'inactive', 'signed_out', 'unknown_device'; null for an unknown user.
-- Unknown is not revoked: a device that signed in after the backup that was restored must sign in again, not be wiped.
drop function if exists accounts_session;
create function accounts_session(
  co uuid, us uuid, dev uuid, out state text, out roles text[], out org_unit_id uuid, out locale text,
  out time_zone text)
language plpgsql stable as $$
begin
  perform set_config('roundsman.company_id', co::text, true);
  select case when dev is not null and d.id is null then 'unknown_device'
              when d.revoked_at is not null then 'revoked'
              when not u.is_active then 'inactive'
              when d.signed_out_at is not null then 'signed_out'
              else 'ok' end,
         u.roles::text[], u.org_unit_id, u.locale, c.time_zone
  into state, roles, org_unit_id, locale, time_zone
  from accounts_user u
  join accounts_company c on c.id = co
  left join accounts_device d on d.id = dev and d.user_id = u.id
  where u.id = us;
end $$;

-- Who acts with an API key, and whether it and its user may still act; sets the fence for the running transaction, and
-- notes the use of the key at most once a minute, without waiting for another request that does the same.
-- state: 'ok', 'expired', 'inactive'; null for a key that is unknown or revoked.
drop function if exists accounts_admit_key;
create function accounts_admit_key(
  co uuid, digest bytea, out state text, out key_id uuid, out user_id uuid, out roles text[], out org_unit_id uuid,
  out locale text, out scopes text[])
language plpgsql volatile as $$
declare last_used timestamptz;
begin
  perform set_config('roundsman.company_id', co::text, true);
  select case when k.expires_at <= now() then 'expired' when not u.is_active then 'inactive' else 'ok' end,
         k.id, u.id, u.roles::text[], u.org_unit_id, u.locale, k.scopes::text[], k.last_used_at
  into state, key_id, user_id, roles, org_unit_id, locale, scopes, last_used
  from accounts_api_key k join accounts_user u on u.id = k.user_id
  where k.hash = digest and k.revoked_at is null;
  if state = 'ok' and (last_used is null or last_used < now() - interval '1 minute') then
    update accounts_api_key set last_used_at = now()
    where id in (select k.id from accounts_api_key k where k.id = key_id for no key update skip locked);
  end if;
end $$;

-- Count one sign-in attempt on `attempt_key` before its password is looked at, so that parallel guesses cannot pass
-- together; a success takes the count back. Returns 0, or for how many seconds the key is locked.
-- From the `free`th attempt in a row on, each locks the key: 60 s, doubled each time, at most 900 s.
create or replace function accounts_charge_attempt(attempt_key bytea, free int) returns int
language plpgsql volatile as $$
declare wait_s int;
begin
  insert into accounts_sign_in_attempt as a (key, failures, failed_at) values (attempt_key, 1, now())
  on conflict (key) do update
  set failures = case when a.failed_at < now() - interval '1 hour' then 1 else a.failures + 1 end,
      failed_at = now(),
      locked_until = case when a.failed_at >= now() - interval '1 hour' and a.failures + 1 >= free
                          then now() + make_interval(secs => least(60 * 2 ^ least(a.failures + 1 - free, 10), 900)) end
  where a.locked_until is null or a.locked_until <= now();
  if found then
    return 0;
  end if;
  select ceil(extract(epoch from locked_until - now())) into wait_s
  from accounts_sign_in_attempt where key = attempt_key;
  return greatest(coalesce(wait_s, 1), 1);
end $$;
