"""A server in memory, written from the protocol: scopes, grants, pages, tombstones, digests, epochs, tokens.

It is a transport, so a phone can be plugged straight into it. Time is a counter of changes; a cursor names the counter
of the first page of an answer. Commands are judged by `judge`, which tests replace where they need another verdict.
"""

import base64
import copy
import gzip
import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from roundsman_client.clock import FakeClock
from roundsman_client.digest import EMPTY, Digest
from roundsman_client.transport import HttpRequest, HttpResponse

Json = dict[str, Any]
PASSWORD = "secret-of-alice"  # noqa: S105
USER = "00000000-0000-7000-8000-00000000a11c"
HISTORY_FIELDS = ("serial", "entries", "grants", "commands", "seqs")


@dataclass
class Entry:
    serial: int
    version: int
    tag: str
    data: Json | None


@dataclass
class Grant:
    active: bool
    serial: int
    reason: str = ""


@dataclass
class Refused(Exception):
    """An error answer."""

    status: int
    code: str
    details: Json = field(default_factory=dict)


def tag_of(kind: str, id_: str, data: Json) -> str:
    text = f"{kind}|{id_}|{json.dumps(data, sort_keys=True)}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:16]


class FakeServer:
    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.epoch = "epoch-1"
        self.serial = 0
        self.entries: dict[tuple[str, str, str], Entry] = {}
        self.grants: dict[str, Grant] = {}
        self.commands: dict[str, tuple[str, Json]] = {}
        self.seqs: dict[str, set[int]] = {}
        self.page_rows = 1000
        self.digest_sample: Callable[[], list[str]] = lambda: [scope for scope, g in self.grants.items() if g.active]
        self.judge: Callable[[Json], Json] = self.judge_normally
        self.before_pull: Callable[[Json], None] = lambda request: None
        self.out_of_order: list[HttpResponse] = []
        """Answers to give instead of acting, first come first served."""
        self.requests: list[tuple[str, Json]] = []
        self.most_bytes: int | None = None
        self.unreadable: set[str] = set()
        """Ids of commands that make the server refuse the whole request."""
        self.next_sync_after_s = 0
        # Accounts
        self.devices: set[str] = set()
        self.api_level = 1
        self.revoked: set[str] = set()
        self.code: str | None = None  # of a second factor, where there is one
        self.access: dict[str, str] = {}
        self.refresh: dict[str, str] = {}
        self.replaced: dict[str, tuple[Json, int]] = {}
        self.refresh_lost = 0
        self.grant(USER)

    # What a test does to the server

    def grant(self, scope: str) -> None:
        self.serial += 1
        self.grants[scope] = Grant(True, self.serial)

    def revoke(self, scope: str, reason: str = "reassigned") -> None:
        self.serial += 1
        self.grants[scope] = Grant(False, self.serial, reason)

    def put(self, scope: str, kind: str, id_: str, **data: Any) -> None:
        """Write a row; it leaves a tombstone in the scope where it was before."""
        self.serial += 1
        for key, entry in self.entries.items():
            if key[1:] == (kind, id_) and key[0] != scope and entry.data is not None:
                self.entries[key] = Entry(self.serial, entry.version + 1, "0" * 16, None)
        before = self.entries.get((scope, kind, id_))
        version = before.version + 1 if before else 1
        self.entries[scope, kind, id_] = Entry(self.serial, version, tag_of(kind, id_, data), data)

    def change(self, kind: str, id_: str, **values: Any) -> None:
        scope, data = self.find(kind, id_)
        self.put(scope, kind, id_, **(data | values))

    def delete(self, kind: str, id_: str) -> None:
        scope, _ = self.find(kind, id_)
        self.serial += 1
        entry = self.entries[scope, kind, id_]
        self.entries[scope, kind, id_] = Entry(self.serial, entry.version + 1, "0" * 16, None)

    def find(self, kind: str, id_: str) -> tuple[str, Json]:
        for (scope, a_kind, an_id), entry in self.entries.items():
            if (a_kind, an_id) == (kind, id_) and entry.data is not None:
                return scope, entry.data
        raise LookupError(id_)

    def settle(self, command_id: str, status: str, **members: Any) -> None:
        """An operator settles a parked command: the verdict becomes a row of the user's scope."""
        members = {"code": None, "field": None, "message": None, "settled_at": self.now()} | members
        self.put(USER, "verdict", command_id, status=status, **members)

    def truth(self) -> dict[tuple[str, str], tuple[str, Json]]:
        """What a phone of alice must hold: (kind, id) → (scope, data)."""
        active = {scope for scope, grant in self.grants.items() if grant.active}
        return {key[1:]: (key[0], e.data) for key, e in self.entries.items() if e.data is not None and key[0] in active}

    def backup(self) -> Json:
        return {name: copy.deepcopy(getattr(self, name)) for name in HISTORY_FIELDS}

    def restore(self, backup: Json) -> None:
        """Go back to a backup. Counters start where they were then, so the old cursor means nothing any more."""
        for name, value in copy.deepcopy(backup).items():
            setattr(self, name, value)
        self.epoch = f"epoch-{int(self.epoch.split('-')[1]) + 1}"

    def revoke_device(self, device: str) -> None:
        self.revoked.add(device)

    def now(self) -> str:
        return self.clock.read().wire()["at"]

    # The transport

    def close(self) -> None:
        pass

    def send(self, request: HttpRequest) -> HttpResponse:
        if self.out_of_order:
            return self.out_of_order.pop(0)
        try:
            if self.most_bytes and len(request.body) > self.most_bytes:
                raise Refused(413, "core.too_large")
            body = json.loads(request.body)
            self.requests.append((request.path, body))
            answer = self.dispatch(request.path, body, request.headers.get("Authorization", "")[7:])
        except Refused as refusal:
            error = {"code": refusal.code, "message": refusal.code, "field": None, "details": refusal.details}
            return HttpResponse(refusal.status, {}, json.dumps({"error": error}).encode())
        return HttpResponse(200, {"content-encoding": "gzip"}, gzip.compress(json.dumps(answer).encode()))

    def dispatch(self, path: str, body: Json, token: str) -> Json:
        match path.removeprefix("/api/v1"):
            case "/auth/sign-in":
                return self.sign_in(body)
            case "/auth/refresh":
                return self.exchange(body["refresh_token"])
        device = self.access.get(token)
        if device is None:
            raise Refused(401, "accounts.unauthenticated")
        if path == "/api/v1/auth/sign-out":
            self.access.pop(token)
            return {}
        answer: Json = {"received_at": self.now(), "next_sync_after_s": self.next_sync_after_s}
        if path in ("/api/v1/sync", "/api/v1/sync/push"):
            answer["verdicts"] = self.push(body["commands"], device)
        if device in self.revoked:
            raise Refused(401, "accounts.device_revoked", {"wipe": True})
        if path in ("/api/v1/sync", "/api/v1/sync/pull"):
            answer |= self.pull(body, device)
        answer["acknowledged"] = self.acknowledged(device)
        return answer

    # Accounts

    def sign_in(self, body: Json) -> Json:
        if body["password"] != PASSWORD:
            raise Refused(401, "accounts.wrong_password")
        if self.code is not None and body.get("code") != self.code:
            raise Refused(*((403, "accounts.code_wrong") if "code" in body else (401, "accounts.code_required")))
        device = body["device"].get("id") or str(uuid.uuid4())
        if device in self.revoked:
            raise Refused(401, "accounts.device_revoked", {"wipe": True})
        self.devices.add(device)
        user = {"id": USER, "name": "Alice", "roles": ["rep"], "org_unit_id": None}
        return self.tokens(device) | {"user": user, "device": {"id": device}}

    def tokens(self, device: str) -> Json:
        access, refresh = f"access-{uuid.uuid4()}", f"refresh-{uuid.uuid4()}"
        self.access[access] = device
        self.refresh[refresh] = device
        answer = {"access_token": access, "expires_in_s": 900, "refresh_token": refresh}
        return answer | ({"api_level": self.api_level} if self.api_level > 1 else {})

    def exchange(self, token: str) -> Json:
        if token in self.replaced:
            successor, at_ms = self.replaced[token]
            if self.clock.read().uptime_ms - at_ms <= 60_000:
                return successor
            self.refresh.clear()
            self.access.clear()
        if token not in self.refresh:
            raise Refused(401, "accounts.refresh_invalid")
        device = self.refresh[token]
        if device in self.revoked:
            raise Refused(401, "accounts.device_revoked", {"wipe": True})
        del self.refresh[token]
        self.access = {access: owner for access, owner in self.access.items() if owner != device}
        answer = self.tokens(device)
        self.replaced[token] = (answer, self.clock.read().uptime_ms)
        return answer

    # Push

    def push(self, commands: list[Json], device: str) -> list[Json]:
        if any(command["id"] in self.unreadable for command in commands):
            raise Refused(422, "core.invalid_input")
        if len(commands) > 100:
            raise Refused(413, "core.too_large")
        verdicts = []
        for command in commands:
            fingerprint = json.dumps([command["name"], command["schema"], command["payload"]], sort_keys=True)
            if command["id"] in self.commands:
                known, verdict = self.commands[command["id"]]
                assert known == fingerprint, "an id was used for another command"
            else:
                judgement = {"status": "parked"} if device in self.revoked else self.judge(command)
                verdict = {"id": command["id"], "seq": command["seq"], "code": None, "field": None} | judgement
                self.commands[command["id"]] = (fingerprint, verdict)
                if verdict["status"] in ("refused", "parked", "merged"):
                    kept = {name: value for name, value in verdict.items() if name not in ("id", "seq", "conflicts")}
                    self.put(USER, "verdict", command["id"], **kept, settled_at=None)
            self.seqs.setdefault(device, set()).add(command["seq"])
            verdicts.append(verdict)
        return verdicts

    def acknowledged(self, device: str) -> int:
        seq = 0
        while seq + 1 in self.seqs.get(device, ()):
            seq += 1
        return seq

    def judge_normally(self, command: Json) -> Json:
        """Customers are created and edited, field by field; everything else is applied without effect."""
        payload = command["payload"]
        if command["name"] == "customers.create":
            data = {"name": payload["name"], "phone": payload.get("phone", ""), "owner_id": USER}
            self.put(payload["id"], "customer", payload["id"], **data)
            self.grant(payload["id"])
        elif command["name"] == "customers.update":
            try:
                _, data = self.find("customer", payload["id"])
            except LookupError:
                return {"status": "refused", "code": "core.not_found", "message": "no such customer"}
            conflicts = []
            for name, change in payload["changes"].items():
                if data.get(name) in (change["from"], change["to"]):
                    self.change("customer", payload["id"], **{name: change["to"]})
                else:
                    conflicts.append({"field": name, "yours": change["to"], "theirs": data.get(name), "kept": "theirs"})
            return {"status": "merged", "conflicts": conflicts} if conflicts else {"status": "applied"}
        return {"status": "applied"}

    # Pull

    def pull(self, request: Json, device: str) -> Json:
        self.before_pull(request)
        cursor = self.open_cursor(request["cursor"], device)
        if cursor and cursor["epoch"] != self.epoch:
            return {
                "epoch": self.epoch,
                "changes": {"leave": self.leaves(-1)},
                "complete": True,
                "cursor": self.seal({"epoch": self.epoch, "since": self.serial, "device": device}),
                "digests": {scope: self.digest(scope) for scope, grant in self.grants.items() if grant.active},
            }
        cursor = cursor or {"epoch": self.epoch, "since": -1, "device": device}
        first = cursor.get("first", self.serial)
        position = tuple(cursor.get("position", ()))
        assert not (position and request["repair"]), "a repair is named with the first page alone"
        repair = set(cursor.get("repair", request["repair"]))
        events = [event for event in self.events(cursor["since"], repair) if event[0] > position]
        page = events[: self.page_rows]
        complete = len(page) == len(events)
        following = {"epoch": self.epoch, "device": device, "since": first}
        if not complete:
            following |= {"since": cursor["since"], "first": first, "position": page[-1][0], "repair": sorted(repair)}
        wanted = list(self.grants) if request["digests"] == "all" else self.digest_sample()
        active = [scope for scope in wanted if scope in self.grants and self.grants[scope].active]
        return {
            "epoch": self.epoch,
            "changes": {
                "enter": [scope for _, scope, row in page if row is None],
                "leave": self.leaves(cursor["since"]),
                "rows": [row for _, _, row in page if row is not None],
            },
            "complete": complete,
            "cursor": self.seal(following),
            "digests": {scope: self.digest(scope) for scope in active} if complete else {},
        }

    def events(self, since: int, repair: set[str]) -> list[tuple[tuple[str, ...], str, Json | None]]:
        """(position, scope, row or None for `enter`), in the order in which pages are cut."""
        events: list[tuple[tuple[str, ...], str, Json | None]] = []
        for scope, grant in self.grants.items():
            if not grant.active:
                continue
            entering = grant.serial > since or scope in repair
            if entering:
                events.append(((scope, "", ""), scope, None))
            for (a_scope, kind, id_), entry in self.entries.items():
                sent = entry.data is not None if entering else entry.serial > since
                if a_scope == scope and sent:
                    row = {"scope": scope, "kind": kind, "id": id_, "data": entry.data}
                    events.append(((scope, kind, id_), scope, row | {"version": entry.version, "tag": entry.tag}))
        return sorted(events, key=lambda event: event[0])

    def leaves(self, since: int) -> list[Json]:
        left = [(scope, grant) for scope, grant in self.grants.items() if not grant.active and grant.serial > since]
        return [{"scope": scope, "reason": grant.reason} for scope, grant in left]

    def digest(self, scope: str) -> Json:
        digest: Digest = EMPTY
        for (a_scope, _, _), entry in self.entries.items():
            if a_scope == scope and entry.data is not None:
                digest = digest.plus(entry.tag)
        return {"rows": digest.rows, "sum": digest.total}

    @staticmethod
    def seal(cursor: Json) -> str:
        return base64.b64encode(json.dumps(cursor).encode()).decode()

    def open_cursor(self, text: str | None, device: str) -> Json | None:
        if text is None:
            return None
        try:
            cursor: Json = json.loads(base64.b64decode(text))
        except ValueError as error:
            raise Refused(422, "sync.cursor_invalid") from error
        if cursor["device"] != device:
            raise Refused(422, "sync.cursor_invalid")
        return cursor
