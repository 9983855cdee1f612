"""What forms were answered: question by question, answer by answer, and only what the reader may see."""

import pytest

from tests.console.desk import at_desk, words
from tests.console.form_samples import answer, named
from tests.console.test_lists import read_csv
from tests.forms.questionnaires import make_form, of, publish
from tests.personas import TestCompany, make_company

_PLACES = [
    {"id": "eye", "names": {"en": "Eye level", "zh": "视线层"}},
    {"id": "floor", "names": {"en": "", "zh": "地堆"}},
]


@pytest.fixture(scope="module")
def company() -> TestCompany:
    return make_company()


@pytest.fixture(scope="module")
def form(company: TestCompany) -> str:
    """Answered twice by alice and once by zed, whom carol does not manage."""
    id_ = make_form(company)
    asked = of(
        named("stocked", "boolean", "In stock?", "有货吗？", score={"yes": 10}),
        named("facings", "number", "Facings", "排面数", unit="pcs"),
        named("place", "choice", "Where?", "位置", choices=_PLACES),
    )
    version = publish(company, asked, id_)
    answer(company.alice, version, "North one", {"stocked": True, "facings": "4", "place": "eye"})
    answer(company.alice, version, "North two", {"stocked": False, "facings": "1", "place": "floor"})
    answer(company.people["zed"], version, "South", {"stocked": True, "facings": "90"})
    return id_


def test_answers_are_counted_question_by_question(company: TestCompany, form: str) -> None:
    text = words(at_desk(company.carol).text(f"/console/forms/{form}/results"))
    assert "Forms filled in 2 Average score 50.0 % Of them complete 2" in text
    assert "Yes 1 · 50 % No 1 · 50 %" in text
    assert "Average 2.5 pcs Least 1 pcs Greatest 4 pcs" in text
    assert "Eye level 1 · 50 % 地堆 1 · 50 %" in text
    assert "Greatest 90 pcs" in words(at_desk(company.dora).text(f"/console/forms/{form}/results"))


def test_a_period_and_a_team_are_chosen(company: TestCompany, form: str) -> None:
    desk, path = at_desk(company.dora), f"/console/forms/{form}/results"
    assert "Forms filled in 2" in words(desk.text(f"{path}?unit={company.units['north']}"))
    assert "No answers in this period" in words(desk.text(f"{path}?since=2020-01-01&until=2020-01-31"))
    assert desk.get(f"{path}?since=yesterday").status_code == 422
    assert desk.get(f"{path}?unit=1").status_code == 422


def test_answers_are_listed_and_exported(company: TestCompany, form: str) -> None:
    rows = read_csv(at_desk(company.carol).download(f"/console/form-results?form={form}&format=csv"))
    told = {tuple(row[:3]) for row in rows[1:]}
    assert ("Where?", "地堆", "North two") in told and ("Facings", "4", "North one") in told
    assert ("In stock?", "No", "North two") in told and len(told) == 6
