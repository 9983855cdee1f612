"""The oracle: several phones, users and companies do what they like; in the end everything has to be true at once.

Real HTTP against a real server, the reference client, real PostgreSQL. In the suite it plays a few games, and more
until everything happened that proves something; `make soak` plays as long as asked, with fresh seeds. A failure names
its seed: ROUNDSMAN_SEED=… plays it again.
"""

import os
import random
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connections
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from roundsman_client.bad_network import Faults
from sync.pull import renew_epoch
from tests.personas import make_company
from tests.sync import acts, verdict
from tests.sync.backups import Backup
from tests.sync.gadgets import BAD, Gadget

_SECONDS = float(os.environ.get("ROUNDSMAN_SOAK_S") or 0)
_SEED = os.environ.get("ROUNDSMAN_SEED")
_GAMES_PER_SEED = 6
_MOST_GAMES = 30  # of the suite, which counts games and not seconds: a busy machine must not make it prove less
_SOAKED = "ROUNDSMAN_SOAK_S" in os.environ
_MUST_HAPPEN = ["applied", "merged", "conflicts", "network: lose_answer", "network: late"]
if _SOAKED:
    _MUST_HAPPEN += ["parked sync.scope_lost", "parked sync.dependency_waiting", "settled later", "network: offline",
                     "restored", "wiped"]  # fmt: skip
_url = ""
_happened: Counter[str] = Counter()

_gadgets = st.integers(0, 3)
_chances = st.integers(0, 2**32 - 1).map(random.Random)


class Oracle(RuleBasedStateMachine):
    """Three phones of two users in company A, one in company B, and their administrators."""

    @initialize(chance=_chances)
    def begin(self, chance: random.Random) -> None:
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        self.companies = [make_company(), make_company()]
        people = [self.companies[0].alice, self.companies[0].alice, self.companies[0].bob, self.companies[1].alice]
        self.gadgets = [Gadget(person, folder, _url, chance, number) for number, person in enumerate(people)]
        self._chance = chance
        self._backup: Backup | None = None
        for gadget in self.gadgets:
            acts.create_customer(gadget, chance)
            gadget.sync()
            gadget.network.faults = BAD

    @rule(of=_gadgets, many=st.integers(1, 6), chance=_chances)
    def work(self, of: int, many: int, chance: random.Random) -> None:
        for _ in range(many):
            if not self.gadgets[of].wiped:
                chance.choice(acts.ON_PHONES)(self.gadgets[of], chance)

    @rule(of=_gadgets, many=st.integers(1, 6), chance=_chances)
    def work_and_sync(self, of: int, many: int, chance: random.Random) -> None:
        self.work(of, many, chance)
        self.gadgets[of].sync()

    @rule(really=st.integers(0, 3), chance=_chances)
    def steal(self, really: int, chance: random.Random) -> None:
        thief, victim = chance.sample([self.gadgets[2], self.gadgets[3]], 2)
        if really == 0 and not thief.wiped and not victim.wiped:
            acts.steal(thief, victim, chance)

    @rule(of=_gadgets, digests=st.sampled_from(["sample", "all"]))
    def sync(self, of: int, digests: str) -> None:
        self.gadgets[of].sync(digests)

    @rule(many=st.integers(0, 4), chance=_chances)
    def all_at_once(self, many: int, chance: random.Random) -> None:
        """All phones sync while the office works."""
        with ThreadPoolExecutor(len(self.gadgets) + 1) as pool:
            jobs = [pool.submit(gadget.sync) for gadget in self.gadgets]
            jobs.append(pool.submit(self._office_in_thread, many, chance))
            for job in jobs:
                job.result(timeout=60)

    def _office_in_thread(self, many: int, chance: random.Random) -> None:
        try:
            self.office(0, many, chance)
        finally:
            connections.close_all()

    @rule(of=_gadgets, what=st.sampled_from(["dead zone", "good", "bad"]))
    def network_changes(self, of: int, what: str) -> None:
        self.gadgets[of].network.online = what != "dead zone"
        self.gadgets[of].network.faults = Faults() if what == "good" else BAD

    @rule(of=_gadgets, what=st.sampled_from(["hour", "days", "1970", "2099", "right", "reboot"]))
    def clock_jumps(self, of: int, what: str) -> None:
        clock = self.gadgets[of].clock
        match what:
            case "hour":
                clock.advance(3600)
            case "days":
                clock.advance(3 * 86_400)
            case "reboot":
                clock.reboot()
            case "right":
                clock.set_wall(datetime.now(UTC))
            case year:
                clock.set_wall(datetime(int(year), 1, 2, tzinfo=UTC))

    @rule(of=_gadgets)
    def app_is_killed(self, of: int) -> None:
        if not self.gadgets[of].wiped:
            self.gadgets[of].restart()

    @rule(which=st.sampled_from([0, 0, 0, 1]), many=st.integers(1, 4), chance=_chances)
    def office(self, which: int, many: int, chance: random.Random) -> None:
        for _ in range(many):
            chance.choice(acts.IN_THE_OFFICE)(self.companies[which], chance)

    @rule(really=st.integers(0, 3))
    def the_epoch_changes(self, really: int) -> None:
        if really == 0:
            renew_epoch(always=True)

    @rule(really=st.integers(0, 3))
    def a_backup_is_made(self, really: int) -> None:
        if really == 0:
            self._backup = Backup(self.companies[0].id)

    @rule()
    def the_backup_is_restored(self) -> None:
        """What was acknowledged since is gone at the server; the phones have kept it."""
        if self._backup is None:
            return
        self._backup.restore()
        self._backup = None
        for gadget in self.gadgets:
            if gadget.wiped and gadget.persona.company is self.companies[0]:
                gadget.commands.clear()  # nobody has these any more
        _happened["restored"] += 1

    @rule(really=st.integers(0, 7))
    def a_device_is_revoked(self, really: int) -> None:
        gadget = self.gadgets[1]
        if really == 0 and not gadget.wiped:
            gadget.persona.company.dora.execute("accounts.revoke_device", {"id": gadget.device_id})

    def teardown(self) -> None:
        if not hasattr(self, "gadgets"):
            return
        try:
            for company in self.companies:
                company.dora.execute("accounts.reactivate_user", {"id": str(company.bob.id)})
            for _ in range(2):  # the second time they learn what the others had kept back
                for gadget in self.gadgets:
                    gadget.settle()
            _happened.update(verdict.judge(self.gadgets, self.companies, Path(self._folder.name), _url, self._chance))
        finally:
            for gadget in self.gadgets:
                gadget.close()
            self._folder.cleanup()


def _never_happened() -> list[str]:
    return [what for what in _MUST_HAPPEN if not _happened[what]]


def _goes_on(games: int, seconds: float) -> bool:
    """Whether another seed is played after so many games, which took so many seconds."""
    if _SOAKED:
        return seconds < _SECONDS
    return bool(_never_happened()) and games < _MOST_GAMES


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_everything_is_true_in_the_end(server_url: str) -> None:
    global _url
    _url = server_url
    began, games = time.monotonic(), 0
    while not games or (not _SEED and _goes_on(games, time.monotonic() - began)):
        number = int(_SEED) if _SEED else random.SystemRandom().randrange(2**32)
        print(f"ROUNDSMAN_SEED={number}", flush=True)
        run_state_machine_as_test(
            seed(number)(Oracle),
            settings=settings(
                max_examples=_GAMES_PER_SEED,
                stateful_step_count=40,
                deadline=None,
                database=None,
                phases=[Phase.generate, Phase.shrink] if os.environ.get("ROUNDSMAN_SHRINK") else [Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
        games += _GAMES_PER_SEED
    print(f"{games} games in {time.monotonic() - began:.0f} s")
    print("\n".join(f"{count:8} {what}" for what, count in sorted(_happened.items())))
    if not _SEED:
        assert not (never := _never_happened()), f"never happened: {never}"
