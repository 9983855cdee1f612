"""Planted bugs in session, network and storage (SES, NET, STO)."""

import http.client
from typing import Any
from urllib.parse import urlsplit

import pytest
from planted import bug

from roundsman_client import client, link
from roundsman_client.errors import AnswerCut, ServerRefused, SignInRequired
from roundsman_client.link import Link
from roundsman_client.outbox import Outbox
from roundsman_client.receiver import Receiver
from roundsman_client.revocation import Revocation
from roundsman_client.session import Session
from roundsman_client.store import Store
from roundsman_client.sync import Sync
from roundsman_client.transport import HttpRequest, HttpResponse, HttpTransport

sign_in, run = Session.sign_in, Sync.run
send = HttpTransport.send


@bug("SES-1", "sign-in-lost")
def makes_a_new_device_id_at_every_sign_in(patch: pytest.MonkeyPatch) -> None:
    def forget(self: Session, *arguments: Any, **options: Any) -> None:
        self._store.remember("device_id", None)
        sign_in(self, *arguments, **options)

    patch.setattr(Session, "sign_in", forget)


@bug("SES-2", "token-expires")
def asks_for_the_password_when_a_token_expires(patch: pytest.MonkeyPatch) -> None:
    def call(self: Session, path: str, body: Any) -> Any:
        try:
            return self._link.call(path, body(), self.access_token)
        except ServerRefused as refusal:
            if refusal.status == 401:
                raise SignInRequired(401, refusal.code, "") from refusal
            raise

    patch.setattr(Session, "call", call)


@bug("SES-3", "token-expires")
def gives_up_a_refresh_whose_answer_was_lost(patch: pytest.MonkeyPatch) -> None:
    refresh = Session.refresh

    def drop(self: Session) -> None:
        tokens = self._store.recall("tokens")
        self._store.remember("tokens", tokens | {"refresh_token": "none"})
        self._ask_until_heard = lambda ask: ask()  # type: ignore[method-assign]
        token = tokens["refresh_token"]
        self._exchange = lambda _: link_exchange(self, token)  # type: ignore[method-assign]
        refresh(self)

    def link_exchange(self: Session, token: str) -> Any:
        current = self._store.recall("spent") or []
        self._store.remember("spent", [*current, token])
        return self._link.call("/api/v1/auth/refresh", {"refresh_token": "none" if token in current else token})

    patch.setattr(Session, "refresh", drop)


@bug("SES-4", "session-ends")
def drops_the_outbox_when_the_session_ends(patch: pytest.MonkeyPatch) -> None:
    refresh = Session.refresh

    def drop(self: Session) -> None:
        try:
            refresh(self)
        except SignInRequired:
            with self._store.transaction() as db:
                db.execute("delete from command")
            raise

    patch.setattr(Session, "refresh", drop)


@bug("SES-6", "session-ends")
def keeps_the_password_and_signs_in_by_itself(patch: pytest.MonkeyPatch) -> None:
    kept: list[Any] = []
    refresh = Session.refresh

    def keep(self: Session, *arguments: Any, **options: Any) -> None:
        kept.append((arguments, options))
        sign_in(self, *arguments, **options)

    def sign_in_again(self: Session) -> None:
        try:
            refresh(self)
        except SignInRequired:
            arguments, options = kept[-1]
            sign_in(self, *arguments, **options)

    patch.setattr(Session, "sign_in", keep)
    patch.setattr(Session, "refresh", sign_in_again)


@bug("SES-7", "revoked-device")
def wipes_before_everything_was_delivered(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Revocation, "carry_out", lambda self, revoked: self._store.wipe(keep_outbox=False))


@bug("SES-7", "revoked-and-cut-off")
def wipes_what_could_not_be_delivered(patch: pytest.MonkeyPatch) -> None:
    wipe = Store.wipe
    patch.setattr(Store, "wipe", lambda self, *, keep_outbox: wipe(self, keep_outbox=False))


@bug("SES-7", "revoked-device")
def does_not_wipe(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Revocation, "carry_out", lambda self, revoked: None)


@bug("SES-8", "other-user")
def shows_the_first_users_rows_to_the_second(patch: pytest.MonkeyPatch) -> None:
    def forget_whose(self: Session, *arguments: Any, **options: Any) -> None:
        self._store.remember("identity", None)
        sign_in(self, *arguments, **options)

    patch.setattr(Session, "sign_in", forget_whose)


@bug("SES-9", "recording-anytime")
def empties_the_outbox_at_signing_out(patch: pytest.MonkeyPatch) -> None:
    sign_out = Session.sign_out

    def empty(self: Session) -> bool:
        with self._store.transaction() as db:
            db.execute("delete from command")
        return sign_out(self)

    patch.setattr(Session, "sign_out", empty)


@bug("NET-1", "busy-server")
def tries_again_at_once_when_the_server_is_busy(patch: pytest.MonkeyPatch) -> None:
    def again(self: Sync, report: Any, digests: str) -> None:
        for _ in range(3):
            run(self, report, digests)
            if report.complete:
                return

    patch.setattr(Sync, "run", again)


@bug("NET-1", "busy-server")
def ignores_retry_after(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(link, "_retry_after_s", lambda response: None)


@bug("NET-2", "busy-server")
def always_waits_ten_seconds(patch: pytest.MonkeyPatch) -> None:
    def fixed(self: Sync, report: Any, digests: str) -> None:
        run(self, report, digests)
        if report.problem and report.retry_after_s < 120:
            report.retry_after_s = 10

    patch.setattr(Sync, "run", fixed)


@bug("NET-3", "busy-server")
def ignores_the_appointment(patch: pytest.MonkeyPatch) -> None:
    def ignore(self: Sync, report: Any, digests: str) -> None:
        run(self, report, digests)
        if report.complete:
            report.retry_after_s = 0

    patch.setattr(Sync, "run", ignore)


@bug("NET-4", "first-sync")
def offers_no_compression(patch: pytest.MonkeyPatch) -> None:
    def plain(self: HttpTransport, request: HttpRequest) -> HttpResponse:
        request.headers.pop("Accept-Encoding", None)
        return send(self, request)

    patch.setattr(HttpTransport, "send", plain)
    patch.setattr(http.client.HTTPConnection, "putrequest", _without_encoding(http.client.HTTPConnection.putrequest))


def _without_encoding(putrequest: Any) -> Any:
    def put(self: Any, method: str, url: str, skip_host: bool = False, skip_accept_encoding: bool = False) -> None:
        putrequest(self, method, url, skip_host, True)

    return put


@bug("NET-5", "redirect")
def follows_a_redirect_with_the_token(patch: pytest.MonkeyPatch) -> None:
    def follow(self: HttpTransport, request: HttpRequest) -> HttpResponse:
        response = send(self, request)
        if response.status != 302:
            return response
        path = urlsplit(response.headers["location"]).path
        return send(self, HttpRequest(path, request.body, request.headers))

    patch.setattr(HttpTransport, "send", follow)


@bug("NET-6", "damaged-answers")
def takes_a_hotels_page_for_an_empty_answer(patch: pytest.MonkeyPatch) -> None:
    call = Link.call

    def believe(self: Link, path: str, body: Any, token: str | None = None) -> Any:
        try:
            return call(self, path, body, token)
        except AnswerCut as damaged:
            if damaged.reason == "JSONDecodeError":
                verdicts = [{"id": c["id"], "seq": c["seq"], "status": "applied"} for c in body.get("commands", [])]
                whole = {"received_at": "2026-11-22T00:00:00Z", "epoch": "e", "cursor": body.get("cursor") or "c"}
                return whole | {"complete": True, "verdicts": verdicts}
            raise

    patch.setattr(Link, "call", believe)


@bug("STO-1", "sign-in-lost")
def keeps_the_cursor_in_memory(patch: pytest.MonkeyPatch) -> None:
    opened = Receiver.__init__

    def forget(self: Receiver, *arguments: Any) -> None:
        opened(self, *arguments)
        self.drop_cursor()

    patch.setattr(Receiver, "__init__", forget)


@bug("STO-1", "revoked-and-cut-off")
def forgets_an_unfinished_wipe(patch: pytest.MonkeyPatch) -> None:
    opened = Outbox.__init__

    def forget(self: Outbox, store: Store) -> None:
        opened(self, store)
        if store.recall("revoked"):
            with store.transaction() as db:
                db.execute("delete from command")

    patch.setattr(Outbox, "__init__", forget)


@bug("STO-5", "reset")
def resets_without_sending_first(patch: pytest.MonkeyPatch) -> None:
    def drop_first(self: client.Client) -> Any:
        self._receiver.drop_cursor()
        with self._store.transaction() as db:
            db.execute("delete from command where answered_at_ms is null")
        return self.sync()

    patch.setattr(client.Client, "reset", drop_first)
