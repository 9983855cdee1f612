"""The table of publications that run in the background."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from core.models import IdModel


class PlanPublication(IdModel):
    """The plans of many reps, published one part after the other by a worker.

    done: how many of the reps are behind it. error: why it stopped, as code, field and details. beat_at: the last sign
    of life.
    """

    rep_ids = ArrayField(models.UUIDField())
    include_today = models.BooleanField()
    state = models.CharField(max_length=16)
    done = models.IntegerField(default=0)
    error = models.JSONField(null=True)
    requested_at = models.DateTimeField()
    requested_by_id = models.UUIDField()
    beat_at = models.DateTimeField()

    class Meta:
        db_table = "visits_plan_publication"
        indexes: ClassVar = [models.Index(fields=["company", "requested_at"], name="visits_plan_publication_time")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["running", "done", "refused"]), name="visits_plan_publication_state"
            )
        ]
