-- Fresh statistics for the tables into which the running transaction has written much. A plan made while a table was
-- small reads all of it for every set; nobody else analyses rows that are not committed yet. Tables that somebody else is
-- analysing are left out. As the owner: the application may not analyse.
create or replace function imports_refresh_statistics() returns void
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare t record;
begin
  for t in select schemaname, relname from pg_stat_xact_user_tables
           where n_tup_ins + n_tup_upd >= 500 and schemaname = 'public' loop
    execute format('analyze (skip_locked) %I.%I', t.schemaname, t.relname);
  end loop;
end $$;
