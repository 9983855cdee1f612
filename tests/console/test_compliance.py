"""Compliance in the console: figures, charts and their tables, the due visits behind each number, files, rules."""

import json
import re
from datetime import date, datetime, time, timedelta
from html import unescape
from typing import Any
from unittest.mock import patch

import pytest

from core.fence import company_fence
from tests.console.desk import Desk, at_desk, words
from tests.console.test_lists import read_csv, read_xlsx
from tests.personas import TestCompany, make_company
from tests.visits.field import SHOP, add_customer
from tests.visits.planning import MONDAY, ZONE, day, dues_of, publish, set_cycle
from tests.visits.test_compliance import arrive, noon
from visits.queries import compliance as queries

PATH = "/console/compliance"
WEEKS = f"span=days&since={MONDAY}&until={MONDAY + timedelta(days=13)}"
TODAY = MONDAY + timedelta(days=14)


@pytest.fixture(scope="module")
def company() -> TestCompany:
    """Of two weeks: alice has two customers of class A, and made three of four visits; bob one of none, and made none;
    zed, who is not carol's, made one of two."""
    made = make_company()
    set_cycle(made.dora, customer_class="A", name="Weekly")
    people = {"alice": made.alice, "bob": made.bob, "zed": made.zed}
    shops = [
        add_customer(people[name], SHOP, name=f"{name}'s", customer_class="A") for name in ("alice", "alice", "zed")
    ]
    own = add_customer(made.bob, SHOP, name="bob's")
    set_cycle(made.bob, customer_id=own, name="Bob's own")
    publish(made, *people.values(), who="dora")
    for shop, number in ((shops[0], 1), (shops[0], 8), (shops[1], 2)):
        arrive(made.alice, shop, noon(number))
    arrive(made.zed, shops[2], noon(1))
    return made


@pytest.fixture(autouse=True)
def afterwards() -> Any:
    """It is the Monday after those two weeks, of which every window has ended."""
    at = datetime.combine(TODAY, time(12), ZONE)
    names = ("console.pages.compliance.now", "console.pages.due_visits.now", "console.pages.compliance_rules.now")
    patches = [patch(name, lambda: at) for name in (*names, "console.voice.now")]
    for one in patches:
        one.start()
    yield
    for one in patches:
        one.stop()


def tables(text: str) -> list[dict[str, list[str]]]:
    """The trend, then the groups: what stands in each row, by its name."""
    return [
        {
            words(cells[0]): [words(cell) for cell in cells[1:]]
            for row in re.findall(r"<tr>.*?</tr>", body, re.DOTALL)
            if (cells := re.findall(r"<td.*?</td>", row, re.DOTALL))
        }
        for body in re.findall(r"<tbody>.*?</tbody>", text, re.DOTALL)
    ]


def charts(text: str) -> list[dict[str, Any]]:
    return [json.loads(unescape(one)) for one in re.findall(r'data-chart="([^"]*)"', text)]


def numbers(text: str) -> list[str]:
    """The cards at the top."""
    return re.findall(r'card figure"[^>]*>.*?<strong[^>]*>([^<]*)<', text, re.DOTALL)


def test_figures_of_my_teams_and_nobody_elses(company: TestCompany) -> None:
    text = at_desk(company.carol).text(f"{PATH}?{WEEKS}&step=week")
    assert numbers(text) == ["50 %", "6", "3", "3", "0", "0"]
    trend, groups = tables(text)
    assert trend == {
        "23 Nov – 29 Nov": ["66.7 %", "3", "2", "1", "0"], "30 Nov – 6 Dec": ["33.3 %", "3", "1", "2", "0"],
    }  # fmt: skip
    assert list(groups) == ["Region", "North"], "a team stands below the one that it belongs to"
    assert groups["North"] == groups["Region"] == ["50 %", "6", "3", "0", "3", "0", "0"]
    assert numbers(at_desk(company.dora).text(f"{PATH}?{WEEKS}")) == ["50 %", "8", "4", "4", "0", "0"]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("rep", {"Bob Li": ["0 %", "2"], "Alice Wang": ["75 %", "4"]}),
        ("class", {"Class A": ["75 %", "4"], "Without a class": ["0 %", "2"]}),
        ("cycle", {"Bob's own": ["0 %", "2"], "Weekly": ["75 %", "4"]}),
    ],
)
def test_figures_by_rep_class_and_cycle(company: TestCompany, by: str, expected: dict[str, list[str]]) -> None:
    groups = tables(at_desk(company.carol).text(f"{PATH}?{WEEKS}&by={by}"))[1]
    assert {name: cells[:2] for name, cells in groups.items()} == expected
    assert list(groups) == list(expected), "of many, whoever needs help comes first"
    turned = tables(at_desk(company.carol).text(f"{PATH}?{WEEKS}&by={by}&sort=-due"))[1]
    assert next(iter(turned.values()))[1] == "4"


def test_the_charts_have_the_numbers_of_their_tables(company: TestCompany) -> None:
    text = at_desk(company.carol).text(f"{PATH}?{WEEKS}&by=rep&step=day")
    trend, share, counts = charts(text)
    days, reps = tables(text)
    assert trend["labels"] == list(days) and len(days) == 14
    shown = {one["name"]: one["values"] for one in trend["series"]}
    assert shown["Made"] == [int(cells[2]) for cells in days.values()] and sum(shown["Made"]) == 3
    assert [None if one is None else f"{one:g} %" for one in shown["Compliance"]] == [
        None if cells[0] == "–" else cells[0] for cells in days.values()
    ]
    assert share["labels"] == counts["labels"] == list(reps)
    assert share["series"][0]["values"] == [0, 75]
    assert [one["values"] for one in counts["series"]] == [[0, 3], [2, 1]]


def test_every_number_leads_to_as_many_due_visits(company: TestCompany) -> None:
    desk, followed = at_desk(company.carol), 0
    for query in (f"{WEEKS}&by=class&team={company.units['north']}&step=week", f"span=month&day={MONDAY}&by=rep"):
        for href, value in re.findall(
            r'href="(/console/compliance/visits[^"]*)"[^>]*>(?:<span class="soft">[^<]*</span><strong[^>]*>)?(\d+)<',
            desk.text(f"{PATH}?{query}"),
        ):
            assert len(re.findall(r'<tr id="row-', desk.text(unescape(href)))) == int(value), href
            followed += 1
    assert followed > 20, "there was something to follow"


def test_due_visits_say_what_became_of_them_and_why(company: TestCompany) -> None:
    desk = at_desk(company.carol)
    whole = desk.text(f"{PATH}/visits?since={MONDAY}&until={day(6)}")
    text = words(whole[whole.index("<tbody>") :])
    assert text.count("Made in time") == 2 and text.count("Nobody was there") == 1 and "zed's" not in text
    missed = desk.text(f"{PATH}/visits?since={MONDAY}&until={day(13)}&outcome=missed&sort=-due_on")
    found = [words(cell) for cell in re.findall(r'data-label="Due on".*?</td>', missed, re.DOTALL)]
    assert len(found) == 3
    assert f"/console/compliance?span=days&amp;since={MONDAY}&amp;until={day(13)}" in missed, "and back to the figures"
    own = [one.due_on for one in dues_of(company) if one.rep_id == company.bob.id and str(one.due_on) <= day(13)]
    by_bob = desk.text(f"{PATH}/visits?since={MONDAY}&until={day(13)}&rep={company.bob.id}&sort=-due_on")
    shown = [words(cell).split("> ")[-1] for cell in re.findall(r'<td data-label="Due on".*?</td>', by_bob, re.DOTALL)]
    assert shown == [f"{one.day} {one:%b} {one.year}" for one in sorted(own, reverse=True)]
    rows = read_csv(desk.download(f"{PATH}/visits?since={MONDAY}&until={day(13)}&format=csv&outcome=missed"))
    assert len(rows) == 4 and {row[5] for row in rows[1:]} == {"Nobody was there"}


def test_due_visits_come_page_by_page(company: TestCompany) -> None:
    desk, seen = at_desk(company.dora), []
    query: str | None = f"?since={MONDAY}&until={day(27)}"
    with patch("console.lists.PAGE_ROWS", 3):
        while query:
            text = desk.text(f"{PATH}/visits{query}")
            seen += re.findall(r'<tr id="row-([^"]*)"', text)
            following = re.search(r'href="(\?[^"]*cursor=[^"]*)"', text)
            query = unescape(following[1]) if following else None
    assert len(seen) == len(set(seen)) == len(dues_of(company)) == 16


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_file_has_every_group_in_every_step(company: TestCompany, form: str) -> None:
    body = at_desk(company.carol).download(f"{PATH}?{WEEKS}&by=rep&step=week&format={form}")
    head, *rows = {"csv": read_csv, "xlsx": read_xlsx}[form](body)
    assert head == ["Week", "Rep", "Due", "Made", "Late", "Missed", "Left out", "Pending", "Compliance, %"]
    found = {(str(row[0])[:10], row[1]): [float(cell) for cell in row[2:4]] + [float(row[8])] for row in rows}
    assert found == {
        (str(MONDAY), "Alice Wang"): [2, 2, 100], (str(MONDAY), "Bob Li"): [1, 0, 0],
        (day(7), "Alice Wang"): [2, 1, 50], (day(7), "Bob Li"): [1, 0, 0],
    }  # fmt: skip


def test_periods_go_on_and_back(company: TestCompany) -> None:
    desk = at_desk(company.carol)
    for query, title in {
        "": "1 Dec 2026 – 31 Dec 2026",
        "span=week": "7 Dec 2026 – 13 Dec 2026",
        "span=quarter": "1 Oct 2026 – 31 Dec 2026",
        "span=days&since=2026-11-25&until=2026-12-02": "25 Nov 2026 – 2 Dec 2026",
    }.items():
        text = desk.text(f"{PATH}?{query}")
        assert title in text
        before, after = re.findall(r'class="button icon-only" href="(\?[^"]*)"', text)
        back = desk.text(PATH + unescape(before))
        assert title not in back
        assert title in desk.text(PATH + unescape(re.findall(r'class="button icon-only" href="(\?[^"]*)"', back)[1]))
        assert title not in desk.text(PATH + unescape(after))


@pytest.mark.parametrize(
    "query",
    [
        *("span=year", "day=never", "day=1999-12-31", "by=moon", "step=hour", "sort=colour", "team=north", "class=Z"),
        *("span=days&since=2026-12-02&until=2026-12-01", "span=days&since=2025-01-01&until=2026-12-01", "format=pdf"),
        *("rep=%00", "visits?since=2026-02-30", "visits?since=2020-01-01&until=2026-01-01", "visits?outcome=luck"),
        *(
            "visits?since=9999-12-31",
            "visits?until=0001-01-01",
            "visits?cursor=x",
            "visits?sort=reason",
            "visits?since=2020-01-01&until=2026-01-01&format=csv",
        ),
    ],
)
def test_what_the_address_cannot_mean_is_refused_as_a_page(company: TestCompany, query: str) -> None:
    address = f"/{query}" if query.startswith("visits") else f"?{query}"
    assert at_desk(company.dora).get(PATH + address).status_code == 422


def test_an_empty_page_says_what_to_do_next() -> None:
    fresh = make_company()
    desk = at_desk(fresh.carol)
    assert "No call cycle yet" in words(desk.text(PATH))
    set_cycle(fresh.dora, customer_class="A")
    assert "Nothing was due in these days" in words(desk.text(PATH))
    assert "Nothing fits these filters" in words(desk.text(f"{PATH}?class=A"))


def test_rules_are_tried_and_then_put_in_force(company: TestCompany) -> None:
    desk, path = at_desk(company.carol), "/console/compliance-rules"
    assert "Nothing that was due in the last 28 days would be judged otherwise." in words(
        desk.send(path, intent="preview").content.decode()
    )
    tried = words(desk.send(path, intent="preview", check_out_required="on").content.decode())
    assert "50 % → 0 % 3 / 6 → 0 / 6" in tried and "Alice Wang 75 % 3 / 4 0 % 0 / 4" in tried and "Bob Li" not in tried
    with company_fence(company.id):
        assert not queries.list_versions(), "nothing is set by a trial"
    future = str(TODAY + timedelta(days=30))
    changed = {"applies_from": future, "check_out_required": "on", "grace_days": "3", "note": "From next year on"}
    assert desk.send(path, intent="set", **changed)["Location"] == path
    with company_fence(company.id):
        (version,) = queries.list_versions()
    assert (version.version, str(version.applies_from), version.rules.grace_days) == (2, future, 3)
    assert version.rules.check_in_verdicts is None and version.rules.leave_out == [
        "closed",
        "customer_gone",
        "rep_absent",
    ]
    shown = words(desk.text(path))
    assert (
        "Version 2 Carol Chen" in shown
        and "From next year on" in shown
        and "with a check-out · 3 days of grace" in shown
    )
    assert "Version 1 in force today built in Until 5 Jan 2027" in shown
    assert at_desk(company.dan).get(path).status_code == 403


def test_what_is_wrong_with_rules_stands_at_its_field(company: TestCompany) -> None:
    desk, path = at_desk(company.carol), "/console/compliance-rules"
    response = desk.send(path, intent="set", grace_days="90", min_dwell_minutes="long", applies_from="")
    text = response.content.decode()
    assert response.status_code == 422
    for name in ("grace_days", "min_dwell_minutes", "applies_from"):
        assert f'id="fault-{name}"' in text, name
    with company_fence(company.id):
        before = len(queries.list_versions())
    none = {f"in_{one}": "" for one in re.findall(r'name="in_(\w+)"', text)}
    response = desk.send(path, intent="set", **none)
    assert response.status_code == 422 and "List should have at least 1 item" in response.content.decode()
    with company_fence(company.id):
        assert len(queries.list_versions()) == before


def test_the_days_of_a_figure_are_read_as_the_reader_writes_them(company: TestCompany) -> None:
    assert company.carol.execute("accounts.set_preferences", {"locale": "zh-Hans"}).settled
    try:
        desk: Desk = at_desk(company.carol)
        text = words(desk.text(f"{PATH}?span=quarter&day={date(2026, 11, 1)}&step=month"))
    finally:
        assert company.carol.execute("accounts.set_preferences", {"locale": "en"}).settled
    assert "拜访达成率" in text and "2026年11月" in text and "未达成" in text
