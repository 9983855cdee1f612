"""Applying a table: the whole of it or nothing, or its good rows part by part.

Whole: all commands run in one transaction, without a savepoint per set, so that one refusal leaves nothing behind. As
long as it runs, records that it updates are locked, and nobody of the company changes people, teams or territories.
Good rows: each part is a transaction of its own, which stores the results together with the effects; after a crash,
applying goes on behind the last part.
"""

import logging
from collections import Counter
from collections.abc import Callable

from core.actor import Actor
from core.commands import execute_all, execute_within
from core.errors import DomainError, Unavailable
from core.fence import company_fence
from core.imports import commands, queries
from core.imports.checking import preview
from core.imports.errors import HasErrors, Interrupted, NotReady
from core.imports.execution import Report, Statistics, Undone, again, count_parts, planner_for, run, telling
from core.imports.models import IN_FORCE, Import, Mode, State
from core.imports.planning import Planned, Planner
from core.imports.registry import require_spec
from core.imports.rows import Result, tally
from core.judging import RunAgain

_ATTEMPTS = 3
_log = logging.getLogger(__name__)


def begin(item: Import, actor: Actor, mode: Mode) -> bool:
    """Let an apply begin; False when the import was applied before, which stands.

    Raises imports.has_errors when the preview found errors and `mode` is all or nothing; imports.not_ready;
    core.forbidden.
    """
    require_spec(item.noun, actor)
    if item.state in IN_FORCE:
        return False
    errors = item.counts.get("error", 0)
    if mode == Mode.ALL_OR_NOTHING and item.state == State.CHECKED and errors:
        raise HasErrors(errors=errors)
    if not commands.begin(item, State.APPLYING, mode=mode):
        raise NotReady
    return True


def apply(item: Import, actor: Actor, report: Report = lambda done: None) -> None:
    """Apply an import that has begun. Raises imports.has_errors, imports.interrupted, core.unavailable; after each of
    them it can be applied again."""
    try:
        with telling(item, report) as tell:
            _ways[Mode(item.mode)](item, actor, tell)
    except DomainError as error:
        commands.give_up(item, State.CHECKED, error)
        raise
    except Exception:
        _log.exception("import not applied", extra={"import_id": str(item.id)})
        commands.give_up(item, State.CHECKED, Interrupted())
        raise Interrupted from None


def _apply_whole(item: Import, actor: Actor, tell: Report) -> None:
    """All rows in one transaction. If a row is refused that the preview found good, a new preview says which."""
    for _ in range(_ATTEMPTS):
        try:
            return again(lambda: _in_one_transaction(item, actor, tell))
        except Undone:
            preview(item, actor, tell)
            if errors := item.counts.get("error", 0):
                raise HasErrors(errors=errors) from None
            commands.begin(item, State.APPLYING)
    raise Unavailable


def _in_one_transaction(item: Import, actor: Actor, tell: Report) -> None:
    planner, statistics, counts, done = planner_for(item, actor), Statistics(), Counter[str](), 0
    with company_fence(item.company_id):
        if not queries.try_lock(item):
            raise NotReady
        for number in range(queries.count_parts(item)):
            part = queries.get_part(item, number)
            planned = planner.plan(commands.read_rows(part))
            if part.applied:  # by an earlier attempt to apply the good rows
                results = commands.read_results(part)
            elif any(row.row.errors for row in planned) or not _run_within(planned, actor):
                raise Undone
            else:
                results = [row.result for row in planned]
                commands.keep_results(part, results, applied=True)
            planner.remember(planned)
            counts.update(tally(results))
            done += len(results)
            statistics.after(done)
            tell(done)
        commands.finish(item, State.APPLIED, counts, by=actor)


def _run_within(planned: list[Planned], actor: Actor) -> bool:
    try:
        return run(planned, lambda requests: execute_within(requests, actor=actor, door="import"))
    except RunAgain:
        return False


def _apply_good_rows(item: Import, actor: Actor, tell: Report) -> None:
    planner, counts, done = planner_for(item, actor), Counter[str](), 0
    for number in range(count_parts(item)):
        results = again(lambda number=number: _apply_part(item, actor, planner, number))  # type: ignore[misc]
        counts.update(tally(results))
        done += len(results)
        tell(done)
    commands.finish(item, State.APPLIED, counts, by=actor)


def _apply_part(item: Import, actor: Actor, planner: Planner, number: int) -> list[Result]:
    """Apply the good rows of a part in one transaction. A row that is refused is left out, and the others run again."""
    refused: dict[int, Planned] = {}
    while True:
        try:
            with company_fence(item.company_id):
                part = queries.get_part(item, number)
                rows = commands.read_rows(part)
                if part.applied:  # before a crash
                    planner.remember(planner.plan(rows))
                    return commands.read_results(part)
                planned = planner.plan(row for row in rows if row.number not in refused)
                good = [row for row in planned if not row.row.errors]
                if not run(good, lambda requests: execute_all(requests, actor=actor, door="import")):
                    raise Undone
                everything = sorted([*planned, *refused.values()], key=lambda row: row.row.number)
                results = [row.result for row in everything]
                commands.keep_results(part, results, applied=True)
            planner.remember(planned)
            return results
        except Undone:
            refused |= {row.row.number: row for row in good if row.row.errors}


_ways: dict[Mode, Callable[[Import, Actor, Report], None]] = {
    Mode.ALL_OR_NOTHING: _apply_whole,
    Mode.SKIP_ERRORS: _apply_good_rows,
}
