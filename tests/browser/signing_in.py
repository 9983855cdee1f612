"""Signing in as people of the tests, on the page."""

from playwright.sync_api import Page, expect

from tests.browser.browser import Phone
from tests.personas import PASSWORD, TestCompany


def sign_in(phone: Phone, company: TestCompany, name: str = "alice") -> Page:
    """Open the app on a phone and sign in; returns once everything is here, and kept for a start without a network."""
    page = phone.open()
    page.get_by_label("Company").or_(page.get_by_label("公司")).fill(company.code)
    page.get_by_label("Username").or_(page.get_by_label("用户名")).fill(name)
    page.get_by_label("Password").or_(page.get_by_label("密码")).fill(PASSWORD)
    page.locator("form button[type=submit]").click()
    expect(page.locator(".sync-state.good")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready")
    return page
