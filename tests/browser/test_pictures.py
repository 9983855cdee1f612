"""The README's pictures: the console with the demo company, whose reps have just lived through a day in the field.

`make screenshots` takes them into docs/pictures.
"""

from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import Case, Value, When
from PIL import Image
from playwright.sync_api import Browser, expect
from rich.console import Console

from accounts.commands import web_sessions
from accounts.models import User
from accounts.queries import find_company_id, get_actor
from config.demo_company.load import load
from config.demo_company.people import PASSWORD
from console.cookies import SESSION
from core.commands import execute
from core.fence import company_fence
from simulation.day import Day, Setting
from simulation.show import Show
from tests.browser.browser import DESK, PHONE, Phone
from tests.browser.test_screens import rarely
from tests.web_server import free_port, web_server
from visits.models.visits import CheckIn

COMPANY = "pictures"
PICTURES = Path(settings.BASE_DIR) / "docs" / "pictures"
LOOKS = {
    "today": ("", "en", DESK),
    "map": ("map", "zh-Hans", DESK),
    "day": ("visits/day/{rep}", "en", DESK),
    "evidence": ("visits/evidence/{check_in}", "en", DESK),
    "planning": ("planning", "zh-Hans", DESK),
    "compliance": ("compliance", "en", DESK),
    "today-phone": ("", "zh-Hans", PHONE),
    "day-phone": ("visits/day/{rep}", "zh-Hans", PHONE),
}
"""By name: the page, in which language, on what screen."""


@pytest.fixture(scope="module")
def lived(pages: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with a demo company in which a day was lived, and proven."""
    port = free_port()
    with web_server(port, workers=2, jobs=True):
        load(COMPANY)
        folder = tmp_path_factory.mktemp("phones")
        told = StringIO()
        day = Day(
            Setting(f"http://127.0.0.1:{port}", COMPANY, PASSWORD, 4, None, folder, 11),
            Show(Console(file=told, width=100)),
        )
        assert day.run(), told.getvalue()
        day.close()
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def rows(lived: str) -> dict[str, object]:
    """What the pages are about."""
    company = find_company_id(COMPANY)
    assert company is not None
    with company_fence(company):
        manager = User.objects.get(username="manager1")
        rep = User.objects.get(username="rep1")
        made = CheckIn.objects.filter(rep_id=rep.id, direction="in", lat__isnull=False)
        told = made.order_by(Case(When(verdict="outside", then=Value(0)), default=Value(1)), "-occurred_at")[0]
        return {"company": company, "manager": manager.id, "rep": rep.id, "check_in": told.id}


@rarely
@pytest.mark.parametrize("name", LOOKS)
def test_a_picture(browser: Browser, lived: str, rows: dict[str, object], name: str) -> None:
    path, locale, viewport = LOOKS[name]
    actor = get_actor(rows["company"], rows["manager"])  # type: ignore[arg-type]
    assert execute(
        "accounts.set_preferences", {"locale": locale, "theme": "light"}, actor=actor, door="console"
    ).settled
    window = Phone(browser, lived, viewport=viewport, has_touch=viewport == PHONE)
    cookie = web_sessions.begin(COMPANY, "manager1", PASSWORD, "127.0.0.1")
    window.context.add_cookies([{"name": SESSION, "value": cookie, "url": f"{lived}/console/"}])
    page = window.open(f"/console/{path.format_map(rows)}")
    if name == "day":
        page.get_by_label("Evidence: a question about a visit").check()
        page.get_by_role("button", name="Show the trail").click()
        expect(page.locator("#play")).to_be_visible()
    expect(page.locator(".map:not([data-state=ready])")).to_have_count(0, timeout=20_000)
    expect(page.locator("h1")).to_be_visible()
    page.wait_for_timeout(500)
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(192)
    PICTURES.mkdir(exist_ok=True)
    picture.save(PICTURES / f"{name}.png", optimize=True)
    window.context.close()
    assert not window.faults
