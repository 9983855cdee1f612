"""Planted bugs in taking answers and verdicts (ANS, VER)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from planted import bug

from roundsman_client import outbox, protocol, sync
from roundsman_client.outbox import Outbox
from roundsman_client.overlay import Overlay
from roundsman_client.protocol import Row, Verdict
from roundsman_client.receiver import Receiver
from roundsman_client.replica import Replica
from roundsman_client.session import Session

take, apply, enter, leave = Receiver.take, Replica.apply, Replica.enter, Replica.leave
parse_pull, store_verdicts = sync.parse_pull, Outbox.store_verdicts


def answers_as(patch: pytest.MonkeyPatch, change: Any) -> None:
    """Let `change(answer)` alter every answer before it is taken."""
    patch.setattr(Receiver, "take", lambda self, asked, answer: take(self, asked, change(answer)))


@bug("ANS-2", "damaged-answers")
def stores_the_cursor_before_the_rows(patch: pytest.MonkeyPatch) -> None:
    call = Session.call

    def call_and_keep(self: Session, path: str, body: Any) -> Any:
        answer = call(self, path, body)
        if answer.get("complete") and answer.get("cursor"):
            self._store.remember("cursor", answer["cursor"])
        return answer

    patch.setattr(Session, "call", call_and_keep)


@bug("ANS-3", "reassignment")
def applies_enter_after_the_rows(patch: pytest.MonkeyPatch) -> None:
    def rows_first(self: Replica, rows: Iterable[Row]) -> None:
        apply(self, rows)
        for scope in getattr(self, "late", []):
            enter(self, scope)
        self.late = []  # type: ignore[attr-defined]

    def enter_later(self: Replica, scope: str) -> None:
        self.late = [*getattr(self, "late", []), scope]  # type: ignore[attr-defined]

    patch.setattr(Replica, "enter", enter_later)
    patch.setattr(Replica, "apply", rows_first)


@bug("ANS-4", "repair")
def does_not_drop_what_it_held_of_an_entered_scope(patch: pytest.MonkeyPatch) -> None:
    def keep(self: Replica, scope: str) -> None:
        with self._store.transaction() as db:
            db.execute("insert or ignore into scope (id) values (?)", (scope,))
            db.execute("update scope set entered = 1 where id = ?", (scope,))

    patch.setattr(Replica, "enter", keep)


@bug("ANS-4", "first-sync")
def drops_a_scope_that_goes_on_over_two_pages(patch: pytest.MonkeyPatch) -> None:
    def enter_all(self: Replica, rows: Iterable[Row]) -> None:
        rows = list(rows)
        for scope in {row.scope for row in rows if self._store.recall("open_pull")}:
            enter(self, scope)
        apply(self, rows)

    patch.setattr(Replica, "apply", enter_all)


@bug("ANS-5", "reassignment")
def keeps_the_rows_of_a_scope_that_left(patch: pytest.MonkeyPatch) -> None:
    answers_as(patch, lambda answer: replace(answer, leave=()))


@bug("ANS-6", "row-moves")
def applies_a_tombstone_of_another_scope(patch: pytest.MonkeyPatch) -> None:
    def remove_anyway(self: Replica, rows: Iterable[Row]) -> None:
        for row in rows:
            with self._store.transaction() as db:
                held = db.execute("select scope from server_row where kind = ? and id = ?", (row.kind, row.id))
                found = held.fetchone()
            apply(self, [replace(row, scope=found["scope"]) if row.data is None and found else row])

    patch.setattr(Replica, "apply", remove_anyway)


@bug("ANS-7", "row-moves")
def keeps_the_row_with_the_higher_version(patch: pytest.MonkeyPatch) -> None:
    def newer_only(self: Replica, rows: Iterable[Row]) -> None:
        with self._store.transaction() as db:
            found = db.execute("select kind, id, version from server_row").fetchall()
        versions = {(row["kind"], row["id"]): row["version"] for row in found}
        apply(self, [row for row in rows if row.version >= versions.get((row.kind, row.id), 0)])

    patch.setattr(Replica, "apply", newer_only)


@bug("ANS-8", "first-sync")
def takes_every_page_for_the_last_one(patch: pytest.MonkeyPatch) -> None:
    answers_as(patch, lambda answer: replace(answer, complete=True))


@bug("ANS-8", "first-sync")
def begins_anew_after_a_kill_between_pages(patch: pytest.MonkeyPatch) -> None:
    opened = Receiver.__init__

    def forget(self: Receiver, *arguments: Any) -> None:
        opened(self, *arguments)
        self._store.remember("open_pull", None)

    patch.setattr(Receiver, "__init__", forget)


@bug("ANS-9", "first-sync")
def changes_the_cursor(patch: pytest.MonkeyPatch) -> None:
    answers_as(patch, lambda answer: replace(answer, cursor=answer.cursor.lower()) if answer.complete else answer)


@bug("ANS-10", "cursor-refused")
def keeps_scopes_that_a_whole_answer_did_not_bring(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Replica, "end_whole", lambda self: None)


@bug("ANS-10", "cursor-refused")
def drops_all_rows_when_a_whole_answer_begins(patch: pytest.MonkeyPatch) -> None:
    def drop(self: Replica) -> None:
        for scope in self.list_scopes():
            leave(self, scope)

    patch.setattr(Replica, "begin_whole", drop)


@bug("ANS-11", "cursor-refused")
def drops_the_outbox_with_the_cursor(patch: pytest.MonkeyPatch) -> None:
    drop_cursor = Receiver.drop_cursor

    def drop_all(self: Receiver) -> None:
        drop_cursor(self)
        with self._store.transaction() as db:
            db.execute("delete from command")

    patch.setattr(Receiver, "drop_cursor", drop_all)


@bug("ANS-12", "no-progress")
def goes_on_for_ever_where_an_answer_does_not_move(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sync, "AnswerInvalid", type("Ignored", (Exception,), {}))
    asked: list[Any] = []

    def once_more(self: Any, batch: Any, pull: Any, report: Any) -> bool:
        request = sync.pull_request(self._clock.read(), pull.cursor, [], pull.digests, self._page_bytes)
        while True:
            answer = parse_pull(self._session.call(sync.PULL, lambda: request))
            asked.append(answer)
            if answer.complete or answer.cursor != pull.cursor:
                return bool(self._receiver.take(pull, answer).new_history)

    patch.setattr(sync.Sync, "_exchange", once_more)


# Verdicts


@bug("VER-1", "refused")
def forgets_the_servers_message(patch: pytest.MonkeyPatch) -> None:
    def without(self: Outbox, verdicts: Iterable[Verdict], at: int) -> None:
        store_verdicts(self, [replace(verdict, message=None) for verdict in verdicts], at)

    patch.setattr(Outbox, "store_verdicts", without)
    patch.setattr(Outbox, "settle_from_feed", lambda self: None)


@bug("VER-2", "refused")
def goes_on_showing_what_was_refused(patch: pytest.MonkeyPatch) -> None:
    def all_of_them(self: Outbox) -> Any:
        with self._store.transaction() as db:
            rows = db.execute("select * from command order by seq").fetchall()
        return [(outbox._command(row), "pending") for row in rows]

    patch.setattr(Outbox, "shown_over_server_rows", all_of_them)


@bug("VER-3", "refused")
def drops_a_parked_command(patch: pytest.MonkeyPatch) -> None:
    list_pending = Outbox.list_pending
    patch.setattr(Outbox, "list_pending", lambda self: [p for p in list_pending(self) if p.status != "waiting"])


@bug("VER-3", "refused")
def sends_a_parked_command_again_and_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(outbox, "_UNSENT", "(verdict.command_id is null or command.resend or status = 'parked')")


@bug("VER-4", "parked-and-released")
def does_not_read_settlements(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Outbox, "settle_from_feed", lambda self: None)


@bug("VER-4", "parked-and-released")
def lets_an_old_receipt_undo_a_settlement(patch: pytest.MonkeyPatch) -> None:
    def overwrite(self: Outbox, verdicts: Iterable[Verdict], at: int) -> None:
        for verdict in verdicts:
            with self._store.transaction() as db:
                db.execute("delete from verdict where command_id = ?", (verdict.command_id,))
            store_verdicts(self, [verdict], at)

    patch.setattr(Outbox, "store_verdicts", overwrite)
    settle = Outbox.settle_from_feed
    seen: list[int] = []

    def settle_once(self: Outbox) -> None:
        rows = self._store.db.execute("select sum(version) from server_row where kind = 'verdict'").fetchone()[0]
        if rows not in seen:
            seen.append(rows)
            settle(self)

    patch.setattr(Outbox, "settle_from_feed", settle_once)


@bug("VER-5", "lost-answer")
def counts_a_verdict_that_comes_twice_as_a_new_one(patch: pytest.MonkeyPatch) -> None:
    def refuse_twice(self: Outbox, verdicts: Iterable[Verdict], at: int) -> None:
        for verdict in verdicts:
            store_verdicts(self, [verdict], at)
            with self._store.transaction() as db:
                db.execute(
                    "insert or replace into overlay_row values ('verdict', ?, '', '{}', 'synced')",
                    (verdict.command_id,),
                )

    patch.setattr(Outbox, "store_verdicts", refuse_twice)
    patch.setattr(Overlay, "rebase", lambda self: None)


@bug("VER-6", "conflict")
def hides_conflicts(patch: pytest.MonkeyPatch) -> None:
    list_rows = Overlay.list_rows
    patch.setattr(Overlay, "list_rows", lambda self, kind: [] if kind == "conflict" else list_rows(self, kind))


@bug("VER-7", "old-app")
def takes_an_unknown_status_for_applied(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(protocol, "status_of", lambda item: item["status"])
