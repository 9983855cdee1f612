"""What the user sees: the server's rows with his own pending work on top, at every moment."""

import pytest
from conftest import OpenPhone
from fake_server import USER, FakeServer

from roundsman_client.client import Client


@pytest.fixture
def customer(server: FakeServer, phone: Client) -> str:
    """A customer that is on the phone."""
    server.put("c1", "customer", "c1", name="Harbour Café", phone="1")
    server.grant("c1")
    phone.sync()
    return "c1"


def seen(phone: Client, id_: str = "c1") -> tuple[str, dict[str, object]]:
    row = phone.row("customer", id_)
    assert row is not None
    return row.state, row.data


def test_pending_edits_lie_on_top_of_fresh_server_rows(phone: Client, server: FakeServer, customer: str):
    phone.do("customers.update", phone.changes("customer", customer, phone="2"))
    assert seen(phone) == ("pending", {"name": "Harbour Café", "phone": "2"})
    assert phone.server_rows()["customer", "c1"].data["phone"] == "1"
    # Somebody else's edit arrives while ours is still on its way: both are seen.
    server.judge = lambda command: {"status": "parked", "code": "sync.unexpected_error"}
    server.change("customer", "c1", name="Harbour Bar")
    phone.sync()
    assert seen(phone) == ("waiting", {"name": "Harbour Bar", "phone": "2"})
    assert phone.server_rows()["customer", "c1"].data == {"name": "Harbour Bar", "phone": "1"}


def test_a_chain_of_offline_edits_is_replayed_in_order(phone: Client, server: FakeServer, customer: str):
    phone.do("customers.create", {"id": "c2", "name": "New"})
    phone.do("customers.update", phone.changes("customer", "c2", phone="5", name="Newer"))
    edit = phone.changes("customer", "c2", phone="6")
    assert edit["changes"] == {"phone": {"from": "5", "to": "6"}}
    phone.do("customers.update", edit)
    assert phone.row("customer", "c2").data["phone"] == "6"
    assert phone.sync().verdicts == {"applied": 3}
    assert seen(phone, "c2") == ("synced", {"name": "Newer", "phone": "6", "owner_id": USER})


def test_the_effect_of_a_refused_command_disappears(phone: Client, server: FakeServer, customer: str):
    server.judge = lambda command: {"status": "refused", "code": "customers.name_taken", "message": "Taken"}
    phone.do("customers.update", phone.changes("customer", customer, name="Other"))
    phone.do("customers.create", {"id": "c2", "name": "Other"})
    phone.sync()
    assert seen(phone) == ("synced", {"name": "Harbour Café", "phone": "1"})
    assert phone.row("customer", "c2") is None
    assert [verdict.message for verdict in phone.verdicts()] == ["Taken", "Taken"]
    assert phone.pending() == []


def test_the_effect_of_a_refused_command_disappears_with_its_verdict(phone: Client, server: FakeServer, customer: str):
    """Already on the first page, long before the answer is complete."""
    for number in range(3):
        server.put("c1", "contact", f"p{number}", customer_id="c1", name=str(number))
    server.page_rows = 1
    server.judge = lambda command: {"status": "refused", "code": "customers.name_taken"}
    phone.do("customers.update", phone.changes("customer", customer, name="Other"))
    looks: list[object] = []
    server.before_pull = lambda request: looks.append(seen(phone)[1]["name"])
    phone.sync()
    assert looks == ["Other", "Harbour Café", "Harbour Café", "Harbour Café"]


def test_a_parked_command_stays_in_sight_until_an_operator_settles_it(
    phone: Client, open_phone: OpenPhone, server: FakeServer, customer: str
):
    server.judge = lambda command: {"status": "parked", "code": "sync.scope_lost", "message": "Waits for a manager"}
    edit = phone.do("customers.update", phone.changes("customer", customer, phone="2"))
    phone.sync()
    phone.sync()
    assert seen(phone) == ("waiting", {"name": "Harbour Café", "phone": "2"})
    assert [(item.command.id, item.status) for item in phone.pending()] == [(edit, "waiting")]
    # Days later it is released. The verdict comes as a row, together with the effect.
    server.settle(edit, "applied")
    server.change("customer", customer, phone="2")
    phone.sync()
    assert seen(phone) == ("synced", {"name": "Harbour Café", "phone": "2"})
    assert phone.pending() == []
    assert [(verdict.status, verdict.settled_at) for verdict in phone.verdicts()] == [("applied", server.now())]


def test_a_parked_command_that_is_discarded_loses_its_effect(phone: Client, server: FakeServer, customer: str):
    server.judge = lambda command: {"status": "parked", "code": "sync.scope_lost"}
    edit = phone.do("customers.update", phone.changes("customer", customer, phone="2"))
    phone.sync()
    server.settle(edit, "refused", code="sync.discarded", message="Typed by mistake")
    phone.sync()
    assert seen(phone)[0] == "synced"
    assert phone.verdicts()[0].message == "Typed by mistake"


def test_a_row_touched_by_a_parked_and_a_pending_command_stays_marked_as_waiting(
    phone: Client, server: FakeServer, customer: str
):
    server.judge = lambda command: {"status": "parked"}
    phone.do("customers.update", phone.changes("customer", customer, phone="2"))
    phone.sync()
    phone.do("customers.update", phone.changes("customer", customer, name="Newer"))
    assert seen(phone) == ("waiting", {"name": "Newer", "phone": "2"})


def test_work_recorded_after_the_request_stays_on_top(phone: Client, server: FakeServer, customer: str):
    """A command recorded while the answer is on its way is not among the acknowledged ones."""
    phone.do("customers.update", phone.changes("customer", customer, phone="2"))
    late: list[str] = []

    def meanwhile(request: object) -> None:
        if not late:
            late.append(phone.do("customers.update", phone.changes("customer", customer, phone="3")))

    server.before_pull = meanwhile
    phone.sync()
    assert phone.server_rows()["customer", "c1"].data["phone"] in ("2", "3")
    assert seen(phone)[1]["phone"] == "3"
    phone.sync()
    assert seen(phone) == ("synced", {"name": "Harbour Café", "phone": "3"})


def test_an_effect_stays_until_the_answer_that_contains_it_is_complete(
    phone: Client, open_phone: OpenPhone, server: FakeServer, customer: str
):
    for number in range(5):
        server.put("c1", "contact", f"p{number}", customer_id="c1", name=str(number))
    server.page_rows = 2
    phone.do("customers.update", phone.changes("customer", customer, phone="2"))
    seen_at: list[tuple[str, object]] = []

    def look(request: dict[str, object]) -> None:
        state, data = seen(phone)
        seen_at.append((state, data["phone"]))

    server.before_pull = look
    report = phone.sync()
    assert report.round_trips == 3
    assert set(seen_at) == {("pending", "2")}
    assert seen(phone) == ("synced", {"name": "Harbour Café", "phone": "2"})


def test_a_later_page_that_acknowledges_more_does_not_contain_more(
    phone: Client, server: FakeServer, customer: str, open_phone: OpenPhone
):
    """A push whose answer was lost arrives between two pages: its effect is not in the rows of the first page."""
    for number in range(5):
        server.put("z", "contact", f"p{number}", customer_id="z", name=str(number))
    server.grant("z")
    server.page_rows = 2
    late = phone.do("customers.update", phone.changes("customer", customer, phone="2"))
    command = phone.pending()[0].command
    # A delayed copy of the phone's request reaches the server after the first page was made.
    receiver, outbox = phone._receiver, phone._outbox
    pull = receiver.new_pull([], "sample")
    phone._sync._exchange([], pull, report=phone_report())
    assert receiver.open_pull().acknowledged == 0
    server.push([command.wire()], phone.device_id)
    while (pull := receiver.open_pull()) is not None:
        phone._sync._exchange([], pull, report=phone_report())
    assert outbox.contained == 0
    assert phone.server_rows()["customer", "c1"].data["phone"] == "1"
    assert seen(phone) == ("pending", {"name": "Harbour Café", "phone": "2"})
    phone.sync()
    assert seen(phone) == ("synced", {"name": "Harbour Café", "phone": "2"})
    assert [verdict.command_id for verdict in phone.verdicts()] == [late]


def phone_report():
    from roundsman_client.sync import SyncReport

    return SyncReport()


def test_an_overlay_never_hides_that_a_customer_left(phone: Client, server: FakeServer, customer: str):
    phone.do("customers.update", phone.changes("customer", customer, phone="2"))
    server.judge = lambda command: {"status": "parked", "code": "sync.scope_lost"}
    server.revoke("c1")
    phone.sync()
    assert phone.row("customer", "c1") is None
    assert [item.status for item in phone.pending()] == ["waiting"]
