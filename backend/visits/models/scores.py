"""What became of what had to be done on visits."""

from typing import ClassVar
from uuid import UUID

from django.db import models

from core.models import IdModel
from visits.models.visits import Visit


class VisitScore(IdModel):
    """How complete a closed visit is, and how its forms scored. id: the visit's.

    visit_type_id: of which type it was, by its plan, by who arrived, or by the company's rules; null: of none. actions:
    what was asked of it when it was closed, in order, each done or not; it stays so when the type is changed later.
    required, done: how many. forms: the answer sets that count. percent: the mean of their scores, one decimal; null
    where none has any. visit_date: the visit's day. worked_out_at: when the server last did so.
    """

    visit = models.OneToOneField(Visit, on_delete=models.CASCADE, related_name="score")
    visit_id: UUID
    customer_id = models.UUIDField(help_text="the visit's customer, in whose scope the row is published")
    rep_id = models.UUIDField()
    visit_type_id = models.UUIDField(null=True)
    visit_date = models.DateField()
    actions = models.JSONField(default=list)
    required = models.SmallIntegerField()
    done = models.SmallIntegerField()
    forms = models.JSONField(default=list)
    percent = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    worked_out_at = models.DateTimeField()

    class Meta:
        db_table = "visits_visit_score"
        indexes: ClassVar = [
            models.Index(fields=["company", "-visit_date", "id"], name="visits_visit_score_day"),
            models.Index(fields=["rep_id", "-visit_date"], name="visits_visit_score_rep"),
        ]
