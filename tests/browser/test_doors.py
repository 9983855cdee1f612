"""Keys and codes in the browser: a key is shown in its dialog and copied; the page at /app/ asks for a code."""

import re

from playwright.sync_api import Browser, expect

from tests.accounts.authenticator import put_on
from tests.browser.browser import DESK, Phone
from tests.browser.test_console import at_browser, judge
from tests.personas import PASSWORD, TestCompany


def test_a_key_is_made_and_a_code_asked_for(browser: Browser, address: str, company: TestCompany) -> None:
    desk = at_browser(browser, address, company.dora, viewport=DESK)
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = desk.open("/console/api-keys")
    page.get_by_role("link", name="Make a key").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Purpose").fill("ERP")
    dialog.get_by_role("button", name="Make the key").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Choose at least one thing")
    dialog.get_by_label("Customers").select_option("write")
    dialog.get_by_role("button", name="Make the key").click()
    expect(dialog.get_by_label("API key")).to_have_value(re.compile(r"^rm_[\w-]{64}$"))
    judge(page, "the key")
    dialog.get_by_role("button", name="Copy").click()
    expect(dialog.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == dialog.get_by_label("API key").input_value()
    dialog.get_by_role("link", name="I have kept it").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    desk.context.close()

    phone, app = Phone(browser, address), put_on(company.alice.actor)
    page = phone.open()
    expect(page.get_by_label("Code")).to_be_hidden()
    page.get_by_label("Company").fill(company.code)
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Password").press("Enter")
    page.get_by_label("Code").fill("000000")
    page.get_by_label("Code").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("This code is wrong")
    phone.screenshot("app-sign-in-code")
    page.get_by_label("Code").fill(app.code(1))
    page.get_by_label("Code").press("Enter")
    expect(page.locator(".sync-state.good")).to_be_visible()
    phone.context.close()
    assert not desk.faults + phone.faults
