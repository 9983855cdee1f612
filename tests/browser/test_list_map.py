"""Customers on the map in the browser: filters without a reload, the card by mouse and by keys."""

from playwright.sync_api import expect

from tests.browser.browser import Phone
from tests.browser.test_console import judge
from tests.console.test_list_map import MAP, furnish
from tests.personas import TestCompany


def test_customers_are_found_on_the_map(carol: Phone, company: TestCompany) -> None:
    furnish(company)
    page = carol.open(MAP)
    expect(page.locator("#list-map")).to_have_attribute("data-state", "ready", timeout=20_000)
    (first_ms,) = page.evaluate("performance.getEntriesByName('map').map((mark) => mark.startTime)")
    assert first_ms < 2_000
    judge(page, "customers on the map")
    carol.screenshot("console-en-1440-light-customers.map", whole=False)
    page.evaluate("window.stayed = true")
    with page.expect_response("**/customers?grade=B&as=places"):
        page.get_by_label("Class").select_option("B")
    expect(page.locator(".place-row")).to_have_count(1)
    expect(page).to_have_url(f"{carol.address}/console/customers?view=map&grade=B")
    card = page.locator(".maplibregl-popup")
    page.get_by_role("button", name="Show Shop 2 on the map").press("Enter")
    expect(card).to_contain_text("Alice Wang")
    judge(page, "card")
    card.get_by_role("button", name="Close").press("Enter")
    expect(card).to_have_count(0)
    box = page.locator("#list-map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(card).to_contain_text("Shop 2")
    page.get_by_role("link", name="List", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(1)
    assert not page.evaluate("window.stayed ?? false"), "the table is a page of its own"
