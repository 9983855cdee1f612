"""The trigger that hands open tasks on with a customer: what its owner had to do there, its next owner has to do.

Whatever changes an owner does so: reassigning, an import, a later pool. Tasks of others stay theirs, as do those of a
customer that is left without an owner, until somebody hands them on.
"""

TRIGGERS = {"visits_hand_tasks_on": "customers_customer"}

SQL = """
create or replace function visits_hand_tasks_on() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
  update visits_task t
  set assignee_id = n.owner_id, updated_at = now()
  from new_rows n join old_rows o on o.id = n.id
  where n.owner_id <> o.owner_id and t.customer_id = n.id and t.state = 'open' and t.assignee_id = o.owner_id;
  return null;
end $$;
drop trigger if exists visits_hand_tasks_on on customers_customer;
create trigger visits_hand_tasks_on after update on customers_customer
  referencing old table as old_rows new table as new_rows
  for each statement execute function visits_hand_tasks_on();
"""
