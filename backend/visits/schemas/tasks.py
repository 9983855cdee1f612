"""The shapes of tasks on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field, StringConstraints

from core.payloads import Change, Day, EditPayload, Line, Note, Payload
from core.rest_schemas import PageQuery

TaskState = Literal["open", "done", "cancelled"]
TaskText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class AddTask(Payload):
    """`visits.add_task`: something to be done for a customer.

    visit_id: the visit at this customer that it follows from, if any. assignee_id: who is to do it; the sender by
    default. text: what is to be done. due_date: the last day on which it is in time.
    """

    id: UUID
    customer_id: UUID
    visit_id: UUID | None = None
    assignee_id: UUID | None = None
    text: TaskText
    due_date: Day | None = None


class TaskChanges(EditPayload):
    """What of a task can be edited.

    text: what is to be done. due_date: the last day on which it is in time; null: any day is. assignee_id: who is to do
    it.
    """

    never_null = frozenset({"text", "assignee_id"})
    text: Change[TaskText] | None = None
    due_date: Change[Day] | None = None
    assignee_id: Change[UUID] | None = None


class UpdateTask(Payload):
    """`visits.update_task`: edits a task field by field; another assignee hands it on."""

    id: UUID
    changes: TaskChanges


class CompleteTaskBody(Payload):
    """Something is done."""

    note: Note = Field("", description="what came of it")


class CompleteTask(CompleteTaskBody):
    """`visits.complete_task`: says that the task `id` is done."""

    id: UUID


class ReopenTask(Payload):
    """`visits.reopen_task`: says that the task `id` is still to be done."""

    id: UUID


class CancelTaskBody(Payload):
    """Something need not be done any more."""

    reason: Line


class CancelTask(CancelTaskBody):
    """`visits.cancel_task`: gives up the task `id`."""

    id: UUID


class TaskQuery(PageQuery):
    """Which tasks.

    org_unit_id: those of the people of this unit and of the units below it. due_from, due_to: days by which they are
    due, both included. overdue: true: open, and the day is over by the company's calendar.
    """

    state: TaskState | None = None
    assignee_id: UUID | None = None
    org_unit_id: UUID | None = None
    customer_id: UUID | None = None
    visit_id: UUID | None = None
    due_from: Day | None = None
    due_to: Day | None = None
    overdue: bool | None = None


class TaskOut(Schema):
    """A task as phones get it."""

    id: UUID
    version: int
    customer_id: UUID
    visit_id: UUID | None
    log_id: UUID | None
    assignee_id: UUID
    text: str
    due_date: date | None
    state: TaskState
    done_at: datetime | None
    done_by_id: UUID | None
    done_note: str
    cancelled_at: datetime | None
    cancelled_by_id: UUID | None
    cancel_reason: str
    created_at: datetime
    created_by_id: UUID | None


class TaskPage(Schema):
    """Tasks in the order of the days by which they are due; those that are due on no day last."""

    items: list[TaskOut]
    next: str | None
