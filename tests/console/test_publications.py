"""Plans of many reps are published in the background: once, part by part, with progress; what is refused is said."""

from typing import Any
from uuid import UUID

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from console.pages import publish_plan
from core.fence import company_fence
from core.ids import uuid7
from tests.console.desk import Desk, at_desk, words
from tests.personas import TestCompany
from tests.visits.field import add_customer, applied
from tests.visits.planning import set_cycle
from visits.jobs import publications
from visits.models.publications import PlanPublication
from visits.models.visits import Visit

PATH = "/console/planning/publish"


@pytest.fixture
def desk(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """carol's; one rep is already too many to be published while she waits."""
    monkeypatch.setattr(publish_plan, "REPS_AT_ONCE", 1)
    monkeypatch.setattr(publications, "REPS_AT_ONCE", 1)
    set_cycle(company.dora, customer_class="A", every_weeks=1)
    for rep in (company.alice, company.bob):
        add_customer(rep, name=f"{rep.username}'s shop", customer_class="A")
    return at_desk(company.carol)


def planned(company: TestCompany) -> set[UUID]:
    """The reps for whom visits are planned."""
    with company_fence(company.id):
        return set(Visit.objects.filter(state="planned", origin="cycle").values_list("rep_id", flat=True))


def jobs(company: TestCompany) -> list[dict[str, Any]]:
    """What the workers have been asked to publish."""
    rows = ProcrastinateJob.objects.filter(task_name="visits.publish").order_by("id")
    return [row.args for row in rows if row.args["company_id"] == str(company.id)]


def ask(company: TestCompany, desk: Desk) -> str:
    """Press publish; the address of the progress."""
    response = desk.send(PATH, on=f"{PATH}?team={company.units['north']}")
    assert response.status_code == 302, response.content
    return str(response["Location"])


def test_many_plans_are_published_by_a_worker(company: TestCompany, desk: Desk) -> None:
    team = f"{PATH}?team={company.units['north']}"
    assert "published in the background" in words(desk.text(team))
    address = ask(company, desk)
    (job,) = jobs(company)
    assert planned(company) == set(), "a worker does it"
    told = words(desk.text(address))
    assert "0 of 3 people running" in told and "You can leave this page" in told
    assert "You are publishing plans at the moment." in words(desk.text(PATH))
    assert at_desk(company.dan).get(address).status_code == 404, "another's"
    assert at_desk(company.dora).get(address).status_code == 200
    publications.publish(**job)
    told = words(desk.text(address))
    assert "3 of 3 people published" in told and 'data-renew="2"' not in desk.text(address)
    assert planned(company) == {company.alice.id, company.bob.id}
    assert "You are publishing" not in words(desk.text(PATH))
    with company_fence(company.id):
        before = list(Visit.objects.values_list("id", "planned_date"))
    publications.publish(**job)
    with company_fence(company.id):
        assert list(Visit.objects.values_list("id", "planned_date")) == before, "a second run changes nothing"


def test_many_are_previewed_some_at_a_time(company: TestCompany, desk: Desk) -> None:
    team = f"{PATH}?team={company.units['north']}"
    first, second, third = (words(desk.text(f"{team}&from={number}")) for number in (1, 2, 3))
    assert "People 1 to 1 of 3" in first and "alice's shop" in first and "bob's shop" not in first
    assert "bob's shop" in second and "alice's shop" not in second
    assert "Nothing would change for these people." in third and "Publish for all 3 people" in third, "erin"
    assert f"from={2}" in desk.text(team) and "People before" not in first and "Next people" not in third
    for wrong in ("0", "4", "x", "-1", "9" * 9):
        assert desk.get(f"{team}&from={wrong}").status_code == 422
    assert desk.send(PATH, on=f"{team}&from=2").status_code == 302
    (job,) = jobs(company)
    publications.publish(**job)
    assert planned(company) == {company.alice.id, company.bob.id}, "all, whichever part was looked at"


def test_a_form_sent_twice_is_one_publication(company: TestCompany, desk: Desk) -> None:
    id_ = str(uuid7())
    for _ in range(2):
        response = desk.send(PATH, on=f"{PATH}?team={company.units['north']}", command_id=id_)
        assert response["Location"].endswith(id_)
    assert len(jobs(company)) == 1


def test_what_is_refused_on_the_way_is_said(company: TestCompany, desk: Desk) -> None:
    address = ask(company, desk)
    (job,) = jobs(company)
    south = {"id": str(company.bob.id), "changes": {"org_unit_id": {"from": str(company.units["north"]), "to": None}}}
    applied(company.dora.execute("accounts.update_user", south))
    publications.publish(**job)
    told = words(desk.text(address))
    assert "stopped" in told and "What was published stays." in told
    with company_fence(company.id):
        stopped = PlanPublication.objects.get()
    assert stopped.state == "refused" and stopped.done < 3 and stopped.error["code"] == "visits.not_your_team"
    assert company.bob.id not in planned(company)


def test_nobody_begins_one_for_another_team(company: TestCompany, desk: Desk) -> None:
    north = f"{PATH}?team={company.units['north']}"
    for wrong in (f"{company.alice.id} {company.zed.id}", "no ids at all"):
        response = desk.send(PATH, on=north, rep_ids=wrong)
        assert response.status_code == 422 and 'role="alert"' in response.content.decode()
    assert jobs(company) == []
