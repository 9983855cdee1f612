"""The Chromium of this machine, and pages in it that may do nothing wrong: no error, no request to anybody else."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "var" / "screenshots"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
SHANGHAI = {"latitude": 31.23, "longitude": 121.47, "accuracy": 12}
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SWITCHES = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """Where the machine's Chromium is, or None."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """A running Chromium without a window."""
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*_SWITCHES, *as_root])
        try:
            yield browser
        finally:
            browser.close()


class Phone:
    """A browser's profile of its own, as on a phone, with one page; keeps whatever it does wrong."""

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        """address: of the server. options: of the context, such as locale, viewport, color_scheme."""
        self.address = address
        self.name = ""
        """What its pictures begin with."""
        self.faults: list[str] = []
        settings = {"viewport": PHONE, "locale": "en-GB", "timezone_id": "Asia/Shanghai", "has_touch": True} | options
        self.context: BrowserContext = browser.new_context(**settings)
        self.context.set_default_timeout(10_000)
        self.context.on("request", self._note_request)
        self.context.on("console", self._note_message)
        self.context.on("weberror", lambda error: self.faults.append(f"uncaught: {error.error}"))
        self.page: Page = self.context.new_page()

    def open(self, path: str = "/app/") -> Page:
        """Go to an address of the server."""
        self.page.goto(self.address + path)
        return self.page

    def restart(self) -> Page:
        """The page is closed and opened anew; what it had stored is all that is left."""
        self.page.close()
        self.page = self.context.new_page()
        return self.open()

    def cut_network(self) -> None:
        """From now on there is no network."""
        self.context.set_offline(True)

    def restore_network(self) -> None:
        """There is one again."""
        self.context.set_offline(False)

    def screenshot(self, name: str, *, whole: bool = True) -> None:
        """Keep a picture of the page in var/screenshots."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=whole)

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.faults.append(f"request to somebody else: {request.url}")

    def _note_message(self, message: ConsoleMessage) -> None:
        # Chromium itself reports each request that the network, or a refusal, has cut short; the page shows those.
        # So does its software renderer when a picture is taken of a map.
        own = message.text.startswith("Failed to load resource") or "GL Driver Message" in message.text
        if message.type in ("error", "warning") and not own:
            self.faults.append(f"{message.type}: {message.text}")


SCRIPT_BYTES = """
() => performance.getEntriesByType("resource").filter(({ name }) => /\\.m?js$/.test(new URL(name).pathname))
  .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)
"""
"""The bytes of all scripts that a page has loaded, compressed."""
