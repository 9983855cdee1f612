"""Finds the logs that say that an outlet was closed: hardly any does, and compliance asks of every visit."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("visits", "0001_squashed_0017_visit_scores")]

    operations = [
        migrations.AddIndex(
            model_name="visitlog",
            index=models.Index(
                condition=models.Q(("result", "closed")), fields=["visit"], name="visits_visit_log_closed"
            ),
        ),
    ]
