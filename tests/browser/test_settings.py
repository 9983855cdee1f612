"""Settings in the browser: what the pages do without a reload where scripts run."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from calendars.models import CalendarDay
from core.fence import company_fence
from core.ids import uuid7
from tests.browser.browser import Phone
from tests.browser.test_console import at_browser
from tests.personas import TestCompany
from tests.visits.field import applied
from visits.models.types import VisitType


@pytest.fixture
def dora(browser: Browser, address: str, company: TestCompany) -> Iterator[Phone]:
    """dora's browser; nothing may go wrong in it."""
    window = at_browser(browser, address, company.dora)
    yield window
    window.context.close()
    assert not window.faults


def test_settings_follow_what_is_clicked(dora: Phone, company: TestCompany) -> None:
    page = dora.open("/console/visit-types/new")
    page.evaluate("window.stayed = true")
    page.get_by_label("Name in English").fill("Store visit")
    page.get_by_label("Code").fill("STORE")
    page.get_by_role("button", name="Photo").click()
    first = page.locator(".question").first
    first.get_by_label("Name in English").fill("Shelf")
    first.get_by_label("Name in English").press("Tab")
    phone = page.locator(".phone-body")
    expect(phone).to_contain_text("1. Shelf")
    first.get_by_text("Asked of").click()
    first.get_by_role("checkbox", name="A", exact=True).check()
    expect(phone).to_contain_text("Nothing has to be done.")
    page.get_by_label("At a customer").select_option("A")
    expect(phone).to_contain_text("1. Shelf")
    first.get_by_label("What", exact=True).select_option("signature")
    expect(phone).to_contain_text("Signature")
    page.get_by_role("button", name="Visit log").click()
    expect(page.locator(".question")).to_have_count(2)
    page.locator(".question").nth(1).get_by_label("Name in English").fill("Log")
    page.get_by_role("button", name="Move up: Without a name").click()
    expect(page.locator(".question").first).to_contain_text("Log")
    assert page.evaluate("window.stayed")
    page.get_by_role("button", name="Make the visit type").click()
    expect(page.locator("tbody")).to_contain_text("Log, Shelf")
    with company_fence(company.id):
        assert [action["kind"] for action in VisitType.objects.get().actions] == ["log", "signature"]

    calendar = {"id": str(uuid7()), "name": "Company"}
    applied(company.dora.execute("calendars.set_calendar", calendar))
    page = dora.open(f"/console/calendars/{calendar['id']}?year=2026")
    page.locator("a.day[href*='2026-10-01']").click()
    page.get_by_role("dialog").get_by_label("Name").fill("National Day")
    page.get_by_role("dialog").get_by_role("button", name="Set").click()
    expect(page.locator("a.day.holiday")).to_have_count(1)
    assert page.url.endswith("?year=2026")
    with company_fence(company.id):
        assert CalendarDay.objects.get().name == "National Day"
