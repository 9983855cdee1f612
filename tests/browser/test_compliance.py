"""Charts in the browser: drawn in the colours of the page and the width of their frame, anew whenever these change."""

from playwright.sync_api import Page, expect

from tests.browser.browser import DESK, Phone
from tests.personas import TestCompany
from tests.visits.planning import MONDAY, day, publish, with_cycle

_UNSEEN = {"#000", "rgb(0,0,0)"}
"""Of what is drawn only to be pointed at."""
_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def colours(page: Page) -> set[str]:
    """What the trend is painted with."""
    page.evaluate(_FRAMES)
    bars = page.locator(".chart").first.locator("path[fill]:not([fill=none], [fill=transparent])")
    return set(bars.evaluate_all("paths => paths.map(path => path.getAttribute('fill'))")) - _UNSEEN


def test_charts_follow_filters_colours_and_width(carol: Phone, company: TestCompany) -> None:
    with_cycle(company, count=2)
    publish(company)
    page = carol.open(f"/console/compliance?day={MONDAY}&span=week")
    expect(page.locator(".chart[data-state=ready] svg")).to_have_count(3)
    page.evaluate("window.stayed = true")
    page.get_by_label("By", exact=True).select_option("rep")
    expect(page.get_by_role("cell", name="Alice Wang")).to_be_visible()
    expect(page.locator(".chart[data-state=ready] svg")).to_have_count(3)
    assert page.evaluate("window.stayed") and "by=rep" in page.url
    page.get_by_label("Period", exact=True).select_option("days")
    page.get_by_label("Until", exact=True).fill(day(6))
    expect(page.locator(".chart[data-state=ready] svg")).to_have_count(3)
    page.get_by_label("From", exact=True).fill("2027-06-01")
    expect(page.get_by_role("status")).to_contain_text("must be a year apart at most")
    expect(page.locator(".chart[data-state=ready] svg")).to_have_count(3)
    light = colours(page)
    page.emulate_media(color_scheme="dark")
    dark = colours(page)
    assert light and dark and not dark & light, "painted anew"
    page.emulate_media(media="print")
    assert colours(page) == light, "paper is white"
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 700, "height": DESK["height"]})
    page.evaluate(_FRAMES)
    frame = page.locator(".chart").first
    assert frame.locator("svg").get_attribute("width") == str(frame.evaluate("frame => frame.clientWidth"))
