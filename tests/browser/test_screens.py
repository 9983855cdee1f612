"""Every screen in both languages, empty and full, on a phone and on a desk: nothing overflows, everybody can use it.

`make screenshots` does so in every look, and keeps pictures in var/screenshots, for eyes.
"""

import os
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.browser import DESK, PHONE, ROOT, SHANGHAI, Phone
from tests.browser.full_day import make_full_day
from tests.browser.signing_in import sign_in
from tests.personas import make_company

AXE = ROOT / "mobile-client-spec" / "typescript-client" / "node_modules" / "axe-core" / "axe.min.js"
_EVERY_LOOK = os.environ.get("ROUNDSMAN_SCREENSHOTS") == "1"
rarely = pytest.mark.skipif(not _EVERY_LOOK, reason="another look of the same screens: make screenshots")
LOOKS = [
    pytest.param("en-GB", PHONE, "light", id="en-390"),
    pytest.param("zh-CN", DESK, "dark", id="zh-1440-dark"),
    pytest.param("zh-CN", PHONE, "light", id="zh-390", marks=rarely),
    pytest.param("en-GB", DESK, "light", id="en-1440", marks=rarely),
    pytest.param("zh-CN", PHONE, "dark", id="zh-390-dark", marks=rarely),
]
_TOUCH_PX = 48
_TOO_SMALL = """
(least) => [...document.querySelectorAll("button, a.button, a.section-link, a.back, a.line, input, select, .choice")]
  .filter((element) => element.checkVisibility() && !element.matches(".skip, .choice input"))
  .map((element) => [element.textContent || element.id, element.getBoundingClientRect()])
  .filter(([, box]) => box.height < least - 0.5 || box.width < least - 0.5)
  .map(([text, box]) => `${text}: ${box.width} x ${box.height}`)
"""


def look_at(phone: Phone, name: str) -> None:
    """The screen as it is: have it judged, and keep a picture if asked to."""
    page = phone.page
    expect(page.locator("main")).not_to_be_empty()
    page.wait_for_timeout(150)  # the frame is drawn after the screen
    if _EVERY_LOOK:
        phone.screenshot(name)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} is {wide} px too wide"
    assert not page.evaluate(_TOO_SMALL, _TOUCH_PX), name
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found: dict[str, Any] = page.evaluate("(tags) => axe.run({ runOnly: tags })", tags)
    broken = [
        f"{rule['id']}: {rule['help']}: {[node['html'][:160] for node in rule['nodes'][:3]]}"
        for rule in found["violations"]
    ]
    assert not broken, f"{name}: " + "\n".join(broken)


def go(page: Page, section: str) -> None:
    """To a section of the app, as its link does."""
    page.locator(f"#nav-{section}").click()
    expect(page.locator(f"#nav-{section}")).to_have_attribute("aria-current", "page")


@pytest.mark.parametrize(("locale", "viewport", "scheme"), LOOKS)
def test_empty(browser: Browser, address: str, locale: str, viewport: Any, scheme: str) -> None:
    company = make_company()
    label = f"{locale[:2]}-{viewport['width']}-{scheme}-empty"
    phone = Phone(browser, address, locale=locale, viewport=viewport, color_scheme=scheme)
    page = phone.open()
    expect(page.locator("form")).to_be_visible()
    look_at(phone, f"{label}-sign-in")
    sign_in(phone, company)
    for section in ("today", "customers", "outbox", "me"):
        go(page, section)
        look_at(phone, f"{label}-{section}")
    phone.context.close()
    assert not phone.faults


def edit(on: Phone, customer_id: Any, **values: str) -> None:
    """Fill in fields of a customer by their place in the form, whatever the language, and save."""
    page = on.page
    page.goto(f"{on.address}/app/#/customers/{customer_id}/edit")
    for name, value in values.items():
        page.locator({"phone": ".form input[type=tel]", "code": ".form input >> nth=1"}[name]).fill(value)
    page.locator(".form button[type=submit]").click()
    expect(page.locator(".customer-head")).to_be_visible()


@pytest.mark.parametrize(("locale", "viewport", "scheme"), LOOKS)
def test_full(browser: Browser, address: str, locale: str, viewport: Any, scheme: str) -> None:
    company = make_company()
    ids = make_full_day(company)
    label = f"{locale[:2]}-{viewport['width']}-{scheme}-full"
    phone = Phone(browser, address, locale=locale, viewport=viewport, color_scheme=scheme)
    phone.context.set_geolocation(SHANGHAI)
    phone.context.grant_permissions(["geolocation"])
    page = sign_in(phone, company)
    phone.cut_network()
    edit(phone, ids["conflict"], phone="021 2222")
    edit(phone, ids["refused"], code="SH-000017")
    edit(phone, ids["lost"], phone="021 4444")
    change = {"phone": {"from": "", "to": "021 3333"}}
    assert company.dora.execute("customers.update", {"id": str(ids["conflict"]), "changes": change}).settled
    moved = {"customer_ids": [str(ids["lost"])], "owner_id": str(company.bob.id)}
    assert company.carol.execute("customers.reassign", moved).settled
    phone.restore_network()
    expect(page.locator(".badge")).to_have_text("2")
    go(page, "outbox")
    look_at(phone, f"{label}-outbox")
    phone.cut_network()
    edit(phone, ids["customer"], phone="+86 21 5888 1234")
    look_at(phone, f"{label}-customer")
    go(page, "outbox")
    look_at(phone, f"{label}-outbox-unsent")
    go(page, "today")
    look_at(phone, f"{label}-today")
    page.locator("article.planned .button.primary").first.click()
    expect(page.locator(".position[data-state=found]")).to_be_visible()
    look_at(phone, f"{label}-check-in")
    page.keyboard.press("Escape")
    go(page, "customers")
    look_at(phone, f"{label}-customers")
    for name, path in {
        "visit": f"#/visits/{ids['visit']}",
        "log": f"#/visits/{ids['visit']}/log",
        "edit": f"#/customers/{ids['customer']}/edit",
        "plan": f"#/customers/{ids['customer']}/plan",
    }.items():
        page.goto(f"{phone.address}/app/{path}")
        expect(page.locator(".back")).to_be_visible()
        look_at(phone, f"{label}-{name}")
    go(page, "me")
    look_at(phone, f"{label}-me")
    phone.context.close()
    assert not phone.faults
