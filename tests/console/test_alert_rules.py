"""The rules of alerts in the console, and where alerts lead."""

import re
from datetime import date
from html import unescape

from core.fence import company_fence
from tests.console.desk import at_desk, words
from tests.console.troubles import add_task, alert
from tests.personas import TestCompany
from tests.visits.field import add_customer, plan
from visits.alerting import Rules
from visits.queries.alerts import get_alert_rules

PATH = "/console/alert-rules"


def test_rules_begin_as_they_are_and_are_set(company: TestCompany) -> None:
    desk = at_desk(company.dora)
    text = desk.text(PATH)
    assert 'value="07:00"' in text and 'value="3"' in text and 'value="2"' in text
    assert desk.send(PATH, task_after_days="5", visit_after_days="", morning="08:30")["Location"] == PATH
    with company_fence(company.id):
        assert get_alert_rules() == Rules(5, None, 8 * 60 + 30)
    assert "The rules for alerts were saved." in words(desk.text(PATH))


def test_what_is_wrong_stands_at_its_field(company: TestCompany) -> None:
    desk = at_desk(company.dora)
    for wrong in ({"task_after_days": "21"}, {"visit_after_days": "0"}, {"morning": "noon"}, {"morning": ""}):
        response = desk.send(PATH, **wrong)
        assert response.status_code == 422 and f'id="fault-{next(iter(wrong))}"' in response.content.decode(), wrong
    assert at_desk(company.carol).get(PATH).status_code == 403


def test_an_alert_leads_to_what_it_is_about(company: TestCompany) -> None:
    desk, shop = at_desk(company.carol), add_customer(company.alice, name="Red Lantern")
    task = add_task(company.alice, shop, "Bring the price list", date(2026, 11, 20))
    alert(company.carol, "Red Lantern", ("task", task))
    alert(company.carol, "Red Lantern", ("visit", plan(company.alice, shop, planned_date="2026-11-20")))
    text = desk.text("/console/attention?kind=alert")
    found = {label: unescape(href) for href, label in re.findall(r'href="([^"]*)">(See the \w+)<', text)}
    assert "Bring the price list" in words(desk.text(found["See the task"]))
    assert "Red Lantern" in words(desk.text(found["See the visit"]))
