"""How planned rows are carried out, for a preview as well as in earnest."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar
from uuid import UUID

from django.db import OperationalError, connection, transaction

from core.actor import Actor
from core.batches import CommandRequest, Verdict
from core.commands import SET_LIMIT, execute_all
from core.errors import Unavailable
from core.fence import company_fence
from core.imports import commands, queries
from core.imports.models import Import
from core.imports.planning import Planner, blamed_column
from core.imports.registry import SPECS, Step
from core.imports.rows import Fault

AT_ONCE = 5_000
"""A table of at most so many rows is checked, and applied, while its user waits; a larger one by a job."""
_ATTEMPTS = 6
_TRANSIENT = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock timeout
Report = Callable[[int], None]
"""Called with the number of rows that are done, up to the number of rows."""
T = TypeVar("T")


class Task(Protocol):
    """Something that takes commands: a row that is applied, or one that is undone."""

    @property
    def steps(self) -> Sequence[Step]: ...

    @property
    def failed(self) -> bool: ...

    def requests(self) -> list[CommandRequest]:
        """The commands of the steps, under ids of their own."""

    def fail(self, fault: Fault) -> None:
        """It cannot be done after all."""


class Undone(Exception):
    """Rolls a transaction back on purpose."""


def planner_for(item: Import, actor: Actor) -> Planner:
    """A planner at the first row of an import."""
    spec = SPECS[item.noun]
    columns = [spec.column(given["column"]) if given["column"] else None for given in item.header]
    fallbacks = {}
    for name, text in item.defaults.items():
        if (column := spec.column(name)) is not None:
            fallbacks[name] = column.kind.parse(text)
    return Planner(spec, actor, item.id, columns, fallbacks)


def run(planned: Sequence[Task], execute: Callable[[list[CommandRequest]], Sequence[Verdict]]) -> bool:
    """Have the commands of these rows executed; False when a row failed; it knows the reason.

    Commands of one kind stand together, so that their handler gets them as a set. A row's later commands may need its
    earlier ones, so all first ones go before all second ones.
    """
    places: dict[UUID, tuple[int, str, int]] = {}
    requests: dict[UUID, CommandRequest] = {}
    for position, item in enumerate(planned):
        for ordinal, request in enumerate(item.requests()):
            if request.id not in requests:  # it may be shared
                places[request.id] = (ordinal, request.name, position)
                requests[request.id] = request
    ordered = [requests[id_] for id_ in sorted(places, key=places.__getitem__)]
    verdicts: dict[UUID, Verdict] = {}
    for start in range(0, len(ordered), SET_LIMIT):
        verdicts |= {verdict.id: verdict for verdict in execute(ordered[start : start + SET_LIMIT])}
    for item in planned:
        for step, request in zip(item.steps, item.requests(), strict=True):
            verdict = verdicts[request.id]
            if not verdict.settled:
                item.fail(Fault(blamed_column(step, verdict), verdict.code or "", verdict.details))
                break
    return not any(item.failed for item in planned)


def rehearse(planned: Sequence[Task], actor: Actor) -> None:
    """Carry the commands out and roll them back. What would be refused fails."""
    try:
        with transaction.atomic():
            run(planned, lambda requests: execute_all(requests, actor=actor, door="import"))
            raise Undone
    except Undone:
        return


def again(work: Callable[[], T]) -> T:
    """Do `work`, a transaction of its own, and do it again after a deadlock or a wait for a lock that took too long."""
    for attempt in range(_ATTEMPTS):
        try:
            return work()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in _TRANSIENT:
                raise
            time.sleep(0.05 * 2**attempt)
    raise Unavailable


class Statistics:
    """Keeps the planner's statistics near the truth while an import fills tables, at 1,000 rows, 3,000, 9,000 …"""

    def __init__(self) -> None:
        self._next = 1_000

    def after(self, done: int) -> None:
        """So many rows are done. To be called inside of the transaction that did the last of them."""
        if done >= self._next:
            self._next = 3 * done
            with connection.cursor() as cursor:
                cursor.execute("select imports_refresh_statistics()")


@contextmanager
def telling(item: Import, report: Report) -> Iterator[Report]:
    """What to call with the number of rows done: it tells `report`, and those who look at a large import."""
    if item.rows <= AT_ONCE:
        yield report
        return
    with commands.pulse(item) as beating:

        def tell(done: int) -> None:
            beating.tell(done)
            report(done)

        yield tell


def count_parts(item: Import) -> int:
    """In how many parts the table is kept. Sets the fence itself."""
    with company_fence(item.company_id):
        return queries.count_parts(item)
