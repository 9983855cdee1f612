"""A process that drives a part of Monday's crowd: many phones, each of which does little, in real time.

Phones that have nothing to do lie in their files, not in memory. On Monday everybody comes at his own moment whatever
became of the others: a device that has to wait for its answer holds up nobody, as it would be in the field.
"""

import heapq
import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from typing import TypeVar

from roundsman_client.protocol import PAGE_BYTES
from roundsman_client.transport import HttpTransport
from simulation import proof
from simulation.fleet import checks
from simulation.fleet.checks import Check
from simulation.fleet.clockwork import Frontiers
from simulation.fleet.evidence import Evidence
from simulation.fleet.fieldwork import Fieldwork
from simulation.fleet.handset import Handset, Make
from simulation.fleet.network import Exchanged
from simulation.fleet.orders import Order, obey
from simulation.fleet.setting import Calendar, Monday, Person, Places, Roster
from simulation.fleet.timed import Timed, timed_office

_WEEKEND = timedelta(hours=62)
_PREPARING = 8
_AT_ONCE = 1_000
_STACK_BYTES = 512 * 1024
_NOTED_AT_ONCE = 200
_PAUSE_S = 1.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Crowd:
    """The part of one driver. people: each with the number of his company's roster. sampled: whose replicas are
    compared."""

    monday: Monday
    rosters: tuple[Roster, ...]
    people: tuple[tuple[int, Person], ...]
    sampled: frozenset[str]
    calendar: Calendar
    places: Places
    number: int


def drive(crowd: Crowd, frontiers: Frontiers, run: Connection) -> None:
    """The process: makes a driver, which does as it is told."""
    driver = CrowdDriver(crowd)
    steps: dict[Order, Callable[..., None]] = {
        Order.JOIN: driver.join,
        Order.WEEKEND: driver.weekend,
        Order.MONDAY: driver.monday,
        Order.REST: driver.rest,
        Order.EXAMINE: driver.examine,
    }
    obey(run, steps, driver.tally, driver.close)


class CrowdDriver:
    """The phones of one part."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._evidence = Evidence(crowd.places.evidence)
        self._chance = random.Random(crowd.monday.seed * 1_000 + crowd.number)
        self._handsets: list[tuple[int, Handset]] = []
        self._timed: list[Exchanged] = []
        self._noting = threading.Lock()
        self._done = 0
        self._syncs = 0

    def tally(self) -> Counter[str]:
        """How things stand."""
        commands = sum(len(handset.recorded) for _, handset in self._handsets)
        return Counter(devices=len(self._handsets), commands=commands, syncs=self._syncs, done=self._done)

    def join(self) -> None:
        """Friday: every phone signs in, pulls everything, and is put away."""

        def join(numbered: tuple[int, tuple[int, Person]]) -> None:
            number, (company, person) = numbered
            handset = self._make(person, self._crowd.rosters[company], number)
            handset.join()
            handset.put_away()
            self._handsets.append((company, handset))

        self._at_once(list(enumerate(self._crowd.people)), join)

    def weekend(self) -> None:
        """What is recorded between Friday's last sync and Monday's first one."""

        def record(numbered: tuple[int, Handset]) -> None:
            _, handset = numbered
            handset.wake()
            work = Fieldwork(handset)
            while len(handset.recorded) < self._crowd.monday.unsent:
                customer = work.find_customer() or work.discover()
                visit = work.check_in(customer)
                work.log(visit)
                work.correct(customer)
                work.check_out(visit, customer)
            handset.note()
            handset.clock.advance(_WEEKEND.total_seconds())
            handset.put_away()

        self._at_once(self._handsets, record)

    def monday(self, begins: float) -> None:
        """Everybody comes, and comes again to look. begins: Unix seconds, the same for all drivers."""
        threading.stack_size(_STACK_BYTES)
        agenda: list[tuple[float, int, Handset, bool]] = []
        numbers = itertools.count()
        changed = threading.Condition()
        for _, handset in self._handsets:
            at = begins + self._chance.uniform(0, self._crowd.monday.within_s)
            heapq.heappush(agenda, (at, next(numbers), handset, False))
        left = 2 * len(agenda)
        failures: list[BaseException] = []

        def visit(at: float, handset: Handset, idle: bool) -> None:
            nonlocal left
            try:
                again = self._visit(handset, at - begins, begins, idle)
            except BaseException as error:  # raised by the loop below
                failures.append(error)
                again = None
            with changed:
                left -= 1
                if again is not None and not idle:
                    heapq.heappush(agenda, (again, next(numbers), handset, True))
                changed.notify_all()

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            while left and not failures:
                with changed:
                    wait_s = agenda[0][0] - time.time() if agenda else _PAUSE_S
                    if wait_s > 0:
                        changed.wait(min(wait_s, _PAUSE_S))
                        continue
                    at, _, handset, idle = heapq.heappop(agenda)
                pool.submit(visit, at, handset, idle)
        self._note_timed(at_least=1)
        if failures:
            raise failures[0]

    def rest(self) -> None:
        """Once more, one after the other: what changed while others were still sending."""

        def sync(numbered: tuple[int, Handset]) -> None:
            _, handset = numbered
            handset.wake()
            handset.sync_to_the_end()
            handset.put_away()

        self._at_once([pair for pair in self._handsets if pair[1].username in self._crowd.sampled], sync)
        self._note_timed(at_least=1)

    def examine(self) -> None:
        """Every command beside the server's record; of the sample, every row beside a fresh pull."""
        offices = [
            timed_office(server.url, server.company, server.admin, server.password, self._evidence)
            for server in (roster.server for roster in self._crowd.rosters)
        ]
        desks = [(office, threading.Lock()) for office in offices]

        def examine(numbered: tuple[int, Handset]) -> None:
            company, handset = numbered
            handset.wake()
            office, free = desks[company]
            with free:
                records = list(office.each("sync/commands", device_id=handset.client.device_id, limit=200))
            self._evidence.note_records(handset.client.device_id, records)
            wrong = proof.check_commands(handset.recorded, handset.client.verdicts(), records, may_wait=True)
            self._evidence.note_findings(Check.COMMANDS, handset.name, wrong, len(handset.recorded))
            self._evidence.note_findings(Check.REPAIRS, handset.name, checks.check_repairs(handset.client.repairs()))
            if handset.username in self._crowd.sampled:
                self._compare(handset, self._crowd.rosters[company])
            handset.put_away()

        self._at_once(self._handsets, examine)
        for office in offices:
            office.close()

    def close(self) -> None:
        """Close the evidence; the phones are put away."""
        self._evidence.close()

    def _compare(self, handset: Handset, roster: Roster) -> None:
        server = roster.server
        store = self._crowd.places.phones / f"new-{handset.store.name}"
        fresh = proof.fresh_pull(server.url, server.company, handset.username, roster.password, store)
        store.unlink()
        faults = proof.compare_rows(handset.client.server_rows(), fresh)
        self._evidence.note_findings(Check.REPLICAS, handset.name, faults, len(fresh))

    def _visit(self, handset: Handset, came: float, begins: float, idle: bool) -> float:
        """Sync until done, as patiently as the server asks for. Returns when to look again, in Unix seconds."""
        handset.wake()
        while True:
            report = handset.client.sync()
            self._syncs += 1
            if report.complete:
                break
            time.sleep(report.retry_after_s)
        done = time.time()
        asked_s = report.retry_after_s
        self._evidence.note_visit(handset.client.device_id, came, done - begins, asked_s, idle=idle)
        handset.put_away()
        self._note_timed(at_least=_NOTED_AT_ONCE)
        self._done += not idle
        # Apps look at times of their own, not all at the same second after they were done.
        own_s = self._crowd.monday.looks_again_s * self._chance.uniform(0.8, 1.2)
        return done + max(asked_s, own_s)

    def _make(self, person: Person, roster: Roster, number: int) -> Handset:
        places = self._crowd.places
        transport = Timed(HttpTransport(places.network), self._timed.append)
        return Handset(
            person,
            Make("monday"),
            roster,
            places.network,
            places.phones,
            self._evidence,
            self._crowd.calendar,
            self._crowd.monday.seed + number * 10 + self._crowd.number,
            inner=transport,
            page_bytes=PAGE_BYTES,
            pause=time.sleep,
        )

    def _note_timed(self, at_least: int) -> None:
        with self._noting:
            if len(self._timed) < at_least:
                return
            taken = self._timed[:]
            del self._timed[: len(taken)]
        self._evidence.note_exchanges(taken)

    def _at_once(self, things: Sequence[T], act: Callable[[T], None]) -> None:
        """Do it with each of them, several at a time; raises what the first of them raised."""

        def one(thing: T) -> None:
            act(thing)
            self._done += 1

        self._done = 0
        with ThreadPoolExecutor(_PREPARING) as pool:
            for done in [pool.submit(one, thing) for thing in things]:
                done.result()
        self._done = 0
