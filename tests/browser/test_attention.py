"""Needs attention in the browser: what a phone meets appears at once, and is decided in a dialog."""

from pathlib import Path

from playwright.sync_api import expect

from roundsman_client.client import Client
from tests.browser.browser import Phone
from tests.browser.test_console import judge
from tests.personas import PASSWORD, TestCompany


def test_what_a_phone_meets_appears_and_is_applied_as_the_new_owner(
    carol: Phone, address: str, company: TestCompany, tmp_path: Path
) -> None:
    page = carol.open("/console/attention")
    expect(page.get_by_role("heading", name="Nothing needs you")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-stream", "open")
    judge(page, "attention, empty")
    with Client(tmp_path / "alice.sqlite", address) as alice, Client(tmp_path / "bob.sqlite", address) as bob:
        for name, phone in (("alice", alice), ("bob", bob)):
            phone.sign_in(company.code, name, PASSWORD, f"{name}'s phone")
        _lose_and_release(carol, company, alice, bob)


def _lose_and_release(carol: Phone, company: TestCompany, alice: Client, bob: Client) -> None:
    """Alice works on a customer that went to bob; carol, who sees it without a reload, applies her work as his."""
    page = carol.page
    customer = alice.new_id()
    alice.do("customers.create", {"id": customer, "name": "Moved on", "phone": "1"})
    alice.sync()
    assert company.carol.execute(
        "customers.reassign", {"customer_ids": [customer], "owner_id": str(company.bob.id)}
    ).settled
    alice.do("customers.update", alice.changes("customer", customer, phone="2"))
    alice.sync()

    card = page.get_by_role("article", name="Edited a customer · Moved on")
    expect(card).to_contain_text("1 → 2")
    card.get_by_role("link", name="Apply as the new owner").click()
    dialog = page.get_by_role("dialog", name="Apply it under another's name")
    expect(dialog.get_by_label("Under whose name")).to_have_value(str(company.bob.id))
    judge(page, "attention, dialog")
    dialog.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("status")).to_contain_text("It took effect.")
    expect(page.get_by_role("heading", name="Nothing needs you")).to_be_visible()
    bob.sync()
    assert bob.row("customer", customer).data["phone"] == "2"  # type: ignore[union-attr]
