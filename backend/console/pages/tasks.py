"""Tasks: what is to be done at customers, by whom and by when; handed on, put off, settled."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest

from accounts import queries as account_queries
from console import edits
from console.cells import Cell, Column, State
from console.filters import OneOf, Only, Options, Relative, Search
from console.forms import CommandForm, Field, Values
from console.lists import List, RowAction
from console.registry import Place
from console.voice import Voice
from core.actor import Actor
from core.clock import now
from customers import queries as customer_queries
from visits.queries import tasks as task_queries

_MOST = 500
_TONES = {"open": "wait", "done": "good", "cancelled": "plain"}
_WEEK = timedelta(days=6)


def _today(voice: Voice) -> date:
    return now().astimezone(voice.zone).date()


def _people(actor: Actor, voice: Voice) -> Options:
    people = account_queries.list_team_people(actor).filter(is_active=True).order_by("name", "id")
    return [(str(id_), name) for id_, name in people.values_list("id", "name")[:_MOST]]


def _teams(actor: Actor, voice: Voice) -> Options:
    units = account_queries.list_units(actor).order_by("name", "id").values_list("id", "name")[:_MOST]
    return [(str(id_), name) for id_, name in units]


def _state(task: Any, today: date) -> Cell:
    if task.state == "open" and task.due_date is not None and task.due_date < today:
        return State("tasks.state.overdue", "bad")
    if task.state == "open" and task.due_date == today:
        return State("tasks.state.today", "warn")
    return State(f"tasks.state.{task.state}", _TONES[task.state])


TASKS = List(
    name="tasks",
    path="tasks",
    place=Place("work", 45, "tasks"),
    rows=task_queries.list_rows,
    order="by",
    gather=lambda actor, rows, voice: _today(voice),
    columns=(
        Column("text", lambda task, _: task.text or task.customer.name, is_title=True),
        Column("due", lambda task, _: task.due_date, sort="by"),
        Column("state", _state, sort="state"),
        Column("customer", lambda task, _: task.customer.name, sort="customer__name"),
        Column("assignee", lambda task, _: task.assignee.name, sort="assignee__name"),
        Column("outcome", lambda task, _: task.done_note or task.cancel_reason),
    ),
    filters=(
        Search(("text",), about={"customer_id": customer_queries.list_named}),
        Relative(
            "state",
            {
                "overdue": lambda voice: Q(state="open", due_date__lt=_today(voice)),
                "today": lambda voice: Q(state="open", due_date=_today(voice)),
                "week": lambda voice: Q(state="open", due_date__range=(_today(voice), _today(voice) + _WEEK)),
                "undated": lambda voice: Q(state="open", due_date=None),
                "done": lambda voice: Q(state="done"),
                "cancelled": lambda voice: Q(state="cancelled"),
                "all": lambda voice: Q(),
            },
            otherwise=Q(state="open"),
        ),
        OneOf("team", "assignee__org_unit__path__contains", _teams, lambda word: [UUID(word)]),
        OneOf("assignee", "assignee_id", _people, UUID),
        Only("customer", "customer_id"),
        Only("task", "id"),
    ),
    row_actions=(
        RowAction("tasks.complete", needs=lambda task, actor: task.may_handle and task.state == "open"),
        RowAction("tasks.edit", needs=lambda task, actor: task.may_handle and task.state == "open"),
        RowAction("tasks.cancel", needs=lambda task, actor: task.may_handle and task.state == "open"),
        RowAction("tasks.reopen", needs=lambda task, actor: task.may_handle and task.state != "open"),
    ),
    live="visits customers",
    empty_icon="tasks",
).register()


def _task(actor: Actor, id: UUID) -> Any:
    return task_queries.get_task(actor, id)


def _named(task: Any) -> str:
    return f"{task.text} · {task.customer.name}" if task.text else str(task.customer.name)


def _start(task: Any, request: HttpRequest) -> Values:
    due = str(task.due_date) if task.due_date else None
    return edits.begin({"text": task.text, "due_date": due, "assignee_id": str(task.assignee_id)})


EDIT = CommandForm(
    "tasks.edit",
    "tasks/<uuid:id>/edit",
    command="visits.update_task",
    fields=(
        Field("text", "textarea", empty=""),
        Field("due_date", "date", required=False),
        Field("assignee_id", "choice", choices=_people),
        edits.WAS,
    ),
    subject=_task,
    named=_named,
    start=_start,
    payload=edits.changes,
    back="tasks",
).register()

COMPLETE = CommandForm(
    "tasks.complete",
    "tasks/<uuid:id>/complete",
    command="visits.complete_task",
    fields=(Field("note", "textarea", required=False, empty=""),),
    subject=_task,
    named=_named,
    back="tasks",
).register()

REOPEN = CommandForm(
    "tasks.reopen",
    "tasks/<uuid:id>/reopen",
    command="visits.reopen_task",
    subject=_task,
    named=_named,
    back="tasks",
).register()

CANCEL = CommandForm(
    "tasks.cancel",
    "tasks/<uuid:id>/cancel",
    command="visits.cancel_task",
    fields=(Field("reason"),),
    subject=_task,
    named=_named,
    back="tasks",
    danger=True,
).register()
