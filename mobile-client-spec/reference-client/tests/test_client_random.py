"""Many random lives of a phone over a bad network: it always ends with the truth, and every command is applied once.

The seed is in the test's name; ROUNDSMAN_SEEDS says how many are tried. The second test takes the tombstone's scope
rule away and must find wrong replicas: without that negative control a green run would prove little.
"""

import os
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fake_server import USER, FakeServer

from roundsman_client.bad_network import BadNetwork, Faults
from roundsman_client.client import Client
from roundsman_client.clock import FakeClock
from roundsman_client.errors import SignInRequired
from roundsman_client.protocol import Row
from roundsman_client.replica import Replica

SCOPES = "abcdef"
FAULTS = Faults(lose_request=0.1, lose_answer=0.1, cut_answer=0.05, double=0.1, late=0.1)


class Life:
    """One phone, one server, and everything that can happen between them."""

    def __init__(self, folder: Path, seed: int, faults: Faults = FAULTS) -> None:
        self.rng = random.Random(seed)
        self.clock = FakeClock(datetime(2026, 11, 21, 1, 0, tzinfo=UTC))
        self.server = FakeServer(self.clock)
        self.server.page_rows = self.rng.choice([1, 2, 3, 5, 50])
        self.server.judge = self.judge
        self.server.before_pull = lambda request: self.server_works() if self.rng.random() < 0.4 else None
        self.network = BadNetwork(self.server, random.Random(seed + 1), faults)
        self.path = folder / "phone.sqlite"
        self.applied: list[str] = []
        self.recorded: list[str] = []
        self.rows = 0
        self.restores = 0
        self.works = ("new", "new", "change", "move", "delete", "grant", "revoke", "settle")
        self.phone = Client(self.path, clock=self.clock, transport=self.network)
        self.network.faults = Faults()
        self.sign_in()
        self.network.faults = faults

    def sign_in(self) -> None:
        self.phone.sign_in("demo", "alice", "secret-of-alice", "Pixel")

    def judge(self, command: dict[str, object]) -> dict[str, object]:
        self.applied.append(str(command["id"]))
        if self.rng.random() < 0.15:
            return {"status": self.rng.choice(["refused", "parked"]), "code": "x.y", "message": "No"}
        return self.server.judge_normally(command)

    # What happens

    def server_works(self) -> None:
        server, rng = self.server, self.rng
        live = [key[1:] for key, entry in server.entries.items() if entry.data is not None and key[1] == "contact"]
        match rng.choice(self.works):
            case "new":
                self.rows += 1
                server.put(rng.choice(SCOPES), "contact", f"{self.rows:04}", name="new")
            case "change" if live:
                server.change(*rng.choice(live), name=f"changed {server.serial}")
            case "move" if live:
                server.put(rng.choice(SCOPES), *rng.choice(live), name=f"moved {server.serial}")
            case "delete" if live:
                server.delete(*rng.choice(live))
            case "grant":
                scope = rng.choice(SCOPES)
                if scope not in server.grants or not server.grants[scope].active:
                    server.grant(scope)
            case "revoke":
                scope = rng.choice(SCOPES)
                if scope in server.grants and server.grants[scope].active:
                    server.revoke(scope)
            case "settle":
                parked = [id_ for id_, (_, verdict) in server.commands.items() if verdict["status"] == "parked"]
                if parked:
                    server.settle(rng.choice(parked), rng.choice(["applied", "refused"]))

    def phone_works(self) -> None:
        customers = self.phone.rows("customer")
        if customers and self.rng.random() < 0.6:
            edit = self.phone.changes("customer", self.rng.choice(customers).id, phone=str(self.rng.random()))
            self.recorded.append(self.phone.do("customers.update", edit))
        else:
            payload = {"id": self.phone.new_id(), "name": "New"}
            self.recorded.append(self.phone.do("customers.create", payload))

    def restart(self) -> None:
        """The app is killed (its store is not even closed in an orderly way) and started again."""
        self.phone.close()
        if self.rng.random() < 0.3:
            self.clock.reboot()
        self.phone = Client(self.path, clock=self.clock, transport=self.network)

    def sync(self) -> bool:
        try:
            report = self.phone.sync()
        except SignInRequired:
            self.network.faults, faults = Faults(), self.network.faults
            self.sign_in()
            self.network.faults = faults
            return False
        self.clock.advance(self.rng.choice([1, 10, 400]))
        return report.complete

    def live(self, steps: int, restore: bool) -> None:
        backup = self.server.backup()
        for step in range(steps):
            action = self.rng.choice(["server", "server", "phone", "phone", "sync", "sync", "restart", "backup"])
            if action == "server":
                self.server_works()
            elif action == "phone":
                self.phone_works()
            elif action == "sync":
                self.sync()
            elif action == "restart":
                self.restart()
            elif restore and step > steps // 2 and not self.restores:
                self.server.restore(backup)
                self.restores += 1
            else:
                backup = self.server.backup()

    def come_to_rest(self) -> None:
        self.network.faults = Faults()
        self.server.before_pull = lambda request: None
        self.server.page_rows = 1000
        for _ in range(20):
            if self.sync() and self.sync():
                return
        raise AssertionError("never came to rest")

    def wrong(self) -> set[object]:
        """Where the replica differs from the truth."""
        truth = self.server.truth()
        here = {key: (row.scope, row.data) for key, row in self.phone.server_rows().items()}
        return {key for key in truth.keys() | here.keys() if truth.get(key) != here.get(key)}


@pytest.mark.parametrize("restore", [False, True])
@pytest.mark.parametrize("seed", range(int(os.environ.get("ROUNDSMAN_SEEDS", "12"))))
def test_every_life_ends_with_the_truth(tmp_path: Path, seed: int, restore: bool):
    life = Life(tmp_path, seed)
    life.live(80, restore)
    life.come_to_rest()
    assert life.wrong() == set()
    digests = {scope: {"rows": d.rows, "sum": d.total} for scope, d in life.phone.digests().items()}
    assert digests == {scope: life.server.digest(scope) for scope, g in life.server.grants.items() if g.active}
    # Each command has exactly one verdict at the server, and was judged once (again only where history was lost).
    assert set(life.server.commands) == set(life.recorded)
    if not life.restores:
        assert sorted(life.applied) == sorted(life.recorded)
    assert life.phone.repairs() == {}
    settled = {item.status for item in life.phone.pending()}
    assert settled <= {"waiting"}
    # What is shown is the server's rows, but for what waits for a person.
    touched = {item.command.payload["id"] for item in life.phone.pending()}
    for row in life.phone.rows("customer"):
        assert row.state == "synced" or row.id in touched
    life.phone.close()


def test_without_the_tombstones_scope_rule_replicas_go_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    honest: Callable[[Replica, object], None] = Replica.apply

    def careless(self: Replica, rows: list[Row]) -> None:
        for row in rows:
            if row.data is None:
                held = self._store.db.execute("select scope from server_row where id = ?", (row.id,)).fetchone()
                row = Row(held["scope"] if held else row.scope, row.kind, row.id, row.version, row.tag, None)
            honest(self, [row])

    def differing(self: Replica, theirs: object) -> list[str]:
        return []  # repair would hide what the rule prevents

    monkeypatch.setattr(Replica, "apply", careless)
    monkeypatch.setattr(Replica, "differing", differing)
    wrong = 0
    for seed in range(12):
        folder = tmp_path / str(seed)
        folder.mkdir()
        life = Life(folder, seed, Faults())
        life.works = ("new", "grant", "move", "move", "move")
        life.live(80, restore=False)
        life.come_to_rest()
        wrong += bool(life.wrong())
        life.phone.close()
    assert wrong > 0


def test_the_users_own_scope_is_always_there(tmp_path: Path):
    life = Life(tmp_path, 99)
    life.come_to_rest()
    assert USER in life.phone.digests()
    life.phone.close()
