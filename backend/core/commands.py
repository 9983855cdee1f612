"""The one way to write: claim the id, judge, run the handler, store the verdict with the payload.

A set of commands is first run in one go inside one transaction. Whatever only the database can judge (a violated
constraint) or nobody foresaw (an exception) rolls that transaction back, and the set is run again with every command
under its own savepoint, so that only the guilty one is refused or parked. The usual case pays for no savepoint.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction

from core import errors, pokes, records
from core.actor import Actor
from core.batches import CommandRequest, Verdict
from core.judging import Case, RunAgain, judge_one, judge_run, read
from core.payloads import Payload

SET_LIMIT = 100
"""At most this many commands are judged in one transaction."""
_RETRIES = 6
_RETRIED_STATES = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock timeout


def execute(
    name: str,
    payload: Payload | dict[str, Any],
    *,
    actor: Actor,
    command_id: UUID | None = None,
    occurred_at: datetime | None = None,
    door: str = "rest",
) -> Verdict:
    """Run one command and return its verdict. Refusals are verdicts, not exceptions."""
    body = (
        payload.model_dump(mode="json", by_alias=True, exclude_unset=True) if isinstance(payload, Payload) else payload
    )
    request = CommandRequest(name, body)
    if command_id is not None:
        request.id = command_id
    if occurred_at is not None:
        request.occurred_at = occurred_at
    return execute_all([request], actor=actor, door=door)[0]


def execute_all(
    requests: Sequence[CommandRequest],
    *,
    actor: Actor,
    door: str,
    in_transaction: Callable[[list[Verdict]], None] | None = None,
) -> list[Verdict]:
    """Run commands in their order, at most `SET_LIMIT` in a transaction; one verdict each, in the same order.

    in_transaction: called with the verdicts of each set before its transaction commits.
    """
    verdicts: list[Verdict] = []
    for start in range(0, len(requests), SET_LIMIT):
        verdicts += _in_transaction(requests[start : start + SET_LIMIT], actor, door, in_transaction)
    return verdicts


def execute_within(requests: Sequence[CommandRequest], *, actor: Actor, door: str) -> list[Verdict]:
    """Run at most `SET_LIMIT` commands as a part of the caller's transaction, which is void when this raises RunAgain.

    For a transaction of very many sets: it would hold too many locks if each command's id were locked, and too many
    subtransactions if each set had its savepoint. The caller sees to it that nobody else runs commands of these ids.
    """
    return _judge([read(request, actor) for request in requests], actor, door, one_by_one=False, lock=False)


def execute_nested(name: str, payload: dict[str, Any], *, actor: Actor, occurred_at: datetime) -> Verdict:
    """Run a command as a part of the running one, in its transaction: how one app changes another.

    Raises the refusal, so that the outer command is refused with it. Both leave a record.
    """
    case = read(CommandRequest(name, payload, occurred_at=occurred_at), actor)
    if case.refusal is None:
        judge_one(case, actor)
    if case.refusal is not None:
        raise case.refusal
    verdict = case.verdict(actor)
    records.store([(case, verdict)], actor, "nested")
    return verdict


def _in_transaction(
    requests: Sequence[CommandRequest],
    actor: Actor,
    door: str,
    finish: Callable[[list[Verdict]], None] | None = None,
) -> list[Verdict]:
    """One set in one transaction. Deadlocks and serialization failures are retried and never reach the caller."""
    one_by_one = False
    nested = connection.in_atomic_block
    for attempt in range(_RETRIES):
        cases = [read(request, actor) for request in requests]
        try:
            with transaction.atomic():
                verdicts = _judge(cases, actor, door, one_by_one=one_by_one)
                if finish is not None:
                    finish(verdicts)
                return verdicts
        except RunAgain:
            one_by_one = True
        except OperationalError as error:
            state = getattr(error.__cause__, "sqlstate", None)
            if nested or state not in _RETRIED_STATES:
                raise
            time.sleep(0.01 * 2**attempt)
    raise errors.Unavailable


def _judge(cases: list[Case], actor: Actor, door: str, *, one_by_one: bool, lock: bool = True) -> list[Verdict]:
    waiting = records.claim(cases, actor, lock=lock)
    fresh = _without_twins(cases)
    failed = records.failed_dependencies([case.request for case in fresh], actor)
    for run in _runs(fresh):
        for case in run:
            case.wait_for_any(failed)
        ready = [case for case in run if case.refusal is None]
        if ready:
            judge_run(ready, actor, one_by_one=one_by_one)
        refused = [case for case in run if case.refusal is not None]
        failed.update((case.request.id, case) for case in refused)
        records.park_orphans(refused, failed, actor)
    verdicts = [case.verdict(actor) for case in cases]
    records.store(zip(cases, verdicts, strict=True), actor, door)
    if waiting:
        took_effect = {verdict.id for verdict in verdicts if verdict.settled}
        made = {case.creates for case in cases if case.request.id in took_effect}
        released = [w.id for w in waiting if w.awaits in took_effect or (w.row is not None and w.row in made)]
        records.settle_again(released, operator=actor)
    pokes.changed(actor.company_id, *{case.request.name.partition(".")[0] for case in fresh})
    return verdicts


def _runs(cases: list[Case]) -> Iterator[list[Case]]:
    """The cases in their order, as sets of one name. One that depends on another of its set begins the next."""
    run: list[Case] = []
    for case in cases:
        here = {earlier.request.id for earlier in run} if case.request.depends_on else set()
        if run and (case.request.name != run[0].request.name or not here.isdisjoint(case.request.depends_on)):
            yield run
            run = []
        run.append(case)
    if run:
        yield run


def _without_twins(cases: list[Case]) -> list[Case]:
    """The cases to judge: not those known already, and of twins within one request only the first."""
    first: dict[UUID, Case] = {}
    for case in cases:
        twin = first.setdefault(case.request.id, case)
        if twin is not case and case.known is None:
            case.repeats(twin)
    return [case for case in first.values() if case.known is None]
