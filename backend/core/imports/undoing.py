"""Undoing an import: its preview, and the undoing itself, from the last part to the first.

What an import made is removed, what it changed is set back, by ordinary commands and only where nobody came since; the
rest stays, and is told. Each part is a transaction of its own, which stores the results together with the effects;
after a crash, undoing goes on behind the last part.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable

from core.actor import Actor
from core.commands import execute_all
from core.errors import DomainError
from core.fence import company_fence
from core.imports import commands, queries
from core.imports.errors import Interrupted, NotReady
from core.imports.execution import Report, Undone, again, count_parts, rehearse, run, telling
from core.imports.models import Import, State
from core.imports.registry import require_spec
from core.imports.undo_planning import Reverse, plan
from core.imports.undo_results import UndoResult

_log = logging.getLogger(__name__)


def begin(item: Import, actor: Actor, state: State) -> bool:
    """Let a preview of undoing, or the undoing, begin; False when the import was undone before.

    Raises imports.not_ready, core.forbidden.
    """
    require_spec(item.noun, actor)
    if item.state == State.UNDONE:
        return False
    if not commands.begin(item, state):
        raise NotReady
    return True


def preview(item: Import, actor: Actor, report: Report = lambda done: None) -> None:
    """Say of every row that took effect what undoing would make of it: carried out and rolled back.

    For an import that has begun it. Raises imports.interrupted, core.unavailable.
    """
    _work(item, report, lambda number: _preview_part(item, actor, number), State.APPLIED)
    commands.finish_undo(item, State.UNDO_CHECKED, _count(item))


def undo(item: Import, actor: Actor, report: Report = lambda done: None) -> None:
    """Undo an import that has begun it. Raises imports.interrupted, core.unavailable; then it can be begun again."""
    _work(item, report, lambda number: _undo_part(item, actor, number), State.UNDO_CHECKED)
    commands.finish_undo(item, State.UNDONE, _count(item), by=actor)


def _work(item: Import, report: Report, work: Callable[[int], int], otherwise: State) -> None:
    """Do the work on every part, the last one first. otherwise: how the import stands where that fails."""
    done = 0
    try:
        with telling(item, report) as tell:
            for number in reversed(range(count_parts(item))):
                done += again(lambda number=number: work(number))  # type: ignore[misc]
                tell(done)
    except DomainError as error:
        commands.give_up(item, otherwise, error)
        raise
    except Exception:
        _log.exception("import not undone", extra={"import_id": str(item.id)})
        commands.give_up(item, otherwise, Interrupted())
        raise Interrupted from None


def _preview_part(item: Import, actor: Actor, number: int) -> int:
    with company_fence(item.company_id):
        part = queries.get_part(item, number)
        if not part.undone:  # by an earlier attempt that came so far
            reverses = plan(item, part)
            rehearse([one for one in reverses if not one.failed], actor)
            commands.keep_undo_results(part, _results(reverses), undone=False)
        return len(commands.read_results(part))


def _undo_part(item: Import, actor: Actor, number: int) -> int:
    """Undo the rows of a part in one transaction. A row that is refused is left as it is, and the others run again."""
    refused: dict[int, Reverse] = {}
    while True:
        try:
            with company_fence(item.company_id):
                part = queries.get_part(item, number)
                if not part.undone:
                    planned = [refused.get(one.result.row, one) for one in plan(item, part)]
                    good = [one for one in planned if not one.failed]
                    if not run(good, lambda requests: execute_all(requests, actor=actor, door="import")):
                        raise Undone
                    commands.keep_undo_results(part, _results(planned), undone=True)
                return len(commands.read_results(part))
        except Undone:
            refused |= {one.result.row: one for one in good if one.failed}


def _results(reverses: Iterable[Reverse]) -> list[UndoResult]:
    return [one.result for one in reverses]


def _count(item: Import) -> Counter[str]:
    with company_fence(item.company_id):
        return queries.count_undo_outcomes(item)
