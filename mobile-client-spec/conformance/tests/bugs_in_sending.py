"""Planted bugs in recording and sending (REC, OUT, CLK)."""

import contextlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from planted import bug

from roundsman_client import client, outbox, sync
from roundsman_client.errors import NetworkFailed
from roundsman_client.outbox import Outbox
from roundsman_client.protocol import Command
from roundsman_client.session import Session
from roundsman_client.store import Store
from roundsman_client.sync import Sync
from roundsman_client.transport import HttpRequest, HttpTransport

record, next_batch, exchange = Outbox.record, Outbox.next_batch, Sync._exchange
push_request, pull_request = sync.push_request, sync.pull_request


def sent_as(patch: pytest.MonkeyPatch, change: Any) -> None:
    """Let `change(reading, command)` alter every command on its way to the server."""
    patch.setattr(sync, "push_request", lambda now, batch: push_request(now, [change(now, c) for c in batch]))


@bug("REC-1", "offline-day")
def keeps_commands_in_memory_until_they_are_sent(patch: pytest.MonkeyPatch) -> None:
    opened = Outbox.__init__

    def forget_at_start(self: Outbox, store: Store) -> None:
        opened(self, store)
        with store.transaction() as db:
            db.execute("delete from command where answered_at_ms is null")

    patch.setattr(Outbox, "__init__", forget_at_start)


@bug("REC-2", "refused")
def counts_from_what_is_still_in_the_outbox(patch: pytest.MonkeyPatch) -> None:
    def record_anew(self: Outbox, *arguments: Any) -> Command:
        with self._store.transaction() as db:
            db.execute("delete from command where answered_at_ms is not null")
            (last,) = db.execute("select coalesce(max(seq), 0) from command").fetchone()
            self._store.remember("last_seq", last)
        return record(self, *arguments)

    patch.setattr(Outbox, "record", record_anew)


@bug("REC-2", "unrecordable")
def gives_a_number_to_what_it_refuses(patch: pytest.MonkeyPatch) -> None:
    holds_nul = client.holds_nul

    def count_and_look(payload: Any) -> bool:
        if holds_nul(payload):
            opened[-1].remember("last_seq", opened[-1].recall("last_seq", 0) + 1)
        return holds_nul(payload)

    opened: list[Store] = []
    begin = Store.__init__
    patch.setattr(Store, "__init__", lambda self, path: (begin(self, path), opened.append(self))[0])
    patch.setattr(client, "holds_nul", count_and_look)


@bug("REC-3", "offline-day")
def uses_one_id_for_two_commands(patch: pytest.MonkeyPatch) -> None:
    do = client.Client.do
    last: list[str] = []

    def do_again(self: client.Client, *arguments: Any, **options: Any) -> str:
        last.append(do(self, *arguments, **options))
        return last[0]

    patch.setattr(client.Client, "do", do_again)


@bug("REC-4", "lost-answer")
def reads_the_clock_anew_at_every_attempt(patch: pytest.MonkeyPatch) -> None:
    sent_as(patch, lambda now, command: replace(command, uptime_ms=now.uptime_ms))


@bug("REC-4", "parked-and-released")
def ignores_what_a_command_depends_on(patch: pytest.MonkeyPatch) -> None:
    sent_as(patch, lambda now, command: replace(command, depends_on=()))


@bug("REC-4", "lost-answer")
def rounds_what_it_sends_again(patch: pytest.MonkeyPatch) -> None:
    seen: set[str] = set()

    def forget_members(now: object, command: Command) -> Command:
        again = command.id in seen
        seen.add(command.id)
        payload = {name: value for name, value in command.payload.items() if name != "name"}
        return replace(command, payload=payload) if again else command

    sent_as(patch, forget_members)


@bug("REC-5", "recording-anytime")
def records_only_while_signed_in(patch: pytest.MonkeyPatch) -> None:
    do = client.Client.do
    patch.setattr(client.Client, "do", lambda self, *a, **o: (self._session.access_token, do(self, *a, **o))[1])


@bug("REC-6", "unrecordable")
def records_nul(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(client, "holds_nul", lambda payload: False)


@bug("REC-6", "unrecordable-numbers")
def records_infinity(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(client, "to_text", json.dumps)


@bug("OUT-1", "offline-day")
def forgets_what_was_sent(patch: pytest.MonkeyPatch) -> None:
    def forget(self: Sync, batch: list[Command], *rest: Any) -> bool:
        try:
            return exchange(self, batch, *rest)
        finally:
            with self._outbox._store.transaction() as db:
                db.executemany("delete from command where id = ?", [(command.id,) for command in batch])

    patch.setattr(Sync, "_exchange", forget)


@bug("OUT-1", "offline-day")
def sends_the_newest_first(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Outbox, "next_batch", lambda self, after, limit: next_batch(self, after, limit)[::-1])


@bug("OUT-3", "long-backlog")
def sends_everything_in_one_request(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sync, "BATCH_COMMANDS", 5_000)


@bug("OUT-4", "lost-answer")
def believes_that_a_lost_answer_was_a_good_one(patch: pytest.MonkeyPatch) -> None:
    def believe(self: Sync, batch: list[Command], *rest: Any) -> bool:
        try:
            return exchange(self, batch, *rest)
        except Exception:
            with self._outbox._store.transaction() as db:
                db.executemany("update command set answered_at_ms = 1 where id = ?", [(c.id,) for c in batch])
                db.executemany(
                    "insert into verdict values (?, 'applied', null, null, null, '{}', '[]', null)",
                    [(command.id,) for command in batch],
                )
            raise

    patch.setattr(Sync, "_exchange", believe)


@bug("OUT-5", "refused")
def stops_behind_a_refused_command(patch: pytest.MonkeyPatch) -> None:
    def none_behind(self: Outbox, after: int, limit: int) -> list[Command]:
        stopped = self._count("status in ('refused', 'parked')")
        return [] if stopped else next_batch(self, after, 1)

    patch.setattr(Outbox, "next_batch", none_behind)
    patch.setattr(Outbox, "has_unsent", lambda self, after: False)


@bug("OUT-6", "held-command")
def gives_up_at_a_request_that_is_refused(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sync, "_CONDEMNS_REQUEST", set())


@bug("OUT-7", "kept-for-thirty-days")
def keeps_commands_for_a_week(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(outbox, "KEEP_DAYS", 7)


@bug("OUT-7", "kept-for-thirty-days")
def forgets_commands_by_the_wall_clock(patch: pytest.MonkeyPatch) -> None:
    purge = Outbox.purge
    loop = Sync._loop

    def purge_by_wall(self: Sync, *arguments: Any) -> None:
        loop(self, *arguments)
        purge(self._outbox, self._clock.read().unix_ms())

    patch.setattr(Sync, "_loop", purge_by_wall)


@bug("CLK-1", "offline-day")
def stamps_commands_when_they_are_sent(patch: pytest.MonkeyPatch) -> None:
    sent_as(patch, lambda now, command: replace(command, at=now.wire()["at"], uptime_ms=now.uptime_ms))


@bug("CLK-1", "offline-day")
def writes_local_time_without_an_offset(patch: pytest.MonkeyPatch) -> None:
    sent_as(patch, lambda now, command: replace(command, at=command.at[:23]))


@bug("CLK-2", "lost-answer")
def reads_the_clock_once_for_all_requests(patch: pytest.MonkeyPatch) -> None:
    first: list[Any] = []

    def stale(now: Any) -> Any:
        first.append(now)
        return first[0]

    patch.setattr(sync, "push_request", lambda now, batch: push_request(stale(now), batch))
    patch.setattr(sync, "pull_request", lambda now, *rest: pull_request(stale(now), *rest))


@bug("CLK-3", "reboot")
def keeps_the_boot_id_over_a_boot(patch: pytest.MonkeyPatch) -> None:
    first: list[str] = []

    def same_boot(now: Any) -> Any:
        first.append(now.boot_id)
        return replace(now, boot_id=first[0])

    patch.setattr(sync, "push_request", lambda now, batch: push_request(same_boot(now), batch))
    patch.setattr(sync, "pull_request", lambda now, *rest: pull_request(same_boot(now), *rest))


@bug("CLK-4", "clock-jumps")
def orders_commands_by_the_wall_clock(patch: pytest.MonkeyPatch) -> None:
    def by_wall(self: Outbox, after: int, limit: int) -> list[Command]:
        return sorted(next_batch(self, after, limit), key=lambda command: command.at)

    patch.setattr(Outbox, "next_batch", by_wall)


@bug("SES-5", "clock-jumps")
def measures_a_tokens_age_by_the_wall_clock(patch: pytest.MonkeyPatch) -> None:
    keep = Session._keep_tokens
    made: list[Any] = []

    def note(self: Session, answer: Any) -> None:
        made.append(self._clock.read().at)
        keep(self, answer)

    def expires_soon(self: Session) -> bool:
        return bool(self._clock.read().at - made[-1] > timedelta(seconds=800))

    patch.setattr(Session, "_keep_tokens", note)
    patch.setattr(Session, "_expires_soon", expires_soon)


@bug("ANS-1", "damaged-answers")
def loses_commands_when_an_answer_is_cut(patch: pytest.MonkeyPatch) -> None:
    def lose(self: Sync, batch: list[Command], *rest: Any) -> bool:
        try:
            return exchange(self, batch, *rest)
        except NetworkFailed:
            with self._outbox._store.transaction() as db:
                db.executemany("delete from command where id = ?", [(command.id,) for command in batch])
            raise

    patch.setattr(Sync, "_exchange", lose)


@bug("OUT-2", "recording-anytime")
def opens_a_second_request_while_one_is_under_way(patch: pytest.MonkeyPatch) -> None:
    do = client.Client.do

    def do_and_send(self: client.Client, *arguments: Any, **options: Any) -> str:
        id_ = do(self, *arguments, **options)
        if self._syncing.locked():
            batch = next_batch(self._outbox, 0, 100)
            token = self._session.access_token
            other = HttpTransport(f"http://127.0.0.1:{self._link._transport._inner._connection.port}")
            with contextlib.suppress(NetworkFailed):
                other.send(a_push(push_request(self._clock.read(), batch), token))
        return id_

    patch.setattr(client.Client, "do", do_and_send)


def a_push(body: Any, token: str) -> HttpRequest:
    """A push past the client's own loop."""
    headers = {"Content-Type": "application/json", "Accept-Encoding": "gzip", "Authorization": f"Bearer {token}"}
    return HttpRequest("/api/v1/sync/push", json.dumps(body).encode(), headers)
