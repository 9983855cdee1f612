"""Who comes along on visits, and who sees a customer for the sake of a visit."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from core.models import IdModel
from visits.models.visits import Visit


class Participant(IdModel):
    """A further person on a joint visit. user_id: who comes along. created_by_id: who said so."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, db_index=False, related_name="participants")
    visit_id: UUID
    customer_id = models.UUIDField(help_text="the visit's customer, in whose scope the row is published")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, db_index=False, related_name="+")
    user_id: UUID
    created_at = models.DateTimeField()
    created_by_id = models.UUIDField()

    class Meta:
        db_table = "visits_participant"
        indexes: ClassVar = [models.Index(fields=["user"], name="visits_participant_user")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["visit", "user"], name="visits_participant_once")]


class VisitSight(IdModel):
    """Sight of a customer for the sake of one visit: of who comes along, or of who stands in for its rep.

    until: the last day; a job takes the row away after it, and with it the grant.
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, db_index=False, related_name="+")
    visit_id: UUID
    customer_id = models.UUIDField()
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, db_index=False, related_name="+")
    user_id: UUID
    reason = models.CharField(max_length=16)
    until = models.DateField()

    class Meta:
        db_table = "visits_sight"
        indexes: ClassVar = [
            models.Index(fields=["visit"], name="visits_sight_visit"),
            models.Index(fields=["customer_id"], name="visits_sight_customer"),
            models.Index(fields=["user"], name="visits_sight_user"),
            models.Index(fields=["company", "until"], name="visits_sight_until"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(reason__in=["joint_visit", "substitution"]), name="visits_sight_reason")
        ]
