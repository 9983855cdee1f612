from itertools import islice
from uuid import uuid5

from django.db import migrations

AT_ONCE = 1_000


def make_tasks(apps, schema_editor):
    """Logs that were written before there were tasks get theirs, with the ids that `visits.next_steps` gives them.

    The fence shows the owner, too, one company at a time.
    """
    alias = schema_editor.connection.alias
    for company_id in apps.get_model("accounts", "Company").objects.using(alias).values_list("id", flat=True):
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("select set_config('roundsman.company_id', %s, true)", [str(company_id)])
        logs = apps.get_model("visits", "VisitLog").objects.using(alias).filter(company_id=company_id)
        task = apps.get_model("visits", "Task")
        waiting = logs.exclude(next_steps=[]).order_by("id").iterator(AT_ONCE)
        while some := list(islice(waiting, AT_ONCE)):
            rows = [_task(task, log, place, step) for log in some for place, step in enumerate(log.next_steps)]
            task.objects.using(alias).bulk_create(rows, batch_size=AT_ONCE)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select set_config('roundsman.company_id', '', true)")


def _task(task, log, place, step):
    return task(
        id=uuid5(log.id, f"next_step/{place}"),
        company_id=log.company_id,
        customer_id=log.customer_id,
        visit_id=log.visit_id,
        log_id=log.id,
        assignee_id=log.author_id,
        text=step["text"],
        due_date=step["due_date"],
        created_at=log.occurred_at,
        created_by_id=log.author_id,
        updated_at=log.received_at,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("visits", "0011_tasks"),
    ]

    operations = [
        migrations.RunPython(make_tasks, migrations.RunPython.noop),
    ]
