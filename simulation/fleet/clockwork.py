"""The fleet's time: everybody acts when his time has come, some of them at once, and nobody runs far ahead.

A life is a generator. It yields the instant at which it goes on, and what it does then happens before its next yield.
The lives of one process share its threads; a number in shared memory says for each process how far it has come, so
that none of them leaves the others behind by more than `WINDOW`.
"""

import heapq
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

WINDOW = timedelta(minutes=30)
_LOOK_S = 0.02
"""So often a process looks how far the others have come."""
_END = float("inf")

Life = Iterator[datetime]


class Frontiers(Protocol):
    """How far each process has come, in Unix seconds of the fleet's time: shared memory, or a list."""

    def __getitem__(self, index: int) -> float: ...
    def __setitem__(self, index: int, value: float) -> None: ...
    def __iter__(self) -> Iterator[float]: ...


@dataclass(order=True)
class _Turn:
    at: float
    number: int
    life: Life = field(compare=False)
    waited_for: bool = field(compare=False)


class Clockwork:
    """The lives of one process. own: its place in `frontiers`, which holds -inf there until `run`."""

    def __init__(self, frontiers: Frontiers, own: int, threads: int) -> None:
        self._frontiers = frontiers
        self._own = own
        self._threads = threads
        self._turns: list[_Turn] = []
        self._acting: list[_Turn] = []
        self._changed = threading.Condition()
        self._failure: BaseException | None = None

    def run(self, lives: Sequence[Life], loners: Sequence[Life] = ()) -> None:
        """Let all of them live to their ends. loners: nobody waits for these. Raises what the first of them raised."""
        with self._changed:
            for waited_for, some in ((True, lives), (False, loners)):
                for life in some:
                    self._go_on(life, waited_for)
            self._tell()
        workers = [threading.Thread(target=self._work, name=f"life-{n}") for n in range(self._threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self._frontiers[self._own] = _END
        if self._failure is not None:
            raise self._failure

    def _work(self) -> None:
        while (turn := self._take()) is not None:
            failure: BaseException | None = None
            at = None
            try:
                at = next(turn.life, None)
            except BaseException as error:  # told to whoever called `run`
                failure = error
            with self._changed:
                self._acting.remove(turn)
                if failure is not None:
                    self._failure = self._failure or failure
                elif at is not None:
                    heapq.heappush(self._turns, _Turn(at.timestamp(), turn.number, turn.life, turn.waited_for))
                self._tell()
                self._changed.notify_all()

    def _take(self) -> _Turn | None:
        """The next turn whose time has come, or None when there will be no more."""
        with self._changed:
            while self._failure is None and (self._turns or self._acting):
                if self._turns and self._turns[0].at <= min(self._frontiers) + WINDOW.total_seconds():
                    turn = heapq.heappop(self._turns)
                    self._acting.append(turn)
                    return turn
                self._changed.wait(_LOOK_S)
            self._changed.notify_all()
            return None

    def _go_on(self, life: Life, waited_for: bool) -> None:
        at = next(life, None)
        if at is not None:
            heapq.heappush(self._turns, _Turn(at.timestamp(), len(self._turns), life, waited_for))

    def _tell(self) -> None:
        """Say how far this process has come: as far as the last of those that are waited for."""
        ats = (turn.at for turns in (self._turns, self._acting) for turn in turns if turn.waited_for)
        self._frontiers[self._own] = min(ats, default=_END)
