"""Today: the figures of each team, what waits for somebody, and where everybody is. Each number is that of its rows."""

import re
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest

from core.clock import now
from core.ids import uuid7
from tests.console.desk import Desk, at_desk, words
from tests.personas import TestCompany
from tests.trails.field import batch, fixes, send, tracked
from tests.visits.field import add_customer, applied, check_in, plan, push, request

SHANGHAI = ZoneInfo("Asia/Shanghai")


def today() -> str:
    """The day at which the companies of the tests are."""
    return str(datetime.now(SHANGHAI).date())


def days_ago(count: int) -> str:
    return str(datetime.now(SHANGHAI).date() - timedelta(days=count))


@pytest.fixture
def desk(company: TestCompany) -> Desk:
    """carol at the console, in a region in which the day is well on its way."""
    shops = [add_customer(company.alice, name=f"Shop {number}") for number in range(5)]
    soon = {"planned_date": today()}
    done = check_in(company.alice, shops[0], fix=None, occurred_at=now())
    applied(*push(company.alice, request("visits.check_out", {"visit_id": done, "fix": None}, occurred_at=now())))
    check_in(company.alice, shops[1], fix=None, occurred_at=now())
    plan(company.alice, shops[2], **soon)
    overdue = {"planned_at": (now() - timedelta(minutes=20)).isoformat(), "is_appointment": True}
    plan(company.bob, add_customer(company.bob), **soon, **overdue)
    plan(company.alice, shops[3], planned_date=days_ago(3))
    plan(company.alice, shops[4], planned_date=days_ago(9))
    plan(company.zed, add_customer(company.zed, name="Suedwind Shop"), **soon)
    return at_desk(company.carol)


def rows(desk: Desk) -> dict[str, list[str]]:
    """The rows of both tables, by the first words of each."""
    found = {}
    for row in re.findall(r"<tr>\s*<td.*?</tr>", desk.text("/console/"), re.DOTALL):
        cells = [words(cell) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)]
        found[cells[0]] = cells[1:]
    return found


def test_each_team_has_its_figures(company: TestCompany, desk: Desk) -> None:
    found = rows(desk)
    assert found["Region"][:6] == found["North"][:6] == ["3", "2", "1", "1", "1", "1"]
    assert "South" not in found
    dora = rows(at_desk(company.dora))
    assert dora["South"][:6] == ["1", "1", "0", "0", "0", "0"]
    assert dora["Company"][1] == "3", "those below it are counted in"


def test_everybody_is_told_of_with_his_next_visit_and_his_position(company: TestCompany, desk: Desk) -> None:
    tracked(company, "bob")
    send(company.client("bob"), batch(fixes(now() - timedelta(minutes=12), 1)))
    found = rows(desk)
    assert [name for name in found if "North" in name and name != "North"] == [
        "Bob Li North", "Alice Wang North", "Erin Zhou North",
    ], "whoever is late comes first"  # fmt: skip
    alice, bob = found["Alice Wang North"], found["Bob Li North"]
    assert alice[0] == "visiting now no position" and alice[1].startswith("Shop 1 since") and alice[3] == "1 / 3"
    assert alice[2] == "Shop 2" and bob[0] == "late" and bob[4] == "Last known position, 12 min ago"
    assert "Zed" not in " ".join(found)


def test_what_waits_is_said_and_leads_there(company: TestCompany, desk: Desk) -> None:
    assert needs(desk) == {}
    assert "Nothing waits for you." in words(desk.text("/console/"))
    shop = add_customer(company.alice, name="Moved")
    pin = {"id": str(uuid7()), "customer_id": str(shop), "name": "Door", "position": {"lat": 31.2, "lon": 121.5}}
    applied(company.alice.execute("customers.propose_pin", pin))
    task = {"id": str(uuid7()), "customer_id": str(shop), "text": "Call them", "due_date": days_ago(1)}
    applied(company.alice.execute("visits.add_task", task | {"assignee_id": str(company.alice.id)}))
    foreign = add_customer(company.alice, name="Gone")
    applied(
        company.dora.execute("customers.reassign", {"customer_ids": [str(foreign)], "owner_id": str(company.zed.id)})
    )
    edit = {"id": str(foreign), "changes": {"phone": {"from": "", "to": "1"}}}
    assert push(company.alice, request("customers.update", edit, occurred_at=now()))[0].status == "parked"
    assert needs(desk) == {
        "Records from the field wait for a decision": ("1", "attention"),
        "Tasks are overdue": ("1", "tasks"),
        "Customers have a proposed place to approve": ("1", "customers"),
    }


def needs(desk: Desk) -> dict[str, tuple[str, str | None]]:
    """What is said to wait: how many, and to which page that leads."""
    found = {}
    for href, count, text in re.findall(
        r'class="need"(?: href="/console/(\w*)[^"]*")?><span class="chip \w+">(\d+)</span><span>([^<]*)',
        desk.text("/console/"),
    ):
        found[unescape(text)] = (count, href or None)
    return found


def test_every_number_is_that_of_the_list_behind_it(desk: Desk) -> None:
    """Followed like a reader would; a list has as many rows as the number that leads to it."""
    followed = 0
    for href, value in re.findall(
        r'href="(/console/[^"]*)"[^>]*>(?:<span class="soft">[^<]*</span><strong[^>]*>)?(\d+)<', desk.text("/console/")
    ):
        path = unescape(href)
        if path.startswith(("/console/visits", "/console/customers", "/console/tasks")):
            assert len(re.findall(r'<tr id="row-', desk.text(path))) == int(value), path
            followed += 1
        elif path.startswith("/console/map"):
            assert desk.text(path).count('<li class="person"') == int(value), path
            followed += 1
    assert followed >= 14, "there was something to follow"
