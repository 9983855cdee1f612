"""The table of reps' absences."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from core.models import IdModel


class Absence(IdModel):
    """Days on which a rep makes no visits.

    rep_id: who is away. substitute_id: who makes the visits that are planned for these days; null: they go to other
    days. from_date, to_date: the first and the last day.
    """

    rep = models.ForeignKey("accounts.User", on_delete=models.PROTECT, db_index=False, related_name="+")
    rep_id: UUID
    substitute = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    substitute_id: UUID | None
    from_date = models.DateField()
    to_date = models.DateField()
    created_at = models.DateTimeField()
    created_by_id = models.UUIDField()

    class Meta:
        db_table = "visits_absence"
        indexes: ClassVar = [
            models.Index(fields=["company", "-from_date", "id"], name="visits_absence_day"),
            models.Index(fields=["rep", "to_date"], name="visits_absence_rep"),
            models.Index(
                fields=["substitute"], condition=Q(substitute__isnull=False), name="visits_absence_substitute"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(to_date__gte=F("from_date")), name="visits_absence_forward"),
            models.CheckConstraint(condition=~Q(substitute=F("rep")), name="visits_absence_somebody_else"),
        ]
