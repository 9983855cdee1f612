"""A phone as plain as can be: an outbox that keeps what has no verdict, and a replica that follows the answers."""

import random
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from core.ids import uuid7

Rows = dict[tuple[str, str, str], tuple[int, str, Any]]


class Unavailable(Exception):
    """The server could not answer now: 503 with the typed error, or no answer at all."""


@dataclass
class Phone:
    """One device of one user.

    outbox: commands without a verdict, in order. verdicts: what came back, by command id. refusals_seen: how often the
    server asked for patience. made: the ids of rows that commands made, by command id.
    """

    url: str
    company: str
    username: str
    password: str
    outbox: list[dict[str, Any]] = field(default_factory=list)
    verdicts: dict[str, dict[str, Any]] = field(default_factory=dict)
    replica: Rows = field(default_factory=dict)
    cursor: str | None = None
    acknowledged: int = 0
    seq: int = 0
    unavailable: int = 0
    cut_off: int = 0
    _token: str | None = None
    device: str = field(default_factory=lambda: str(uuid7()))

    def __post_init__(self) -> None:
        self._http = httpx.Client(base_url=self.url, timeout=40)

    def record(self, name: str, payload: dict[str, Any]) -> str:
        """Put a command into the outbox; returns its id."""
        self.seq += 1
        id_ = str(uuid7())
        at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        self.outbox.append({"id": id_, "seq": self.seq, "name": name, "schema": 1, "payload": payload, "at": at})
        return id_

    def sync(self, *, limit: int = 20) -> None:
        """Push what waits and pull a whole answer. Raises Unavailable; nothing is lost by it."""
        sent = self.outbox[:limit]
        answer = self._post("/api/v1/sync", {"commands": sent, "cursor": self.cursor})
        assert [verdict["id"] for verdict in answer["verdicts"]] == [command["id"] for command in sent]
        for verdict in answer["verdicts"]:
            earlier = self.verdicts.setdefault(verdict["id"], verdict)
            assert earlier == verdict, "a retry got another verdict"
        del self.outbox[: len(sent)]
        self._apply(answer)
        while not answer["complete"]:
            answer = self._post("/api/v1/sync", {"cursor": self.cursor})
            self._apply(answer)

    def drain(self, patience_s: float = 60) -> None:
        """Sync until the outbox is empty and nothing new comes."""
        deadline = time.monotonic() + patience_s
        while True:
            try:
                self.sync(limit=100)
                if not self.outbox:
                    return
            except Unavailable:
                assert time.monotonic() < deadline, "the server did not come back"
                time.sleep(0.1)

    def fresh(self) -> Rows:
        """What a first pull of the same user on the same device gives."""
        other = Phone(self.url, self.company, self.username, self.password, device=self.device, _token=self._token)
        try:
            other.drain()
        finally:
            other.close()
        return other.replica

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def _apply(self, answer: dict[str, Any]) -> None:
        changes = answer["changes"]
        gone = {leave["scope"] for leave in changes["leave"]} | set(changes["enter"])
        if gone:
            self.replica = {key: row for key, row in self.replica.items() if key[0] not in gone}
        for row in changes["rows"]:
            key = (row["scope"], row["kind"], row["id"])
            if row["data"] is None:
                self.replica.pop(key, None)
            else:
                self.replica[key] = (row["version"], row["tag"], row["data"])
        self.cursor = answer["cursor"]
        if answer["complete"]:
            assert answer["acknowledged"] >= self.acknowledged, "acknowledged went back"
            self.acknowledged = answer["acknowledged"]

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            if self._token is None:
                self._sign_in()
            response = self._http.post(path, json=body, headers={"Authorization": f"Bearer {self._token}"})
        except httpx.TransportError as error:
            self.cut_off += 1
            raise Unavailable from error
        if response.status_code == 401:
            self._token = None
            raise Unavailable
        return self._judged(response)

    def _sign_in(self) -> None:
        body = {
            "company": self.company,
            "username": self.username,
            "password": self.password,
            "device": {"id": self.device, "name": "crash test", "platform": "android"},
        }
        self._token = self._judged(self._http.post("/api/v1/auth/sign-in", json=body))["access_token"]

    def _judged(self, response: httpx.Response) -> dict[str, Any]:
        if response.status_code == 503:
            assert response.json()["error"]["code"] == "core.unavailable", response.text
            assert int(response.headers["Retry-After"]) > 0
            self.unavailable += 1
            raise Unavailable
        assert response.status_code == 200, f"{response.status_code} {response.text[:500]}"
        found: dict[str, Any] = response.json()
        return found


def record_work(phone: Phone, customers: list[str], luck: random.Random) -> None:
    """Record what a rep does: a new customer, a visit with its log, or an edit of one of `customers`.

    Never two edits in a row: edits of one row that are judged as one set are written once, and raise its version once,
    so that versions would no longer tell how many took effect.
    """
    edited_last = bool(phone.outbox) and phone.outbox[-1]["name"] == "customers.update"
    if not customers or edited_last or luck.random() < 0.4:
        customers.append(str(uuid7()))
        phone.record("customers.create", {"id": customers[-1], "name": f"Customer {len(customers)}"})
        return
    customer = luck.choice(customers)
    if luck.random() < 0.5:
        visit = str(uuid7())
        phone.record("visits.check_in", {"visit_id": visit, "customer_id": customer, "fix": None})
        phone.record("visits.log", {"id": str(uuid7()), "visit_id": visit, "result": "interested", "note": "ok"})
        phone.record("visits.check_out", {"visit_id": visit, "fix": None})
    else:
        phone.record("customers.update", {"id": customer, "changes": {"notes": {"from": "", "to": uuid7().hex}}})
