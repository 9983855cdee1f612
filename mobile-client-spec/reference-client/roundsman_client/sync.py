"""The loop: send what was recorded, take what changed, until there is nothing left to say.

One round trip is what a bad network charges for, so the last batch travels with the pull. A backlog of more than one
batch, or one that meets an interrupted answer, is pushed first: recorded work has precedence over fresh rows.

Whatever interrupts the loop, everything that was answered is stored, and the next call goes on from there.
"""

import logging
from collections import Counter
from dataclasses import dataclass, field

from roundsman_client.clock import Clock
from roundsman_client.errors import AnswerInvalid, CursorInvalid, ServerBusy, ServerRefused, Transient
from roundsman_client.link import Traffic
from roundsman_client.outbox import Outbox
from roundsman_client.protocol import (
    BATCH_COMMANDS,
    PROTOCOL_UNKNOWN,
    PULL,
    PUSH,
    SYNC,
    Answer,
    Command,
    parse_pull,
    parse_push,
    pull_request,
    push_request,
)
from roundsman_client.receiver import Pull, Receiver
from roundsman_client.repair import Repairs
from roundsman_client.session import Session

_MOST_HISTORIES = 3
"""So many changes of the server's history within one call are believed."""
_CONDEMNS_REQUEST = {400, 413, 422}
"""The server would not read the request as a whole: too large, or malformed somewhere."""
_FIRST_PAUSE_S = 5.0
_LONGEST_PAUSE_S = 900.0
_log = logging.getLogger(__name__)


@dataclass
class SyncReport(Traffic):
    """What one call of `sync` did.

    complete: everything was sent and a complete answer taken; otherwise `problem` says why not, and the next call goes
    on from here. busy: the server was reached and asks for patience. retry_after_s: wait at least this long before the
    next call (0: whenever there is a reason).
    round_trips: requests begun; bytes_up, bytes_down: their bodies as sent. sent: commands sent, again or for the
    first time; verdicts: by status. rows: rows and tombstones received; entered, left: scopes. repairs: rows that a
    repair found wrong, by kind (above zero is a bug report); expected_repairs: the same after the server's history
    changed (`new_history`). missing_files: SHA-256 of files whose bytes the server still lacks.
    """

    complete: bool = False
    problem: str | None = None
    busy: bool = False
    retry_after_s: float = 0.0
    sent: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    entered: int = 0
    left: int = 0
    repairs: Counter[str] = field(default_factory=Counter)
    expected_repairs: Counter[str] = field(default_factory=Counter)
    new_history: bool = False
    missing_files: tuple[str, ...] = ()


class Sync:
    """The loop over session, outbox and receiver."""

    def __init__(
        self, session: Session, outbox: Outbox, receiver: Receiver, repairs: Repairs, clock: Clock, page_bytes: int
    ) -> None:
        """page_bytes: the wished size of a page of an answer."""
        self._session = session
        self._outbox = outbox
        self._receiver = receiver
        self._repairs = repairs
        self._clock = clock
        self._page_bytes = page_bytes
        self._failures = 0

    def run(self, report: SyncReport, digests: str) -> None:
        """Sync once and write into `report` what happened. digests: `sample`, or `all` to compare every scope.

        What time heals ends up in the report. Raises `SignInRequired`, `DeviceRevoked`, `ServerRefused`,
        `AnswerInvalid`: what needs a person or a new version of the app.
        """
        try:
            self._loop(report, digests)
        except Transient as trouble:
            pause_s = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** min(self._failures, 10))
            self._failures += 1
            report.problem = str(trouble)
            report.busy = isinstance(trouble, ServerBusy)
            report.retry_after_s = pause_s if trouble.retry_after_s is None else trouble.retry_after_s
        else:
            self._failures = 0
            report.complete = True

    def _loop(self, report: SyncReport, digests: str) -> None:
        sent_up_to = 0
        limit = BATCH_COMMANDS
        asked: set[str] = set()  # each scope is repaired at most once in one call
        histories = 0
        cursor_dropped = False
        while True:
            batch = self._outbox.next_batch(sent_up_to, limit)
            more = bool(batch) and self._outbox.has_unsent(batch[-1].seq)
            pull = self._receiver.open_pull()
            try:
                if batch and (more or pull):
                    self._push(batch, report)
                    sent_up_to = batch[-1].seq
                    continue
                pull = pull or self._receiver.new_pull(self._repairs.wanted(asked), digests)
                new_history = self._exchange(batch, pull, report)
            except CursorInvalid:
                if cursor_dropped:
                    raise
                cursor_dropped = True
                self._receiver.drop_cursor()
                continue
            except ServerRefused as refusal:
                if refusal.status not in _CONDEMNS_REQUEST or refusal.code == PROTOCOL_UNKNOWN or not batch:
                    raise
                limit = self._isolate(batch, report)
                continue
            asked.update(pull.repair)
            if batch:
                sent_up_to = batch[-1].seq
            if new_history:
                histories += 1
                if histories > _MOST_HISTORIES:
                    raise AnswerInvalid("the epoch changes with every answer")
                sent_up_to = 0  # acknowledged commands are due again
                asked.clear()
            if self._nothing_left(sent_up_to, asked):
                return

    def _nothing_left(self, sent_up_to: int, asked: set[str]) -> bool:
        return not (self._receiver.open_pull() or self._outbox.has_unsent(sent_up_to) or self._repairs.wanted(asked))

    def _push(self, batch: list[Command], report: SyncReport) -> None:
        """Send a batch alone; its rows come with a later pull."""
        answer = parse_push(self._session.call(PUSH, lambda: push_request(self._clock.read(), batch)))
        self._receiver.take_receipt(answer)
        _note(report, batch, answer)

    def _exchange(self, batch: list[Command], pull: Pull, report: SyncReport) -> bool:
        """Send a batch, which may be empty, and take one page. Returns whether the server's history is a new one."""

        def body() -> dict[str, object]:
            reading = self._clock.read()
            repair = [] if pull.pages else pull.repair
            request = pull_request(reading, pull.cursor, repair, pull.digests, self._page_bytes)
            return request | push_request(reading, batch) if batch else request

        answer = parse_pull(self._session.call(SYNC if batch else PULL, body))
        if not answer.complete and answer.cursor == pull.cursor:
            raise AnswerInvalid("an answer that does not move on")
        taken = self._receiver.take(pull, answer)
        _note(report, batch, answer)
        report.repairs += taken.repaired
        report.expected_repairs += taken.expected
        report.new_history |= taken.new_history
        return taken.new_history

    def _isolate(self, batch: list[Command], report: SyncReport) -> int:
        """The server would not read this batch. Halve it until the guilty command stands alone, and hold that back.

        It is tried without the pull first, which may have been to blame. Returns how many commands to send next.
        Raises ServerRefused when the server reads no push at all.
        """
        if len(batch) > 1:
            return len(batch) // 2
        try:
            self._push(batch, report)
        except ServerRefused as refusal:
            if refusal.status not in _CONDEMNS_REQUEST:
                raise
            self._session.call(PUSH, lambda: push_request(self._clock.read(), []))
            self._outbox.hold(batch[0], refusal.code, refusal.message)
            _log.error("command %s (%s) held back: %s", batch[0].seq, batch[0].name, refusal.code)
        return BATCH_COMMANDS


def _note(report: SyncReport, batch: list[Command], answer: Answer) -> None:
    report.sent += len(batch)
    report.verdicts.update(verdict.status for verdict in answer.verdicts)
    report.rows += len(answer.rows)
    report.entered += len(answer.enter)
    report.left += len(answer.leave)
    report.retry_after_s = answer.next_sync_after_s
    report.missing_files = answer.missing_files
