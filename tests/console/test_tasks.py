"""Tasks: found by day, team and person; settled, put off and handed on by forms."""

from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from core.clock import now
from tests.console.desk import Desk, at_desk, words
from tests.console.troubles import add_customer, add_task
from tests.personas import TestCompany
from tests.sync.devices import Device

PAGE = "/console/tasks"


@pytest.fixture
def today() -> date:
    """The day in the company's time zone."""
    return now().astimezone(ZoneInfo("Asia/Shanghai")).date()


@pytest.fixture
def customer(company: TestCompany) -> UUID:
    return add_customer(company.client("alice"), "Red Lantern")


@pytest.fixture
def carol(company: TestCompany) -> Desk:
    return at_desk(company.carol)


def test_tasks_are_found_by_where_they_stand(company: TestCompany, customer: UUID, carol: Desk, today: date) -> None:
    for text, due in (("Late", -1), ("Now", 0), ("Soon", 3), ("Later", 30), ("Whenever", None)):
        add_task(company.alice, customer, text, None if due is None else today + timedelta(days=due))
    for state, expected in {
        "": ["Late", "Now", "Soon", "Later", "Whenever"],
        "overdue": ["Late"],
        "today": ["Now"],
        "week": ["Now", "Soon"],
        "undated": ["Whenever"],
        "done": [],
        "all": ["Late", "Now", "Soon", "Later", "Whenever"],
    }.items():
        assert _titles(carol.text(f"{PAGE}?state={state}")) == expected, state
    assert "overdue" in words(carol.text(PAGE)) and "due today" in words(carol.text(PAGE))
    assert _titles(carol.text(f"{PAGE}?team={company.units['south']}")) == []
    assert _titles(carol.text(f"{PAGE}?assignee={company.bob.id}")) == []
    assert len(_titles(carol.text(f"{PAGE}?team={company.units['north']}&q=lantern"))) == 5
    assert carol.get(f"{PAGE}?state=nothing").status_code == 422


def test_a_task_is_done_and_opened_again(company: TestCompany, customer: UUID, carol: Desk) -> None:
    task = add_task(company.alice, customer, "Bring samples", None)
    assert carol.send(f"{PAGE}/{task}/complete", note="Twelve of them").status_code == 302
    assert "There is nothing to do" in words(carol.text(PAGE))
    assert "Twelve of them" in carol.text(f"{PAGE}?state=done")
    assert carol.send(f"{PAGE}/{task}/complete").status_code == 422, "it is done already"
    assert carol.send(f"{PAGE}/{task}/reopen").status_code == 302
    assert _titles(carol.text(PAGE)) == ["Bring samples"]
    assert carol.send(f"{PAGE}/{task}/cancel", reason="").status_code == 422
    assert carol.send(f"{PAGE}/{task}/cancel", reason="Shop is shut").status_code == 302
    assert "Shop is shut" in carol.text(f"{PAGE}?state=cancelled")


def test_a_task_is_put_off_and_handed_on_to_who_holds_the_customer(
    company: TestCompany, customer: UUID, carol: Desk, today: date
) -> None:
    task = add_task(company.alice, customer, "Bring samples", today)
    path, later = f"{PAGE}/{task}/edit", today + timedelta(days=5)
    refused = carol.send(path, assignee_id=str(company.bob.id))
    assert refused.status_code == 422, "bob does not hold the customer"
    share = {"customer_id": str(customer), "user_id": str(company.bob.id)}
    assert company.alice.execute("customers.share", share).settled
    assert carol.send(path, assignee_id=str(company.bob.id), due_date=str(later)).status_code == 302
    row = Device(company.bob).rows("task")[str(task)]
    assert (row["assignee_id"], row["due_date"], row["text"]) == (str(company.bob.id), str(later), "Bring samples")


def test_what_is_not_ones_to_settle_has_no_buttons(company: TestCompany) -> None:
    """A manager sees a customer that was shared with her, and there the task of somebody of another team."""
    customer = add_customer(company.client("zed"), "Far away")
    share = {"customer_id": str(customer), "user_id": str(company.carol.id)}
    assert company.zed.execute("customers.share", share).settled
    add_task(company.zed, customer, "Not north's", None)
    text = at_desk(company.carol).text(PAGE)
    assert _titles(text) == ["Not north's"] and "/complete" not in text
    assert "/complete" in at_desk(company.dora).text(PAGE)


def _titles(text: str) -> list[str]:
    """What heads the rows."""
    rows = text.split('<tr id="row-')[1:]
    return [words(row.partition('class="title')[2].partition(">")[2].partition("</td>")[0]) for row in rows]
