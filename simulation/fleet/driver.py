"""A process that drives a part of the fleet: whole teams, with the people at their desks."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

from simulation.fleet import killing
from simulation.fleet.clockwork import Clockwork, Frontiers
from simulation.fleet.desk import Desk
from simulation.fleet.evidence import Evidence
from simulation.fleet.examine import Examiner
from simulation.fleet.handset import Handset, Make
from simulation.fleet.lives import FieldLife, absent_life, begin_of_absence
from simulation.fleet.orders import Order, obey
from simulation.fleet.setting import Calendar, Person, Places, Roster, Setting, Team

_VISITS = (3, 7)
_VISITS_OF_A_TABLET = (0, 2)
_MOST_WRONG = timedelta(days=2)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part:
    """The part of one driver. number: from 0. desk: whether the dispatcher is among his people."""

    setting: Setting
    roster: Roster
    calendar: Calendar
    places: Places
    number: int
    teams: tuple[Team, ...]
    absent: frozenset[str]
    dispatcher: bool


def drive(part: Part, frontiers: Frontiers, run: Connection) -> None:
    """The process: makes a driver, which does as it is told."""
    killing.prepare()
    driver = Driver(part, frontiers)
    steps: dict[Order, Callable[..., None]] = {
        Order.JOIN: driver.join,
        Order.LIVE: driver.live,
        Order.REST: driver.rest,
        Order.SETTLE: driver.settle,
        Order.EXAMINE: driver.examine,
    }
    obey(run, steps, driver.tally, driver.close)


class Driver:
    """The devices and desks of one part."""

    def __init__(self, part: Part, frontiers: Frontiers) -> None:
        self._part = part
        self._frontiers = frontiers
        self._evidence = Evidence(part.places.evidence)
        self._chance = random.Random(part.setting.seed * 1_000 + part.number)
        self._numbers = iter(range(part.number * 1_000_000, (part.number + 1) * 1_000_000, 10))
        self._handsets: list[Handset] = []
        self._desks: list[Desk] = []
        self._done: Counter[str] = Counter()

    def tally(self) -> Counter[str]:
        """How things stand: devices, commands recorded, syncs tried; and what the present step has done."""
        handsets = list(self._handsets)
        return Counter(
            devices=len(handsets),
            commands=sum(len(handset.recorded) for handset in handsets),
            syncs=sum(len(handset.attempts) for handset in handsets),
            done=self._done["done"],
        )

    def join(self) -> None:
        """Make every device and have it sign in."""
        for team in self._part.teams:
            for rep in team.reps:
                if rep.username in self._part.absent:
                    self._add(rep, Make("absent", self._clock_error()), begins_absent=True)
                    continue
                self._add(rep, Make("phone", self._clock_error(), self._is(self._part.setting.old_apps)))
                if self._is(self._part.setting.tablets):
                    self._add(rep, Make("tablet", self._clock_error()))
            self._add(team.manager, Make("desk", self._clock_error()))
        if self._part.dispatcher:
            self._add(self._part.roster.dispatcher, Make("desk"))
        self._at_once(self._handsets, lambda handset: handset.join())
        teams = {team.manager.username: team for team in self._part.teams}
        for handset in self._handsets:
            if handset.make.role == "desk":
                url, seed = self._part.roster.server.url, next(self._numbers)
                led = teams.get(handset.username)
                self._desks.append(Desk(handset, led, self._evidence, self._part.calendar, url, seed))

    def live(self) -> None:
        """Every life to its end."""
        setting, calendar = self._part.setting, self._part.calendar
        lives = [desk.live() for desk in self._desks]
        loners = []
        for handset in self._handsets:
            if handset.make.role == "absent":
                loners.append(absent_life(handset, setting, calendar))
            elif handset.make.role != "desk":
                visits = _VISITS if handset.make.role == "phone" else _VISITS_OF_A_TABLET
                lives.append(FieldLife(handset, setting, calendar, visits).live())
        Clockwork(self._frontiers, self._part.number, setting.threads).run(lives, loners)

    def rest(self) -> None:
        """Everybody online, until nothing is left to say. The network is as bad as ever."""
        for handset in self._handsets:
            handset.network.online = True
            handset.carrier.deaths = 0.0
        self._at_once(self._handsets, lambda handset: handset.sync_to_the_end())
        for handset in self._handsets:
            handset.note()

    def settle(self) -> None:
        """The managers decide about most of what is parked."""
        self._at_once([desk for desk in self._desks if desk.has_team], lambda desk: desk.settle_some(0.8))

    def examine(self, allowed: dict[str, set[str]]) -> None:
        """Compare every device with a new one of its user, and its commands with the server's records."""
        examiner = Examiner(self._part.roster, self._evidence, self._part.places.phones)
        by_user: dict[str, list[Handset]] = {}
        for handset in self._handsets:
            by_user.setdefault(handset.username, []).append(handset)
        self._at_once(
            list(by_user.values()),
            lambda handsets: examiner.examine(handsets, allowed[handsets[0].person.id]),
        )
        examiner.close()

    def close(self) -> None:
        """Put everything away."""
        for desk in self._desks:
            desk.close()
        for handset in self._handsets:
            handset.close()
        self._evidence.close()

    def _add(self, person: Person, make: Make, *, begins_absent: bool = False) -> None:
        part = self._part
        folder: Path = part.places.phones
        now = begin_of_absence(part.calendar) if begins_absent else part.calendar.begins(0)
        self._handsets.append(
            Handset(
                person,
                make,
                part.roster,
                part.places.network,
                folder,
                self._evidence,
                part.calendar,
                part.setting.seed * 1_000_003 + next(self._numbers),
                now=now,
            )
        )

    def _clock_error(self) -> timedelta:
        if not self._is(self._part.setting.wrong_clocks):
            return timedelta(seconds=self._chance.uniform(-20, 20))
        return _MOST_WRONG * self._chance.uniform(-1, 1)

    def _is(self, share: float) -> bool:
        return self._chance.random() < share

    def _at_once(self, things: Sequence[T], act: Callable[[T], object]) -> None:
        """Do it with each of them, several at a time; raises what the first of them raised."""

        def one(thing: T) -> None:
            act(thing)
            self._done["done"] += 1

        self._done["done"] = 0
        with ThreadPoolExecutor(self._part.setting.threads) as pool:
            for done in [pool.submit(one, thing) for thing in things]:
                done.result()


def parts_of(setting: Setting, roster: Roster, calendar: Calendar, places: Places, absent: Iterable[str]) -> list[Part]:
    """The teams dealt out to the drivers, as evenly as whole teams allow."""
    drivers = max(1, min(setting.drivers, len(roster.teams)))
    away = frozenset(absent)
    return [
        Part(setting, roster, calendar, places, number, roster.teams[number::drivers], away, number == 0)
        for number in range(drivers)
    ]
