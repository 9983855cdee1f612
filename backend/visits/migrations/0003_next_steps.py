from django.db import migrations, models

# The fence shows the owner, too, one company at a time.
LIST_THE_ONE_STEP = """
do $$
declare company uuid;
begin
  for company in select id from accounts_company loop
    perform set_config('roundsman.company_id', company::text, true);
    update visits_visit_log
    set next_steps = jsonb_build_array(jsonb_build_object('text', next_step, 'due_date', next_step_date))
    where next_step <> '' or next_step_date is not null;
  end loop;
  perform set_config('roundsman.company_id', '', true);
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("visits", "0002_open_visits"),
    ]

    operations = [
        migrations.AddField(
            model_name="visitlog",
            name="next_steps",
            field=models.JSONField(default=list, help_text="[{text, due_date}]; a step has one of the two at least"),
        ),
        migrations.RunSQL(LIST_THE_ONE_STEP),
        migrations.RemoveField(model_name="visitlog", name="next_step"),
        migrations.RemoveField(model_name="visitlog", name="next_step_date"),
    ]
