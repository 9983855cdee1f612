"""The table of the rules of alerts."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.models import IdModel
from visits.alerting import MOST_DAYS


class AlertRules(IdModel):
    """When people are told of overdue tasks and visits. The newest row counts; the others tell what was in force.

    task_after_days, visit_after_days: on which working day after the due one superiors are told; null: never. morning:
    from which minute of the local day on people are told.
    """

    append_only: ClassVar = True

    task_after_days = models.SmallIntegerField(null=True)
    visit_after_days = models.SmallIntegerField(null=True)
    morning = models.SmallIntegerField()
    set_at = models.DateTimeField(db_default=Now())
    set_by_id = models.UUIDField()

    class Meta:
        db_table = "visits_alert_rules"
        indexes: ClassVar = [models.Index(fields=["company", "-set_at", "-id"], name="visits_alert_rules_newest")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(task_after_days__range=(1, MOST_DAYS)), name="visits_alert_rules_task_days"
            ),
            models.CheckConstraint(
                condition=Q(visit_after_days__range=(1, MOST_DAYS)), name="visits_alert_rules_visit_days"
            ),
            models.CheckConstraint(condition=Q(morning__range=(0, 1439)), name="visits_alert_rules_morning"),
        ]
