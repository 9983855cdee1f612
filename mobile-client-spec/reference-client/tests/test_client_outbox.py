"""The outbox: nothing recorded is lost, nothing is applied twice, one bad command stops nobody."""

import json
import random

import pytest
from conftest import OpenPhone
from fake_server import FakeServer, Refused

from roundsman_client.bad_network import BadNetwork, Faults
from roundsman_client.client import Client
from roundsman_client.clock import FakeClock
from roundsman_client.errors import NotSignedIn, PayloadInvalid, ServerRefused
from roundsman_client.overlay import Overlay
from roundsman_client.transport import HttpResponse


def seqs_sent(server: FakeServer) -> list[list[int]]:
    return [[command["seq"] for command in body["commands"]] for _, body in server.requests if body.get("commands")]


def test_commands_survive_a_killed_app_and_go_on_counting(phone: Client, open_phone: OpenPhone, server: FakeServer):
    first = phone.do("visits.plan", {"id": phone.new_id(), "customer_id": "c", "planned_date": "2026-11-22"})
    phone.close()
    again = open_phone()
    assert [item.command.id for item in again.pending()] == [first]
    assert len(again.rows("visit")) == 1
    second = again.do("visits.plan", {"id": again.new_id(), "customer_id": "c", "planned_date": "2026-11-23"})
    assert [(item.command.seq, item.command.id) for item in again.pending()] == [(1, first), (2, second)]
    assert again.sync().verdicts == {"applied": 2}


def test_a_command_is_on_the_disk_before_anything_else(
    phone: Client, open_phone: OpenPhone, monkeypatch: pytest.MonkeyPatch
):
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Overlay, "show", killed)
        with pytest.raises(KeyboardInterrupt):
            phone.do("customers.create", {"id": "c1", "name": "Harbour Café"})
    assert phone.rows("customer") == []
    # Another connection, as after a crash: the command is there, and its effect shows.
    again = open_phone()
    assert [item.command.name for item in again.pending()] == ["customers.create"]
    assert again.row("customer", "c1").state == "pending"


def test_a_command_carries_the_clocks_of_its_moment(phone: Client, server: FakeServer, clock: FakeClock):
    then = clock.read().wire()
    phone.do("visits.log", {"id": "l", "visit_id": "v", "result": "other"}, depends_on=["some-id"])
    clock.advance(3600)
    phone.sync()
    body = server.requests[-1][1]
    assert body["commands"][0].items() >= (then | {"seq": 1, "schema": 2, "depends_on": ["some-id"]}).items()
    assert body["clock"] == clock.read().wire()


def test_what_json_cannot_say_takes_no_sequence_number(phone: Client):
    for value in (float("nan"), "\ud800", "x" * 300_000, "nothing\0here", [{"deep": "\0"}]):
        with pytest.raises(PayloadInvalid):
            phone.do("customers.create", {"id": "c1", "name": value})
    phone.do("customers.create", {"id": "c1", "name": "fine"})
    assert [item.command.seq for item in phone.pending()] == [1]


def test_nobody_records_before_somebody_signed_in(open_phone: OpenPhone):
    with pytest.raises(NotSignedIn):
        open_phone().do("visits.log", {})
    with pytest.raises(NotSignedIn):
        open_phone().sync()


def test_a_lost_answer_sends_the_same_bytes_again_and_applies_once(open_phone: OpenPhone, server: FakeServer):
    network = BadNetwork(server, random.Random(1), Faults())
    phone = open_phone(transport=network)
    phone.sign_in("demo", "alice", "secret-of-alice", "Pixel")
    phone.do("customers.create", {"id": "c1", "name": "Harbour Café"})
    network.faults = Faults(lose_answer=1.0)
    report = phone.sync()
    assert not report.complete
    assert report.retry_after_s == 5
    assert report.round_trips == 1
    assert phone.sync().retry_after_s == 10
    network.faults = Faults()
    report = phone.sync()
    assert report.complete
    assert report.verdicts == {"applied": 1}
    sent = [body["commands"] for path, body in server.requests if path.endswith("/sync")]
    assert len(sent) == 3
    assert sent[0] == sent[1] == sent[2]
    assert server.entries["c1", "customer", "c1"].version == 1
    assert phone.pending() == []
    assert phone.row("customer", "c1").state == "synced"


@pytest.mark.parametrize("fault", ["lose_request", "cut_answer", "double", "late"])
def test_other_faults_lose_and_double_nothing(open_phone: OpenPhone, server: FakeServer, fault: str):
    network = BadNetwork(server, random.Random(1), Faults(**{fault: 1.0}))
    phone = open_phone(transport=server)
    phone.sign_in("demo", "alice", "secret-of-alice", "Pixel")
    phone = open_phone(transport=network)
    phone.do("customers.create", {"id": "c1", "name": "Harbour Café"})
    phone.sync()
    network.faults = Faults()
    phone.do("customers.update", phone.changes("customer", "c1", phone="1"))
    assert phone.sync().complete
    assert network.seen[fault] == 1
    assert phone.server_rows()["customer", "c1"].data["phone"] == "1"
    assert server.entries["c1", "customer", "c1"].version == 2


def test_a_backlog_is_pushed_in_batches_of_100_and_pulled_once(phone: Client, server: FakeServer):
    for number in range(250):
        phone.do("customers.create", {"id": f"c{number:03}", "name": str(number)})
    report = phone.sync()
    assert [len(seqs) for seqs in seqs_sent(server)] == [100, 100, 50]
    assert report.round_trips == 3
    assert report.sent == report.verdicts["applied"] == 250
    assert len(phone.server_rows()) == 250
    assert phone.pending() == []
    assert all(row.state == "synced" for row in phone.rows("customer"))


def test_a_request_that_is_too_large_is_halved(phone: Client, server: FakeServer):
    for number in range(40):
        phone.do("customers.create", {"id": f"c{number:03}", "name": "x" * 1000})
    server.most_bytes = 15_000
    assert phone.sync().complete
    assert [seq for seqs in seqs_sent(server) for seq in seqs] == list(range(1, 41))
    assert max(len(seqs) for seqs in seqs_sent(server)) == 10


def test_one_command_that_the_server_cannot_read_is_held_back_alone(
    phone: Client, open_phone: OpenPhone, server: FakeServer
):
    ids = [phone.do("customers.create", {"id": f"c{number}", "name": str(number)}) for number in range(7)]
    server.unreadable = {ids[3]}
    report = phone.sync()
    assert report.complete
    assert report.verdicts["applied"] == 6
    held = [verdict for verdict in phone.verdicts() if verdict.status == "held"]
    assert [(verdict.command_id, verdict.code) for verdict in held] == [(ids[3], "core.invalid_input")]
    assert phone.row("customer", "c3").state == "waiting"
    # It is not sent again by the running app, but by the next start, when the server may have learnt to read it.
    assert phone.sync().sent == 0
    server.unreadable = set()
    phone.close()
    again = open_phone()
    assert again.sync().verdicts == {"applied": 1}
    assert again.pending() == []


def test_what_is_judged_behind_a_held_command_leaves_the_overlay_with_its_rows(
    phone: Client, open_phone: OpenPhone, server: FakeServer, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object) -> None:
        raise Refused(400, "core.invalid_input")

    ids = [phone.do("customers.create", {"id": f"c{number}", "name": str(number)}) for number in range(4)]
    server.unreadable = {ids[1]}
    phone.sync()
    assert [(item.command.id, item.status) for item in phone.pending()] == [(ids[1], "held")]
    late = phone.do("customers.create", {"id": "c4", "name": "4"})
    with monkeypatch.context() as patch, pytest.raises(ServerRefused):
        patch.setattr(server, "pull", refuse)
        phone.sync()
    assert [(item.command.id, item.status) for item in phone.pending()] == [(ids[1], "held"), (late, "answered")]
    phone.sync()
    assert [item.command.id for item in phone.pending()] == [ids[1]]
    # Let go by the next start, it shows until its own rows are here, and then nothing is left.
    server.unreadable = set()
    phone.close()
    again = open_phone()
    assert again.row("customer", "c1").state == "pending"
    assert again.sync().verdicts == {"applied": 1}
    assert again.pending() == []


def test_a_server_that_reads_no_push_at_all_is_an_error_and_holds_nothing_back(phone: Client, server: FakeServer):
    phone.do("customers.create", {"id": "c1", "name": "Harbour Café"})
    answer = HttpResponse(400, {}, json.dumps({"error": {"code": "core.invalid_json"}}).encode())
    server.out_of_order = [answer] * 3
    with pytest.raises(ServerRefused):
        phone.sync()
    assert [item.status for item in phone.pending()] == ["unsent"]
    assert phone.sync().complete


@pytest.mark.parametrize(
    ("code", "refused", "status"), [("sync.protocol_unknown", 1, "unsent"), ("core.invalid_input", 1, "answered")]
)
def test_a_command_is_not_to_blame_for_the_protocol_or_the_pull(
    phone: Client, server: FakeServer, code: str, refused: int, status: str
):
    phone.sync()
    work = phone.do("customers.create", {"id": "c1", "name": "Harbour Café"})
    answer = HttpResponse(400, {}, json.dumps({"error": {"code": code}}).encode())
    honest = server.pull

    def refuse(request: dict[str, object], device: str) -> dict[str, object]:
        raise Refused(400, code)

    server.pull = refuse  # type: ignore[method-assign]
    server.out_of_order = [answer] * refused
    with pytest.raises(ServerRefused):
        phone.sync()
    assert [(item.command.id, item.status) for item in phone.pending()] == [(work, status)]
    server.pull = honest  # type: ignore[method-assign]
    assert phone.sync().complete
    assert phone.pending() == []


def test_a_held_command_does_not_hinder_a_reset(phone: Client, server: FakeServer):
    held = phone.do("customers.create", {"id": "c1", "name": "Harbour Café"})
    server.unreadable = {held}
    phone.sync()
    assert phone.reset().complete
    assert [(item.command.id, item.status) for item in phone.pending()] == [(held, "held")]


def test_refused_and_merged_are_told_with_their_reasons(phone: Client, server: FakeServer):
    server.put("c1", "customer", "c1", name="Harbour Café", phone="1")
    server.grant("c1")
    phone.sync()
    edit = phone.changes("customer", "c1", phone="2", name="Harbour Bar")
    server.change("customer", "c1", phone="3")
    merged = phone.do("customers.update", edit)
    refused = phone.do("customers.update", phone.changes("customer", "nowhere", phone="2"))
    report = phone.sync()
    assert report.verdicts == {"merged": 1, "refused": 1}
    verdicts = {verdict.command_id: verdict for verdict in phone.verdicts()}
    assert verdicts[refused].code == "core.not_found"
    assert verdicts[refused].message == "no such customer"
    assert verdicts[merged].conflicts[0] == {"field": "phone", "yours": "2", "theirs": "3", "kept": "theirs"}
    assert phone.row("customer", "c1").data == {"name": "Harbour Bar", "phone": "3"}
    assert phone.pending() == []


def test_a_status_of_the_future_waits_as_a_parked_command_does(phone: Client, server: FakeServer):
    server.put("c", "customer", "c1", name="Harbour Café", phone="1")
    server.grant("c")
    phone.sync()
    server.judge = lambda command: {"status": "deferred", "code": "core.from_the_future"}
    phone.do("customers.update", phone.changes("customer", "c1", phone="2"))
    phone.sync()
    assert [(verdict.status, verdict.code) for verdict in phone.verdicts()] == [("parked", "core.from_the_future")]
    assert [item.status for item in phone.pending()] == ["waiting"]
    assert phone.row("customer", "c1").state == "waiting"


def test_acknowledged_commands_are_kept_30_days_by_the_servers_time_and_parked_ones_longer(
    phone: Client, server: FakeServer, clock: FakeClock
):
    server.judge = lambda command: {"status": "parked" if command["seq"] == 2 else "applied"}
    ids = [phone.do("visits.cancel", {"visit_id": str(number), "reason": ""}) for number in range(2)]
    phone.sync()
    clock.advance(29.9 * 86_400)
    phone.sync()
    assert [verdict.command_id for verdict in phone.verdicts()] == ids
    clock.advance(0.2 * 86_400)
    phone.sync()
    assert [verdict.command_id for verdict in phone.verdicts()] == ids[1:]
    phone.do("visits.cancel", {"visit_id": "3", "reason": ""})
    assert phone.pending()[-1].command.seq == 3


def test_a_busy_server_is_left_alone_for_as_long_as_it_asks(phone: Client, server: FakeServer):
    server.out_of_order = [HttpResponse(429, {"retry-after": "17"}, b""), HttpResponse(503, {}, b"<html>")]
    report = phone.sync()
    assert (report.complete, report.retry_after_s) == (False, 17)
    report = phone.sync()
    assert (report.complete, report.retry_after_s) == (False, 10)
    server.next_sync_after_s = 90
    report = phone.sync()
    assert (report.complete, report.retry_after_s, report.problem) == (True, 90, None)
