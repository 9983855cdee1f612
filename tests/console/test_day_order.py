"""The order of a rep's day in the console: compared with the one that stands, applied as it was shown."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from core.ids import uuid7
from tests.console.desk import Desk, at_desk, words
from tests.personas import TestCompany
from tests.visits.field import add_customer, applied, plan, visit_row

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = datetime.now(ZONE).date()
MONDAY = TODAY + timedelta(days=7 - TODAY.weekday())
DOORS = [{"lat": 39.90 + number / 100, "lon": 116.40} for number in range(4)]
"""In a row northwards, about 1.1 km apart."""


@pytest.fixture
def visits(company: TestCompany) -> list[UUID]:
    """alice's next Monday: she goes to and fro, from the third door to the first, the fourth and the second."""
    alice, found, stops = company.alice, [], []
    for number, door in enumerate((2, 0, 3, 1)):
        shop = add_customer(alice, DOORS[door], name=f"Door {door}")
        found.append(plan(alice, shop, planned_date=str(MONDAY), dwell_minutes=30))
        at = datetime.combine(MONDAY, time(9 + number), ZONE).astimezone(UTC).isoformat()
        stops.append({"visit_id": str(found[-1]), "planned_at": at})
    applied(alice.execute("visits.order_day", {"date": str(MONDAY), "stops": stops}))
    return found


def address(company: TestCompany, **asked: Any) -> str:
    return f"/console/visits/day/{company.alice.id}/order?day={asked.get('day', MONDAY)}"


def proposed(text: str) -> list[str]:
    """The customers in the proposed order."""
    return re.findall(r'<li class="stop" data-id="[^"]*" data-name="([^"]*)"', text)


def apply(desk: Desk, company: TestCompany, text: str, **sent: Any) -> Any:
    """Press the button below the comparison that this page shows."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', text)
    assert token
    shown = re.findall(r'name="stops" value="([^"]*)"', text)
    values = {"csrfmiddlewaretoken": token[1], "stops": shown} | sent
    return desk.client.post(address(company), values)


def test_an_order_is_compared_and_applied_as_shown(company: TestCompany, visits: list[UUID]) -> None:
    desk = at_desk(company.carol)
    day = f"/console/visits/day/{company.alice.id}?day={MONDAY}"
    assert "Put in order" in words(desk.text(day))
    text = desk.text(address(company))
    assert proposed(text) in (["Door 0", "Door 1", "Door 2", "Door 3"], ["Door 3", "Door 2", "Door 1", "Door 0"])
    told = words(text)
    assert re.search(r"Way 10\.1 km → becomes 4\.3 km", told), told
    assert "As it stands, and as proposed" in told and "was number" in told
    assert [visit_row(company.alice, id_).sequence for id_ in visits] == [1, 2, 3, 4], "nothing has happened yet"
    assert apply(desk, company, text).status_code == 302
    rows = sorted((visit_row(company.alice, id_) for id_ in visits), key=lambda row: row.sequence or 0)
    doors = {id_: f"Door {door}" for id_, door in zip(visits, (2, 0, 3, 1), strict=True)}
    assert [doors[row.id] for row in rows] == proposed(text)
    times = [row.planned_at for row in rows]
    assert times == sorted(times) and times[0] is not None
    assert "The day was put in order." in words(desk.text(day))
    assert "No better order was found" in words(desk.text(address(company)))


def test_what_cannot_be_made_is_told_and_stays_at_the_end(company: TestCompany, visits: list[UUID]) -> None:
    alice = company.alice
    hours = {"monday": [{"start": "03:00", "end": "04:00"}]}
    shut = plan(
        alice, add_customer(alice, DOORS[1] | {"opening_hours": hours}, name="Night bar"), planned_date=str(MONDAY)
    )
    nowhere = plan(alice, add_customer(alice, name="Nowhere"), planned_date=str(MONDAY))
    early = {"monday": [{"start": "09:00", "end": "10:00"}]}
    baker = plan(
        alice, add_customer(alice, DOORS[0] | {"opening_hours": early}, name="Baker"), planned_date=str(MONDAY)
    )
    desk = at_desk(company.carol)
    text = desk.text(address(company))
    told = words(text)
    assert "Not open within the rep's work hours." in told and "Nobody said where the customer is." in told
    assert "Cannot be made in time 3 → becomes 2" in told, "the order that stands comes to the baker too late"
    assert "cannot be made then" in told and "Baker" in proposed(text)[:2]
    assert apply(desk, company, text).status_code == 302
    last = {visit_row(alice, id_).sequence for id_ in (shut, nowhere)}
    assert last == {6, 7} and visit_row(alice, baker).sequence in (1, 2)
    assert visit_row(alice, shut).planned_at is None


def test_an_order_that_no_longer_fits_is_refused(company: TestCompany, visits: list[UUID]) -> None:
    desk = at_desk(company.carol)
    text = desk.text(address(company))
    moved = {"visit_id": str(visits[0]), "planned_date": {"from": str(MONDAY), "to": str(MONDAY + timedelta(days=1))}}
    applied(company.alice.execute("visits.move", moved))
    response = apply(desk, company, text)
    assert response.status_code == 422 and 'role="alert"' in response.content.decode()
    assert [visit_row(company.alice, id_).sequence for id_ in visits[1:]] == [2, 3, 4]
    assert apply(desk, company, text, stops=["x y"]).status_code == 422
    assert apply(desk, company, text, stops=[]).status_code == 422


def test_there_may_be_nothing_to_order(company: TestCompany, visits: list[UUID]) -> None:
    desk = at_desk(company.carol)
    yesterday = TODAY - timedelta(days=1)
    assert "Nothing to put in order" in words(desk.text(address(company, day=yesterday)))
    assert "Put in order" not in words(desk.text(f"/console/visits/day/{company.alice.id}?day={yesterday}"))
    assert desk.get(address(company, day="soon")).status_code == 422


def test_the_day_names_its_routes(company: TestCompany) -> None:
    shop = add_customer(company.alice)
    route = {"id": str(uuid7()), "customer_ids": [str(shop)], "valid_from": "2026-01-05"}
    applied(company.alice.execute("visits.set_route", route | {"name": "Monday round", "weekdays": [1]}))
    desk, day = at_desk(company.carol), f"/console/visits/day/{company.alice.id}?day="
    assert "Monday round" in desk.text(f"{day}{MONDAY}")
    assert "Monday round" not in desk.text(f"{day}{MONDAY + timedelta(days=1)}")
