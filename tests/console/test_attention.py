"""Needs attention: who sees what, and decisions taken at a desk that reach phones."""

from collections.abc import Callable
from pathlib import Path

import pytest

from console import attention
from console.attention import SORTS
from core.ids import uuid7
from roundsman_client.client import Client
from tests.console.desk import Desk, at_desk, words
from tests.console.troubles import add_customer, alert, disagree, fall_silent, park, repair
from tests.personas import PASSWORD, TestCompany
from tests.phone_network import Network

PAGE = "/console/attention"
Phone = Callable[[str], Client]


@pytest.fixture
def phone(company: TestCompany, tmp_path: Path) -> Phone:
    """Signs somebody in on a phone of the reference client, and synchronises it."""

    def sign_in(name: str) -> Client:
        client = Client(tmp_path / f"{name}.sqlite", transport=Network())
        client.sign_in(company.code, name, PASSWORD, f"{name}'s phone")
        client.sync()
        return client

    return sign_in


@pytest.fixture
def carol(company: TestCompany) -> Desk:
    return at_desk(company.carol)


def lose_a_customer(company: TestCompany, alice: Client) -> tuple[str, str]:
    """Alice edits a customer that was given to bob meanwhile; ids of her command and of the customer."""
    customer = alice.new_id()
    alice.do("customers.create", {"id": customer, "name": "Moved on", "phone": "1"})
    alice.sync()
    given = {"customer_ids": [customer], "owner_id": str(company.bob.id)}
    assert company.carol.execute("customers.reassign", given).settled
    command = alice.do("customers.update", alice.changes("customer", customer, phone="2"))
    alice.sync()
    return command, customer


def status_of(client: Client, command: str) -> tuple[str, str | None]:
    """What the phone knows became of its command."""
    [verdict] = [verdict for verdict in client.verdicts() if verdict.command_id == command]
    return verdict.status, verdict.code


def test_nothing_needs_anybody_in_a_quiet_company(carol: Desk) -> None:
    assert "Nothing needs you" in words(carol.text(PAGE))
    assert carol.get(f"{PAGE}?kind=parked").status_code == 200


def test_a_parked_command_is_applied_as_the_new_owner_and_reaches_that_phone(
    company: TestCompany, phone: Phone, carol: Desk
) -> None:
    alice, bob = phone("alice"), phone("bob")
    command, customer = lose_a_customer(company, alice)
    assert status_of(alice, command) == ("parked", "sync.scope_lost")
    text = words(carol.text(PAGE))
    for told in ("Edited a customer · Moved on", "alice's phone", "phone 1 → 2", "Alice Wang no longer looks after"):
        assert told in text
    bob.sync()
    assert bob.row("customer", customer).data["phone"] == "1"  # type: ignore[union-attr]

    path = f"{PAGE}/{command}/release"
    assert f'<option value="{company.bob.id}" selected>' in carol.text(path), "the owner is proposed"
    assert carol.send(path).status_code == 302
    text = words(carol.text(PAGE))
    assert "It took effect." in text and "Nothing needs you" in text
    bob.sync()
    assert bob.row("customer", customer).data["phone"] == "2"  # type: ignore[union-attr]
    alice.sync()
    assert status_of(alice, command)[0] == "applied"
    assert not alice.pending()


def test_what_fails_again_is_said_and_stays(company: TestCompany, phone: Phone, carol: Desk) -> None:
    command, _ = lose_a_customer(company, phone("alice"))
    assert carol.send(f"{PAGE}/{command}/retry").status_code == 302
    text = words(carol.text(PAGE))
    assert "did not take effect: You no longer have access" in text and "Edited a customer" in text
    assert carol.send(f"{PAGE}/{command}/release", as_user_id="").status_code == 422, "nobody is chosen"
    assert carol.send(f"{PAGE}/{command}/release", as_user_id=str(company.zed.id)).status_code == 422


def test_what_is_returned_tells_its_author_why(company: TestCompany, phone: Phone, carol: Desk) -> None:
    alice = phone("alice")
    command, _ = lose_a_customer(company, alice)
    assert carol.send(f"{PAGE}/{command}/discard", reason="").status_code == 422
    assert carol.send(f"{PAGE}/{command}/discard", reason="Bob has the new number").status_code == 302
    assert "Nothing needs you" in words(carol.text(PAGE))
    alice.sync()
    [verdict] = [verdict for verdict in alice.verdicts() if verdict.command_id == command]
    assert (verdict.status, verdict.code) == ("refused", "sync.discarded")
    assert "Bob has the new number" in str(verdict.message)
    assert carol.get(f"{PAGE}/{command}/release").status_code == 404, "it is settled"


def test_a_conflict_is_resolved_and_the_phones_learn_it(company: TestCompany, phone: Phone, carol: Desk) -> None:
    conflict, customer = disagree(company.carol, company.client("alice"), "Corner")
    alice = phone("alice")
    assert alice.row("customer", str(customer)).data["phone"] == "Corner from the desk"  # type: ignore[union-attr]
    text = words(carol.text(PAGE))
    assert "Customer Corner Both edit 两人都改 · phone" in text
    in_force, aside = text.index("Corner from the desk"), text.index("Corner from the field")
    assert text.index("In force") < in_force < text.index("Set aside") < aside
    assert carol.send(f"{PAGE}/conflicts/{conflict}/restore").status_code == 302
    assert "Nothing needs you" in words(carol.text(PAGE))
    alice.sync()
    assert alice.row("customer", str(customer)).data["phone"] == "Corner from the field"  # type: ignore[union-attr]
    assert [row.data["state"] for row in alice.conflicts()] == ["restored"]


def test_a_conflict_is_closed_and_what_stands_stays(company: TestCompany, phone: Phone, carol: Desk) -> None:
    conflict, customer = disagree(company.carol, company.client("alice"), "Corner")
    path = f"{PAGE}/conflicts/{conflict}/accept"
    assert "phone: Corner from the desk" in words(carol.text(path))
    assert carol.send(path).status_code == 302
    text = words(carol.text(PAGE))
    assert "The value in force stays." in text and "Nothing needs you" in text
    alice = phone("alice")
    assert alice.row("customer", str(customer)).data["phone"] == "Corner from the desk"  # type: ignore[union-attr]
    assert [row.data["state"] for row in alice.conflicts()] == ["accepted"]
    assert carol.get(path).status_code == 404, "it is settled"


def test_alerts_are_ones_own_and_are_marked_as_read(company: TestCompany, carol: Desk) -> None:
    for customer in ("Red Lantern", "Harbour Café"):
        alert(company.carol, customer)
    alert(company.dora, "Elsewhere")
    text = words(carol.text(PAGE))
    assert "Task of Alice overdue" in text and "Red Lantern" in text and "Elsewhere" not in text
    assert carol.send(f"{PAGE}/read", on=PAGE).status_code == 302
    text = words(carol.text(PAGE))
    assert "Marked as read." in text and "Nothing needs you" in text
    assert "Elsewhere" in words(at_desk(company.dora).text(PAGE))


def test_the_most_urgent_come_first_and_each_sort_is_counted(
    company: TestCompany, carol: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = company.client("alice")
    fall_silent(company.erin, "Old phone")
    repair(company, device)
    alert(company.carol, "Red Lantern")
    disagree(company.carol, device, "Corner")
    park(company.carol, device, company.bob, "Gone")
    text = carol.text(PAGE)
    expected = ["parked", "conflict", "alert", "silent", "repaired"]
    assert _kinds(text) == expected
    assert "All 5" in words(text) and "Conflicts 1" in words(text)
    assert _kinds(carol.text(f"{PAGE}?kind=silent")) == ["silent"]
    assert _kinds(carol.text(f"{PAGE}?person={company.alice.id}")) == ["parked", "conflict", "repaired"]
    assert _kinds(carol.text(f"{PAGE}?team={company.units['south']}")) == []
    assert _kinds(carol.text(f"{PAGE}?person={company.zed.id}")) == []
    monkeypatch.setattr(attention, "PAGE_ITEMS", 2)
    shown, address = [], PAGE
    for _ in range(3):
        page = carol.text(address)
        shown += _kinds(page)
        following = page.partition(">Next page")[0].rpartition('href="?')[2].partition('"')[0]
        address = f"{PAGE}?{following}"
    assert shown == expected


def test_refusals_of_phones_are_told(company: TestCompany, carol: Desk, phone: Phone) -> None:
    device = company.client("bob")
    add_customer(device, "First", code="X-1")
    bob = phone("bob")
    command = bob.do("customers.create", {"id": str(uuid7()), "name": "Second", "code": "X-1"})
    bob.sync()
    text = carol.text(PAGE)
    assert _kinds(text) == ["refused"] and "Second" in text
    assert carol.send(f"{PAGE}/{command}/discard", reason="It is there already").status_code == 302
    assert "Nothing needs you" in words(carol.text(PAGE))


@pytest.mark.parametrize("query", ["kind=nothing", "team=1", "person=x", "cursor=x"])
def test_what_cannot_be_chosen_is_refused(carol: Desk, query: str) -> None:
    assert carol.get(f"{PAGE}?{query}").status_code == 422


def test_only_superiors_decide(company: TestCompany, phone: Phone) -> None:
    command, _ = lose_a_customer(company, phone("alice"))
    dan = at_desk(company.dan)
    assert "Nothing needs you" in words(dan.text(PAGE))
    for form in ("release", "retry", "discard"):
        assert dan.get(f"{PAGE}/{command}/{form}").status_code == 403


def _kinds(text: str) -> list[str]:
    """The sorts of the cards, from top to bottom."""
    return [piece.partition('"')[0] for piece in text.split('class="card matter ')[1:]]


def test_every_sort_has_its_place() -> None:
    assert list(SORTS) == ["parked", "conflict", "alert", "refused", "silent", "repaired"]
