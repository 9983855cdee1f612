"""The devices of the oracle: the reference client on a bad network, its clock jumping, killed and started again."""

import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from roundsman_client.bad_network import BadNetwork, Faults
from roundsman_client.client import Client
from roundsman_client.clock import FakeClock
from roundsman_client.errors import DeviceRevoked, ServerRefused, SignInRequired
from roundsman_client.sync import SyncReport
from roundsman_client.transport import HttpTransport
from tests.personas import Persona

BAD = Faults(lose_request=0.1, lose_answer=0.12, cut_answer=0.08, double=0.12, late=0.12)
_MOST_CALLS = 40


class Gadget:
    """One phone. commands: everything ever recorded on it, id to name and payload."""

    def __init__(self, persona: Persona, folder: Path, url: str, chance: random.Random, number: int) -> None:
        self.persona = persona
        self.name = f"{persona.username} {number}"
        self.clock = FakeClock(datetime.now(UTC))
        self.commands: dict[str, tuple[str, dict[str, Any]]] = {}
        self.wiped = False
        self._path = folder / f"{number}.sqlite"
        self._chance = chance
        self._http = HttpTransport(url)
        self.network = BadNetwork(self._http, chance, Faults())
        self.client = self._open()
        self._sign_in()

    def _open(self) -> Client:
        # Small pages, so that answers are interrupted between them.
        page_bytes = self._chance.choice([1_024, 2_000, 1_048_576])
        return Client(self._path, clock=self.clock, transport=self.network, page_bytes=page_bytes)

    def restart(self) -> None:
        """The app is killed and started again; the phone stays on."""
        self.client._store.close()
        self.client = self._open()

    def do(
        self, name: str, payload: dict[str, Any], depends_on: list[str] | None = None, schema: int | None = None
    ) -> str:
        """Record a command; its id."""
        id_ = self.client.do(name, payload, depends_on or [], schema=schema)
        self.commands[id_] = (name, payload)
        self.clock.advance(1)
        return id_

    @property
    def device_id(self) -> str:
        """The device as the server knows it."""
        return self.client.device_id

    def sync(self, digests: str = "sample") -> SyncReport | None:
        """One call of the client's sync. None when the server wants to hear nothing of this phone."""
        if self.wiped:
            return None
        try:
            report = self.client.sync(digests)
        except SignInRequired:
            try:
                self._sign_in()
            except DeviceRevoked as revoked:
                self.wiped = revoked.wiped
            except ServerRefused as refusal:
                assert refusal.code in ("accounts.user_inactive", "accounts.sign_in_failed"), refusal.code
            return None
        except DeviceRevoked as revoked:
            self.wiped = revoked.wiped
            return None
        except ServerRefused as refusal:
            assert refusal.code == "accounts.user_inactive", refusal
            return None
        assert not report.repairs, f"{self.name} had to repair {report.repairs}"
        return report

    def settle(self) -> None:
        """On a good network, until there is nothing left to say. Copies of requests that were under way arrive too."""
        self.network.online, self.network.faults = True, Faults()
        while self.network._late:
            self._http.send(self.network._late.pop(0))
        for _ in range(_MOST_CALLS):
            if self.wiped:
                return
            report = self.sync()
            if report is not None and report.complete:
                return
        raise AssertionError(f"{self.name} does not come to rest")

    def held(self) -> dict[tuple[str, str], tuple[str, str, Any]]:
        """The replica: (kind, id) to scope, tag and data."""
        return {key: (row.scope, row.tag, row.data) for key, row in self.client.server_rows().items()}

    def close(self) -> None:
        """The phone is put away."""
        self.client.close()

    def _sign_in(self) -> None:
        faults, self.network.faults = self.network.faults, Faults()
        online, self.network.online = self.network.online, True
        try:
            self.client.sign_in(self.persona.company.code, self.persona.username, self.persona.password, self.name)
        finally:
            self.network.faults, self.network.online = faults, online
