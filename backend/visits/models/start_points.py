"""The table of the places from which reps set out."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from core.models import IdModel


class StartPoint(IdModel):
    """Where a rep sets out in the morning. Nobody but he and his superiors sees it. lat, lon: degrees, WGS-84."""

    rep = models.ForeignKey("accounts.User", on_delete=models.CASCADE, db_index=False, related_name="+")
    rep_id: UUID
    lat = models.FloatField()
    lon = models.FloatField()
    updated_at = models.DateTimeField()
    updated_by_id = models.UUIDField()

    class Meta:
        db_table = "visits_start_point"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rep"], name="visits_start_point_once"),
            models.CheckConstraint(
                condition=Q(lat__range=(-90, 90), lon__range=(-180, 180)), name="visits_start_point_position"
            ),
        ]
