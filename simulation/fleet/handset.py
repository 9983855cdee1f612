"""A device of the fleet: the day's phone, whose app dies in the middle of things and starts again from its file.

An app dies in two ways. It is gone just before a request leaves or just after its answer has come, between two pages
for instance (`Deadly`): cheap enough to happen all the time. And a process that syncs is killed outright at any moment
(`simulation.fleet.killing`).
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from roundsman_client.errors import SignInRequired, Transient
from roundsman_client.protocol import COMMAND_SCHEMAS
from roundsman_client.transport import HttpRequest, HttpResponse, HttpTransport, Transport
from simulation.fleet import killing
from simulation.fleet.checks import Attempt
from simulation.fleet.evidence import Evidence
from simulation.fleet.setting import Calendar, Person, Roster
from simulation.fleet.watch import watch_versions
from simulation.phone import Json, Phone

PAGE_BYTES = 24 * 1024
"""Smaller pages than an app would ask for: more of them, and so more to go wrong."""
_TIMEOUT_S = 30.0
_PATIENCE = 400


class AppKilled(Exception):
    """The app is gone. Nothing of the client may survive this but its file."""


class NeverThrough(Exception):
    """A device did not come to an end with its sync, however often it tried."""


class Deadly:
    """A transport that counts what it carries, and now and then ends the app instead."""

    def __init__(self, inner: Transport, chance: random.Random) -> None:
        self._inner = inner
        self._chance = chance
        self.deaths = 0.0
        """The share of requests that the app does not survive."""
        self.requests = self.bytes_up = self.bytes_down = 0

    def send(self, request: HttpRequest) -> HttpResponse:
        moment = self._chance.random()
        if moment < self.deaths / 2:
            raise AppKilled
        self.requests += 1
        self.bytes_up += len(request.body)
        answer = self._inner.send(request)
        self.bytes_down += len(answer.body)
        if moment < self.deaths:
            raise AppKilled
        return answer

    def close(self) -> None:
        self._inner.close()


@dataclass(frozen=True, slots=True)
class Make:
    """What sort of device it is. role: `phone`, `tablet`, `absent` (away for a month), `desk` (a superior's phone).

    clock_error: how far the wall clock is ahead. old_app: it knows only the first schema of each command.
    """

    role: str
    clock_error: timedelta = timedelta()
    old_app: bool = False


class Handset(Phone):
    """One device of the fleet."""

    def __init__(
        self,
        person: Person,
        make: Make,
        roster: Roster,
        network: str,
        folder: Path,
        evidence: Evidence,
        calendar: Calendar,
        seed: int,
        *,
        now: datetime | None = None,
        inner: Transport | None = None,
        page_bytes: int = PAGE_BYTES,
        pause: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        """network: the address that it uses. folder: of its file. now: the true time; the first morning's by default.

        inner: what carries its requests, plain HTTP by default. page_bytes: how large a page it asks for. pause: what
        it does for so many seconds before it tries again; nothing, where the fleet's time is another than the server's.
        """
        self.person, self.make, self.roster = person, make, roster
        self.chance = random.Random(seed)
        self.carrier = Deadly(inner or HttpTransport(network, _TIMEOUT_S), random.Random(seed + 1))
        self.events: Counter[str] = Counter()
        self.attempts: list[Attempt] = []
        self._evidence, self._calendar = evidence, calendar
        self._pause = pause
        self._wait_s = 0.0
        self._url = network
        self._unnoted: list[tuple[str, str, int, Json]] = []
        name = f"{person.username} {make.role}"
        super().__init__(
            name,
            person.username,
            network,
            folder / f"{name.replace(' ', '-')}.sqlite",
            now=now or calendar.begins(0),
            clock_error=make.clock_error,
            seed=seed + 2,
            page_bytes=page_bytes,
            transport=self.carrier,
        )
        watch_versions(self.store)

    def join(self) -> None:
        """Sign in and pull everything. Raises NeverThrough."""
        for _ in range(_PATIENCE):
            if self._sign_in() and self.try_sync():
                break
            self._pause(self._wait_s)
        else:
            raise NeverThrough(self.name)
        self._evidence.note_device(
            self.client.device_id,
            self.name,
            self.username,
            self.person.id,
            self.make.role,
            old_app=self.make.old_app,
            clock_error_s=self.make.clock_error.total_seconds(),
        )

    def record(self, name: str, payload: Json, *depends_on: str, schema: int | None = None) -> str:
        """Record a command; it is noted in the ledger at the next `note`. schema: if not the newest that is known."""
        id_ = self.do(name, payload, *depends_on, schema=schema)
        self._unnoted.append((id_, name, schema or COMMAND_SCHEMAS.get(name, 1), payload))
        return id_

    def correct(self, name: str, kind: str, id_: str, /, **values: Any) -> str:
        """Record an edit of a row, based on what this device shows of it."""
        return self.record(name, self.client.changes(kind, id_, **values))

    def try_sync(self) -> bool:
        """Sync once, come what may. Returns whether everything was sent and a complete answer taken."""
        self.note()
        if not self.network.online:
            return False
        boot, complete = self.clock.read().boot_id, False
        try:
            report = self.client.sync()
            complete, self._wait_s = report.complete, report.retry_after_s
        except AppKilled:
            self.events["apps died during a sync"] += 1
            self.reopen()
        except SignInRequired:
            self.events["users signed in again"] += 1
            self._sign_in()
        finally:
            self.attempts.append(Attempt(self.now, boot, complete))
            self._note_traffic()
        return complete

    def sync_to_the_end(self) -> None:
        """Sync, again and again, until all is sent and all is here. Raises NeverThrough."""
        for _ in range(_PATIENCE):
            if self.try_sync():
                return
            self._pause(self._wait_s)
        raise NeverThrough(self.name)

    def be_killed(self) -> None:
        """Have a process sync in this device's place and kill it at any moment; then start again from the file."""
        self.note()
        self.attempts.append(Attempt(self.now, self.clock.read().boot_id, complete=False))
        self.client.close()
        killing.sync_and_be_killed(self.store, self._url, self.clock, self.page_bytes, self.chance.random())
        self.client = self._open()
        self.events["apps killed with their process"] += 1

    def put_away(self) -> None:
        """The app ends, and holds nothing open."""
        self.client.close()

    def wake(self) -> None:
        """The app starts again from its file, after `put_away`."""
        self.client = self._open()

    def note(self) -> None:
        """Write what was recorded and what happened to the evidence."""
        day = self._calendar.day_of(self.now)
        if self._unnoted:
            self._evidence.note_commands(self.client.device_id, day, self._unnoted)
            self._unnoted = []
        if self.events:
            self._evidence.note_events(self.events)
            self.events = Counter()

    def _sign_in(self) -> bool:
        try:
            self.sign_in(self.roster.server.company, self.roster.password)
        except AppKilled:
            self.reopen()
            return False
        except Transient as trouble:
            self._wait_s = trouble.retry_after_s or 1.0
            return False
        return True

    def _note_traffic(self) -> None:
        carried = self.carrier
        day = self._calendar.day_of(self.now)
        self._evidence.note_traffic(self.client.device_id, day, carried.requests, carried.bytes_up, carried.bytes_down)
        carried.requests = carried.bytes_up = carried.bytes_down = 0
