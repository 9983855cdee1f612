"""The page without a network: it starts, records, is killed and started again, and then everything arrives once."""

import re

from playwright.sync_api import Browser, expect

from core.fence import company_fence
from core.models import CommandRecord
from tests.browser.browser import SHANGHAI, Phone
from tests.browser.conftest import NewPhone
from tests.browser.signing_in import sign_in
from tests.personas import TestCompany
from tests.visits.field import add_customer, plan
from tests.web_server import free_port, web_server
from visits.models.visits import CheckIn, Visit, VisitLog

HERE = {"lat": SHANGHAI["latitude"], "lon": SHANGHAI["longitude"]}


def commands_of(company: TestCompany, name: str) -> list[CommandRecord]:
    """The commands of that name that came from phones."""
    with company_fence(company.id):
        return list(CommandRecord.objects.filter(name=name, door="push", device_id__isnull=False))


def test_a_morning_without_a_network_arrives_exactly_once(company: TestCompany, new_phone: NewPhone) -> None:
    customer_id = add_customer(company.alice, HERE, name="Corner shop 街角小店")
    phone = new_phone(geolocation=SHANGHAI, permissions=["geolocation"])
    page = sign_in(phone, company)

    phone.cut_network()
    page = phone.restart()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    expect(page.locator(".sync-state")).to_have_text("Offline")
    page.get_by_role("link", name="Choose a customer").click()
    page.get_by_role("link", name="Corner shop").click()
    page.get_by_role("button", name="Check in").click()
    dialog = page.get_by_role("dialog", name="Check in at Corner shop 街角小店")
    expect(dialog).to_contain_text("Position found, ±12 m")
    dialog.get_by_role("button", name="Check in").click()
    expect(page.get_by_role("status").filter(has_text="Saved on this device")).to_be_visible()

    page.get_by_role("link", name="Log visit").click()
    page.get_by_label("To be followed up").check()
    page.get_by_label("Note").fill("要报价")
    page.get_by_role("button", name="Add a next step").click()
    page.get_by_label("What is to be done").fill("Call")
    page.get_by_label("Until").fill("2026-12-01")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("要报价")).to_be_visible()

    page = phone.restart()  # killed and started again, still without a network
    expect(page.get_by_role("heading", name="You are here")).to_be_visible()
    expect(page.locator(".sync-state")).to_have_text("Offline · 2 to send")
    page.get_by_role("button", name="Check out").click()
    page.get_by_role("dialog").get_by_role("button", name="Check out").click()
    expect(page.get_by_role("heading", name="Done today")).to_be_visible()
    assert not commands_of(company, "visits.check_in")

    phone.restore_network()
    page.get_by_role("link", name="Me", exact=True).click()
    page.get_by_role("button", name="Sync now").click()
    expect(page.locator(".sync-state.good")).to_be_visible()
    page.get_by_role("link", name="Today", exact=True).click()
    expect(page.get_by_text("Clock in doubt")).to_be_visible()  # of the check-in, see below
    with company_fence(company.id):
        visit = Visit.objects.get(customer_id=customer_id)
        assert (visit.state, visit.check_out_verdict) == ("closed", "verified")
        # A page cannot see its device's uptime: what it recorded before it was started anew is dated by the wall clock.
        assert visit.check_in_verdict == "clock_suspect"
        assert CheckIn.objects.filter(visit=visit).count() == 2
        [log] = VisitLog.objects.filter(visit=visit)
    assert (log.result, log.note, log.next_steps) == (
        "follow_up",
        "要报价",
        [{"text": "Call", "due_date": "2026-12-01"}],
    )
    phone.restart()
    for name in ("visits.check_in", "visits.log", "visits.check_out"):
        assert len(commands_of(company, name)) == 1


def test_a_check_in_waits_for_no_position(company: TestCompany, new_phone: NewPhone) -> None:
    customer_id = add_customer(company.alice, HERE, name="Corner shop")
    planned = plan(company.alice, customer_id, planned_date="2020-01-01", purpose="Spring promotion")
    phone = new_phone()  # nobody allows the page to see where it is
    page = sign_in(phone, company)
    card = page.locator("article", has_text="Corner shop")
    expect(card).to_contain_text("Overdue")
    card.get_by_role("button", name="Check in").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(re.compile("Looking for your position|It is saved without one"))
    dialog.get_by_role("button", name="Check in").click()
    expect(page.get_by_text("Without a position")).to_be_visible()
    with company_fence(company.id):
        assert Visit.objects.get(id=planned).check_in_verdict == "no_fix"


def test_a_customer_made_offline_can_be_visited_and_edited_at_once(company: TestCompany, new_phone: NewPhone) -> None:
    phone = new_phone()
    page = sign_in(phone, company)
    phone.cut_network()
    page.get_by_role("link", name="Customers").click()
    page.get_by_role("link", name="Add a customer").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("A customer needs a name.")).to_be_visible()
    page.get_by_label("Name").fill("新客户")
    page.get_by_label("Phone").fill("021 1234")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="新客户")).to_be_visible()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Phone").fill("021 5678")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("021 5678")).to_be_visible()
    page.get_by_role("link", name="Plan a visit").click()
    page.get_by_label("Purpose").fill("Introduce ourselves")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Introduce ourselves")).to_be_visible()
    phone.restore_network()
    expect(page.locator(".sync-state.good")).to_be_visible()
    rows = company.client("alice").get("/api/v1/customers").json()["items"]
    assert [(row["name"], row["phone"]) for row in rows] == [("新客户", "021 5678")]
    assert [command.status for command in commands_of(company, "customers.update")] == ["applied"]


def test_it_starts_without_the_server_that_it_came_from(company: TestCompany, browser: Browser, pages: None) -> None:
    """Not a browser that was told to be offline: the server is gone, and nobody answers at its address."""
    add_customer(company.alice, HERE, name="Corner shop")
    port = free_port()
    phone = Phone(browser, f"http://127.0.0.1:{port}")
    with web_server(port):
        sign_in(phone, company)
    page = phone.restart()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    page.get_by_role("link", name="Customers").click()
    page.get_by_role("searchbox").fill("corner")
    expect(page.get_by_role("link", name="Corner shop")).to_be_visible()
    expect(page.locator(".sync-state")).to_have_text("Offline")
    page.get_by_role("link", name="Me", exact=True).click()
    expect(page.get_by_text("The server could not be reached. Nothing is lost.")).to_be_visible()
    phone.context.close()
    assert not phone.faults
