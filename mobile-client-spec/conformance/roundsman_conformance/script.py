"""The scripted server: what it expects next, what it answers, and what in a request breaks a rule.

A step `sync` of a scenario is a list of exchanges. Each becomes a turn. A turn is over when its commands have arrived
and its pull was answered, in one request or in several: `/sync`, or `/sync/push` and `/sync/pull`, in batches of any
allowed size.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from roundsman_conformance.accounts import Accounts, Refusal
from roundsman_conformance.answers import Composer, message_of
from roundsman_conformance.expected_phone import ExpectedPhone
from roundsman_conformance.findings import Findings
from roundsman_conformance.ledger import Ledger, Recorded
from roundsman_conformance.names import Json, Names
from roundsman_conformance.request_checks import RequestChecks
from roundsman_conformance.turns import LOST, Reply, Turn, refusal_of

SYNC, PUSH, PULL = "/api/v1/sync", "/api/v1/sync/push", "/api/v1/sync/pull"
SIGN_IN, REFRESH, SIGN_OUT = "/api/v1/auth/sign-in", "/api/v1/auth/refresh", "/api/v1/auth/sign-out"
CURSOR_INVALID = "sync.cursor_invalid"
REVOKED = "accounts.device_revoked"
_IDLE_PULLS = 3
_BUSY = {408, 425, 429}


class Script:
    """The state of the scripted server in one play. `handle` may be called from several threads."""

    def __init__(
        self,
        accounts: Accounts,
        ledger: Ledger,
        composer: Composer,
        checks: RequestChecks,
        names: Names,
        findings: Findings,
    ) -> None:
        self._accounts = accounts
        self._ledger = ledger
        self._composer = composer
        self._checks = checks
        self._names = names
        self._note = findings.note
        self._lock = threading.RLock()
        self._busy = threading.Lock()
        self._turns: list[Turn] = []
        self._last = Turn({})
        self._idle_pulls = 0
        self._ended: tuple[str, str] | None = None
        self._revoked = False
        self.phone = ExpectedPhone()
        self.before_last = ExpectedPhone()
        """What the phone must hold if the last answer did not come to be stored."""
        self.uncertain = False
        """After a kill: whether nobody can tell if the last answer, which changed no row, came to be stored."""
        self.online = True
        self.sign_in_fault: str | None = None
        self.hold: Callable[[Json], None] = lambda spec: None
        """Called with an exchange while its request is held: the play does there what happens meanwhile."""

    # What the play does

    def begin(self, exchanges: list[Json]) -> None:
        """The next step: these exchanges are due."""
        with self._lock:
            self._turns = [Turn(spec) for spec in exchanges]
            self._last = Turn({})
            self.begin_call()

    def begin_call(self) -> None:
        """Another call of `sync`, perhaps within the same step."""
        with self._lock:
            self._idle_pulls, self._ended = 0, None

    @property
    def waits(self) -> bool:
        """Whether exchanges of this step have not happened yet (but for optional ones)."""
        with self._lock:
            return any(not turn.spec.get("optional") for turn in self._turns)

    def finish(self) -> None:
        """The step is over: the first thing that did not happen was forgotten by the client."""
        with self._lock:
            left = [turn for turn in self._turns if not turn.spec.get("optional")]
            self._turns = []
        if not left:
            return
        turn = left[0].begin(self._ledger)
        missing = ", ".join(item.name for item in turn.remaining)
        if turn.spec.get("to") == "refresh":
            self._note(turn.rule("refresh", "SES-2"), "a refresh of the token", "none")
        elif missing:
            self._note(turn.rule("commands", "OUT-1"), f"{missing} sent", "not sent")
        else:
            built_in = "DIG-2" if turn.spec.get("repair") else "ANS-8" if self.phone.open_answer else "OUT-1"
            due = {key: turn.spec[key] for key in ("repair", "digests") if key in turn.spec}
            self._note(turn.rule("pull", built_in), f"a pull {due or ''}".strip(), "no such request")

    def forget_last_answer(self) -> None:
        """The app was killed before the last answer came to be stored."""
        with self._lock:
            self.phone = self.before_last

    def forget_phone(self) -> None:
        """The phone is empty: it was wiped, or is another one."""
        with self._lock:
            self.phone = self.before_last = ExpectedPhone()

    # Requests

    def handle(self, path: str, headers: dict[str, str], body: Any, size: int) -> Reply:
        """Answer one request. headers: names in lower case; size: bytes of the body."""
        if path in (SIGN_IN, REFRESH, SIGN_OUT):
            return self._session(path, headers, body if isinstance(body, dict) else {})
        if path not in (SYNC, PUSH, PULL):
            return self._refused(Refusal(404, "core.not_found"))
        if not self._busy.acquire(blocking=False):
            self._note("OUT-2", "one request at a time", "a second one while the first is unanswered")
            return LOST
        try:
            return self._sync(path, headers, body, size)
        finally:
            self._busy.release()

    def _session(self, path: str, headers: dict[str, str], body: Json) -> Reply:
        with self._lock:
            if not self.online:
                return LOST
            try:
                if self._revoked:
                    raise Refusal(401, REVOKED, wipe=True)
                if path == SIGN_IN:
                    return Reply(200, self._accounts.sign_in(body), self.sign_in_fault)
                if path == REFRESH:
                    return self._refresh(body)
                self._accounts.check(headers.get("authorization"))
                return Reply(200, {})
            except Refusal as refusal:
                return self._refused(refusal)

    def _refresh(self, body: Json) -> Reply:
        expected = bool(self._turns) and self._turns[0].spec.get("to") == "refresh"
        spec = self._turns.pop(0).spec if expected else {}
        if "refuse" in spec:
            raise refusal_of(spec["refuse"])
        return Reply(200, self._accounts.refresh(body, expected=expected), spec.get("fault"))

    def _sync(self, path: str, headers: dict[str, str], body: Any, size: int) -> Reply:
        with self._lock:
            if not self.online:
                return LOST
            if self._ended:
                why, rule = self._ended
                self._note(rule, f"no further request in this sync after {why}", f"POST {path}")
                return LOST
            turn = self._present_turn(body)
        if turn is not None and "meanwhile" in turn.spec and not turn.held:
            turn.held = True
            self.hold(turn.spec)
        with self._lock:
            try:
                if not self._checks.form(headers, body, size):
                    raise Refusal(400, "core.invalid_json")
                told = turn is not None and turn.spec.get("refuse", {}).get("status") == 401
                if not (self._revoked or told):  # else the scenario itself says what the token is worth
                    self._accounts.check(headers.get("authorization"))
                return self._answer(path, body, turn)
            except Refusal as refusal:
                return self._refused(refusal)

    def _present_turn(self, body: Any) -> Turn | None:
        """The exchange that is due. A pull that a client may leave out is left out when it pulls from the beginning."""
        if not self._turns:
            return None
        turn = self._turns[0].begin(self._ledger)
        from_beginning = isinstance(body, dict) and "cursor" in body and body["cursor"] is None
        pushed = turn.begun_push or not turn.spec.get("commands")
        if pushed and turn.spec.get("pull") == "may" and not turn.remaining and from_beginning:
            self._turns.pop(0)
            return self._present_turn(body)
        return turn

    def _refused(self, refusal: Refusal) -> Reply:
        details = dict(refusal.details)
        retry_after_s = details.pop("retry_after_s", None)
        message = message_of(refusal.code, self._composer.language)
        if refusal.status in _BUSY or refusal.status >= 500:
            self._ended = f"the status {refusal.status}", "NET-1"
        self._revoked |= refusal.code == REVOKED
        error = {"code": refusal.code, "message": message, "field": None, "details": details}
        return Reply(refusal.status, {"error": error}, retry_after_s=retry_after_s)

    # One request of a sync

    def _answer(self, path: str, body: Json, turn: Turn | None) -> Reply:
        pulls = path != PUSH
        commands = self._ledger.read(body.get("commands") or []) if path != PULL else []
        if self._revoked:
            return self._answer_revoked(turn, commands)
        due = self._due(turn, commands, pulls)
        if pulls:
            if due is not None and due.spec.get("cursor") == "none":
                self.phone = replace(self.phone, cursor=None, open_answer=None)
            wanted = self._names.fill({key: due.spec[key] for key in _ASKED if key in due.spec}) if due else {}
            if self.uncertain and body.get("cursor") == self.before_last.cursor:
                self.phone = self.before_last
            self.uncertain = False
            self._checks.pull(body, self.phone, wanted, (due or self._last).rule)
        if due is None:
            return self._look(turn, commands, body, pulls)
        if any(item.name in due.spec.get("condemns", ()) for item in commands):
            raise refusal_of(due.spec["refuse"])
        if pulls and due.spec.get("refuse", {}).get("pulls"):
            if not due.remaining:  # they were pushed before: the pull alone is refused, and that is the end
                self._end(due)
            raise refusal_of(due.spec["refuse"])
        self._strike_off(due, commands)
        due.begun_push = True
        return self._strike(due, commands, body, pulls)

    def _answer_revoked(self, turn: Turn | None, commands: list[Recorded]) -> Reply:
        """Whatever a revoked device pushes is stored, and it is told once more that it is revoked."""
        if turn is not None and turn.fault == "request_lost":
            return self._lose(turn, {})
        self._strike_off(turn, commands)
        if turn is not None and not turn.remaining:
            self._end(turn)
        raise Refusal(401, REVOKED, wipe=True)

    def _due(self, turn: Turn | None, commands: list[Recorded], pulls: bool) -> Turn | None:
        """The turn that this request belongs to, if it does.

        A pull before the commands that are due, or an empty push, asks for nothing that the scenario tells of.
        """
        if turn is None or turn.spec.get("to") == "refresh":
            return None
        early = not commands and turn.remaining and not (pulls and self.phone.open_answer)
        return None if early else turn

    def _strike_off(self, turn: Turn | None, commands: list[Recorded]) -> None:
        """What has come is not waited for any more. Notes what comes unexpected or in another order."""
        remaining = turn.remaining if turn else []
        for item in commands:
            if turn and item in turn.also:
                turn.also.remove(item)
                continue
            if remaining and item is remaining[0]:
                remaining.pop(0)
                continue
            if self._revoked:
                continue  # all that is kept may be brought once more
            rule = turn.rule("commands", "OUT-1") if turn else "OUT-1"
            due = ", ".join(other.name for other in remaining[:3]) or "no command"
            self._note(rule, f"{due} sent next", f"{item.name} sent")
            if item in remaining:
                remaining.remove(item)

    def _look(self, turn: Turn | None, commands: list[Recorded], body: Json, pulls: bool) -> Reply:
        """A request for which the scenario has no answer: nothing is new."""
        self._strike_off(None, commands)
        verdicts = [self._composer.verdict(item, {}) for item in commands]
        if not pulls:
            return Reply(200, self._composer.push(verdicts))
        self._idle_pulls += 1
        if self._idle_pulls > _IDLE_PULLS:
            rule = (turn or self._last).rule("end", "DIG-3")
            self._note(rule, "the sync ends when there is nothing new", f"pull number {self._idle_pulls} in vain")
            return LOST
        return self._give_page({}, body, verdicts, None)

    def _strike(self, turn: Turn, commands: list[Recorded], body: Json, pulls: bool) -> Reply:
        """The expected request is here: let its fault strike, or answer it."""
        refuse = turn.spec.get("refuse")
        if turn.fault == "request_lost":
            return self._lose(turn, {})
        if refuse and not ("condemns" in turn.spec or refuse.get("pulls")):
            return self._refuse(turn, refuse, commands)
        verdicts = [self._composer.verdict(item, turn.answer) for item in commands]
        if not pulls:
            if turn.fault:
                return self._lose(turn, self._composer.push(verdicts))
            if turn.spec.get("to") == "push" and not turn.remaining:
                self._end(turn)
            return Reply(200, self._composer.push(verdicts))
        if turn.remaining:
            return self._give_page({}, body, verdicts, None)
        self._end(turn)
        repeats = turn.spec.get("again") and self.phone is not self.before_last
        reply = self._give_page({} if repeats else turn.answer, body, verdicts, turn.fault)
        return replace(reply, after_ms=turn.spec.get("after_ms", 0))

    def _end(self, turn: Turn) -> None:
        """An exchange is over; what follows in the same sync without being due is judged by its rules."""
        self._turns.remove(turn)
        self._last = turn

    def _refuse(self, turn: Turn, refuse: Json, commands: list[Recorded]) -> Reply:
        if refuse["code"] == REVOKED:
            for item in commands:
                self._ledger.judged.add(item.seq)
            if not turn.remaining:
                self._end(turn)
        else:
            self._end(turn)
        if refuse["code"] == CURSOR_INVALID:
            self.phone = replace(self.phone, cursor=None, open_answer=None)
        raise refusal_of(refuse)

    def _lose(self, turn: Turn, answer: Json) -> Reply:
        self._end(turn)
        self._ended = f"the fault {turn.fault}", "NET-1"
        return Reply(200, answer, turn.fault)

    def _give_page(self, answer: Json, body: Json, verdicts: list[Json], fault: str | None) -> Reply:
        """One page. Unless it is lost or cannot be used, the phone must hold from now on what it says."""
        changes = self._composer.changes(answer)
        cursor = self._composer.cursor(answer, body.get("cursor"))
        acknowledged = self._composer.acknowledged(answer, verdicts, self.phone.open_answer)
        complete = answer.get("complete", True)
        after = self.phone.after(body, changes, complete=complete, cursor=cursor, acknowledged=acknowledged)
        if "epoch" in answer:
            after = after.in_new_history(self._names.fill(answer["digests"]))
        verdicts = verdicts + self._composer.receipts(answer)
        whole = self._composer.pull(verdicts, answer, changes, after.replica, cursor, acknowledged)
        scripted = answer.get("scripted", {})
        stuck = not whole.get("complete", True) and cursor == body.get("cursor")
        if fault or stuck or _UNUSABLE & scripted.keys():
            why = f"the fault {fault}" if fault else "an answer that breaks the protocol"
            self._ended = why, "ANS-12" if stuck else "NET-1"
        if fault in (None, "duplicate", "killed") and not stuck and not _UNUSABLE & scripted.keys():
            self.before_last, self.phone = self.phone, after
        if fault == "duplicate":
            self._ended = None
        return Reply(200, whole, fault)


_ASKED = ("repair", "digests")
_UNUSABLE = {"lacks", "row_lacks"}
