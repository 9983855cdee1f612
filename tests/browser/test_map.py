"""The live map in the browser: what phones do appears on it at once, and it stays quick with many sites."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from roundsman_client.client import Client
from tests.browser.browser import Phone
from tests.browser.full_day import make_full_day
from tests.browser.test_console import judge
from tests.personas import PASSWORD, TestCompany
from tests.visits.field import FIX, add_customer


def ready(page: Page) -> None:
    """Wait until the map has drawn everything."""
    expect(page.locator("#live-map")).to_have_attribute("data-state", "ready", timeout=20_000)


@pytest.fixture
def bob(address: str, company: TestCompany, tmp_path: Path) -> Iterator[Client]:
    """bob's phone: the reference client, over the network."""
    with Client(tmp_path / "bob.sqlite", address) as phone:
        phone.sign_in(company.code, "bob", PASSWORD, "Bob's phone")
        yield phone


def test_a_check_in_appears_within_two_seconds(carol: Phone, bob: Client, company: TestCompany) -> None:
    make_full_day(company)
    shop = add_customer(company.bob, {"lat": 31.24, "lon": 121.5}, name="New Shop")
    bob.sync()
    page = carol.open("/console/map")
    ready(page)
    expect(page.locator("html")).to_have_attribute("data-stream", "open")
    page.evaluate("window.stayed = true")
    fix = FIX | {"lat": 31.2401, "lon": 121.5001}
    bob.do("visits.check_in", {"visit_id": bob.new_id(), "customer_id": str(shop), "fix": fix})
    began = time.monotonic()
    bob.sync()
    expect(page.locator(".person", has_text="At New Shop")).to_be_visible()
    took = time.monotonic() - began
    assert took < 2, took
    assert page.evaluate("window.stayed")
    judge(page, "map")
    page.locator(".person", has_text="At New Shop").get_by_role("button").press("Enter")
    card = page.locator(".maplibregl-popup")
    expect(card).to_contain_text("At New Shop")
    carol.screenshot("console-en-1440-light-map-card", whole=False)
    card.get_by_role("button", name="Close").press("Enter")
    expect(card).to_have_count(0)


def test_a_click_on_a_site_opens_its_card(carol: Phone, company: TestCompany) -> None:
    add_customer(company.alice, {"lat": 31.24, "lon": 121.5}, name="Lone Shop")
    page = carol.open("/console/map")
    ready(page)
    box = page.locator("#live-map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    card = page.locator(".maplibregl-popup")
    expect(card).to_contain_text("Lone Shop")
    judge(page, "card")


def test_the_first_frame_does_not_wait_for_ten_thousand_sites(carol: Phone) -> None:
    sites = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [105 + n % 100 / 10, 25 + n // 100 / 10]},
            "properties": {"id": str(n), "name": f"Shop {n}", "tone": "plain"},
        }
        for n in range(10_000)
    ]
    answer = {"type": "FeatureCollection", "features": sites}
    carol.page.route("**/map?as=sites", lambda route: route.fulfill(json=answer))
    page = carol.open("/console/map")
    ready(page)
    (first_ms,) = page.evaluate("performance.getEntriesByName('map').map((mark) => mark.startTime)")
    assert first_ms < 2_000
    carol.screenshot("console-en-1440-light-map-many", whole=False)
