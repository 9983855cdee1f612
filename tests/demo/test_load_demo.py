"""The demo company: loaded once, whole, by commands; a second run finds nothing to do."""

import os
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import queries as accounts
from catalog.models import Product
from config.demo_company import load as loading
from config.demo_company import people
from config.demo_company.shops import list_shops
from core.fence import company_fence
from core.models import CommandRecord
from customers.models import Contact, Customer, Site
from tests.personas import call, make_company
from visits.models.competitors import CompetitorObservation
from visits.models.forms import FormAnswer
from visits.models.plans import DueVisit
from visits.models.tasks import Task
from visits.models.types import VisitType
from visits.models.visits import CheckIn, Visit


def load(code: str) -> str:
    printed = StringIO()
    call_command("load_demo", code, stdout=printed)
    return printed.getvalue()


def commands_of(code: str) -> int:
    company_id = accounts.find_company_id(code)
    assert company_id
    with company_fence(company_id):
        return CommandRecord.objects.filter(company_id=company_id).count()


@pytest.fixture(scope="module")
def loaded() -> tuple[str, str]:
    """The code of a company that was loaded, and what was printed meanwhile."""
    code = f"demo-{os.getpid()}"
    return code, load(code)


@pytest.fixture
def company_id(loaded: tuple[str, str]) -> Iterator[UUID]:
    """The id of that company, within its fence."""
    found = accounts.find_company_id(loaded[0])
    assert found
    with company_fence(found):
        yield found


def test_a_second_run_does_nothing(loaded: tuple[str, str]) -> None:
    code, first = loaded
    for words in ("96  customers / 客户", "40  products / 产品", "13  users / 用户", "18  visits planned for today"):
        assert words in first
    before = commands_of(code)
    assert load(code).strip() == "nothing to add / 无需添加"
    assert commands_of(code) == before


def test_everything_is_there_and_in_its_place(company_id: UUID) -> None:
    assert Product.objects.count() == 40
    customers = {customer.id: customer for customer in Customer.objects.all()}
    owners = {customer.owner_id for customer in customers.values()}
    assert len(customers) == 96 and None not in owners and len(owners) == 6
    sites = Site.objects.all()
    assert {site.customer_id for site in sites} == customers.keys()
    assert all(39.7 < site.lat < 40.4 and 116.1 < site.lon < 116.7 for site in sites)
    assert {contact.customer_id for contact in Contact.objects.all()} == customers.keys()
    assert Visit.objects.filter(state="planned", origin="fixed").count() == 18
    names = [customer.name for customer in customers.values()]
    assert any(name.isascii() for name in names)
    assert any(len(name) > 20 and not name.isascii() for name in names)


def test_it_has_a_past_of_four_weeks(company_id: UUID) -> None:
    made = Visit.objects.filter(state__in=["open", "closed"])
    days = set(made.values_list("visit_date", flat=True))
    assert made.count() > 100 and len(days) >= 15
    assert not made.exclude(origin="cycle").exists()
    verdicts = set(CheckIn.objects.values_list("verdict", flat=True))
    assert {"verified", "outside", "inaccurate", "mock", "no_fix"} <= verdicts
    assert DueVisit.objects.filter(due_on__lt=min(days) + timedelta(days=7)).exists()
    assert Visit.objects.filter(state="planned", origin="cycle", planned_date__gt=max(days)).exists()
    assert CompetitorObservation.objects.values("competitor_product_id").distinct().count() == 5
    assert Task.objects.filter(state="open").exists()
    scores = set(FormAnswer.objects.filter(complete=True).values_list("percent", flat=True))
    assert len(scores) > 3 and None not in scores
    assert VisitType.objects.count() == 2


def test_the_people_sign_in_and_see_what_is_theirs(loaded: tuple[str, str]) -> None:
    code, _ = loaded
    seen = {}
    for username in (people.ADMIN, *(person.username for person in people.PEOPLE)):
        device = {"name": "a desk", "platform": "web"}
        body = {"company": code, "username": username, "password": people.PASSWORD, "device": device}
        answer = call(Client(), "POST", "/api/v1/auth/sign-in", body)
        assert answer.status_code == 200, answer.content
        token = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        page = Client(headers=token).get("/api/v1/customers?limit=500&archived=all").json()
        seen[username] = len(page["items"])
    assert seen["admin1"] == 96
    assert seen["engineer1"] == 0
    assert all(0 < seen[f"rep{number}"] < 60 for number in range(1, 7))
    assert seen["manager1"] + seen["manager2"] == seen["dispatcher1"] == 96


def test_an_interrupted_load_goes_on_where_it_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    code = f"demo-{os.getpid()}-interrupted"

    def interrupted(*_: object) -> list[loading.Step]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(loading, "_sites", interrupted)
        with pytest.raises(KeyboardInterrupt):
            loading.load(code)
    rest = load(code)
    assert "sites / 网点" in rest and "customers / 客户" not in rest
    assert load(code).strip() == "nothing to add / 无需添加"


def test_every_day_has_its_plans(loaded: tuple[str, str], monkeypatch: pytest.MonkeyPatch, company_id: UUID) -> None:
    tomorrow = loading.now() + timedelta(days=1)
    monkeypatch.setattr(loading, "now", lambda: tomorrow)
    assert load(loaded[0]).split() == ["18", "visits", "planned", "for", "today", "/", "今日计划拜访"]
    planned = Visit.objects.filter(state="planned", origin="fixed")
    assert planned.count() == 36
    assert planned.values("planned_date").distinct().count() == 2


def test_another_company_is_left_alone() -> None:
    company = make_company()  # its administrator is dora
    with pytest.raises(CommandError, match="not the demo's"):
        load(company.code)


def test_shops_never_change() -> None:
    """Ids are derived from their order: another one would load them a second time, differently."""
    first, second = list_shops(), list_shops()
    assert first == second
    assert len({shop.customer["code"] for shop in first}) == len(first) == 96
