"""The demo company: loaded once, whole, by commands; a second run finds nothing to do."""

import itertools
import os
from datetime import timedelta
from io import StringIO

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
from visits.models.visits import Visit

_numbers = itertools.count(1)


@pytest.fixture
def code() -> str:
    """The code of a company that is not there yet."""
    return f"demo-{os.getpid()}-{next(_numbers)}"


def load(code: str) -> str:
    printed = StringIO()
    call_command("load_demo", code, stdout=printed)
    return printed.getvalue()


def commands_of(code: str) -> int:
    company_id = accounts.find_company_id(code)
    assert company_id
    with company_fence(company_id):
        return CommandRecord.objects.filter(company_id=company_id).count()


def test_a_second_run_does_nothing(code: str) -> None:
    first = load(code)
    for words in ("96  customers / 客户", "40  products / 产品", "13  users / 用户", "18  visits planned for today"):
        assert words in first
    before = commands_of(code)
    assert load(code).strip() == "nothing to add / 无需添加"
    assert commands_of(code) == before


def test_everything_is_there_and_in_its_place(code: str) -> None:
    company_id = loading.load(code)
    with company_fence(company_id):
        assert Product.objects.count() == 40
        customers = {customer.id: customer for customer in Customer.objects.all()}
        owners = {customer.owner_id for customer in customers.values()}
        assert len(customers) == 96 and None not in owners and len(owners) == 6
        sites = Site.objects.all()
        assert {site.customer_id for site in sites} == customers.keys()
        assert all(39.7 < site.lat < 40.4 and 116.1 < site.lon < 116.7 for site in sites)
        assert {contact.customer_id for contact in Contact.objects.all()} == customers.keys()
        assert Visit.objects.filter(state="planned").count() == 18
        names = [customer.name for customer in customers.values()]
    assert any(name.isascii() for name in names)
    assert any(len(name) > 20 and not name.isascii() for name in names)


def test_the_people_sign_in_and_see_what_is_theirs(code: str) -> None:
    loading.load(code)
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


def test_an_interrupted_load_goes_on_where_it_ended(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> list[loading.Step]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(loading, "_sites", interrupted)
        with pytest.raises(KeyboardInterrupt):
            loading.load(code)
    rest = load(code)
    assert "sites / 网点" in rest and "customers / 客户" not in rest
    assert load(code).strip() == "nothing to add / 无需添加"


def test_every_day_has_its_plans(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    company_id = loading.load(code)
    tomorrow = loading.now() + timedelta(days=1)
    monkeypatch.setattr(loading, "now", lambda: tomorrow)
    assert load(code).split() == ["18", "visits", "planned", "for", "today", "/", "今日计划拜访"]
    with company_fence(company_id):
        planned = Visit.objects.filter(state="planned")
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
