"""Divergence is found by digests and mended in place; a new history of the server is met without losing work."""

import random

import pytest
from conftest import OpenPhone
from fake_server import USER, FakeServer
from test_client_scopes import assert_exact, fill

from roundsman_client.bad_network import BadNetwork, Faults
from roundsman_client.client import Client


def break_row(phone: Client, kind: str, id_: str) -> None:
    """What a bug would do: a row is gone, and its digest with it."""
    row = phone.server_rows()[kind, id_]
    with phone._store.transaction():
        phone._replica.apply([type(row)(row.scope, kind, id_, 0, "", None)])


def test_a_divergence_is_found_mended_and_counted_by_kind(phone: Client, server: FakeServer):
    fill(server)
    server.put("a", "site", "s", name="Door")
    phone.sync()
    break_row(phone, "contact", "a1")
    break_row(phone, "contact", "a2")
    server.requests.clear()
    report = phone.sync()
    assert [body["repair"] for _, body in server.requests] == [[], ["a"]]
    assert report.repairs == phone.repairs() == {"contact": 2}
    assert report.entered == 1
    assert_exact(phone, server)
    assert phone.sync().round_trips == 1


def test_a_wrong_tag_and_a_row_too_many_are_found_too(phone: Client, server: FakeServer):
    fill(server)
    phone.sync()
    row = phone.server_rows()["contact", "b1"]
    with phone._store.transaction():
        phone._replica.apply([type(row)("b", "contact", "b1", 1, "00000000000000aa", {"name": "wrong"})])
        phone._replica.apply([type(row)("c", "contact", "ghost", 1, "00000000000000aa", {"name": "ghost"})])
    assert phone.sync().repairs == {"contact": 2}
    assert_exact(phone, server)


def test_a_repair_of_several_pages_survives_a_killed_app(phone: Client, open_phone: OpenPhone, server: FakeServer):
    """It is named once; the cursors of the further pages remember it, and the phone what it is about to count."""
    fill(server, rows=10)
    phone.sync()
    break_row(phone, "contact", "b7")
    server.page_rows = 4
    pulls: list[object] = []

    def killed(request: dict[str, object]) -> None:
        pulls.append(request)
        if len(pulls) == 3:
            server.before_pull = lambda request: None
            raise KeyboardInterrupt

    server.before_pull = killed
    with pytest.raises(KeyboardInterrupt):
        phone.sync()
    phone.close()
    again = open_phone()
    server.requests.clear()
    report = again.sync()
    assert report.complete
    assert [body["repair"] for _, body in server.requests] == [[]] * 2
    assert report.repairs == again.repairs() == {"contact": 1}
    assert_exact(again, server)


def test_a_repair_that_does_not_help_is_tried_once_in_a_call(phone: Client, server: FakeServer):
    fill(server)
    phone.sync()
    honest = server.digest
    server.digest = lambda scope: {"rows": 99, "sum": "0" * 16} if scope == "a" else honest(scope)  # type: ignore[method-assign]
    assert phone.sync().round_trips == 2
    assert phone.sync().round_trips == 1
    server.digest = honest  # type: ignore[method-assign]
    phone.sync()
    server.requests.clear()
    phone.sync()
    assert server.requests[-1][1]["repair"] == []
    assert phone.repairs() == {}


def test_comparing_everything_finds_a_scope_that_should_have_left(phone: Client, server: FakeServer):
    fill(server)
    phone.sync()
    server.grants.pop("c")
    assert phone.sync().complete
    assert "c" in phone.digests()
    phone.sync(digests="all")
    assert_exact(phone, server)


# A new history: failover or restore


def test_lost_history_acknowledged_commands_are_sent_again_and_only_differences_are_fetched(
    phone: Client, server: FakeServer
):
    fill(server)
    first = phone.do("customers.create", {"id": "d1", "name": "Before the backup"})
    phone.sync()
    backup = server.backup()
    second = phone.do("customers.create", {"id": "d2", "name": "After the backup"})
    third = phone.do("customers.update", phone.changes("customer", "d1", phone="7"))
    server.put("a", "contact", "a9", name="written after the backup")
    phone.sync()
    sent_before = {command["id"]: command for _, body in server.requests for command in body.get("commands", ())}
    server.restore(backup)
    server.revoke("b")
    server.put("c", "contact", "c9", name="written after the restore")
    server.requests.clear()
    report = phone.sync()
    assert report.complete
    assert report.new_history
    assert not report.repairs
    assert phone.repairs() == {}
    assert report.expected_repairs["contact"] == 2
    # The first answer tells of the new history; the second request brings everything that may have been lost.
    assert len(server.requests) == 2
    resent = server.requests[1][1]["commands"]
    assert [command["id"] for command in resent] == [first, second, third]
    assert all(command == sent_before[command["id"]] for command in resent)
    assert "b" not in phone.digests()
    assert "c1" in {id_ for _, id_ in phone.server_rows()}
    assert server.find("customer", "d1")[1]["phone"] == "7"
    assert server.find("customer", "d2")
    phone.sync()
    assert_exact(phone, server)
    assert phone.pending() == []
    assert phone.sync().sent == 0


def test_lost_work_is_seen_again_until_it_is_judged_again(phone: Client, server: FakeServer):
    phone.do("customers.create", {"id": "d1", "name": "Before the backup"})
    phone.sync()
    backup = server.backup()
    phone.do("customers.update", phone.changes("customer", "d1", phone="7"))
    phone.do("customers.create", {"id": "d2", "name": "After the backup"})
    phone.sync()
    phone.do("customers.update", phone.changes("customer", "d1", name="Unsent as yet"))
    server.restore(backup)
    looks: list[tuple[object, ...]] = []

    def look(request: dict[str, object]) -> None:
        edited, made = phone.row("customer", "d1"), phone.row("customer", "d2")
        looks.append((edited.data["name"], edited.data["phone"], edited.state, made.state))

    server.before_pull = look
    phone.sync()
    # Of the second customer the server knew nothing when it told of its new history: its scope was dropped.
    assert looks == [("Unsent as yet", "7", "pending", "synced"), ("Unsent as yet", "7", "pending", "pending")]
    assert phone.row("customer", "d1").data["phone"] == "7"
    assert phone.row("customer", "d1").state == "synced"
    assert_exact(phone, server)


def test_lost_work_counts_as_unsent_until_it_was_sent_again(open_phone: OpenPhone, server: FakeServer):
    network = BadNetwork(server, random.Random(1), Faults())
    phone = open_phone(transport=network)
    phone.sign_in("demo", "alice", "secret-of-alice", "Pixel")
    phone.sync()
    backup = server.backup()
    phone.do("customers.create", {"id": "c1", "name": "Harbour Café"})
    phone.sync()
    assert phone.pending() == []
    server.restore(backup)

    def cut(request: object) -> None:
        network.online = False

    server.before_pull = cut
    assert not phone.sync().complete
    assert [item.status for item in phone.pending()] == ["unsent"]
    network.online, server.before_pull = True, lambda request: None
    phone.sync()
    assert phone.pending() == []


def test_what_was_pushed_with_the_old_cursor_is_not_sent_a_third_time(phone: Client, server: FakeServer):
    phone.sync()
    server.restore(server.backup())
    phone.do("customers.create", {"id": "d1", "name": "New"})
    looks: list[object] = []
    server.before_pull = lambda request: looks.append(phone.row("customer", "d1"))
    report = phone.sync()
    assert report.sent == 1
    # Acknowledged with the first answer, but its row came only with the second.
    assert [row.state for row in looks] == ["pending", "pending"]
    assert phone.row("customer", "d1").state == "synced"


def test_a_new_history_met_while_repairing_repairs_the_same_scope_again(phone: Client, server: FakeServer):
    fill(server)
    phone.sync()
    break_row(phone, "contact", "a1")

    def once(request: dict[str, object]) -> None:
        if request["repair"]:
            server.before_pull = lambda request: None
            server.restore(server.backup())

    server.before_pull = once
    report = phone.sync()
    assert report.new_history
    assert report.expected_repairs == {"contact": 1}
    assert_exact(phone, server)


def test_a_repeated_receipt_does_not_undo_a_settlement_whose_row_is_gone(phone: Client, server: FakeServer):
    server.judge = lambda command: {"status": "parked", "code": "sync.scope_lost"}
    edit = phone.do("visits.log", {"id": "l1", "visit_id": "v", "result": "other"})
    phone.sync()
    server.settle(edit, "applied")
    phone.sync()
    server.delete("verdict", edit)
    phone.sync()
    server.restore(server.backup())
    assert phone.sync().verdicts == {"parked": 1}
    assert phone.verdicts()[0].status == "applied"
    assert phone.pending() == []


def test_a_new_history_met_in_the_middle_of_an_answer(phone: Client, server: FakeServer):
    phone.do("customers.create", {"id": "d1", "name": "Work"})
    phone.sync()
    backup = server.backup()
    phone.do("customers.update", phone.changes("customer", "d1", phone="7"))
    phone.sync()
    fill(server, rows=6)
    server.page_rows = 4
    pulls: list[object] = []

    def restore(request: dict[str, object]) -> None:
        pulls.append(request)
        if len(pulls) == 3:
            server.restore(backup)
            fill(server, "ax", rows=5)

    server.before_pull = restore
    report = phone.sync()
    assert report.complete
    assert report.new_history
    phone.sync()
    assert_exact(phone, server)
    assert server.find("customer", "d1")[1]["phone"] == "7"
    assert phone.repairs() == {}


def test_a_new_history_met_without_a_cursor(phone: Client, server: FakeServer):
    phone.do("customers.create", {"id": "d1", "name": "Work"})
    phone.sync()
    phone._store.remember("cursor", None)
    server.entries.clear()
    server.commands.clear()
    server.seqs.clear()
    server.grants = {USER: server.grants[USER]}
    server.restore(server.backup())
    report = phone.sync()
    assert report.new_history
    assert report.sent == 1
    assert server.find("customer", "d1")
    assert_exact(phone, server)
    assert phone.row("customer", "d1").state == "synced"


def test_a_settlement_lost_with_the_history_is_waited_for_again(phone: Client, server: FakeServer):
    server.judge = lambda command: {"status": "parked", "code": "sync.scope_lost"}
    edit = phone.do("visits.log", {"id": "l1", "visit_id": "v", "result": "other"})
    phone.sync()
    backup = server.backup()
    server.settle(edit, "applied")
    phone.sync()
    assert phone.pending() == []
    server.restore(backup)
    phone.sync()
    assert [item.status for item in phone.pending()] == ["waiting"]
    server.settle(edit, "refused", code="sync.discarded")
    phone.sync()
    assert phone.pending() == []
    assert_exact(phone, server)
