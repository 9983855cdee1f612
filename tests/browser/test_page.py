"""The page itself: it can be installed, takes a new release, speaks two languages, needs no mouse."""

import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, expect

from tests.browser.browser import Phone
from tests.browser.conftest import NewPhone
from tests.browser.signing_in import sign_in
from tests.personas import TestCompany
from tests.visits.field import add_customer, plan
from tests.web_server import free_port, web_server

# Kept once the service worker answers for the page.
_TAKEN_OVER = """
() => new Promise((done) => {
  if (navigator.serviceWorker.controller) done();
  else navigator.serviceWorker.addEventListener("controllerchange", () => done());
})
"""


def test_it_can_be_installed(new_phone: NewPhone) -> None:
    phone = new_phone()
    devtools = phone.context.new_cdp_session(phone.open())
    found = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [error["errorId"] for error in found] in ([], ["in-incognito"])  # a test's profile is a private one
    manifest = devtools.send("Page.getAppManifest")
    assert manifest["url"].endswith("/app/manifest.webmanifest") and not manifest["errors"]


def test_a_new_release_comes_when_the_user_agrees(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not (settings.PAGES_DIR / "app" / "index.html").exists():
        pytest.skip("the pages are not built: scripts/install-web.sh says why")
    pages = tmp_path / "app"
    shutil.copytree(settings.PAGES_DIR / "app", pages)
    for packed in [*pages.glob("*.gz"), *pages.glob("*.br")]:
        packed.unlink()
    monkeypatch.setenv("ROUNDSMAN_PAGES", str(tmp_path))
    port = free_port()
    phone = Phone(browser, f"http://127.0.0.1:{port}")
    with web_server(port):
        page = phone.open()
        page.evaluate(_TAKEN_OVER)
        worker, index = pages / "service-worker.js", pages / "index.html"
        worker.write_text(re.sub(r"\b[0-9a-f]{12}\b", "0123456789ab", worker.read_text()))
        index.write_text(index.read_text().replace("<title>", "<meta name=release content=second><title>"))
        page.reload()
        expect(page.get_by_text("A new version is ready.")).to_be_visible()
        assert page.locator("meta[name=release]").count() == 0
        page.get_by_role("button", name="Load it").click()
        expect(page.locator("meta[name=release]")).to_have_count(1)
        expect(page.get_by_text("A new version is ready.")).to_have_count(0)
        phone.context.close()
    assert not phone.faults


def test_the_language_is_the_browsers_until_another_is_chosen(company: TestCompany, new_phone: NewPhone) -> None:
    phone = new_phone(locale="zh-CN")
    page = sign_in(phone, company)
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.get_by_role("link", name="我的").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Me", exact=True)).to_be_visible()
    page = phone.restart()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.title() == "Today · Roundsman"


def test_a_visit_needs_no_mouse(company: TestCompany, new_phone: NewPhone) -> None:
    customer_id = add_customer(company.alice, name="Corner shop")
    plan(company.alice, customer_id, planned_date="2020-01-01")
    phone = new_phone()
    page = sign_in(phone, company)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    check_in = page.get_by_role("button", name="Check in")
    expect(check_in).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(check_in).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Check in").press("Enter")
    expect(page.get_by_role("heading", name="Visit", exact=True)).to_be_focused()
