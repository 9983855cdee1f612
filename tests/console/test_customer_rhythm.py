"""How a customer is visited, on its page: cycles in their order of strength, routes, when the next visit is due."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from console.voice import Voice
from core.fence import company_fence
from core.ids import uuid7
from customers import overview
from tests.console.desk import at_desk, words
from tests.personas import TestCompany
from tests.visits.field import add_customer, applied, check_in, plan
from tests.visits.planning import publish, set_cycle
from visits.models.plans import CallCycle
from visits.queries.rhythm import get_rhythm

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime.now(ZONE)
TODAY = NOW.date()
NEXT_MONDAY = TODAY + timedelta(days=7 - TODAY.weekday())


def told(company: TestCompany, customer: Any, who: str = "carol") -> str:
    return words(at_desk(company.people[who]).text(f"/console/customers/{customer}"))


def due(company: TestCompany, customer: Any, today: date) -> tuple[date, date] | None:
    """Between which days the next visit is due, for carol."""
    with company_fence(company.id):
        found = get_rhythm(company.carol.actor, overview.get_row(company.carol.actor, customer), today).due
    return (found.first, found.last) if found else None


def test_a_cycle_is_made_for_one_customer_on_its_page(company: TestCompany) -> None:
    shop = add_customer(company.alice, name="Corner shop", customer_class="B")
    north = str(company.units["north"])
    set_cycle(company.carol, name="All of class B", customer_class="B", org_unit_id=north, every_weeks=4)
    desk, path = at_desk(company.carol), f"/console/customers/{shop}/cycle"
    assert "All of class B every 4 weeks · any working day" in told(company, shop)
    assert desk.send(path, rhythm="often").status_code == 422
    sent = {"rhythm": "weeks 2", "day2": "on", "valid_from": "2026-01-05", "dwell_minutes": "40"}
    response = desk.send(f"{path}?next=/console/customers/{shop}", **sent)
    assert response.status_code == 302 and response["Location"] == f"/console/customers/{shop}"
    with company_fence(company.id):
        cycle = CallCycle.objects.get(customer_id=shop)
    assert (cycle.name, cycle.every_weeks, cycle.weekdays, cycle.customer_class) == ("Corner shop", 2, [2], None)
    page = told(company, shop)
    assert "for this customer every 2 weeks · Tue" in page and "a stronger one counts every 4 weeks" in page
    assert "Own cycle" in page and "Own cycle" not in told(company, shop, "dan")


def test_next_due_is_the_first_window_that_nobody_has_filled(company: TestCompany) -> None:
    shop, week = add_customer(company.alice, customer_class="A"), timedelta(days=7)
    set_cycle(company.dora, customer_class="A", every_weeks=1)
    monday = date(2026, 11, 23)
    coming = (monday + week, monday + week + timedelta(days=6))
    assert due(company, shop, monday) == coming, "what has begun counts once it was published"
    publish(company)
    assert due(company, shop, monday) == (monday, monday + timedelta(days=6))
    made = datetime(2026, 11, 23, 10, tzinfo=ZONE)
    check_in(company.alice, shop, fix=None, occurred_at=min(made, NOW))
    expected = coming if made <= NOW else (monday, monday + timedelta(days=6))
    assert due(company, shop, monday) == expected
    applied(company.carol.execute("customers.archive", {"id": str(shop)}))
    assert due(company, shop, monday) is None


def test_routes_and_the_next_plan_are_named(company: TestCompany) -> None:
    shop = add_customer(company.alice)
    assert "No cycle and no route visits this customer. " in told(company, shop) + " "
    for rep, name in ((company.alice, "North round"), (company.zed, "South round")):
        stop = shop if rep is company.alice else add_customer(rep)
        route = {"name": name, "weekdays": [1, 2], "valid_from": "2026-01-05", "customer_ids": [str(stop)]}
        applied(rep.execute("visits.set_route", route | {"id": str(uuid7())}))
    plan(company.alice, shop, planned_date=str(TODAY - timedelta(days=3)))
    assert "No visit is planned yet." in told(company, shop), "a missed one is not the next one"
    plan(company.alice, shop, planned_date=str(NEXT_MONDAY))
    page = told(company, shop)
    assert "North round Alice Wang · Mon, Tue · every week" in page and "South round" not in page
    assert f"Planned on {Voice('en').short_day(NEXT_MONDAY)} by Alice Wang" in page
