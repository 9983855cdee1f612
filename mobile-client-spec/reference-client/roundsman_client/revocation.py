"""The end of a device: flush, then wipe.

The server stores the last push of a revoked device as parked, and answers it with `accounts.device_revoked`. So that
error, in answer to a push, means that the commands have arrived. What cannot be delivered is kept: the company's rows
are erased at once, the user's own unsent work only when the server has it.
"""

import logging
from typing import Any

from roundsman_client.clock import Clock
from roundsman_client.errors import ClientError, DeviceRevoked
from roundsman_client.link import Link
from roundsman_client.outbox import Outbox
from roundsman_client.protocol import BATCH_COMMANDS, PUSH, Command, Verdict, parse_push, push_request
from roundsman_client.session import Session
from roundsman_client.store import Store

_log = logging.getLogger(__name__)


class Revocation:
    """Carries out a wipe, over several calls if the network fails."""

    def __init__(self, store: Store, outbox: Outbox, session: Session, link: Link, clock: Clock) -> None:
        self._store = store
        self._outbox = outbox
        self._session = session
        self._link = link
        self._clock = clock

    def unfinished(self) -> DeviceRevoked | None:
        """The order to wipe that could not be carried out to its end yet."""
        order: dict[str, Any] | None = self._store.recall("revoked")
        return DeviceRevoked(**order) if order else None

    def carry_out(self, revoked: DeviceRevoked) -> None:
        """Deliver what is unsent, erase, and say in `revoked` what became of it. Without `wipe` nothing is erased."""
        revoked.unsent = self._outbox.count_unsent()
        if not revoked.details.get("wipe"):
            return
        self._store.remember(
            "revoked",
            {
                "status": revoked.status,
                "code": revoked.code,
                "message": revoked.message,
                "field": revoked.field,
                "details": revoked.details,
            },
        )
        self._outbox.send_again(except_ids=())
        try:
            self._deliver()
        except ClientError as trouble:
            _log.warning("revoked, but unsent work could not be delivered: %s", type(trouble).__name__)
        revoked.unsent = self._outbox.count_unsent()
        revoked.wiped = not self._outbox.has_unsent(0)
        self._store.wipe(keep_outbox=not revoked.wiped)
        _log.warning("device revoked: wiped, %s commands kept", revoked.unsent)

    def _deliver(self) -> None:
        """Push what is kept, with the token at hand: a revoked device gets no new one.

        What was acknowledged goes too: if the server's history changed since, this phone was not told, and after it
        nobody could bring those commands back. Where they are known, sending them again changes nothing.
        """
        sent_up_to = 0
        while batch := self._outbox.next_batch(sent_up_to, BATCH_COMMANDS):
            now = self._clock.read()
            try:
                body = self._link.call(PUSH, push_request(now, batch), self._session.access_token)
            except DeviceRevoked as answer:
                self._outbox.store_verdicts([_parked(command, answer) for command in batch], now.unix_ms())
            else:
                receipt = parse_push(body)
                self._outbox.store_verdicts(receipt.verdicts, receipt.received_at_ms)
            sent_up_to = batch[-1].seq


def _parked(command: Command, answer: DeviceRevoked) -> Verdict:
    return Verdict(command.id, command.seq, "parked", code=answer.code, message=answer.message)
