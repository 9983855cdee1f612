"""What the page tells of work that did not simply go through: conflicts, refusals, parked work, lost customers."""

from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from core.fence import company_fence
from core.models import CommandRecord
from customers.models import Customer
from tests.browser.browser import Phone
from tests.browser.conftest import NewPhone
from tests.browser.signing_in import sign_in
from tests.personas import TestCompany
from tests.visits.field import add_customer, check_in

# How many records some tables of the page's store hold.
_COUNT_ROWS = """
async (tables) => {
    const result = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
    const database = await result(indexedDB.open("roundsman"));
    return Promise.all(tables.map((name) => result(database.transaction(name).objectStore(name).count())));
}
"""


@pytest.fixture
def phone(new_phone: NewPhone) -> Phone:
    """Alice's."""
    return new_phone()


def edit_phone_number(page: Page, customer: str, number: str) -> None:
    """Open a customer from the list, and write another telephone number."""
    page.get_by_role("navigation").get_by_role("link", name="Customers", exact=True).click()
    page.get_by_role("link", name=customer).click()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Phone").fill(number)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name=number)).to_be_visible()


def change(field: str, before: str | None, after: str) -> dict[str, dict[str, str | None]]:
    """The changes of an edit."""
    return {field: {"from": before, "to": after}}


def phone_number(company: TestCompany, customer_id: UUID) -> str:
    """What the server has."""
    with company_fence(company.id):
        return Customer.objects.get(id=customer_id).phone


def test_a_conflict_is_shown_with_both_values_and_the_lost_one_put_back(company: TestCompany, phone: Phone) -> None:
    customer_id = add_customer(company.alice, name="Red Lantern 红灯笼", phone="111")
    page = sign_in(phone, company)
    phone.cut_network()
    edit_phone_number(page, "Red Lantern", "222")
    edit = {"id": str(customer_id), "changes": change("phone", "111", "333")}
    assert company.dora.execute("customers.update", edit).status == "applied"
    phone.restore_network()
    card = page.locator("article.conflict")
    expect(card).to_contain_text("You entered222")
    expect(card).to_contain_text("The other entered")
    expect(card.locator(".stands")).to_contain_text("333")
    expect(page.get_by_label("1 need you")).to_be_visible()
    page.get_by_role("link", name="Outbox").click()
    expect(page.get_by_role("heading", name="Phone · Red Lantern 红灯笼")).to_be_visible()
    page.get_by_role("button", name="Use mine").click()
    expect(page.get_by_text("Everything is delivered")).to_be_visible()
    expect(page.locator(".sync-state.good")).to_be_visible()
    assert phone_number(company, customer_id) == "222"


def test_a_refused_command_says_why_until_it_was_read(company: TestCompany, phone: Phone) -> None:
    add_customer(company.alice, name="First", code="C-1")
    customer_id = add_customer(company.alice, name="Second", phone="111")
    page = sign_in(phone, company)
    phone.cut_network()
    page.get_by_role("navigation").get_by_role("link", name="Customers", exact=True).click()
    page.get_by_role("link", name="Second").click()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Code").fill("C-1")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("definition").filter(has_text="C-1")).to_be_visible()
    phone.restore_network()
    expect(page.get_by_label("1 need you")).to_be_visible()
    expect(page.get_by_role("definition").filter(has_text="C-1")).to_have_count(0)  # its effect is gone at once
    page.get_by_role("link", name="Outbox").click()
    card = page.locator("article.refused")
    expect(card).to_contain_text("Edit Second")
    expect(card).to_contain_text("Another customer has this code.")
    card.get_by_role("button", name="I have read it").click()
    expect(page.get_by_text("Everything is delivered")).to_be_visible()
    assert phone_number(company, customer_id) == "111"


def test_work_on_a_lost_customer_waits_and_is_released(company: TestCompany, phone: Phone) -> None:
    customer_id = add_customer(company.alice, name="Harbour Cafe", phone="111")
    check_in(company.alice, customer_id)
    page = sign_in(phone, company)
    phone.cut_network()
    edit_phone_number(page, "Harbour Cafe", "222")
    moved = {"customer_ids": [str(customer_id)], "owner_id": str(company.bob.id)}
    assert company.carol.execute("customers.reassign", moved).settled
    phone.restore_network()
    expect(page.get_by_text("This customer is no longer on your device")).to_be_visible()
    page.get_by_role("link", name="Today", exact=True).click()
    expect(page.get_by_text("Harbour Cafe")).to_have_count(0)
    page.get_by_role("navigation").get_by_role("link", name="Customers", exact=True).click()
    expect(page.get_by_text("No customers yet")).to_be_visible()
    page.get_by_role("link", name="Outbox").click()
    expect(page.get_by_role("heading", name="Waiting for a decision")).to_be_visible()
    expect(page.get_by_text("You no longer have access to this customer.")).to_be_visible()
    with company_fence(company.id):
        [parked] = CommandRecord.objects.filter(status="parked")
    release = {"command_id": str(parked.id), "as_user_id": str(company.bob.id)}
    assert company.carol.execute("sync.release", release).settled
    expect(page.get_by_text("Everything is delivered")).to_be_visible()  # a poke: nobody touched the phone
    assert phone_number(company, customer_id) == "222"


def test_a_revoked_device_delivers_and_is_empty(company: TestCompany, phone: Phone) -> None:
    customer_id = add_customer(company.alice, name="Harbour Cafe", phone="111")
    page = sign_in(phone, company)
    page.get_by_role("link", name="Me", exact=True).click()
    device_id = page.locator("code").inner_text()
    phone.cut_network()
    edit_phone_number(page, "Harbour Cafe", "222")
    assert company.dora.client().call("POST", "/api/v1/devices/revoke", {"id": device_id}).status_code == 200
    phone.restore_network()
    expect(page.get_by_role("heading", name="This device was shut out")).to_be_visible()
    with company_fence(company.id):
        [parked] = CommandRecord.objects.filter(status="parked")
    assert (parked.name, parked.code) == ("customers.update", "sync.device_revoked")
    assert phone_number(company, customer_id) == "111"
    left = page.evaluate(_COUNT_ROWS, ["server_row", "overlay_row", "command"])
    assert left == [0, 0, 0]


def test_somebody_else_does_not_see_what_was_here(company: TestCompany, phone: Phone) -> None:
    add_customer(company.alice, name="Harbour Cafe")
    page = sign_in(phone, company)
    page.get_by_role("link", name="Me", exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_text("Harbour Cafe")).to_have_count(0)
    page.get_by_label("Username").fill("bob")
    page.get_by_label("Password").fill(company.bob.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Only alice can sign in here.")).to_be_visible()
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("password is wrong")
