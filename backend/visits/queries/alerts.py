"""Reads for alerts: what is due around today, whose it is, and who is told. All need the company's fence."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models.functions import Coalesce

from visits.alerting import AFTER, BEFORE, Rules
from visits.models.alerts import AlertRules
from visits.models.tasks import Task
from visits.models.visits import Visit


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that is to be done by the end of a day. id: of the task or visit. text: of a task."""

    id: UUID
    due: date
    customer_id: UUID
    customer: str
    user_id: UUID
    user: str
    org_unit_id: UUID | None
    text: str = ""


def get_alert_rules() -> Rules:
    """The company's rules in force, or the built-in ones (one query)."""
    row = AlertRules.objects.order_by("-set_at", "-id").first()
    return Rules() if row is None else Rules(row.task_after_days, row.visit_after_days, row.morning)


def list_open_tasks(today: date) -> list[Matter]:
    """The open tasks whose day lies around today, also of people who have left (one query)."""
    rows = Task.objects.filter(state="open", due_date__range=(today - AFTER, today + BEFORE)).values_list(
        "id", "due_date", "customer_id", "customer__name", "assignee_id", "assignee__name", "assignee__org_unit_id",
        "text",
    )  # fmt: skip
    return [Matter(*row) for row in rows]


def list_planned_visits(today: date) -> tuple[list[Matter], set[UUID]]:
    """The visits that nobody made yet and whose last day lies around today, also of people who have left (one query).

    And which of them have a window of days: their last day is the window's, not the one they are planned for.
    """
    rows = (
        Visit.objects.filter(state="planned")
        .annotate(due=Coalesce("due_to", "visit_date"))
        .filter(visit_date__gte=today - AFTER, due__range=(today - AFTER, today + BEFORE))
        .values_list("id", "due", "customer_id", "customer__name", "rep_id", "rep__name", "rep__org_unit_id", "due_to")
    )
    found = list(rows)
    return [Matter(*row[:-1]) for row in found], {row[0] for row in found if row[-1] is not None}
