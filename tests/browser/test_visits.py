"""The evidence of a check-in and the day of a rep in the browser: maps are drawn, a photo opens, a trail plays."""

from collections.abc import Iterator
from datetime import time

import pytest
from playwright.sync_api import Browser, expect

from console.assets import are_built
from files.commands.preparing import prepare_all
from tests.browser.browser import Phone
from tests.browser.test_console import at_browser, judge
from tests.console.rep_day import RepDay
from tests.files import makers, phone
from tests.personas import make_company


@pytest.fixture(scope="module")
def day() -> RepDay:
    """alice's day, with its trail, and with the photo that her phone has sent."""
    if not are_built():
        pytest.skip("the console's pages are not built: scripts/install-web.sh says why")
    day = RepDay(make_company())
    day.leave_trail()
    assert phone.upload(day.company.client("alice"), makers.jpeg(makers.scene(7))).status_code == 204
    prepare_all(day.company.id)
    return day


@pytest.fixture
def carol(browser: Browser, address: str, day: RepDay) -> Iterator[Phone]:
    """carol's browser; nothing may go wrong in it."""
    window = at_browser(browser, address, day.company.carol)
    yield window
    window.context.close()
    assert not window.faults


def test_evidence_is_drawn_and_decided_about(carol: Phone, day: RepDay) -> None:
    page = carol.open(f"/console/visits/evidence/{day.evidence['baker']}")
    expect(page.locator("#map")).to_have_attribute("data-state", "ready")
    carol.screenshot("console-en-1440-light-evidence")
    judge(page, "evidence")
    page.get_by_role("link", name="Decide").click()
    dialog = page.get_by_role("dialog", name="Decide about this evidence")
    dialog.get_by_label("Reason").fill("The shop has moved across the road")
    dialog.get_by_role("button", name="Decide").click()
    expect(page.get_by_role("status")).to_contain_text("Your decision counts now.")
    expect(page.get_by_text("Carol Chen decided otherwise")).to_be_visible()


def test_a_photo_opens_above_its_visit(carol: Phone, day: RepDay) -> None:
    page = carol.open(f"/console/visits/{day.visits['harbour']}")
    page.get_by_role("img", name="货架 Shelf").click()
    dialog = page.get_by_role("dialog", name="货架 Shelf")
    expect(dialog.get_by_role("img")).to_be_visible()
    assert dialog.get_by_role("img").evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 320
    carol.screenshot("console-en-1440-light-photo", whole=False)
    judge(page, "photo")
    dialog.get_by_role("link", name="Close").click()
    expect(dialog).to_be_hidden()


def test_a_trail_is_played_beside_the_plan(carol: Phone, day: RepDay) -> None:
    page = carol.open(day.address)
    expect(page.locator("#map")).to_have_attribute("data-state", "ready")
    expect(page.get_by_role("button", name="Play")).to_be_hidden()
    page.get_by_label("Evidence: a question about a visit").check()
    page.get_by_role("button", name="Show the trail").click()
    moment, text, play = page.get_by_label("Time of day"), page.locator("#moment-text"), page.locator("#play")
    expect(page.locator("#map")).to_have_attribute("data-state", "ready")
    expect(text).to_have_text("09:50")
    judge(page, "trail")
    carol.screenshot("console-en-1440-light-trail")
    moment.fill(str(int(day.at(time(12)).timestamp() * 1000)))
    expect(text).to_have_text("12:00 · Gap")
    expect(moment).to_have_attribute("aria-valuetext", "12:00 · Gap")
    moment.fill(str(int(day.at(time(15, 15)).timestamp() * 1000)))
    page.get_by_label("Speed").select_option("1200")
    play.click()
    expect(play).to_have_text("Pause")
    expect(text).to_have_text("15:24")
    expect(play).to_have_text("Play")
    assert page.locator("#playhead").get_attribute("visibility") == "visible"
