"""A server, a browser, and phones in it; skipped, with the reason, where there is no Chromium or no built page."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser

from console.assets import are_built
from tests.browser.browser import Phone, chromium, find_chromium
from tests.personas import TestCompany
from tests.web_server import free_port, web_server

NewPhone = Callable[..., Phone]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's Chromium, for one module: while its driver runs, no other test may run an event loop."""
    path = find_chromium()
    if path is None:
        pytest.skip("there is no Chromium on this machine: scripts/install-browser.sh says why")
    # The driver runs an event loop in this thread, and Django then takes every query for one in an asynchronous view.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with chromium(path) as running:
            yield running
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def pages() -> None:
    """The pages are built."""
    if not (settings.PAGES_DIR / "app" / "index.html").exists():
        pytest.skip("the pages are not built: scripts/install-web.sh says why")


@pytest.fixture(scope="session")
def address(pages: None) -> Iterator[str]:
    """The address of a running server on this process's database."""
    port = free_port()
    with web_server(port):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def new_phone(browser: Browser, address: str) -> Iterator[NewPhone]:
    """Makes phones. At the end none of them may have met an error or asked anybody but the server."""
    phones: list[Phone] = []

    def new(**options: Any) -> Phone:
        phones.append(Phone(browser, address, **options))
        return phones[-1]

    yield new
    for phone in phones:
        phone.context.close()
    assert not [fault for phone in phones for fault in phone.faults]


@pytest.fixture
def carol(browser: Browser, address: str, company: TestCompany) -> Iterator[Phone]:
    """carol's browser, signed in to the console of a fresh company; nothing may go wrong in it."""
    from tests.browser.test_console import at_browser

    if not are_built():
        pytest.skip("the console's pages are not built: scripts/install-web.sh says why")
    window = at_browser(browser, address, company.carol)
    yield window
    window.context.close()
    assert not window.faults
