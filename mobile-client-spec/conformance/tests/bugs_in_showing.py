"""Planted bugs in showing, comparing, repairing, and in meeting what is new (SHOW, DIG, EPO, COM)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from planted import bug

from roundsman_client import protocol, receiver, session
from roundsman_client.digest import Digest
from roundsman_client.errors import AnswerInvalid
from roundsman_client.outbox import Outbox
from roundsman_client.overlay import Overlay
from roundsman_client.protocol import Answer, Row
from roundsman_client.receiver import Receiver
from roundsman_client.repair import Repairs
from roundsman_client.replica import Replica

take, apply, leave = Receiver.take, Replica.apply, Replica.leave


@bug("SHOW-1", "offline-day")
def shows_nothing_before_the_server_has_answered(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Overlay, "show", lambda self, command, state="pending": None)


@bug("SHOW-2", "repair")
def counts_pending_effects_in_the_digest(patch: pytest.MonkeyPatch) -> None:
    rebase = Overlay.rebase

    def count(self: Overlay) -> None:
        rebase(self)
        with self._store.transaction() as db:
            db.execute(
                "update scope set total = '00000000000000aa' where id in (select scope from overlay_row where"
                " kind = 'customer')"
            )

    patch.setattr(Overlay, "rebase", count)


@bug("SHOW-3", "work-between-pages")
def drops_the_effect_at_the_verdict(patch: pytest.MonkeyPatch) -> None:
    list_pending = Outbox.list_pending
    patch.setattr(Outbox, "list_pending", lambda self: [p for p in list_pending(self) if p.status != "answered"])


@bug("SHOW-3", "work-between-pages")
def drops_the_effect_before_the_answer_is_complete(patch: pytest.MonkeyPatch) -> None:
    def contain_at_once(self: Receiver, asked: Any, answer: Answer) -> Any:
        self._outbox.set_contained(answer.acknowledged)
        return take(self, asked, answer)

    patch.setattr(Receiver, "take", contain_at_once)


@bug("SHOW-4", "work-between-pages")
def believes_the_last_pages_acknowledgement(patch: pytest.MonkeyPatch) -> None:
    page_taken = Receiver._page_taken

    def highest(self: Receiver, asked: Any, answer: Answer) -> Any:
        return replace(page_taken(self, asked, answer), acknowledged=answer.acknowledged)

    patch.setattr(Receiver, "_page_taken", highest)


@bug("SHOW-5", "reassignment")
def shows_edited_rows_of_a_scope_that_left(patch: pytest.MonkeyPatch) -> None:
    rebase = Overlay.rebase

    def keep_old_rows(self: Overlay) -> None:
        with self._store.transaction() as db:
            before = db.execute("select * from overlay_row").fetchall()
            rebase(self)
            db.executemany("insert or ignore into overlay_row values (?, ?, ?, ?, ?)", [tuple(row) for row in before])

    patch.setattr(Overlay, "rebase", keep_old_rows)


# DIG


@bug("DIG-1", "silent-difference")
def compares_numbers_of_rows_only(patch: pytest.MonkeyPatch) -> None:
    def by_number(self: Replica, theirs: dict[str, Digest]) -> list[str]:
        return [scope for scope, digest in theirs.items() if self.digest(scope).rows != digest.rows]

    patch.setattr(Replica, "differing", by_number)


@bug("DIG-2", "repair")
def never_repairs(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Repairs, "want", lambda self, scopes, reason: None)


@bug("DIG-2", "repair")
def fetches_everything_where_one_scope_differs(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Repairs, "wanted", lambda self, without=(): [])
    want = Repairs.want

    def begin_anew(self: Repairs, scopes: Sequence[str], reason: str) -> None:
        want(self, scopes, reason)
        if list(scopes):
            self._store.remember("again", True)

    close = Receiver._close

    def close_and_drop(self: Receiver, answer: Answer) -> None:
        close(self, answer)
        if self._store.recall("again"):
            self._store.remember("again", None)
            self.drop_cursor()

    patch.setattr(Repairs, "want", begin_anew)
    patch.setattr(Receiver, "_close", close_and_drop)


@bug("DIG-3", "stubborn-digest")
def repairs_a_stubborn_scope_for_ever(patch: pytest.MonkeyPatch) -> None:
    wanted = Repairs.wanted
    patch.setattr(Repairs, "wanted", lambda self, without=(): wanted(self))


@bug("DIG-4", "digest-after-pages")
def repairs_after_an_answer_of_several_pages(patch: pytest.MonkeyPatch) -> None:
    def compare(self: Receiver, pull: Any, answer: Answer) -> None:
        self._repairs.want(self._replica.differing(answer.digests), receiver.DIVERGED)

    patch.setattr(Receiver, "_compare", compare)


# EPO


@bug("EPO-1", "epoch-change")
def wipes_its_rows_when_the_epoch_changes(patch: pytest.MonkeyPatch) -> None:
    meet = Receiver._meet_new_history

    def wipe(self: Receiver, answer: Answer) -> None:
        for scope in self._replica.list_scopes():
            leave(self._replica, scope)
        meet(self, answer)

    patch.setattr(Receiver, "_meet_new_history", wipe)


@bug("EPO-2", "epoch-change")
def does_not_send_acknowledged_work_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Outbox, "send_again", lambda self, except_ids: None)


@bug("EPO-2", "epoch-change")
def sends_acknowledged_work_again_under_new_ids(patch: pytest.MonkeyPatch) -> None:
    send_again = Outbox.send_again

    def rename(self: Outbox, except_ids: Iterable[str]) -> None:
        send_again(self, except_ids)
        with self._store.transaction() as db:
            db.execute("pragma defer_foreign_keys = on")
            db.execute("delete from verdict where command_id in (select id from command where resend)")
            db.execute("update command set id = '0193ffff' || substr(id, 9) where resend")

    patch.setattr(Outbox, "send_again", rename)


@bug("EPO-3", "epoch-change")
def does_not_let_acknowledged_go_back(patch: pytest.MonkeyPatch) -> None:
    set_contained = Outbox.set_contained
    patch.setattr(Outbox, "set_contained", lambda self, seq: set_contained(self, max(seq, self.contained)))


# COM


@bug("COM-1", "old-app")
def refuses_members_that_it_does_not_know(patch: pytest.MonkeyPatch) -> None:
    parse = protocol._parse

    def strict(body: Any, *, pull: bool) -> Answer:
        if "colour" in body:
            raise AnswerInvalid("a member that is not known")
        return parse(body, pull=pull)

    patch.setattr(protocol, "_parse", strict)


@bug("COM-2", "old-app")
def ignores_kinds_that_it_does_not_know(patch: pytest.MonkeyPatch) -> None:
    def known_only(self: Replica, rows: Iterable[Row]) -> None:
        apply(self, [row for row in rows if row.kind not in ("drone_flight", "loyalty")])

    patch.setattr(Replica, "apply", known_only)


@bug("COM-3", "old-app")
def writes_the_newest_schema_on_every_command(patch: pytest.MonkeyPatch) -> None:
    record = Outbox.record
    patch.setattr(Outbox, "record", lambda self, i, n, p, schema, *rest: record(self, i, n, p, 7, *rest))


@bug("COM-4", "unknown-codes")
def gives_up_the_session_at_a_code_that_it_does_not_know(patch: pytest.MonkeyPatch) -> None:
    refused = session._token_refused
    patch.setattr(session, "_token_refused", lambda refusal: refused(refusal) and "from_the_future" not in refusal.code)
