"""The processes of a run: the faulty network and the drivers, started, told what to do, and ended with the run."""

import asyncio
import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from simulation.fleet.evidence import Evidence
from simulation.fleet.faults import Luck
from simulation.fleet.network import Network
from simulation.fleet.orders import Order

_TAKEN_EVERY_S = 1.0
_END_S = 60
_context = multiprocessing.get_context("spawn")

Tell = Callable[[Counter[str]], None]


class DriverFailed(Exception):
    """A process of the run met something that it does not know; the message has its trace."""


@contextmanager
def faulty_network(server: str, faults: float, seed: int, evidence: Path) -> Iterator[tuple[str, int]]:
    """A faulty network in front of `server`: the address that phones use, and the process. It ends with the block."""
    here, there = _context.Pipe()
    process = _context.Process(target=_network, args=(server, faults, seed, evidence, there), daemon=True)
    process.start()
    there.close()
    try:
        yield f"http://127.0.0.1:{here.recv()}", int(process.pid or 0)
    finally:
        here.close()
        process.join(_END_S)
        if process.is_alive():
            process.kill()


def _network(server: str, faults: float, seed: int, evidence: Path, run: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(_carry(server, Luck(faults, seed), Evidence(evidence), run))


async def _carry(server: str, luck: Luck, evidence: Evidence, run: Connection) -> None:
    parts = urlsplit(server)
    network = Network(parts.hostname or "127.0.0.1", parts.port or 80, luck)
    listening, port = await network.start()
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(run.fileno(), ended.set)  # readable when the run has closed its end
    run.send(port)
    while not ended.is_set():
        try:
            await asyncio.wait_for(ended.wait(), _TAKEN_EVERY_S)
        except TimeoutError:
            _note(network, evidence)
    listening.close()
    await network.finish()
    network.close()
    _note(network, evidence)
    evidence.close()


def _note(network: Network, evidence: Evidence) -> None:
    seen = network.take_seen()
    evidence.note_exchanges(seen.exchanges)
    evidence.note_faults(seen.faults)


class Drivers:
    """The drivers of a run. drive: what each process does with its part, a place in shared memory, and its wire."""

    def __init__(self, drive: Callable[..., None], parts: Sequence[Any]) -> None:
        frontiers = _context.Array("d", [float("-inf")] * len(parts), lock=False)
        self._wires: list[Connection] = []
        self._processes = []
        self._tallies: list[Counter[str]] = [Counter() for _ in parts]
        for part in parts:
            here, there = _context.Pipe()
            process = _context.Process(target=drive, args=(part, frontiers, there))
            process.start()
            there.close()
            self._wires.append(here)
            self._processes.append(process)

    @property
    def pids(self) -> list[int]:
        """Their process ids."""
        return [int(process.pid or 0) for process in self._processes]

    def do(self, order: Order, tell: Tell, *values: Any) -> Counter[str]:
        """Have all of them do something and wait; `tell` hears meanwhile how things stand. Raises DriverFailed."""
        for wire in self._wires:
            wire.send((order, *values))
        busy = set(range(len(self._wires)))
        while busy:
            for ready in wait([self._wires[number] for number in busy]):
                number = self._wires.index(ready)  # type: ignore[arg-type]
                try:
                    what, told = self._wires[number].recv()
                except EOFError:
                    raise DriverFailed(f"driver {number} has ended by itself") from None
                if what == "failed":
                    raise DriverFailed(told)
                self._tallies[number] = told
                if what == "done":
                    busy.discard(number)
            tell(self.tally())
        return self.tally()

    def tally(self) -> Counter[str]:
        """How things stand, of all drivers together."""
        return sum(self._tallies, Counter())

    def end(self) -> None:
        """End all of them: in good order if they listen."""
        for wire in self._wires:
            try:
                wire.send((Order.END,))
            except OSError:
                continue
        for process in self._processes:
            process.join(_END_S)
            if process.is_alive():
                os.kill(int(process.pid or 0), signal.SIGKILL)
                process.join()
