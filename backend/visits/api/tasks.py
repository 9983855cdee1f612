"""The endpoints of tasks."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from accounts.queries import get_company_day
from core.actor import Actor
from core.clock import now
from core.rest import fenced, get_row, list_page, run_command
from core.rest_schemas import READ_ERRORS, WRITE_RESPONSES
from visits.feed import TASK
from visits.queries import tasks as queries
from visits.schemas import tasks as schemas

router = Router(tags=["tasks"])


@router.get("/tasks", response={200: schemas.TaskPage} | READ_ERRORS)
@fenced
def list_tasks(request: HttpRequest, filters: Query[schemas.TaskQuery]) -> HttpResponse:
    """What is to be done, or was, at the customers you may see, in the order of the days by which it is due."""
    actor = _actor(request)
    today = get_company_day(actor.company_id, now()) if filters.overdue is not None else None
    rows = queries.list_tasks(
        actor,
        of={name: getattr(filters, name) for name in ("state", "assignee_id", "customer_id", "visit_id")},
        org_unit_id=filters.org_unit_id,
        due_from=filters.due_from,
        due_to=filters.due_to,
    )
    if today is not None:
        rows = queries.only_overdue(rows, today, overdue=bool(filters.overdue))
    return list_page(actor, TASK, rows, order=["by"], cursor=filters.cursor, limit=filters.limit)


@router.post("/tasks", response=WRITE_RESPONSES)
def add_task(request: HttpRequest, payload: schemas.AddTask) -> HttpResponse:
    """Note what is to be done (`visits.add_task`)."""
    return run_command(request, "visits.add_task", payload, row_id=payload.id)


@router.post("/tasks/update", response=WRITE_RESPONSES)
def update_task(request: HttpRequest, payload: schemas.UpdateTask) -> HttpResponse:
    """Edit a task field by field, or hand it on (`visits.update_task`)."""
    return run_command(request, "visits.update_task", payload, row_id=payload.id)


@router.get("/tasks/{task_id}", response={200: schemas.TaskOut} | READ_ERRORS)
@fenced
def get_task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """One task."""
    return get_row(_actor(request), TASK, queries.get_task(_actor(request), task_id))


@router.post("/tasks/{id}/complete", response=WRITE_RESPONSES)
def complete_task(request: HttpRequest, id: UUID, payload: schemas.CompleteTaskBody) -> HttpResponse:
    """Say that a task is done (`visits.complete_task`)."""
    return run_command(request, "visits.complete_task", schemas.CompleteTask(id=id, note=payload.note), row_id=id)


@router.post("/tasks/{id}/reopen", response=WRITE_RESPONSES)
def reopen_task(request: HttpRequest, id: UUID) -> HttpResponse:
    """Say that a task is still to be done (`visits.reopen_task`)."""
    return run_command(request, "visits.reopen_task", schemas.ReopenTask(id=id), row_id=id)


@router.post("/tasks/{id}/cancel", response=WRITE_RESPONSES)
def cancel_task(request: HttpRequest, id: UUID, payload: schemas.CancelTaskBody) -> HttpResponse:
    """Give a task up (`visits.cancel_task`)."""
    return run_command(request, "visits.cancel_task", schemas.CancelTask(id=id, reason=payload.reason), row_id=id)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
