"""Publishing the rolling plan from the console: what is shown before is what then happens."""

import re

import pytest

from core.fence import company_fence
from tests.architecture.test_query_counts import statements
from tests.console.desk import Desk, at_desk, words
from tests.personas import TestCompany
from tests.visits.field import add_customer, applied
from tests.visits.planning import set_cycle
from visits.models.visits import Visit

PATH = "/console/planning/publish"


@pytest.fixture
def desk(company: TestCompany) -> Desk:
    """carol's, where a weekly cycle asks for visits of all customers of class A."""
    set_cycle(company.dora, customer_class="A", every_weeks=1)
    for rep in (company.alice, company.bob, company.zed):
        add_customer(rep, name=f"{rep.username}'s shop", customer_class="A")
    return at_desk(company.carol)


def planned(company: TestCompany) -> int:
    with company_fence(company.id):
        return Visit.objects.filter(state="planned", origin="cycle").count()


def shown(text: str) -> int:
    """How many new visits the preview names."""
    return len(re.findall(r'<span class="chip good">new</span>', text))


def test_what_is_shown_is_what_then_happens(company: TestCompany, desk: Desk) -> None:
    assert "Show what would change" in words(desk.text(PATH))
    team = f"{PATH}?team={company.units['north']}"
    text = desk.text(team)
    told = words(text)
    assert "alice's shop cycle" in told and "bob's shop" in told and "zed's shop" not in told
    assert shown(text) >= 6 and f"New visits {shown(text)} Moved 0 Withdrawn 0" in told
    assert planned(company) == 0, "nothing has happened"
    response = desk.send(PATH, on=team)
    assert (response.status_code, response["Location"]) == (302, "/console/planning")
    assert "The plan was published." in words(desk.text("/console/planning"))
    assert planned(company) == shown(text)
    assert "The plans are up to date" in words(desk.text(team))


def test_a_move_and_a_withdrawal_are_told(company: TestCompany, desk: Desk) -> None:
    team = f"{PATH}?team={company.units['north']}"
    assert desk.send(PATH, on=team).status_code == 302
    with company_fence(company.id):
        gone = Visit.objects.filter(rep_id=company.alice.id).latest("visit_date")
    applied(
        company.alice.execute(
            "customers.update", {"id": str(gone.customer_id), "changes": {"stage": {"from": "active", "to": "lost"}}}
        )
    )
    told = words(desk.text(team))
    assert "withdrawn alice's shop cycle" in told and "withdrawn bob's shop" not in told
    with company_fence(company.id):
        bobs = Visit.objects.filter(rep_id=company.bob.id).latest("visit_date")
    days = {"rep_id": str(company.bob.id), "from_date": str(bobs.visit_date), "to_date": str(bobs.visit_date)}
    applied(company.carol.execute("visits.record_absence", {"id": str(bobs.id)} | days))
    told = words(desk.text(team))
    assert re.search(r"moved bob's shop cycle · was \d+ \w+", told), told


def test_nobody_publishes_for_another_team(company: TestCompany, desk: Desk) -> None:
    south = f"{PATH}?team={company.units['south']}"
    assert "zed" not in words(desk.text(south))
    north = f"{PATH}?team={company.units['north']}"
    refused = desk.send(PATH, on=north, rep_ids=str(company.zed.id))
    assert refused.status_code == 422 and 'role="alert"' in refused.content.decode()
    assert desk.send(PATH, on=north, rep_ids="no ids").status_code == 422
    assert planned(company) == 0


@pytest.mark.usefixtures("desk")
def test_a_preview_of_many_needs_no_more_statements(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = at_desk(company.dora)
    few = statements(monkeypatch, lambda: everybody.text(f"{PATH}?team={company.units['south']}"))
    for rep in (company.alice, company.bob, company.zed):
        for number in range(5):
            add_customer(rep, name=f"shop {number}", customer_class="A")
    many = statements(monkeypatch, lambda: everybody.text(f"{PATH}?team="))
    assert len(few) == len(many), (few, many)
