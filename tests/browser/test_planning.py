"""The planning board in the browser: visits are moved by hand and by the keyboard, and refusals are shown."""

import os
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.ids import uuid7
from tests.browser.browser import DESK, PHONE, SCRIPT_BYTES, Phone
from tests.browser.full_day import LONG_NAME
from tests.browser.test_console import at_browser, judge
from tests.console.plan_samples import NEXT_MONDAY as MONDAY
from tests.personas import TestCompany, make_company
from tests.visits.field import add_customer, applied, plan, push, request, visit_row
from tests.visits.planning import set_cycle

_LOOKS = (("en", DESK, "light"), ("zh-Hans", DESK, "dark"), ("zh-Hans", PHONE, "light"), ("en", PHONE, "dark"))
_EVERY_LOOK = os.environ.get("ROUNDSMAN_SCREENSHOTS") == "1"


@pytest.fixture(scope="module")
def company() -> TestCompany:
    """alice has a full week, bob is away with her as his substitute."""
    company = make_company()
    names = (LONG_NAME, "街角便利店 Corner Shop", "Harbour Café", "绿叶生鲜超市", "Bund Pharmacy 外滩药房")
    for number, name in enumerate(names):
        shop = add_customer(company.alice, name=name)
        for day in range(number % 2, 5, 2):
            agreed = {"planned_at": f"{MONDAY + timedelta(days=day)}T0{number + 1}:30:00.000Z"} if number < 2 else {}
            plan(company.alice, shop, planned_date=str(MONDAY + timedelta(days=day)), dwell_minutes=90, **agreed)
    plan(company.bob, add_customer(company.bob, name="Bob's shop 老王五金"), planned_date=str(MONDAY))
    away = {"id": str(uuid7()), "from_date": str(MONDAY), "to_date": str(MONDAY + timedelta(days=1))}
    applied(company.bob.execute("visits.record_absence", away | {"substitute_id": str(company.alice.id)}))
    calendar = {"id": str(uuid7()), "org_unit_id": None, "name": "Company"}
    applied(company.dora.execute("calendars.set_calendar", calendar))
    feast = {"day": str(MONDAY + timedelta(days=4)), "works": False, "name": "Founders' day 公司纪念日"}
    applied(company.dora.execute("calendars.set_days", {"calendar_id": calendar["id"], "days": [feast], "clear": []}))
    return company


def cell(page: Page, company: TestCompany, name: str, day: int) -> Locator:
    rep = company.people[name].id
    return page.locator(f'tr[data-rep="{rep}"] td[data-day="{MONDAY + timedelta(days=day)}"]')


def fresh_visit(company: TestCompany, name: str, day: int) -> UUID:
    return plan(company.alice, add_customer(company.alice, name=name), planned_date=str(MONDAY + timedelta(days=day)))


def test_a_visit_is_dragged_to_another_day(carol: Phone, company: TestCompany) -> None:
    visit = fresh_visit(company, "Dragged shop", 1)
    page = carol.open(f"/console/planning?week={MONDAY}")
    page.evaluate("window.stayed = true")
    card = page.get_by_role("link", name="Dragged shop")
    card.drag_to(cell(page, company, "alice", 3))
    expect(page.get_by_role("status")).to_contain_text("The visit was moved.")
    expect(cell(page, company, "alice", 3)).to_contain_text("Dragged shop")
    assert visit_row(company.alice, visit).planned_date == MONDAY + timedelta(days=3)
    card.drag_to(cell(page, company, "bob", 4))
    expect(cell(page, company, "alice", 3)).to_contain_text("Dragged shop")
    assert page.evaluate("window.stayed")
    assert page.evaluate(SCRIPT_BYTES) < 60_000


def test_a_refusal_is_shown_and_the_board_is_as_before(carol: Phone, company: TestCompany) -> None:
    visit = fresh_visit(company, "Visited shop", 0)
    page = carol.open(f"/console/planning?week={MONDAY}")
    expect(page.locator("html")).to_have_attribute("data-stream", "open")
    page.evaluate("document.querySelector('#planning').removeAttribute('data-live')")  # what happens stays unseen
    applied(*push(company.alice, request("visits.cancel", {"visit_id": visit, "reason": "closed for good"})))
    page.get_by_role("link", name="Visited shop").drag_to(cell(page, company, "alice", 2))
    dialog = page.get_by_role("dialog", name="Move this visit")
    expect(dialog.get_by_role("alert")).to_contain_text("already cancelled")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Visited shop")).to_have_count(0)


def test_the_keyboard_moves_and_cancels_as_well(carol: Phone, company: TestCompany) -> None:
    visit = fresh_visit(company, "Typed shop", 1)
    page = carol.open(f"/console/planning?week={MONDAY}")
    page.get_by_role("link", name="Typed shop").press("Enter")
    dialog = page.get_by_role("dialog", name="Move this visit")
    dialog.get_by_label("Day").fill(str(MONDAY + timedelta(days=2)))
    dialog.get_by_label("Time agreed").fill("15:30")
    judge(page, "move")
    dialog.get_by_role("button", name="Move").press("Enter")
    expect(cell(page, company, "alice", 2)).to_contain_text("15:30 Typed shop")
    assert visit_row(company.alice, visit).is_appointment
    page.get_by_role("link", name="Typed shop").press("Enter")
    dialog.get_by_role("link", name="Cancel the visit").press("Enter")
    sure = page.get_by_role("dialog", name="Cancel this visit?")
    sure.get_by_label("Reason").fill("not needed")
    sure.get_by_role("button", name="Cancel the visit").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The visit was cancelled.")
    expect(page.get_by_role("link", name="Typed shop")).to_have_count(0)


def test_the_plan_is_published_after_a_look_at_it(carol: Phone, company: TestCompany) -> None:
    set_cycle(company.dora, customer_class="B", every_weeks=1)
    for name in ("Cycle shop", LONG_NAME):
        add_customer(company.bob, name=name, customer_class="B")
    page = carol.open("/console/planning")
    page.get_by_role("link", name="Publish the plan").click()
    page.get_by_label("Team").select_option(label="North")
    page.get_by_role("button", name="Show what would change").click()
    expect(page.locator(".plan-changes")).to_contain_text("Cycle shop")
    judge(page, "publish")
    carol.screenshot("console-en-1440-light-planning.publish-full")
    page.set_viewport_size(PHONE)
    judge(page, "publish")
    carol.screenshot("console-en-390-light-planning.publish-full")
    page.get_by_role("button", name="Publish these changes").click()
    expect(page.get_by_role("status").filter(has_text="The plan was published.")).to_be_visible()
    expect(page.get_by_role("heading", name="Planning board")).to_be_visible()


@pytest.mark.parametrize("look", _LOOKS if _EVERY_LOOK else _LOOKS[1:3])
def test_a_full_week_in_every_look(browser: Browser, address: str, company: TestCompany, look: Any) -> None:
    locale, viewport, scheme = look
    applied(company.carol.execute("accounts.set_preferences", {"locale": locale, "theme": "auto"}))
    window = at_browser(browser, address, company.carol, viewport=viewport, color_scheme=scheme)
    page = window.open(f"/console/planning?week={MONDAY}")
    window.screenshot(f"console-{locale[:2]}-{viewport['width']}-{scheme}-planning-full")
    judge(page, "planning")
    window.context.close()
    applied(company.carol.execute("accounts.set_preferences", {"locale": "en", "theme": "auto"}))
    assert not window.faults
