"""Plays one scenario: drives the phone step by step while the scripted server answers it."""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from roundsman_conformance.accounts import Accounts
from roundsman_conformance.adapter import AdapterError, AdapterGone, AdapterSlow
from roundsman_conformance.answers import Composer
from roundsman_conformance.device_clock import Clocks
from roundsman_conformance.expectations import Dump, Expectations, check_report
from roundsman_conformance.findings import Failure, Findings
from roundsman_conformance.ledger import Ledger, Recorded
from roundsman_conformance.names import Json, Names, numbered
from roundsman_conformance.phone import Phone
from roundsman_conformance.request_checks import RequestChecks
from roundsman_conformance.scenario import Library, Scenario, action_of
from roundsman_conformance.script import Script
from roundsman_conformance.server import ScriptedServer

_MOST_CALLS = 5
_POLL_S = 0.01


@dataclass(frozen=True)
class Outcome:
    """What became of one scenario. lacking: capabilities for want of which it was not played."""

    scenario: Scenario
    failures: list[Failure] = field(default_factory=list)
    lacking: frozenset[str] = frozenset()


class _Stop(Exception):
    """The scenario cannot go on."""


class Play:
    """One scenario against one phone."""

    def __init__(self, library: Library, scenario: Scenario, phone: Phone, trace: Callable[[str], None]) -> None:
        self._library = library
        self._scenario = scenario
        self._phone = phone
        self._trace = trace
        self._names = names = Names()
        self._table = library.table(scenario, names)
        self._findings = Findings(scenario.id)
        self._clocks = Clocks()
        self._moves_clock = "clock" in phone.capabilities
        self._ledger = Ledger(self._findings)
        composer = Composer(names, self._table, self._ledger, self._clocks.server_now)
        composer.language = phone.language
        self._accounts = Accounts(library.cast, names, self._findings, self._clocks.server_now)
        checks = RequestChecks(self._findings, self._clocks, names.say, moves_clock=self._moves_clock)
        self._script = Script(self._accounts, self._ledger, composer, checks, names, self._findings)
        self._script.hold = self._hold
        self._expectations = Expectations(names, self._ledger, self._findings, phone.language)
        self._held: queue.SimpleQueue[tuple[Json, threading.Event]] = queue.SimpleQueue()
        self._killed = threading.Event()
        self._last_report: Json = {}

    def run(self) -> Outcome:
        """Play it to its end or to the first step that fails. Raises AdapterGone if there is no adapter any more."""
        lacking = frozenset(self._scenario.needs) - self._phone.capabilities
        if lacking:
            return Outcome(self._scenario, lacking=lacking)
        with ScriptedServer(self._script, self._kill, self._findings.note) as server:
            server.tracer = self._trace
            try:
                self._prepare(server.url)
                for number, step in enumerate(self._scenario.steps, 1):
                    self._findings.step = number
                    self._trace(f"{self._scenario.id} step {number}: {action_of(step)}")
                    self._do(step)
                    self._stop_if_failed()
            except _Stop:
                pass
            except (AdapterGone, AdapterSlow) as trouble:
                self._findings.note(self._present_rule(), "an adapter that replies", str(trouble))
                self._phone.recover()
        return Outcome(self._scenario, self._findings.all())

    def _present_rule(self) -> str:
        """The rule that the present step is about."""
        steps = self._scenario.steps
        step = steps[self._findings.step - 1] if self._findings.step else {}
        rule: str = step.get("rule", self._scenario.covers[0])
        return rule

    def _stop_if_failed(self) -> None:
        if self._findings.all():
            raise _Stop

    def _prepare(self, url: str) -> None:
        self._phone.begin(url)
        self._set_clock()
        if self._scenario.start == "new":
            return
        self._sign_in({"user": "alice"})
        if self._scenario.start == "synced":
            scopes = self._library.scopes(self._scenario)
            answer = {"enter": scopes, "rows": [{"all_of": scope} for scope in scopes]}
            exchange = {"answer": answer, "rules": {"repair": "ANS-3"}}
            self._sync({"sync": [exchange], "rule": "ANS-3"}, "sync")
            self._stop_if_failed()
            self._expect([{"rule": "ANS-3", "holds": "exactly"}])
        self._stop_if_failed()

    # Steps

    def _do(self, step: Json) -> None:
        action = action_of(step)
        if action in ("sync", "reset"):
            self._sync(step, action)
        elif action == "do":
            self._record(step)
        elif action != "expect":
            getattr(self, f"_{action}")(step[action])
        if "expect" in step:
            self._expect(step["expect"])

    def _sign_in(self, how: Json) -> None:
        users = {row["id"]: row["data"] for row in self._library.cast["rows"] if row["kind"] == "user"}
        password = "wrong" if how.get("password") == "wrong" else self._library.cast["password"]
        self._accounts.signing_in = True
        self._script.sign_in_fault = how.get("fault")
        arguments = {
            "company": self._library.cast["company"]["code"],
            "username": users[f"${how['user']}"]["username"],
            "password": password,
            "device_name": "phone under test",
        }
        try:
            said = self._phone.call("sign_in", **arguments)
        except AdapterError as error:
            self._check_refusal("sign_in", how, error)
        else:
            if how.get("fails"):
                self._findings.note(how["rule"], f"sign_in answers {how['fails']}", "it went well")
            elif said.get("user_id") != self._names.id(how["user"]):
                self._findings.note(how.get("rule", "SES-1"), f"user_id of {how['user']}", str(said.get("user_id")))
        finally:
            self._accounts.signing_in = False
            self._script.sign_in_fault = None

    def _check_refusal(self, call: str, how: Json, error: AdapterError) -> None:
        rule = how.get("rule", self._scenario.covers[0])
        if "fails" not in how:
            self._findings.note(rule, f"{call} goes well", str(error))
        elif error.code not in how["fails"]:
            self._findings.note(rule, f"{call} answers {' or '.join(how['fails'])}", str(error))

    def _sign_out(self, how: Json) -> None:
        self._phone.call("sign_out")

    def _other_user(self, how: Json) -> None:
        """Somebody else signs in on this phone: refused, or shown a store of his own with nothing in it."""
        self._accounts.signing_in = True
        user = next(r["data"]["username"] for r in self._library.cast["rows"] if r["id"] == f"${how['user']}")
        code, password = self._library.cast["company"]["code"], self._library.cast["password"]
        try:
            self._phone.call("sign_in", company=code, username=user, password=password, device_name="phone under test")
        except AdapterError as error:
            if error.code != "other_user":
                self._findings.note(how["rule"], "sign_in answers other_user, or opens another store", str(error))
            return
        finally:
            self._accounts.signing_in = False
        dump = Dump(self._phone.call("dump"))
        left = [name for name in ("rows", "pending") if dump.items(name)]
        if left:
            self._findings.note(how["rule"], f"nothing of the first user's in {how['user']}'s store", ", ".join(left))

    def _record(self, step: Json) -> None:
        for number in range(1, step.get("times", 1) + 1):
            name = f"{step['as']}{number}" if "times" in step else step.get("as", "")
            self._record_one(step, name, self._names.fill(numbered(step["payload"], number)))

    def _record_one(self, step: Json, name: str, payload: Json) -> None:
        depends_on = [self._names.id(other) for other in step.get("depends_on", [])]
        reading = self._clocks.phone if self._moves_clock else None
        schema = step.get("schema", 1)
        try:
            said = self._phone.call("do", name=step["do"], payload=payload, schema=schema, depends_on=depends_on)
        except AdapterError as error:
            self._check_refusal("do", step, error)
            return
        if step.get("fails"):
            self._findings.note(step["rule"], f"do answers {step['fails']}", "it was recorded")
            return
        id_ = str(said.get("id"))
        self._names.bind(name, id_)
        self._names.note_recording(name, self._clocks.server_now())
        recorded = Recorded(name, id_, self._ledger.next_seq, step["do"], schema, payload, depends_on, reading)
        self._ledger.record(recorded, said.get("seq"))

    def _office(self, acts: list[Json]) -> None:
        """What the office does is in the answers that follow; the real server is told of it by the other runner."""

    def _server(self, what: str) -> None:
        if what == "token_expires":
            self._accounts.expire()
        elif what == "session_ends":
            self._accounts.end()

    def _clock(self, how: Json) -> None:
        self._clocks.move(how)
        self._set_clock()

    def _set_clock(self) -> None:
        if self._moves_clock:
            self._phone.call("clock", **self._clocks.phone.wire())

    def _network(self, state: str) -> None:
        self._script.online = state == "on"
        if "network" in self._phone.capabilities:
            self._phone.call("network", online=self._script.online)

    def _restart(self, how: object) -> None:
        self._phone.restart()
        self._set_clock()
        if "network" in self._phone.capabilities and not self._script.online:
            self._phone.call("network", online=False)

    def _expect(self, wanted: list[Json]) -> None:
        if any("phone" in item and item["phone"].get("empty") for item in wanted):
            self._script.forget_phone()
        self._expectations.check(wanted, Dump(self._phone.call("dump")), self._script.phone.replica)

    # A sync, and what happens meanwhile

    def _sync(self, step: Json, call: str) -> None:
        rule = step.get("rule", self._scenario.covers[0])
        self._script.begin(step[call])
        self._killed.clear()
        for _ in range(_MOST_CALLS):
            self._script.begin_call()
            report = self._call_sync(call, step.get("digests", "sample"))
            if report is None:
                break
            if report.get("complete") and self._script.phone.open_answer:
                self._findings.note("ANS-8", "complete: false while an answer goes on", "complete: true")
            goes_on = report.get("complete") or step.get("may_pause")
            if not (goes_on and self._script.waits) or self._findings.all():
                break
        self._script.finish()
        if report is not None:
            check_report(rule, step.get("report", {"complete": True}), report, self._last_report, self._findings)
            self._last_report = report
        if self._killed.is_set():
            self._settle_after_kill(rule)

    def _call_sync(self, call: str, digests: str) -> Json | None:
        """One call; its report, or None if the app was killed in it."""
        future = self._phone.start(call, **({"digests": digests} if call == "sync" else {}))
        deadline = time.monotonic() + self._phone.limit_s
        while (not future.done() or not self._held.empty()) and time.monotonic() < deadline:
            try:
                spec, release = self._held.get(timeout=_POLL_S)
            except queue.Empty:
                continue
            try:
                for step in spec["meanwhile"]:
                    self._do(step)
            finally:
                release.set()
        try:
            return self._phone.finish(future, 1)
        except AdapterError as error:
            self._findings.note(self._present_rule(), f"{call} answers with a report", str(error))
            raise _Stop from error
        except AdapterGone:
            if self._killed.is_set():
                return None
            raise

    def _hold(self, spec: Json) -> None:
        """Called by the server's thread: let the play's own thread do what happens while the request is held."""
        release = threading.Event()
        self._held.put((spec, release))
        release.wait(60)

    def _kill(self) -> None:
        self._killed.set()
        self._phone.kill()

    def _settle_after_kill(self, rule: str) -> None:
        """The app was killed around the end of an answer: it has all of the page, or nothing of it."""
        self._phone.restart()
        self._set_clock()
        dump = Dump(self._phone.call("dump"))
        trial = Findings(self._scenario.id)
        judge = Expectations(self._names, self._ledger, trial, self._phone.language)
        judge.check([{"rule": rule, "holds": "exactly"}], dump, self._script.phone.replica)
        if trial.all():
            self._script.forget_last_answer()
            self._expectations.check([{"rule": rule, "holds": "exactly"}], dump, self._script.phone.replica)
        elif self._script.phone.replica == self._script.before_last.replica:
            self._script.uncertain = True
