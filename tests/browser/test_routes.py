"""A route's customers are put in order by dragging and by keys; the map follows the list."""

from playwright.sync_api import Page, expect

from core.fence import company_fence
from tests.browser.browser import Phone
from tests.browser.test_console import judge
from tests.console.test_routes import add_route, shops
from tests.personas import TestCompany
from visits.models.routes import VisitRoute


def order(page: Page) -> list[str]:
    """The customers from top to bottom."""
    return page.locator("#stops .stop strong").all_inner_texts()


def test_customers_are_dragged_and_moved_by_keys(carol: Phone, company: TestCompany) -> None:
    first, second, third = shops(company)
    id_ = add_route(company, [first, second])
    page = carol.open(f"/console/routes/{id_}/edit")
    expect(page.locator("#map")).to_have_attribute("data-state", "ready", timeout=20_000)
    page.evaluate("window.stayed = true")
    page.get_by_role("button", name="Add Shop 2").click()
    expect(page.locator("#stops .stop")).to_have_count(3)
    place = page.get_by_label("Place of Shop 0")
    place.press("Alt+ArrowDown")
    expect(page.locator("#stops .stop").first).to_contain_text("Shop 1")
    expect(place).to_be_focused()
    expect(place).to_have_value("2")
    top = page.locator(f"#stop-{second}")
    page.locator(f"#stop-{third} .stop-grip").drag_to(top, target_position={"x": 60, "y": 4})
    expect(page.get_by_label("Place of Shop 2")).to_have_value("1")
    expect(page.locator("form[aria-busy]")).to_have_count(0)
    assert order(page) == ["Shop 2", "Shop 1", "Shop 0"]
    page.get_by_label("Place of Shop 0").fill("1")
    page.get_by_label("Place of Shop 0").press("Enter")
    expect(page.locator("#stops .stop").first).to_contain_text("Shop 0")
    judge(page, "routes.edit")
    carol.screenshot("console-en-1440-light-routes.ordered", whole=False)
    assert page.evaluate("window.stayed"), "nothing was loaded anew"
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Visit routes")).to_be_visible()
    with company_fence(company.id):
        assert VisitRoute.objects.get(id=id_).customer_ids == [first, third, second]
