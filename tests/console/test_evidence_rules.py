"""Verdict rules in the console: tried on stored evidence, put in force, stored evidence judged again."""

import pytest

from core.fence import company_fence
from tests.console.desk import at_desk, words
from tests.console.visit_samples import furnish_visits
from tests.personas import TestCompany, make_company
from visits.queries import evidence as queries

PATH = "/console/evidence-rules"


@pytest.fixture
def company() -> TestCompany:
    made = make_company()
    furnish_visits(made, {"alice": "North", "zed": "South"})
    return made


def test_rules_are_tried_and_then_put_in_force(company: TestCompany) -> None:
    desk = at_desk(company.dora)
    shown = words(desk.send(PATH, intent="preview", max_accuracy_m="0.5").content.decode())
    assert "Judged on trial: 4 of the last 7 days." in shown and "4 verified → " in shown
    with company_fence(company.id):
        assert queries.get_rules().version == 1, "nothing is set by a preview"
    assert "No verdict would change." in words(desk.send(PATH, intent="preview").content.decode())
    changed = {"max_age_s": "90", "max_speed_kmh": "180", "in_A": "hard", "note": "Stricter in town"}
    assert desk.send(PATH, intent="set", **changed)["Location"] == PATH
    with company_fence(company.id):
        rules = queries.get_rules()
        assert (rules.version, rules.rules.max_age_ms, rules.rules.max_speed_mps) == (2, 90_000, 50)
        modes = [rules.rules.fence_mode(*of) for of in (("in", "A"), ("out", "A"), ("in", "B"), ("in", None))]
        assert modes == ["hard", "soft", "soft", "soft"]
    assert "Version 2 dora" in words(desk.text(PATH)) and "Stricter in town" in desk.text(PATH)


def test_what_is_wrong_stands_at_its_field(company: TestCompany) -> None:
    desk = at_desk(company.dora)
    response = desk.send(PATH, intent="set", max_age_s="-1", online_within_s="soon")
    assert response.status_code == 422
    text = words(response.content.decode())
    assert "Input should be greater than 0" in text and "This is not a number." in text


def test_stored_evidence_is_judged_again(company: TestCompany) -> None:
    desk = at_desk(company.dora)
    assert "Nothing was judged again yet." in words(desk.text(PATH))
    assert desk.send(f"{PATH}/recompute").status_code == 302
    assert "running, 0 judged" in words(desk.text(PATH))
    assert at_desk(company.carol).get(PATH).status_code == 403
