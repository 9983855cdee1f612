"""The table of routes."""

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from core.models import IdModel
from visits import routes
from visits.call_cycles import LONGEST_WEEKS


class VisitRoute(IdModel):
    """Customers that a rep visits in one go, in a fixed order, on weekdays of every n-th week.

    customer_ids: in the order of the route. weekdays: 1 monday to 7 sunday. every_weeks: in so many weeks once, counted
    from the week of valid_from. valid_from, valid_to: the first and the last day; null: no end. dwell_minutes: how long
    a visit takes. purpose, visit_type_id: of the visits.
    """

    name = models.CharField(max_length=200)
    rep = models.ForeignKey("accounts.User", on_delete=models.PROTECT, db_index=False, related_name="+")
    rep_id: UUID
    customer_ids = ArrayField(models.UUIDField())
    weekdays = ArrayField(models.SmallIntegerField())
    every_weeks = models.SmallIntegerField(default=1)
    dwell_minutes = models.SmallIntegerField(null=True)
    purpose = models.TextField(blank=True, default="")
    visit_type = models.ForeignKey(
        "visits.VisitType", on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    visit_type_id: UUID | None
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    updated_at = models.DateTimeField()
    updated_by_id = models.UUIDField()

    class Meta:
        db_table = "visits_route"
        indexes: ClassVar = [
            models.Index(fields=["company", "name", "id"], name="visits_route_name"),
            models.Index(fields=["rep"], name="visits_route_rep"),
            models.Index(fields=["visit_type"], condition=Q(visit_type__isnull=False), name="visits_route_type"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(every_weeks__range=(1, LONGEST_WEEKS)), name="visits_route_how_often")
        ]

    def as_route(self) -> routes.Route:
        """For working out what is planned."""
        return routes.Route(
            self.id,
            self.customer_ids,
            frozenset(self.weekdays),
            self.every_weeks,
            self.valid_from,
            self.valid_to,
            self.dwell_minutes,
            self.purpose,
            self.visit_type_id,
        )
