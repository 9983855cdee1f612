"""What large imports do in the background, and the removal of old ones."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from procrastinate.contrib.django import app

from core.actor import Actor, load_actor
from core.errors import DomainError
from core.fence import company_fence
from core.imports import commands, undoing
from core.imports.applying import apply
from core.imports.checking import check
from core.imports.models import Import, State

QUEUE = "imports"


@app.task(queue=QUEUE, name="imports.check")
def check_import(company_id: str, user_id: str, import_id: str) -> None:
    """Make the preview of a large table. What is wrong stands in the import itself."""
    item = _find(company_id, import_id, State.CHECKING)
    if item is not None:
        with suppress(DomainError):
            check(item, load_actor(item.company_id, UUID(user_id)))


@app.task(queue=QUEUE, name="imports.apply")
def apply_import(company_id: str, user_id: str, import_id: str) -> None:
    """Apply a large table that has begun. What is wrong stands in the import itself."""
    item = _find(company_id, import_id, State.APPLYING)
    if item is not None:
        with suppress(DomainError):
            apply(item, load_actor(item.company_id, UUID(user_id)))


@app.task(queue=QUEUE, name="imports.preview_undo")
def preview_undoing(company_id: str, user_id: str, import_id: str) -> None:
    """Make the preview of undoing a large table. What is wrong stands in the import itself."""
    item = _find(company_id, import_id, State.UNDO_CHECKING)
    if item is not None:
        with suppress(DomainError):
            undoing.preview(item, load_actor(item.company_id, UUID(user_id)))


@app.task(queue=QUEUE, name="imports.undo")
def undo_import(company_id: str, user_id: str, import_id: str) -> None:
    """Undo a large table that has begun it. What is wrong stands in the import itself."""
    item = _find(company_id, import_id, State.UNDOING)
    if item is not None:
        with suppress(DomainError):
            undoing.undo(item, load_actor(item.company_id, UUID(user_id)))


@app.task(queue="upkeep", name="imports.expire")
def expire_import(company_id: str, import_id: str) -> None:
    """Remove an import whose time has come. What it made stays."""
    commands.purge(UUID(company_id), UUID(import_id))


def check_later(item: Import, actor: Actor) -> None:
    """Have the preview made by a worker; one import of a company at a time."""
    _defer(check_import, item, actor)


def apply_later(item: Import, actor: Actor) -> None:
    """Have the import applied by a worker; one import of a company at a time."""
    _defer(apply_import, item, actor)


def preview_undo_later(item: Import, actor: Actor) -> None:
    """Have the preview of undoing made by a worker; one import of a company at a time."""
    _defer(preview_undoing, item, actor)


def undo_later(item: Import, actor: Actor) -> None:
    """Have the import undone by a worker; one import of a company at a time."""
    _defer(undo_import, item, actor)


def expire_later(item: Import) -> None:
    """Have the import removed when its time has come."""
    expire_import.configure(schedule_at=item.expires_at).defer(company_id=str(item.company_id), import_id=str(item.id))


def _defer(task: Any, item: Import, actor: Actor) -> None:
    task.configure(lock=f"imports:{item.company_id}").defer(
        company_id=str(item.company_id), user_id=str(actor.user_id), import_id=str(item.id)
    )


def _find(company_id: str, import_id: str, state: State) -> Import | None:
    """The import, unless it has expired, or another run of the job has been here."""
    with company_fence(UUID(company_id)):
        return Import.objects.filter(id=import_id, state=state).first()
