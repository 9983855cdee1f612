"""Plays the phone of a scenario against the real server, and checks that its answers are those of the transcript.

So what the scripted server of `roundsman-conformance` answers is proven to be what a real one would. Steps that only a
scripted server can do (a broken answer, a server of another version) are left out one by one.
"""

from typing import Any
from unittest.mock import patch
from uuid import UUID

from django.test import Client

from accounts import tokens
from accounts.commands.sessions import sign_out_by
from core.actor import Actor
from core.ids import uuid7
from roundsman_conformance.device_clock import Clocks
from roundsman_conformance.names import Json, Names, numbered
from roundsman_conformance.rows import digest
from roundsman_conformance.scenario import Library, Scenario, action_of
from tests.personas import ApiClient, call
from tests.scenarios.answer_match import expected_rows, wrong_rows, wrong_verdicts
from tests.scenarios.office import Office
from tests.sync.backups import Backup

_NOT_SENT = {"request_lost", "no_json", "redirect"}
_NOT_TAKEN = {"answer_lost", "answer_cut", "killed"}
_BATCH = 500
_HOUR_S = 3600


class Replay:
    """One scenario on a fresh company of the real server."""

    def __init__(self, library: Library, scenario: Scenario) -> None:
        self._library = library
        self._scenario = scenario
        self._names = Names()
        self._clocks = Clocks()
        self._office = Office(library, scenario, self._names, self._clocks.server_now)
        self._device = str(uuid7())
        self._names.bind("device", self._device)
        self._client: ApiClient | None = None
        self._commands: dict[str, Json] = {}
        self._judged: set[int] = set()
        self._cursor: str | None = None
        self._pages = 0
        self._open: Json = {}
        self._epoch: str | None = None
        self._backup: Backup | None = None
        self.rows: dict[tuple[str, str], tuple[str, str]] = {}
        """(kind, id) → (scope, tag): what the phone holds."""
        self.scopes: set[str] = set()
        self.played = 0
        """Exchanges that went to the server."""

    def run(self) -> None:
        """Play every step. Raises AssertionError with the step and what differs."""
        # Requests are received at the scenario's time: days pass between two steps.
        with patch("sync.api.now", self._clocks.server_now):
            self._run()

    def _run(self) -> None:
        if self._scenario.start != "new":
            self._sign_in({"user": "alice"})
        if self._scenario.start == "synced":
            scopes = self._library.scopes(self._scenario)
            self._exchange({"answer": {"enter": scopes, "rows": [{"all_of": scope} for scope in scopes]}}, "start")
        for number, step in enumerate(self._scenario.steps, 1):
            self._step(step, f"step {number}")

    def _step(self, step: Json, where: str) -> None:
        match action_of(step):
            case "sync" | "reset" as action:
                for number, exchange in enumerate(step[action], 1):
                    self._exchange(exchange, f"{where}, exchange {number}", step)
            case "do":
                if "fails" not in step:
                    self._record(step)
            case "sign_in":
                self._sign_in(step["sign_in"])
            case "sign_out":
                assert self._api.call("POST", "/api/v1/auth/sign-out", {}).status_code in (200, 204)
            case "clock":
                self._clocks.move(step["clock"])
            case "office":
                for act in step["office"]:
                    self._office.act(act["by"], act["do"], act["payload"])
            case "server":
                self._server(step["server"])
            # The others happen on the phone alone.

    # The phone's own acts

    def _sign_in(self, how: Json) -> None:
        persona = self._office.company.people[how["user"]]
        if how.get("password") == "wrong":
            body = {"company": self._office.company.code, "username": how["user"], "password": "wrong"}
            body["device"] = {"id": self._device, "name": "phone", "platform": "android"}
            assert call(Client(), "POST", "/api/v1/auth/sign-in", body).status_code == 401
            return
        self._client = persona.client(UUID(self._device))
        if "fault" in how:  # it arrives once more, when the user has typed his password again
            assert persona.client(UUID(self._device)).device_id == UUID(self._device)

    @property
    def _api(self) -> ApiClient:
        assert self._client is not None
        return self._client

    def _record(self, step: Json) -> None:
        for number in range(1, step.get("times", 1) + 1):
            name = f"{step['as']}{number}" if "times" in step else step["as"]
            self._names.bind(name, str(uuid7()))
            self._names.note_recording(name, self._clocks.server_now())
            self._commands[name] = {
                "id": self._names.id(name),
                "seq": len(self._commands) + 1,
                "name": step["do"],
                "schema": step.get("schema", 1),
                "payload": self._names.fill(numbered(step["payload"], number)),
                "depends_on": [self._names.id(other) for other in step.get("depends_on", [])],
                **self._clocks.phone.wire(),
            }

    def _server(self, what: str) -> None:
        match what:
            case "token_expires":
                self._expire()
            case "session_ends":
                sign_out_by(self._api.session_tokens["refresh_token"])
                self._expire()
            case "backup":
                self._backup = Backup(self._office.company.id)
            case "restore":
                assert self._backup is not None
                self._backup.restore()

    def _expire(self) -> None:
        alice = self._office.company.actor("alice")
        actor = Actor(alice.company_id, alice.user_id, alice.roles, None, alice.locale, UUID(self._device))
        with patch("accounts.tokens.time.time", return_value=tokens.time.time() - _HOUR_S):
            token = tokens.issue(actor)
        self._api.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token}"

    # One exchange

    def _exchange(self, spec: Json, where: str, step: Json | None = None) -> None:
        for act in spec.get("meanwhile", []):
            self._step(act, f"{where}, meanwhile")
        if spec.get("only") == "scripted" or spec.get("fault") in _NOT_SENT:
            return
        self.played += 1
        if spec.get("to") == "refresh":
            self._refresh(spec, where)
            return
        if spec.get("cursor") == "none":
            self._cursor, self._pages = None, 0
        commands = self._expand(spec.get("commands", []))
        if "refuse" in spec and spec["refuse"].get("only") != "scripted":
            guilty = self._expand(spec.get("condemns", []))
            self._refused(spec, sorted([*commands, *guilty], key=lambda command: command["seq"]), where)
            if not guilty:
                return
        if spec.get("to") == "push":
            pushed = self._post("/api/v1/sync/push", {"commands": commands})
            wrong = wrong_verdicts(spec.get("answer", {}), commands, pushed["verdicts"], self._names)
            assert not wrong, f"{where}: {wrong}"
            self._judged |= {command["seq"] for command in commands}
            return
        if spec.get("fault") == "duplicate":
            self._ask(spec, commands, step)
        answer = self._ask(spec, commands, step)
        self._judged |= {command["seq"] for command in commands}
        taken = spec.get("fault") not in _NOT_TAKEN
        if taken or "answer" in spec:
            self._check(spec.get("answer", {}), commands, answer, where)
        if taken:
            self._take(answer)

    def _expand(self, names: list[str]) -> list[Json]:
        found = []
        for name in names:
            stem = name.removesuffix("*")
            if stem == name:
                found.append(self._commands[name])
            else:
                found += [c for n, c in self._commands.items() if n.startswith(stem) and n[len(stem) :].isdigit()]
        return found

    def _ask(self, spec: Json, commands: list[Json], step: Json | None) -> Json:
        """The answer, all its pages in one if the scenario's page is made of several of the server's."""
        verdicts: list[Json] = []
        while len(commands) > _BATCH or (commands and self._pages):
            batch, commands = commands[:_BATCH], commands[_BATCH:]
            verdicts += self._post("/api/v1/sync/push", {"commands": batch})["verdicts"]
        mode = spec.get("digests") or (step or {}).get("digests", "sample")
        body = {"commands": commands, "cursor": self._cursor, "digests": mode, "max_bytes": 8_000_000}
        body["repair"] = [] if self._pages else self._names.fill(spec.get("repair", []))
        if spec.get("answer", {}).get("complete", True) and not self._pages:
            answer = self._post("/api/v1/sync", body)
        else:
            answer = self._ask_in_small_pages(spec.get("answer", {}), body)
        answer["verdicts"] = verdicts + answer["verdicts"]
        return answer

    def _ask_in_small_pages(self, wanted: Json, body: Json) -> Json:
        """One page of the scenario: as many of the server's smallest ones as hold its rows."""
        count = sum(
            len(self._office.table.of_scope(row["all_of"])) if "all_of" in row else row.get("times", 1)
            for row in wanted.get("rows", ())
        )
        whole = self._post("/api/v1/sync", body | {"max_bytes": 1})
        while not whole["complete"] and len(whole["changes"]["rows"]) < count:
            body = body | {"cursor": whole["cursor"], "commands": [], "repair": []}
            page = self._post("/api/v1/sync", body | {"max_bytes": 1})
            for member, items in whole["changes"].items():
                page["changes"][member] = items + page["changes"][member]
            page["verdicts"] = whole["verdicts"]
            assert page["acknowledged"] == whole["acknowledged"], "all pages tell of the first one's moment"
            whole = page
        return whole

    def _post(self, path: str, body: Json) -> Json:
        response = self._api.call("POST", path, {"schema": 1, "clock": self._clocks.phone.wire()} | body)
        assert response.status_code == 200, response.content
        answer: Json = response.json()
        return answer

    def _refused(self, spec: Json, commands: list[Json], where: str) -> None:
        """The server refuses the whole request, as the scenario says."""
        cursor = "garbage" if spec["refuse"]["code"] == "sync.cursor_invalid" else self._cursor
        body = {"schema": 1, "clock": self._clocks.phone.wire(), "commands": commands, "cursor": cursor}
        path = "/api/v1/sync/push" if spec.get("to") == "push" else "/api/v1/sync"
        response = self._api.call("POST", path, body)
        got: dict[str, Any] = response.json()["error"]
        refuse = spec["refuse"]
        assert (response.status_code, got["code"]) == (refuse["status"], refuse["code"]), f"{where}: {got}"
        wrong = self._names.differences(refuse.get("details", {}), got["details"], subset=True)
        assert not wrong, f"{where}: {wrong}"
        if refuse["code"] == "sync.cursor_invalid":
            self._cursor, self._pages = None, 0

    def _refresh(self, spec: Json, where: str) -> None:
        token = self._api.session_tokens["refresh_token"]
        response = call(Client(), "POST", "/api/v1/auth/refresh", {"refresh_token": token})
        if "refuse" in spec:
            got = (response.status_code, response.json()["error"]["code"])
            assert got == (spec["refuse"]["status"], spec["refuse"]["code"]), where
        else:
            assert response.status_code == 200, f"{where}: {response.content!r}"
            if spec.get("fault") is None:
                self._client = ApiClient(response.json())

    # What came

    def _check(self, wanted: Json, commands: list[Json], answer: Json, where: str) -> None:
        names, changes = self._names, answer["changes"]
        wrong = wrong_verdicts(wanted, commands, answer["verdicts"], names)
        wrong += wrong_rows(expected_rows(wanted, self._office.table, names), changes["rows"], names)
        enter = sorted(names.fill(wanted.get("enter", [])))
        wrong += names.differences(enter, sorted(changes["enter"]), "enter")
        leave = sorted(names.fill(wanted.get("leave", [])), key=lambda item: item["scope"])
        wrong += names.differences(leave, sorted(changes["leave"], key=lambda item: item["scope"]), "leave")
        if "acknowledged" in wanted:
            present = {command["seq"] for command in commands}
            self._judged = {seq for seq in self._judged if seq <= wanted["acknowledged"] or seq in present}
        acknowledged = self._open["acknowledged"] if self._pages else self._acknowledged()
        expected = {"acknowledged": acknowledged, "complete": wanted.get("complete", True)}
        wrong += names.differences(expected, answer, subset=True)
        is_new = self._epoch is not None and answer["epoch"] != self._epoch
        wrong += names.differences("epoch" in wanted, is_new, "another epoch")
        more = [f"and {len(wrong) - 12} more"] if len(wrong) > 12 else []
        assert not wrong, "\n".join([f"{self._scenario.id}, {where}:", *wrong[:12], *more])

    def _acknowledged(self) -> int:
        seq = 0
        while seq + 1 in self._judged:
            seq += 1
        return seq

    def _take(self, answer: Json) -> None:
        """Do with an answer what the rules say, and compare its digests with what is then held."""
        changes, new_history = answer["changes"], self._epoch not in (None, answer["epoch"])
        if not self._pages:
            whole = self._cursor is None
            self._open = {"whole": whole, "entered": set(), "acknowledged": answer["acknowledged"]}
        for leave in changes["leave"]:
            self._drop(leave["scope"])
            self.scopes.discard(leave["scope"])
        for scope in changes["enter"]:
            self._drop(scope)
            self.scopes.add(scope)
            self._open["entered"].add(scope)
        for row in changes["rows"]:
            key = (row["kind"], row["id"])
            if row["data"] is not None:
                self.rows[key] = (row["scope"], row["tag"])
            elif key in self.rows and self.rows[key][0] == row["scope"]:
                del self.rows[key]
        self._cursor, self._epoch = answer["cursor"], answer["epoch"]
        self._pages = 0 if answer["complete"] else self._pages + 1
        if answer["complete"] and (new_history or self._open["whole"]):
            kept = set(answer["digests"]) if new_history else self._open["entered"]
            for scope in self.scopes - kept:
                self._drop(scope)
            self.scopes &= kept
        if answer["complete"] and not new_history:
            for scope, said in answer["digests"].items():
                assert said == digest(tag for held, tag in self.rows.values() if held == scope), scope

    def _drop(self, scope: str) -> None:
        self.rows = {key: held for key, held in self.rows.items() if held[0] != scope}

    def fresh_rows(self) -> dict[tuple[str, str], tuple[str, str]]:
        """What a first pull on another device of the same user brings."""
        client = self._office.company.client("alice")
        answer = client.call("POST", "/api/v1/sync", {"max_bytes": 8_000_000}).json()
        assert answer["complete"]
        return {(row["kind"], row["id"]): (row["scope"], row["tag"]) for row in answer["changes"]["rows"]}
