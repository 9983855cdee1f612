"""Visit routes in the console: chosen and put in order without a script, edited, ended, shown in their order."""

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.pages.route_forms import put_in_order
from core.fence import company_fence
from core.ids import uuid7
from tests.console.desk import Desk, at_desk, words
from tests.personas import TestCompany
from tests.visits.field import add_customer, applied
from visits.models.routes import VisitRoute

PLACES = ({"lat": 31.23, "lon": 121.47}, {"lat": 31.24, "lon": 121.48}, {"lat": 31.25, "lon": 121.49})
NEW = "/console/routes/new"


def shops(company: TestCompany, name: str = "alice") -> list[UUID]:
    """Three customers of a rep, a kilometre and a half apart."""
    return [
        add_customer(company.people[name], place, name=f"Shop {number}", code=f"K{number}")
        for number, place in enumerate(PLACES)
    ]


def add_route(company: TestCompany, customer_ids: list[UUID], **fields: object) -> UUID:
    """A route of alice's on Mondays."""
    route = {"id": str(uuid7()), "name": "Round", "valid_from": "2026-01-05", "weekdays": [1]}
    stops = {"customer_ids": [str(id_) for id_ in customer_ids]}
    applied(company.alice.execute("visits.set_route", route | stops | fields))
    return UUID(route["id"])


def stored(company: TestCompany, **asked: object) -> VisitRoute:
    with company_fence(company.id):
        return VisitRoute.objects.get(**asked)


def stops(text: str) -> list[UUID]:
    """The customers of the page, from top to bottom."""
    return [UUID(id_) for id_ in re.findall(r'<li class="stop"[^>]*data-id="([^"]*)"', text)]


def press(desk: Desk, path: str, intent: str, **values: object) -> str:
    """Press a button that changes the form."""
    response = desk.send(path, intent=intent, **values)
    assert response.status_code == 200, response.content
    return response.content.decode()


def test_customers_are_chosen_and_put_in_order_without_a_script(company: TestCompany) -> None:
    first, second, third = shops(company)
    desk, rep = at_desk(company.carol), str(company.alice.id)
    assert "Choose the rep first" in words(desk.text(NEW))
    text = press(desk, NEW, "look", rep_id=rep, q="k1")
    assert f"add {second}" in text and f"add {first}" not in text, "the search narrows what can be added"
    chosen = {"rep_id": rep, "customer_ids": [str(first), str(second)], "places": ["1", "2"]}
    assert stops(press(desk, NEW, f"add {third}", **chosen)) == [first, second, third]
    all_three = {"rep_id": rep, "customer_ids": [str(first), str(second), str(third)], "places": ["1", "2", "3"]}
    assert stops(press(desk, NEW, f"up {third}", **all_three)) == [first, third, second]
    assert stops(press(desk, NEW, f"down {first}", **all_three)) == [second, first, third]
    assert stops(press(desk, NEW, f"up {first}", **all_three)) == [first, second, third]
    assert stops(press(desk, NEW, f"remove {second}", **all_three)) == [first, third]
    text = press(desk, NEW, "look", **all_three | {"places": ["3", "2", "1"]})
    assert stops(text) == [third, second, first] and "about 3" in words(text)
    days = {"day1": "on", "day4": "on", "every_weeks": "2"}
    sent = all_three | days | {"places": ["2", "2", "1"], "name": "North round"}
    assert desk.send(NEW, **sent, dwell_minutes="25", purpose="Stock").status_code == 302
    route = stored(company, name="North round")
    assert route.customer_ids == [third, second, first], "numbers count although nobody pressed a button"
    assert (route.rep_id, route.weekdays, route.every_weeks, route.dwell_minutes) == (company.alice.id, [1, 4], 2, 25)
    told = words(desk.text("/console/routes"))
    assert "North round Alice Wang 3 Mon, Thu · every 2 weeks in use" in told


def test_an_edit_keeps_what_the_form_does_not_show(company: TestCompany) -> None:
    first, second, _ = shops(company)
    kind = str(uuid7())
    applied(company.dora.execute("visits.set_visit_type", {"id": kind, "code": "stock", "names": {"en": "Stock"}}))
    id_ = add_route(company, [first, second], visit_type_id=kind, weekdays=[2, 5], every_weeks=3)
    desk = at_desk(company.carol)
    assert desk.send(f"/console/routes/{id_}/edit", intent=f"up {second}").status_code == 200
    assert stored(company, id=id_).customer_ids == [first, second], "a button that changes the form stores nothing"
    sent = {"customer_ids": [str(second), str(first)], "places": ["1", "2"], "name": "Other"}
    assert desk.send(f"/console/routes/{id_}/edit", **sent).status_code == 302
    route = stored(company, id=id_)
    assert (route.name, route.customer_ids, route.weekdays, route.every_weeks) == ("Other", [second, first], [2, 5], 3)
    assert str(route.visit_type_id) == kind and "Stock" in desk.text(f"/console/routes/{id_}")


def test_what_is_wrong_is_said_at_its_place(company: TestCompany) -> None:
    (shop, *_), theirs = shops(company), add_customer(company.bob, name="Bob's")
    good = {"name": "R", "rep_id": str(company.alice.id), "day1": "on", "customer_ids": str(shop), "places": "1"}
    desk = at_desk(company.carol)
    for bad, said in (
        ({"rep_id": ""}, "Rep is not valid"),
        ({"day1": ""}, "Days is not valid"),
        ({"customer_ids": ""}, "Customers is not valid"),
        ({"customer_ids": str(theirs)}, "The rep has no access to this customer"),
        ({"every_weeks": "often"}, "How often is not valid"),
        ({"customer_ids": "x"}, "Customers is not valid"),
    ):
        response = desk.send(NEW, **good | bad)
        assert response.status_code == 422 and said in words(response.content.decode()), (bad, said)
    response = desk.send(NEW, **good | {"customer_ids": [str(shop), str(theirs)], "places": ["1", "2"]})
    assert "not in the rep's sight" in words(response.content.decode())
    assert desk.send(NEW, intent="add x", q="\0").status_code == 422


def test_a_route_shows_its_way_and_who_is_passed_by(company: TestCompany) -> None:
    first, second, third = shops(company)
    lost = add_customer(company.alice, name="Lost")
    id_ = add_route(company, [second, lost, first, third])
    applied(company.alice.execute("customers.archive", {"id": str(lost)}))
    text = at_desk(company.carol).text(f"/console/routes/{id_}")
    assert stops(text) == [second, lost, first, third]
    assert "archived or lost: passed by" in words(text) and 'data-lon="121.48" data-lat="31.24"' in text
    assert "about 5." in words(text), "from the second to the first and on to the third, with detours"
    assert re.search(r"Driven next Mon \d+ \w+ Mon", words(text))


def test_a_route_ends_as_it_is_now(company: TestCompany) -> None:
    first, second, _ = shops(company)
    id_ = add_route(company, [first])
    desk = at_desk(company.carol)
    assert desk.send(f"/console/routes/{id_}/end", valid_to="").status_code == 422
    add = {"id": str(id_), "name": "Longer", "valid_from": "2026-01-05", "weekdays": [3]}
    applied(company.alice.execute("visits.set_route", add | {"customer_ids": [str(first), str(second)]}))
    assert desk.send(f"/console/routes/{id_}/end", valid_to="2026-01-31").status_code == 302
    route = stored(company, id=id_)
    assert (route.name, route.customer_ids, str(route.valid_to)) == ("Longer", [first, second], "2026-01-31")
    told = words(desk.text(f"/console/routes/{id_}"))
    assert "ended" in told and "not driven any more" in told
    assert "Longer" in words(desk.text("/console/routes?state=ended"))
    assert "Nothing fits" in words(desk.text("/console/routes?state=running"))


def test_a_customer_out_of_sight_has_no_name(company: TestCompany) -> None:
    """A dispatcher without a region sees the route of his own alone; of a route's customers only those in his sight."""
    first, *_ = shops(company)
    id_ = add_route(company, [first])
    assert "Shop 0" in words(at_desk(company.dora).text(f"/console/routes/{id_}"))
    applied(company.dora.execute("customers.reassign", {"customer_ids": [str(first)], "owner_id": str(company.zed.id)}))
    told = words(at_desk(company.carol).text(f"/console/routes/{id_}"))
    assert "Shop 0" not in told and "A customer whom you do not see" in told


@given(st.lists(st.text("0123456789x", max_size=3), max_size=8))
def test_numbers_lose_nobody(places: list[str]) -> None:
    ids = [f"c{number}" for number in range(8)]
    assert sorted(put_in_order(ids, places)) == ids


@pytest.mark.parametrize(
    ("places", "order"),
    [("12345", "abcde"), ("32345", "bcade"), ("12342", "aebcd"), ("5x3x1", "ebcda"), ("9", "bcdea")],
)
def test_a_number_takes_the_place_that_it_names(places: str, order: str) -> None:
    assert "".join(put_in_order(list("abcde"), list(places))) == order
