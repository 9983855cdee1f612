"""The writers of tasks. Next steps of visit logs become tasks in `visits`, by `of_log`."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core import grants, notices
from core.actor import Actor
from core.batches import Batch, Item
from core.clock import now
from core.edits import apply_edit
from core.errors import ReferenceInvalid
from core.notices import Notice
from core.registry import command
from customers import queries as customer_queries
from customers.errors import CustomerNotFound
from customers.queries import Reach
from visits import errors, policies
from visits.models.tasks import Task
from visits.models.visits import VisitLog
from visits.next_steps import task_id
from visits.notices import TASK_ASSIGNED
from visits.queries import tasks as queries
from visits.queries import visits as visit_queries
from visits.schemas import tasks as schemas
from visits.schemas.visits import NextStep


def of_log(log: VisitLog, steps: Iterable[NextStep]) -> Iterator[Task]:
    """The tasks that follow from a log's next steps: its author's own."""
    received_at = now()
    for place, step in enumerate(steps):
        yield Task.new(
            id=task_id(log.id, place),
            company_id=log.company_id,
            customer_id=log.customer_id,
            visit_id=log.visit_id,
            log_id=log.id,
            assignee_id=log.author_id,
            text=step.text,
            due_date=step.due_date,
            created_at=log.occurred_at,
            created_by_id=log.author_id,
            updated_at=received_at,
        )


@command("visits.add_task", payload=schemas.AddTask, creates="id")
def add_task(actor: Actor, items: Batch[schemas.AddTask]) -> None:
    """Note what is to be done for customers, by oneself or by somebody of one's teams.

    Refuses customers.not_found, visits.not_your_team, visits.rep_lacks_customer, core.reference_invalid (visit_id);
    parks sync.scope_lost.
    """
    desk = _of(actor, {}, items.each("customer_id"), items.each("assignee_id"))
    visits = visit_queries.list_visits(items.each("visit_id"))
    told: list[Notice] = []
    for item in items:
        with item:
            payload = item.payload
            customer = desk.reach.get(payload.customer_id)
            visit = visits.get(payload.visit_id) if payload.visit_id else None
            if payload.visit_id is not None and (visit is None or visit.customer_id != payload.customer_id):
                raise ReferenceInvalid("visit_id")
            assignee_id = payload.assignee_id or actor.user_id
            desk.require_taker(assignee_id, payload.customer_id, "assignee_id")
            task = Task(
                id=payload.id,
                company_id=actor.company_id,
                customer_id=payload.customer_id,
                visit_id=payload.visit_id,
                assignee_id=assignee_id,
                text=payload.text,
                due_date=payload.due_date,
                created_at=item.occurred_at,
                created_by_id=actor.author_id,
                updated_at=now(),
            )
            items.write(task)
            told += _assigned(actor, item, task, customer.name)
    notices.send(actor.company_id, told)


@command("visits.update_task", payload=schemas.UpdateTask)
def update_task(actor: Actor, items: Batch[schemas.UpdateTask]) -> None:
    """Edit tasks field by field, in whatever state they are, or hand them on to somebody of one's teams.

    Refuses visits.task_not_found, visits.task_not_yours, visits.not_your_team, visits.rep_lacks_customer; parks
    sync.scope_lost.
    """
    desk = _desk(actor, items, items.collect(lambda p: p.changes.assignee_id and p.changes.assignee_id.to))
    told: list[Notice] = []
    for item in items:
        with item:
            task, changes = desk.take(item.payload.id), item.payload.changes
            if changes.assignee_id is not None and changes.assignee_id.to is not None:
                desk.require_taker(changes.assignee_id.to, task.customer_id, "changes.assignee_id.to")
            task.updated_at, before = now(), task.assignee_id
            apply_edit(actor, items, item, task, changes.by_name(), kind="task", command_name="visits.update_task")
            if task.assignee_id != before:
                told += _assigned(actor, item, task, desk.reach.get(task.customer_id).name)
    notices.send(actor.company_id, told)


@command("visits.complete_task", payload=schemas.CompleteTask)
def complete_task(actor: Actor, items: Batch[schemas.CompleteTask]) -> None:
    """Say that tasks are done; also those that were given up meanwhile.

    Refuses visits.task_not_found, visits.task_not_yours, visits.task_done; parks sync.scope_lost.
    """
    desk = _desk(actor, items)
    for item in items:
        with item:
            task = desk.take(item.payload.id)
            if task.state == "done":
                raise errors.TaskDone("id")
            _put(task, "done")
            task.done_at, task.done_by_id, task.done_note = item.occurred_at, actor.author_id, item.payload.note
            items.write(task)


@command("visits.reopen_task", payload=schemas.ReopenTask)
def reopen_task(actor: Actor, items: Batch[schemas.ReopenTask]) -> None:
    """Say that tasks are still to be done.

    Refuses visits.task_not_found, visits.task_not_yours, visits.task_open; parks sync.scope_lost.
    """
    desk = _desk(actor, items)
    for item in items:
        with item:
            task = desk.take(item.payload.id)
            if task.state == "open":
                raise errors.TaskOpen("id")
            _put(task, "open")
            items.write(task)


@command("visits.cancel_task", payload=schemas.CancelTask)
def cancel_task(actor: Actor, items: Batch[schemas.CancelTask]) -> None:
    """Give up tasks.

    Refuses visits.task_not_found, visits.task_not_yours, visits.task_done, visits.task_cancelled; parks
    sync.scope_lost.
    """
    desk = _desk(actor, items)
    for item in items:
        with item:
            task = desk.take(item.payload.id)
            if task.state == "done":
                raise errors.TaskDone("id")
            if task.state == "cancelled":
                raise errors.TaskCancelled("id")
            _put(task, "cancelled")
            task.cancelled_at, task.cancelled_by_id = item.occurred_at, actor.author_id
            task.cancel_reason = item.payload.reason
            items.write(task)


@dataclass(frozen=True, slots=True)
class _Desk:
    """The tasks that a set of commands names, as far as their sender reaches them.

    team: for whom he may act. held: who sees which customer, of the others whom the commands name.
    """

    actor: Actor
    tasks: Mapping[UUID, Task]
    reach: Reach[Any]
    team: set[UUID]
    held: set[tuple[UUID, UUID]]

    def take(self, id_: UUID) -> Task:
        """A task that the sender sees and may handle. Raises TaskNotFound, TaskNotYours, ScopeLost."""
        task = self.tasks.get(id_)
        if task is None:
            raise errors.TaskNotFound("id")
        try:
            self.reach.get(task.customer_id, "id")
        except CustomerNotFound:
            raise errors.TaskNotFound("id") from None
        policies.may_handle_task(self.actor, task, self.team)
        return task

    def require_taker(self, user_id: UUID, customer_id: UUID, field: str) -> None:
        """Somebody to whom the sender may give a task at this customer. Raises NotYourTeam, RepLacksCustomer."""
        if user_id not in self.team:
            raise errors.NotYourTeam(field)
        if user_id != self.actor.user_id and (user_id, customer_id) not in self.held:
            raise errors.RepLacksCustomer(field, rep_id=str(user_id))


def _desk(actor: Actor, items: Batch[Any], takers: Set[UUID] = frozenset()) -> _Desk:
    """Three queries, a fourth where somebody else is to take tasks on."""
    tasks = queries.lock_tasks(items.each("id"))
    return _of(actor, tasks, {task.customer_id for task in tasks.values()}, takers)


def _of(actor: Actor, tasks: Mapping[UUID, Task], customer_ids: Set[UUID], takers: Set[UUID]) -> _Desk:
    reach = customer_queries.reach(actor, customer_ids)
    team = visit_queries.list_team(actor, takers | {task.assignee_id for task in tasks.values()})
    held = grants.list_held(actor.company_id, takers - {actor.user_id}, customer_ids)
    return _Desk(actor, tasks, reach, team, held)


def _assigned(actor: Actor, item: Item[Any], task: Task, customer: str) -> list[Notice]:
    """What an assignee is told, unless it is his own doing."""
    if task.assignee_id == actor.author_id:
        return []
    day = str(task.due_date) if task.due_date else "–"
    parameters = {"customer": customer, "task": task.text or "–", "day": day}
    key = f"{TASK_ASSIGNED.name}/{item.id}"
    return [Notice(task.assignee_id, TASK_ASSIGNED.name, "task", task.id, key, parameters)]


def _put(task: Task, state: str) -> None:
    """Into another state, with nothing left of the one before."""
    task.state, task.updated_at = state, now()
    task.done_at = task.done_by_id = task.cancelled_at = task.cancelled_by_id = None
    task.done_note = task.cancel_reason = ""
