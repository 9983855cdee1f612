"""The lives of the people in the field: what they do in their days, when they are online, what befalls their phones.

A life is what `clockwork` runs: it yields the instant at which it goes on.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from simulation.fleet.clockwork import Life
from simulation.fleet.fieldwork import Fieldwork
from simulation.fleet.handset import Handset
from simulation.fleet.setting import Calendar, Setting
from simulation.phone import Json

_SLOT = timedelta(minutes=30)
_WHOLE_DAY = 0.15
"""This part of the time without a network are days on which there is none at all."""
_STAYS = 0.6
"""A phone without a network has none in the next half hour either, so often."""
_LOOKS = timedelta(minutes=50)
"""An app that is online looks for news so often, by itself."""
_MONTH = timedelta(days=30)
_STEPS_OF_A_MONTH = 120

Act = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Chances:
    """How often something happens, as a share: of the visits, or of the days where it says so."""

    edit: float = 0.6
    contact: float = 0.1
    removal: float = 0.05
    discovery: float = 0.05
    mistake: float = 0.01
    overreach: float = 0.04
    double_tap: float = 0.05
    plan: float = 0.15
    restart_a_day: float = 0.15
    kill_a_day: float = 0.15
    clock_set_a_day: float = 0.04


CHANCES = Chances()


class Coverage:
    """When a phone has a network on one day: half hours with and without one, which come in rows.

    share: of the working time without a network.
    """

    def __init__(self, begins: datetime, ends: datetime, share: float, chance: random.Random) -> None:
        self._begins = begins
        slots = max(1, int((ends - begins) / _SLOT))
        self._dark = [True] * slots if chance.random() < share * _WHOLE_DAY else []
        # A chain that enters with one chance and leaves with another is inside for enter / (enter + leave).
        part = max(0.0, share * (1 - _WHOLE_DAY) / max(1e-9, 1 - share * _WHOLE_DAY))
        leave = min(1 - _STAYS, (1 - part) / max(1e-9, part))
        enter = leave * part / (1 - part) if part < 1 else 1.0
        dark = chance.random() < part
        while len(self._dark) < slots:
            self._dark.append(dark)
            dark = chance.random() >= leave if dark else chance.random() < enter

    def is_online(self, at: datetime) -> bool:
        """Whether the phone has a network then."""
        slot = int((at - self._begins) / _SLOT)
        return not self._dark[max(0, min(len(self._dark) - 1, slot))]

    def returns(self) -> Iterator[datetime]:
        """The moments at which the network comes back."""
        for slot in range(1, len(self._dark)):
            if self._dark[slot - 1] and not self._dark[slot]:
                yield self._begins + slot * _SLOT

    @property
    def dark_share(self) -> float:
        """The share of the time without a network."""
        return sum(self._dark) / len(self._dark)


class FieldLife:
    """The days of one device of a rep. visits: from how many to how many a day; a tablet has few."""

    def __init__(self, handset: Handset, setting: Setting, calendar: Calendar, visits: tuple[int, int]) -> None:
        self._handset = handset
        self._work = Fieldwork(handset)
        self._setting = setting
        self._calendar = calendar
        self._visits = visits
        self._chance = handset.chance

    def live(self) -> Life:
        """All days."""
        handset = self._handset
        handset.carrier.deaths = self._setting.deaths
        for day in range(self._calendar.days):
            begins, ends = self._calendar.begins(day), self._calendar.ends(day)
            coverage = Coverage(begins, ends, self._setting.offline, self._chance)
            plan = [*self._plan(begins, ends), *((at, self._look) for at in coverage.returns())]
            for at, act in sorted(plan, key=lambda step: step[0]):
                yield at
                handset.wait_until(at)
                handset.network.online = coverage.is_online(at)
                act()
            handset.note()
            handset.reopen()  # overnight the system has put the app away

    def _plan(self, begins: datetime, ends: datetime) -> Iterator[tuple[datetime, Act]]:
        """What is done on a day, in any order."""
        chance = self._chance
        begins += timedelta(minutes=chance.uniform(0, 30))
        yield begins, self._look
        at = begins + timedelta(minutes=chance.uniform(5, 30))
        visits = chance.randint(*self._visits)
        for _ in range(visits):
            yield from self._visit(at)
            at += (ends - begins) / (visits + 1) * chance.uniform(0.8, 1.2)
        look = begins + _LOOKS * chance.random()
        while look < ends:
            yield look, self._look
            look += _LOOKS * chance.uniform(0.8, 1.2)
        for share, act in (
            (CHANCES.restart_a_day, self._handset.restart),
            (CHANCES.kill_a_day, self._killed),
            (CHANCES.clock_set_a_day, self._set_clock),
        ):
            if chance.random() < share:
                yield begins + (ends - begins) * chance.random(), act

    def _visit(self, arrived: datetime) -> Iterator[tuple[datetime, Act]]:
        state: Json = {}
        chance, work = self._chance, self._work

        def arrive() -> None:
            found = work.discover() if chance.random() < CHANCES.discovery else work.find_customer()
            if found:
                state["customer"], state["visit"] = found, work.check_in(found)
                self._sync_sometimes()

        def write() -> None:
            if not state:
                return
            work.log(state["visit"])
            for share, act in (
                (CHANCES.edit, lambda: work.correct(state["customer"])),
                (CHANCES.contact, lambda: work.add_contact(state["customer"])),
                (CHANCES.removal, work.remove_contact),
                (CHANCES.mistake, work.mistake),
                (CHANCES.overreach, lambda: work.overreach(state["customer"])),
            ):
                if chance.random() < share:
                    act()

        def leave() -> None:
            if not state:
                return
            taps = 2 if chance.random() < CHANCES.double_tap else 1
            work.check_out(state["visit"], state["customer"], taps=taps)
            if chance.random() < CHANCES.plan:
                work.plan(state["customer"])
            self._handset.try_sync()

        yield arrived, arrive
        yield arrived + timedelta(minutes=chance.uniform(3, 15)), write
        yield arrived + timedelta(minutes=chance.uniform(16, 35)), leave

    def _look(self) -> None:
        self._handset.try_sync()

    def _sync_sometimes(self) -> None:
        if self._chance.random() < 0.3:
            self._handset.try_sync()

    def _killed(self) -> None:
        if self._handset.network.online:
            self._handset.be_killed()

    def _set_clock(self) -> None:
        """The user, or what he takes for the right time, sets the wall clock."""
        wrong = timedelta(days=self._chance.uniform(-2, 2))
        self._handset.clock.set_wall(self._handset.now + wrong)
        self._handset.events["users set the clock"] += 1


def absent_life(handset: Handset, setting: Setting, calendar: Calendar) -> Life:
    """A month without any network: the phone comes back on the last day, with all that was recorded in it.

    Its month ends with the run; it began before it. The steps are spread over the run all the same, so that the office
    goes on changing things while this phone does not hear of it.
    """
    work = Fieldwork(handset)
    handset.network.online = False
    begins, back = calendar.begins(0), calendar.ends(calendar.days - 1) - timedelta(hours=4)
    away_since = handset.now
    recorded = len(handset.recorded)
    for step in range(1, _STEPS_OF_A_MONTH + 1):
        yield begins + (back - begins) * step / _STEPS_OF_A_MONTH
        handset.wait_until(away_since + _MONTH * step / _STEPS_OF_A_MONTH)
        while len(handset.recorded) - recorded < setting.backlog * step / _STEPS_OF_A_MONTH:
            _visit_offline(work, handset.chance)
        handset.note()
    handset.network.online = True
    handset.carrier.deaths = setting.deaths / 10  # of its many requests some are its app's last
    while not handset.try_sync():
        yield back
    handset.note()


def begin_of_absence(calendar: Calendar) -> datetime:
    """When a phone leaves that comes back on the last day after a month."""
    return calendar.ends(calendar.days - 1) - timedelta(hours=4) - _MONTH


def _visit_offline(work: Fieldwork, chance: random.Random) -> None:
    customer = work.find_customer() if chance.random() < 0.97 else work.discover()
    if customer is None:
        customer = work.discover()
    visit = work.check_in(customer)
    work.log(visit)
    if chance.random() < CHANCES.edit:
        work.correct(customer)
    work.check_out(visit, customer)
