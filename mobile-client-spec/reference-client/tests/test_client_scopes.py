"""Scopes that come and go, rows that move between them, and answers of several pages."""

import json

import pytest
from conftest import OpenPhone
from fake_server import USER, FakeServer

from roundsman_client.client import Client
from roundsman_client.errors import AnswerInvalid, ServerRefused
from roundsman_client.protocol import Row
from roundsman_client.transport import HttpResponse


def replica(phone: Client) -> dict[tuple[str, str], tuple[str, object]]:
    return {key: (row.scope, row.data) for key, row in phone.server_rows().items()}


def assert_exact(phone: Client, server: FakeServer) -> None:
    """The replica is the truth, and so are the digests that were kept while it came about."""
    assert replica(phone) == server.truth()
    digests = {scope: {"rows": d.rows, "sum": d.total} for scope, d in phone.digests().items()}
    assert digests == {scope: server.digest(scope) for scope, grant in server.grants.items() if grant.active}


def fill(server: FakeServer, scopes: str = "abc", rows: int = 4) -> None:
    for scope in scopes:
        for number in range(rows):
            server.put(scope, "contact", f"{scope}{number}", name=f"{scope}{number}")
        server.grant(scope)


def test_enter_delta_tombstone_and_leave(phone: Client, server: FakeServer):
    fill(server)
    report = phone.sync()
    assert (report.entered, report.rows, report.left) == (4, 12, 0)
    assert_exact(phone, server)
    server.change("contact", "a1", name="changed")
    server.delete("contact", "b2")
    report = phone.sync()
    assert (report.entered, report.rows, report.left) == (0, 2, 0)
    assert_exact(phone, server)
    server.revoke("c")
    assert phone.sync().left == 1
    assert_exact(phone, server)
    server.grant("c")
    phone.sync()
    assert_exact(phone, server)
    assert phone.repairs() == {}


@pytest.mark.parametrize(("old", "new"), [("a", "b"), ("b", "a")])
def test_a_row_that_moves_is_neither_lost_nor_doubled(phone: Client, server: FakeServer, old: str, new: str):
    """The tombstone of the old scope comes before or after the row in the new one: scopes come in their order."""
    fill(server)
    phone.sync()
    server.put(new, "contact", f"{old}1", name="moved")
    phone.sync()
    assert replica(phone)["contact", f"{old}1"] == (new, {"name": "moved"})
    assert_exact(phone, server)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_tombstone_removes_a_row_only_from_the_scope_it_names(phone: Client, order: tuple[int, int]):
    tag = "00000000000000aa"
    phone._replica.apply([Row("a", "contact", "1", 1, tag, {"name": "Lin"})])
    move = [Row("b", "contact", "1", 2, tag, {"name": "Lin"}), Row("a", "contact", "1", 2, "", None)]
    for index in order:
        phone._replica.apply([move[index]])
    assert replica(phone) == {("contact", "1"): ("b", {"name": "Lin"})}
    assert phone.digests()["a"].rows == 0
    assert phone.digests()["b"].rows == 1


def test_a_leave_and_an_enter_touch_only_rows_stored_under_that_scope(phone: Client, server: FakeServer):
    fill(server)
    phone.sync()
    # The customer is reassigned, and one of his contacts moved to a customer that this user keeps.
    server.put("b", "contact", "a1", name="moved")
    server.revoke("a")
    phone.sync()
    assert replica(phone)["contact", "a1"][0] == "b"
    assert_exact(phone, server)


def test_a_scope_that_left_and_entered_again_is_there(phone: Client, server: FakeServer):
    """One page may say both, in whatever order they happened: leaves are applied first."""
    fill(server)
    phone.sync()
    row = {
        "scope": "a",
        "kind": "contact",
        "id": "a9",
        "version": 1,
        "tag": "00000000000000aa",
        "data": {"name": "new"},
    }
    body = {
        "epoch": server.epoch,
        "received_at": server.now(),
        "changes": {"rows": [row], "enter": ["a", "b"], "leave": [{"scope": "a"}, {"scope": "b"}]},
        "complete": True,
        "cursor": phone._store.recall("cursor"),
    }
    server.out_of_order = [HttpResponse(200, {}, json.dumps(body).encode())]
    phone.sync()
    assert [key for key, row in phone.server_rows().items() if row.scope == "a"] == [("contact", "a9")]
    assert (phone.digests()["a"].rows, phone.digests()["b"].rows) == (1, 0)


def test_an_interrupted_answer_goes_on_at_its_next_page(phone: Client, open_phone: OpenPhone, server: FakeServer):
    fill(server)
    server.page_rows = 3
    # The connection breaks after two pages; then the app is killed.
    pulls: list[object] = []

    def break_third(request: dict[str, object]) -> None:
        pulls.append(request["cursor"])
        if len(pulls) == 3:
            server.out_of_order.append(HttpResponse(503, {"retry-after": "5"}, b""))

    server.before_pull = break_third
    report = phone.sync()
    assert not report.complete
    assert report.rows == 6
    phone.close()
    again = open_phone()
    assert len(again.server_rows()) == 6
    assert again._receiver.open_pull().pages == 3
    server.requests.clear()
    report = again.sync()
    assert report.complete
    assert len(server.requests) == 3
    assert server.requests[0][1]["cursor"] is not None
    assert_exact(again, server)


def test_an_answer_is_taken_page_by_page_or_not_at_all(
    phone: Client, server: FakeServer, monkeypatch: pytest.MonkeyPatch
):
    """A crash in the middle of a page leaves the store as it was before that page."""
    fill(server, "a")
    phone.sync()
    before, cursor = replica(phone), phone._store.recall("cursor")
    server.change("contact", "a1", name="changed")

    def killed() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(phone._overlay, "rebase", killed)
        with pytest.raises(KeyboardInterrupt):
            phone.sync()
    assert replica(phone) == before
    assert phone._store.recall("cursor") == cursor
    phone.sync()
    assert_exact(phone, server)


def test_pages_carry_no_commands_and_recorded_work_goes_before_them(
    phone: Client, open_phone: OpenPhone, server: FakeServer
):
    fill(server)
    server.page_rows = 5

    def record_once(request: dict[str, object]) -> None:
        server.before_pull = lambda request: None
        phone.do("customers.create", {"id": "d", "name": "New"})

    server.before_pull = record_once
    server.requests.clear()
    assert phone.sync().complete
    paths = [path.removeprefix("/api/v1/sync") for path, _ in server.requests]
    # After the first page the new command is pushed; a last pull brings its row.
    assert paths[:2] == ["/pull", "/push"]
    assert set(paths[2:]) == {"/pull"}
    assert all("commands" not in body for path, body in server.requests if path.endswith("/pull"))
    phone.sync()
    assert phone.row("customer", "d").state == "synced"
    assert_exact(phone, server)


def test_changes_made_between_pages_arrive_with_the_next_pull_and_are_no_divergence(phone: Client, server: FakeServer):
    fill(server)
    server.page_rows = 4
    pages: list[object] = []

    def work(request: dict[str, object]) -> None:
        pages.append(request)
        if len(pages) == 3:
            server.change("contact", "a1", name="changed")
            server.put("a", "contact", "c3", name="moved")

    server.before_pull = work
    report = phone.sync()
    assert report.complete
    assert not report.repairs
    server.page_rows = 1000
    server.before_pull = lambda request: None
    server.requests.clear()
    phone.sync()
    assert [body["digests"] for _, body in server.requests] == ["all"]
    assert [body["repair"] for _, body in server.requests] == [[]]
    assert_exact(phone, server)
    assert phone.repairs() == {}
    phone.sync()
    assert server.requests[-1][1]["digests"] == "sample"


def test_a_scope_revoked_between_pages_leaves(phone: Client, server: FakeServer):
    fill(server)
    server.page_rows = 4
    server.before_pull = lambda request: server.revoke("a") if request["cursor"] and server.grants["a"].active else None
    phone.sync()
    assert_exact(phone, server)


def test_an_invalid_cursor_costs_a_new_pull_and_neither_rows_nor_work(phone: Client, server: FakeServer):
    fill(server)
    phone.sync()
    phone._store.remember("cursor", "garbage")
    server.revoke("b")
    server.grants.pop("b")  # so long ago that the server has forgotten it: nothing will say "leave"
    phone.do("customers.create", {"id": "d", "name": "New"})
    report = phone.sync()
    assert report.complete
    assert report.round_trips == 2
    assert report.verdicts == {"applied": 1}
    assert_exact(phone, server)
    assert phone.repairs() == {}


def test_rows_stay_in_sight_while_everything_is_fetched_anew(phone: Client, server: FakeServer):
    fill(server)
    phone.sync()
    seen: list[int] = []
    server.page_rows = 5
    server.before_pull = lambda request: seen.append(len(phone.rows("contact")))
    assert phone.reset().complete
    assert min(seen) >= 8
    assert_exact(phone, server)


def test_a_cursor_that_is_never_accepted_is_an_error(phone: Client, server: FakeServer):
    error = json.dumps({"error": {"code": "sync.cursor_invalid", "message": "No"}}).encode()
    server.out_of_order = [HttpResponse(422, {}, error)] * 2
    with pytest.raises(ServerRefused):
        phone.sync()


def test_an_answer_that_does_not_move_on_is_an_error(phone: Client, server: FakeServer):
    fill(server)
    phone.sync()
    body = {
        "epoch": server.epoch,
        "received_at": server.now(),
        "complete": False,
        "cursor": phone._store.recall("cursor"),
    }
    server.out_of_order = [HttpResponse(200, {}, json.dumps(body).encode())]
    with pytest.raises(AnswerInvalid):
        phone.sync()
    assert phone.sync().complete


def test_a_scope_without_rows_is_held_and_compared(phone: Client, server: FakeServer):
    server.grant("empty")
    phone.sync()
    assert set(phone.digests()) == {USER, "empty"}
    assert_exact(phone, server)
