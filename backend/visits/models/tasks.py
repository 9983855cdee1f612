"""The table of tasks: what is to be done at customers."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from core.models import EditedModel
from visits.models.visits import Visit, VisitLog

SOME_DAY = Coalesce("due_date", Value(date.max), output_field=models.DateField())
"""The day by which a task is due; one that is due on no day comes after all others."""


class Task(EditedModel):
    """Something to be done for a customer by a certain day, and by whom. Next steps of visit logs become tasks.

    visit_id, log_id: the visit, and the log, that it follows from. assignee_id: who is to do it. text: what is to be
    done; empty where a log named but a day. due_date: the last day on which it is in time. done_at, done_by_id,
    done_note: when it was done, by whom, and what came of it. cancelled_at, cancelled_by_id, cancel_reason: when it was
    given up, by whom and why.
    """

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, db_index=False, related_name="tasks")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, db_index=False, related_name="tasks")
    log = models.ForeignKey(VisitLog, on_delete=models.PROTECT, null=True, db_index=False, related_name="tasks")
    assignee = models.ForeignKey("accounts.User", on_delete=models.PROTECT, db_index=False, related_name="+")
    customer_id: UUID
    visit_id: UUID | None
    log_id: UUID | None
    assignee_id: UUID
    text = models.TextField(blank=True, default="")
    due_date = models.DateField(null=True)
    state = models.CharField(max_length=16, default="open")
    done_at = models.DateTimeField(null=True)
    done_by_id = models.UUIDField(null=True)
    done_note = models.TextField(blank=True, default="")
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by_id = models.UUIDField(null=True)
    cancel_reason = models.TextField(blank=True, default="")

    class Meta:
        db_table = "visits_task"
        indexes: ClassVar = [
            models.Index(F("company"), SOME_DAY, F("id"), name="visits_task_day"),
            models.Index(F("assignee"), SOME_DAY, F("id"), name="visits_task_assignee"),
            models.Index(fields=["customer", "state"], name="visits_task_customer"),
            models.Index(fields=["visit"], condition=Q(visit__isnull=False), name="visits_task_visit"),
            models.Index(fields=["log"], condition=Q(log__isnull=False), name="visits_task_log"),
            models.Index(
                fields=["company", "due_date"],
                condition=Q(state="open", due_date__isnull=False),
                name="visits_task_due",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=["open", "done", "cancelled"]), name="visits_task_state"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(done_at__isnull=False), name="visits_task_done_since"
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | Q(cancelled_at__isnull=False), name="visits_task_cancelled_since"
            ),
        ]
