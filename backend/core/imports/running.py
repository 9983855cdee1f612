"""An import from the upload to its end: small tables while the caller waits, large ones by a job."""

from collections.abc import Callable
from typing import Any, BinaryIO
from uuid import UUID

from core.actor import Actor
from core.fence import company_fence
from core.imports import commands, jobs, queries, undoing
from core.imports.applying import apply, begin
from core.imports.checking import check
from core.imports.execution import AT_ONCE
from core.imports.models import Import, Mode, State

Step = Callable[[Import, Actor], None]


def upload_and_check(actor: Actor, noun: str, file: BinaryIO, **how: Any) -> Import:
    """Keep a table and have its preview made. how: as `commands.upload` takes it.

    Raises what that and `check` raise.
    """
    item = commands.upload(actor, noun, file, **how)
    if item.state == State.CHECKING:  # otherwise it is a repetition of an earlier request
        jobs.expire_later(item)
        if item.rows <= AT_ONCE:
            check(item, actor)
        else:
            jobs.check_later(item, actor)
    return item


def apply_checked(actor: Actor, import_id: UUID, mode: Mode) -> Import:
    """Apply an import; what was applied is not applied again.

    Raises imports.not_found, and what `begin` and `apply` raise.
    """
    with company_fence(actor.company_id):
        item = queries.get_import(actor, import_id)
    if begin(item, actor, mode):
        if item.rows <= AT_ONCE:
            apply(item, actor)
        else:
            jobs.apply_later(item, actor)
    return item


def preview_undo(actor: Actor, import_id: UUID) -> Import:
    """Have it said what undoing an import would make of its rows.

    Raises imports.not_found, and what `undoing.begin` and `undoing.preview` raise.
    """
    return _take_back(actor, import_id, State.UNDO_CHECKING, undoing.preview, jobs.preview_undo_later)


def undo(actor: Actor, import_id: UUID) -> Import:
    """Undo an import whose undoing was previewed; what was undone is not undone again.

    Raises imports.not_found, and what `undoing.begin` and `undoing.undo` raise.
    """
    return _take_back(actor, import_id, State.UNDOING, undoing.undo, jobs.undo_later)


def _take_back(actor: Actor, import_id: UUID, state: State, at_once: Step, later: Step) -> Import:
    with company_fence(actor.company_id):
        item = queries.get_import(actor, import_id)
    if undoing.begin(item, actor, state):
        (at_once if item.rows <= AT_ONCE else later)(item, actor)
    return item
