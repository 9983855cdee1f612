"""Reads of tasks. All need the company's fence."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import BooleanField, Case, Q, QuerySet, When

from accounts import queries as account_queries
from core import grants
from core.actor import Actor
from visits import errors
from visits.models.tasks import SOME_DAY, Task


def lock_tasks(ids: Iterable[UUID]) -> dict[UUID, Task]:
    """Tasks by id, held against other changes (one query)."""
    rows = Task.objects.filter(id__in=set(ids)).order_by("id").select_for_update(no_key=True)
    return {task.id: task for task in rows}


def get_task(actor: Actor, task_id: UUID) -> Task:
    """A task at a customer that the actor may see. Raises visits.task_not_found."""
    task = Task.objects.filter(grants.visible(actor, "customer_id"), id=task_id).first()
    if task is None:
        raise errors.TaskNotFound("id")
    return task


def list_tasks(
    actor: Actor,
    *,
    of: dict[str, UUID | str | None],
    org_unit_id: UUID | None = None,
    due_from: date | None = None,
    due_to: date | None = None,
) -> QuerySet[Task]:
    """The tasks at customers that the actor may see and that fit, each with the day `by` which it is due.

    of: their state, assignee, customer and visit. org_unit_id: of whose people, those of the units below it included.
    The days are both included; a task that is due on no day lies between none.
    """
    asked = of | {"due_date__gte": due_from, "due_date__lte": due_to}
    rows = Task.objects.filter(grants.visible(actor, "customer_id"))
    rows = rows.filter(**{name: value for name, value in asked.items() if value is not None})
    if org_unit_id is not None:
        rows = rows.filter(assignee__org_unit__path__contains=[org_unit_id])
    return rows.annotate(by=SOME_DAY)


def list_rows(actor: Actor) -> QuerySet[Task]:
    """The tasks at customers that the actor may see, with customer, assignee, the day `by` which each is due, and
    whether he `may_handle` it (see `policies.may_handle_task`)."""
    own = Q(assignee_id=actor.user_id) | Q(created_by_id=actor.user_id)
    active = Q(assignee__is_active=True)
    if actor.has_role("admin"):
        own |= active
    elif actor.has_role("manager", "dispatcher"):
        own |= active & Q(assignee_id__in=account_queries.list_subordinate_ids(actor))
    handled = Case(When(own, then=True), default=False, output_field=BooleanField())
    return list_tasks(actor, of={}).select_related("customer", "assignee").annotate(may_handle=handled)


def only_overdue(tasks: QuerySet[Task], today: date, *, overdue: bool) -> QuerySet[Task]:
    """Of these tasks, those that are open though their day is over; or all others."""
    late = Q(state="open", due_date__lt=today)
    return tasks.filter(late) if overdue else tasks.exclude(late)
