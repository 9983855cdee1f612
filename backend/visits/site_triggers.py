"""The trigger that leaves visits without a site when it is removed: what is seen of them is the customer's.

It stands for a foreign key with `on delete set null`, which the database would check again for every visit.
"""

TRIGGERS = {"visits_forget_sites": "customers_site"}

SQL = """
create or replace function visits_forget_sites() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
  update visits_visit v set site_id = null from old_rows o where v.site_id = o.id;
  return null;
end $$;
drop trigger if exists visits_forget_sites on customers_site;
create trigger visits_forget_sites after delete on customers_site
  referencing old table as old_rows
  for each statement execute function visits_forget_sites();
"""
