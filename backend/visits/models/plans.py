"""Tables of the rolling plan: call cycles, and what they make due."""

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from core.models import IdModel
from visits import call_cycles


class CallCycle(IdModel):
    """How often customers are visited: those of a class, or one of them.

    customer_id: for this customer alone; customer_class: for customers of the class, where org_unit_id limits them to
    reps of that unit and below. every_weeks: one visit in so many weeks; per_month: so many visits a month; one of the
    two. weekdays: preferred, 1 monday to 7 sunday; none: any working day. dwell_minutes: how long a visit takes.
    purpose, visit_type_id: of the visits. valid_from, valid_to: the first and the last day; null: no end. scope_id:
    the customer, or the company.
    """

    name = models.CharField(max_length=200)
    customer_class = models.CharField(max_length=1, null=True)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    customer_id: UUID | None
    org_unit = models.ForeignKey(
        "accounts.OrgUnit", on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    org_unit_id: UUID | None
    scope_id = models.UUIDField()
    every_weeks = models.SmallIntegerField(null=True)
    per_month = models.SmallIntegerField(null=True)
    weekdays = ArrayField(models.SmallIntegerField(), default=list)
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
        db_table = "visits_call_cycle"
        indexes: ClassVar = [
            models.Index(fields=["company", "name", "id"], name="visits_call_cycle_name"),
            models.Index(fields=["customer"], condition=Q(customer__isnull=False), name="visits_call_cycle_customer"),
            models.Index(fields=["org_unit"], condition=Q(org_unit__isnull=False), name="visits_call_cycle_unit"),
            models.Index(fields=["visit_type"], condition=Q(visit_type__isnull=False), name="visits_call_cycle_type"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(customer__isnull=True, customer_class__isnull=False)
                | Q(customer__isnull=False, customer_class__isnull=True, org_unit__isnull=True),
                name="visits_call_cycle_for_whom",
            ),
            models.CheckConstraint(
                condition=Q(every_weeks__isnull=True, per_month__range=(1, call_cycles.MOST_A_MONTH))
                | Q(per_month__isnull=True, every_weeks__range=(1, call_cycles.LONGEST_WEEKS)),
                name="visits_call_cycle_how_often",
            ),
        ]

    def as_cycle(self) -> call_cycles.Cycle:
        """For working out what is due."""
        return call_cycles.Cycle(
            self.id,
            self.valid_from,
            self.valid_to,
            self.every_weeks,
            self.per_month,
            self.customer_class,
            self.customer_id,
            self.org_unit_id,
            frozenset(self.weekdays),
            self.dwell_minutes,
            self.purpose,
            self.visit_type_id,
        )


class DueVisit(IdModel):
    """A visit that a cycle makes due at a customer in a window of days; the denominator of compliance.

    id: also that of the planned visit that stands for it, if the plan made one. rep: who owes it. due_on: the day that
    was chosen, or on which a visit of the rep's own stands for it.
    """

    cycle = models.ForeignKey(CallCycle, on_delete=models.PROTECT, db_index=False, related_name="+")
    cycle_id: UUID
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, db_index=False, related_name="+")
    customer_id: UUID
    rep = models.ForeignKey("accounts.User", on_delete=models.PROTECT, db_index=False, related_name="+")
    rep_id: UUID
    window_from = models.DateField()
    window_to = models.DateField()
    due_on = models.DateField()

    class Meta:
        db_table = "visits_due_visit"
        indexes: ClassVar = [
            models.Index(fields=["company", "due_on"], name="visits_due_visit_day"),
            models.Index(fields=["customer", "window_to"], name="visits_due_visit_customer"),
            models.Index(fields=["rep", "window_to"], name="visits_due_visit_rep"),
            models.Index(fields=["cycle"], name="visits_due_visit_cycle"),
        ]
