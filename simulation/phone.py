"""A phone of the day: a reference client with its own SQLite file, a clock that may be wrong, and a bad network.

The day has one true time, which the phones' clocks follow: `Phone.now`. What the phone itself believes is another
matter. Every command is noted with the true time of its recording, to be compared with what the server makes of it.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from roundsman_client.bad_network import BadNetwork, Faults
from roundsman_client.client import Client
from roundsman_client.clock import FakeClock
from roundsman_client.link import Traffic
from roundsman_client.transport import HttpTransport, Transport

Json = dict[str, Any]
GOOD = Faults()
BAD = Faults(lose_request=0.12, lose_answer=0.15, cut_answer=0.12, double=0.15, late=0.1)
_PAGE_BYTES = 6 * 1024
"""Small pages: more of them, and so more to go wrong."""
_PATIENCE = 200


class NeverThrough(Exception):
    """A phone did not get through the bad network, however often it tried."""


@dataclass(slots=True)
class Recorded:
    """One command as the day knows it. at: the true time; offered_at: that of the sync that first took it along.

    boot: the phone's boot in which it was recorded.
    """

    id: str
    name: str
    at: datetime
    boot: str
    offered_at: datetime | None = None


class PhoneClock(FakeClock):
    """Time passes when the day says so: a pause between two attempts is over at once."""

    def pause(self, seconds: float) -> None:
        pass


class Phone:
    """One device of one user."""

    def __init__(
        self,
        name: str,
        username: str,
        server: str,
        store: Path,
        *,
        now: datetime,
        clock_error: timedelta,
        seed: int,
        page_bytes: int = _PAGE_BYTES,
        transport: Transport | None = None,
    ) -> None:
        """name: such as `rep1 phone`. store: its SQLite file. now: the true time. clock_error: how far the wall clock
        is ahead. transport: what carries its requests when it is online; plain HTTP unless given."""
        self.name = name
        self.username = username
        self.clock_error = clock_error
        self.store = store
        self.now = now
        self.recorded: list[Recorded] = []
        self.heard_boots: set[str] = set()
        """Boots in which the server has measured this phone's clock: at a push."""
        self.traffic = Traffic()
        self.page_bytes = page_bytes
        self.clock = PhoneClock(now + clock_error)
        self.network = BadNetwork(transport or HttpTransport(server), random.Random(seed), GOOD)
        self.client = self._open()

    def _open(self) -> Client:
        return Client(self.store, clock=self.clock, transport=self.network, page_bytes=self.page_bytes)

    def reopen(self) -> None:
        """The app ends without a word, and starts again from its file."""
        self.client.close()
        self.client = self._open()

    def sign_in(self, company: str, password: str) -> None:
        """Sign in on this phone."""
        self.client.sign_in(company, self.username, password, self.name)

    def wait_until(self, at: datetime) -> None:
        """Let time pass until `at`, the true time; an instant that is past changes nothing."""
        if at > self.now:
            self.clock.advance((at - self.now).total_seconds())
            self.now = at

    def restart(self) -> None:
        """Switch off and on: uptime begins anew, one minute later."""
        self.clock.reboot(off_s=60)
        self.now += timedelta(seconds=60)

    def do(self, name: str, payload: Json, *depends_on: str, schema: int | None = None) -> str:
        """Record a command; its id. schema: of its payload, by default the one that the client writes."""
        id_ = self.client.do(name, payload, depends_on, schema=schema)
        self.recorded.append(Recorded(id_, name, self.now, self.clock.read().boot_id))
        return id_

    def edit(self, name: str, kind: str, id_: str, /, **values: Any) -> str:
        """Record an edit of a row, based on what this phone shows of it; the command's id."""
        return self.do(name, self.client.changes(kind, id_, **values))

    def sync(self) -> None:
        """Sync, again and again, until all is sent and all is here. Raises NeverThrough, ClientError."""
        unsent = [command for command in self.recorded if command.offered_at is None]
        for command in unsent:
            command.offered_at = self.now
        for _ in range(_PATIENCE):
            report = self.client.sync()
            self.traffic.round_trips += report.round_trips
            self.traffic.bytes_up += report.bytes_up
            self.traffic.bytes_down += report.bytes_down
            if report.complete:
                if unsent:
                    self.heard_boots.add(self.clock.read().boot_id)
                return
        raise NeverThrough(f"{self.name}: {report.problem}")

    def close(self) -> None:
        """Put the phone away; its file stays."""
        self.client.close()
