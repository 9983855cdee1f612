"""The preview: every row is planned, and its commands are carried out and rolled back.

So it says what would happen by the same policies, handlers and constraints, and nothing has happened.
"""

import logging
from collections import Counter

from core.actor import Actor
from core.errors import DomainError
from core.fence import company_fence
from core.imports import commands, queries
from core.imports.errors import Interrupted, NotReady
from core.imports.execution import Report, again, count_parts, planner_for, rehearse, telling
from core.imports.models import Import, State
from core.imports.planning import Planner
from core.imports.rows import Result, tally

_log = logging.getLogger(__name__)


def check(item: Import, actor: Actor, report: Report = lambda done: None) -> None:
    """Make the preview of a new import, or make it again. Raises imports.not_ready, imports.interrupted."""
    if not commands.begin(item, State.CHECKING):
        raise NotReady
    try:
        with telling(item, report) as tell:
            preview(item, actor, tell)
    except DomainError as error:
        commands.give_up(item, State.FAILED, error)
        raise
    except Exception:
        _log.exception("import not checked", extra={"import_id": str(item.id)})
        commands.give_up(item, State.FAILED, Interrupted())
        raise Interrupted from None


def preview(item: Import, actor: Actor, tell: Report) -> None:
    """Say of every row what would become of it. The import is `checked` then, whatever it was before."""
    planner, counts, done = planner_for(item, actor), Counter[str](), 0
    for number in range(count_parts(item)):
        results = again(lambda number=number: _check_part(item, actor, planner, number))  # type: ignore[misc]
        counts.update(tally(results))
        done += len(results)
        tell(done)
    commands.finish(item, State.CHECKED, counts)


def _check_part(item: Import, actor: Actor, planner: Planner, number: int) -> list[Result]:
    with company_fence(item.company_id):
        part = queries.get_part(item, number)
        planned = planner.plan(commands.read_rows(part))
        if part.applied:  # an earlier attempt came so far
            results = commands.read_results(part)
        else:
            rehearse(planned, actor)
            results = [row.result for row in planned]
            commands.keep_results(part, results, applied=False)
    planner.remember(planned)
    return results
