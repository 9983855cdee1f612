"""Lists: filters, order, pages, saved views and exports, all by the address."""

import csv
import io
import re
import zipfile
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from python_calamine import CalamineWorkbook

from accounts.queries import list_saved_views
from core.fence import company_fence
from tests.console.desk import Desk, at_desk, words
from tests.personas import TestCompany, make_company

DEVICES = 120


@pytest.fixture(scope="module")
def many() -> TestCompany:
    """A company with many devices: names that sort, every other one a browser's, some with names that are formulas."""
    company = make_company()
    for number in range(DEVICES):
        platform = "web" if number % 2 else "ios"
        name = f"=cmd({number:03})" if number % 10 == 0 else f"Phone {number:03}"
        assert company.alice.sign_in(name=name, platform=platform).status_code == 200
    return company


def names(text: str) -> list[str]:
    """The titles of the rows, from top to bottom."""
    return re.findall(r'class="title[^"]*">\s*<span class="clip" title="([^"]*)"', text)


def all_pages(desk: Desk, path: str) -> list[str]:
    """The titles of the rows of every page."""
    found = []
    while True:
        text = desk.text(path)
        found += names(text)
        following = re.search(r'href="(\?[^"]*cursor=[^"]*)"', text)
        if following is None:
            return found
        path = f"{urlsplit(path).path}{following[1].replace('&amp;', '&')}"


def read_csv(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))


def read_xlsx(body: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("sort", ["name", "-name", "synced_at", "-synced_at", "commands", "user__name"])
def test_pages_show_every_row_once_in_order(many: TestCompany, sort: str) -> None:
    found = all_pages(at_desk(many.dora), f"/console/devices?sort={sort}&q=phone")
    assert len(found) == len(set(found)) == DEVICES - DEVICES // 10
    if "name" in sort and "user" not in sort:
        assert found == sorted(found, reverse=sort.startswith("-"))


def test_filters_narrow_the_list_and_stay_in_its_links(many: TestCompany) -> None:
    desk = at_desk(many.dora)
    text = desk.text("/console/devices?platform=web&q=Phone%2000&sort=name")
    assert names(text) == [f"Phone {number:03}" for number in (1, 3, 5, 7, 9)]
    assert re.search(r'<option value="web" selected>', text)
    for link in re.findall(r'<th scope="col"[^>]*>\s*<a[^>]*href="\?([^"]*)"', text):
        query = parse_qs(link.replace("&amp;", "&"))
        assert (query["platform"], query["q"]) == (["web"], ["Phone 00"])
    assert 'aria-sort="ascending"' in text


def test_nothing_that_fits_offers_the_whole_list(many: TestCompany) -> None:
    text = words(at_desk(many.dora).text("/console/devices?q=nowhere"))
    assert "Nothing fits these filters" in text and "Show all" in text


def test_an_empty_list_says_what_to_do_next(company: TestCompany) -> None:
    assert "as soon as somebody of your team signs in" in words(at_desk(company.dora).text("/console/devices"))


@pytest.mark.parametrize(
    "query",
    [
        *("devices?sort=password_hash", "devices?sort=user__password_hash", "devices?format=pdf", "devices?q=%00"),
        *("devices?platform=toaster", "devices?state=%27", "devices?cursor=nonsense", "devices?cursor=WyJhIiwgImIiXQ"),
        *("audit?since=2026-02-30", "audit?until=9999-12-31", "audit?user=me", "audit?device=1", "audit?name=%00"),
        *("audit?status=x", f"devices?q={'x' * 201}", "audit?format=csv&since=never"),
    ],
)
def test_what_the_address_cannot_mean_is_refused_as_a_page(company: TestCompany, query: str) -> None:
    response = at_desk(company.dora).get(f"/console/{query}")
    assert response.status_code == 422
    assert "text/html" in response["Content-Type"]


def test_a_name_that_nobody_has_is_a_list_without_rows(company: TestCompany) -> None:
    assert "Nothing fits" in words(at_desk(company.dora).text("/console/audit?name=no.such_command"))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("query", ["", "platform=web", "q=cmd&sort=-name"])
def test_an_export_has_exactly_the_rows_of_the_list(many: TestCompany, form: str, query: str) -> None:
    desk = at_desk(many.dora)
    rows = {"csv": read_csv, "xlsx": read_xlsx}[form](desk.download(f"/console/devices?format={form}&{query}"))
    assert rows[0][:3] == ["Device", "Person", "State"]
    assert [str(row[0]).lstrip("'") for row in rows[1:]] == all_pages(desk, f"/console/devices?{query}")


def test_no_cell_of_an_export_is_run_as_a_formula(many: TestCompany) -> None:
    desk = at_desk(many.dora)
    assert {row[0][0] for row in read_csv(desk.download("/console/devices?format=csv&q=cmd"))[1:]} == {"'"}
    body = desk.download("/console/devices?format=xlsx&q=cmd")
    sheet = zipfile.ZipFile(io.BytesIO(body)).read("xl/worksheets/sheet1.xml").decode()
    assert "=cmd(000)" in sheet and "<f>" not in sheet


def test_an_export_is_in_the_readers_language_and_zone(many: TestCompany) -> None:
    choose = {"locale": "zh-Hans", "time_zone": "America/New_York"}
    assert many.dora.execute("accounts.set_preferences", choose).settled
    try:
        rows = read_csv(at_desk(many.dora).download("/console/audit?format=csv&since=2020-01-01"))
        english = read_csv(at_desk(many.carol).download("/console/audit?format=csv"))
    finally:
        assert many.dora.execute("accounts.set_preferences", {"locale": "en", "time_zone": ""}).settled
    assert rows[0][0] == "操作" and english[0][0] == "What"
    assert rows[1][0] == "修改偏好设置"


def test_a_view_is_saved_used_replaced_and_forgotten(many: TestCompany) -> None:
    desk = at_desk(many.carol)
    query = "q=Phone+00&platform=web"
    for _ in range(2):  # the second time under the same name
        response = desk.send(f"/console/views/save?page=devices&query={quote(query)}", name="Browsers")
        assert response.status_code == 302, response.content
    with company_fence(many.id):
        views = list(list_saved_views(many.carol.actor, "devices"))
        assert [(view.name, view.query) for view in views] == [("Browsers", query)]
    text = desk.text("/console/devices")
    assert "The view was saved." in text
    link = re.search(r'<a class="view" href="([^"]*platform=web[^"]*)"', text)
    assert link and len(names(desk.text(f"/console/devices{link[1].replace('&amp;', '&')}"))) == 5
    assert "Browsers" not in at_desk(many.dora).text("/console/devices")
    assert at_desk(many.dora).get(f"/console/views/{views[0].id}/forget").status_code == 404
    assert desk.send(f"/console/views/{views[0].id}/forget").status_code == 302
    assert "Browsers" not in words(desk.text("/console/devices"))
