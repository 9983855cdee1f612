"""Every page of the console in the browser: both languages, wide and narrow, everybody can use it.

Pictures are kept in var/screenshots, for eyes; `make screenshots` makes those of every look.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from console.assets import are_built
from console.cookies import SESSION
from console.registry import PAGES
from core.ids import uuid7
from tests.browser.browser import DESK, PHONE, SCRIPT_BYTES, Phone
from tests.browser.test_screens import AXE, rarely
from tests.console.desk import at_desk
from tests.console.samples import Furnished, address_of, readable_pages
from tests.contract.wire import command, push
from tests.personas import PASSWORD, Persona, TestCompany

LOOKS = {
    "en-1440": ("en", DESK, "light"),
    "zh-390": ("zh-Hans", PHONE, "light"),
    "zh-1440-dark": ("zh-Hans", DESK, "dark"),
    "en-390-dark": ("en", PHONE, "dark"),
}
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def furnished() -> Furnished:
    if not are_built():
        pytest.skip("the console's pages are not built: scripts/install-web.sh says why")
    return Furnished()


def come_in(window: Phone, person: Persona) -> None:
    """From now on it is this person's browser."""
    cookies = at_desk(person).client.cookies
    window.context.add_cookies(
        [{"name": name, "value": cookies[name].value, "url": f"{window.address}/console/"} for name in (SESSION,)]
    )


def at_browser(browser: Browser, address: str, person: Persona, **options: Any) -> Phone:
    """A browser in which somebody has signed in to the console."""
    window = Phone(browser, address, **{"viewport": DESK, "has_touch": False} | options)
    come_in(window, person)
    return window


def looks_at_pages() -> Iterator[Any]:
    """Every look of every page. Always tried: wide and English of one page, narrow and Chinese of the next."""
    for look, (name, values) in enumerate(LOOKS.items()):
        for number, page in enumerate(readable_pages()):
            yield pytest.param(values, page, id=f"{name}-{page}", marks=() if number % 2 == look else rarely)


@pytest.fixture(scope="module")
def look(request: pytest.FixtureRequest, browser: Browser, address: str, furnished: Furnished) -> Iterator[Phone]:
    """carol's browser in one look; at its end it may not have met an error, nor asked anybody but the server."""
    locale, viewport, scheme = request.param
    for person in (furnished.company.carol, furnished.company.dora):
        assert person.execute("accounts.set_preferences", {"locale": locale, "theme": "auto"}).settled
    window = at_browser(browser, address, furnished.company.carol, viewport=viewport, color_scheme=scheme)
    window.name = f"console-{locale[:2]}-{viewport['width']}-{scheme}"
    yield window
    window.context.close()


def judge(page: Page, name: str) -> None:
    """No overflow, no more script than is allowed, and nothing that axe finds."""
    most = 600_000 if page.locator("[data-map], [data-chart]").count() else 60_000
    loaded = page.evaluate(SCRIPT_BYTES)
    assert 1_000 < loaded <= most, f"{name} loads {loaded} bytes of scripts"
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} is {wide} px too wide"
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate("(tags) => axe.run({ runOnly: tags })", _RULES)
    broken = [
        f"{rule['id']}: {rule['help']}: {[node['html'][:200] for node in rule['nodes'][:3]]}"
        for rule in found["violations"]
    ]
    assert not broken, f"{name}: " + "\n".join(broken)


@pytest.mark.parametrize(("look", "name"), list(looks_at_pages()), indirect=["look"])
def test_a_page_can_be_used_by_everybody(look: Phone, furnished: Furnished, name: str) -> None:
    company = furnished.company
    come_in(look, company.dora if PAGES[name].roles.isdisjoint(company.carol.actor.roles) else company.carol)
    page = look.open(address_of(name, furnished))
    expect(page.locator(".map:not([data-state=ready]), .chart:not([data-state=ready])")).to_have_count(
        0, timeout=20_000
    )
    look.screenshot(f"{look.name}-{name}")
    judge(page, name)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert not look.faults


def test_signing_in_leads_to_what_was_asked_for(browser: Browser, address: str, company: TestCompany) -> None:
    window = Phone(browser, address, viewport=DESK, locale="zh-CN")
    page = window.open("/console/devices?state=active")
    judge(page, "sign_in")
    window.screenshot("console-zh-1440-light-sign_in")
    page.get_by_label("公司").fill(company.code)
    page.get_by_label("用户名").fill("carol")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_label("密码").press("Enter")
    page.wait_for_url("**/console/devices?state=active")
    expect(page.get_by_role("heading", name="Devices")).to_be_visible()
    window.context.close()
    assert not window.faults


def test_a_device_appears_without_a_reload(carol: Phone, company: TestCompany) -> None:
    page = carol.open("/console/devices")
    expect(page.locator("html")).to_have_attribute("data-stream", "open")
    page.evaluate("window.stayed = true")
    phone = company.client("alice")
    push(phone, command("customers.create", {"id": str(uuid7()), "name": "Corner shop"}))
    expect(page.locator("tbody tr")).to_have_count(1)
    assert page.evaluate("window.stayed")


def test_a_filter_changes_list_and_address_without_a_reload(carol: Phone, company: TestCompany) -> None:
    for name in ("North phone", "South phone"):
        assert company.alice.sign_in(name=name).status_code == 200
    page = carol.open("/console/devices")
    page.evaluate("window.stayed = true")
    page.get_by_label("Device or person").press_sequentially("south")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page).to_have_url(f"{carol.address}/console/devices?q=south")
    assert page.evaluate("window.stayed")
    page.get_by_role("link", name="Save this view").click()
    page.get_by_role("dialog").get_by_label("Name").fill("South")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("The view was saved.")
    expect(page).to_have_url(f"{carol.address}/console/devices?q=south")
    page.get_by_role("link", name="All", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(1)


def test_a_device_is_revoked_in_a_dialog_by_the_keyboard(carol: Phone, company: TestCompany) -> None:
    company.client("alice")
    page = carol.open("/console/devices")
    button = page.get_by_role("link", name="Revoke and wipe")
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Revoke and wipe this device?")
    expect(dialog).to_be_visible()
    judge(page, "dialog")
    carol.screenshot("console-en-1440-light-dialog", whole=False)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Revoke and wipe").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The device is revoked.")
    expect(page.locator("tbody")).to_contain_text("revoked")


def test_what_is_wrong_is_said_within_the_dialog(carol: Phone, company: TestCompany) -> None:
    company.client("alice")
    page = carol.open("/console/devices")
    page.get_by_role("link", name="Rename").click()
    dialog = page.get_by_role("dialog", name="Rename this device")
    dialog.get_by_label("Name").fill("x" * 201)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("is not valid")
    dialog.get_by_label("Name").fill("Alice's phone")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("tbody")).to_contain_text("Alice's phone")


def test_places_open_as_a_drawer_on_a_phone(browser: Browser, address: str, company: TestCompany) -> None:
    window = at_browser(browser, address, company.carol, viewport=PHONE)
    page = window.open("/console/")
    places = page.get_by_role("navigation", name="Places")
    expect(places).to_be_hidden()
    page.get_by_role("button", name="Places").click()
    expect(places).to_be_visible()
    judge(page, "drawer")
    window.screenshot("console-en-390-light-drawer", whole=False)
    places.get_by_role("link", name="Devices").click()
    expect(page.get_by_role("heading", name="Devices", exact=True)).to_be_visible()
    page.get_by_role("button", name="Carol Chen").click()
    page.get_by_role("button", name="简体中文").click()
    expect(page.get_by_role("heading", name="设备", exact=True)).to_be_visible()
    window.context.close()
    assert not window.faults
