"""Customers: the list, and what a reassignment shows before it happens."""

import re
from uuid import UUID

import pytest

from core.fence import company_fence
from core.ids import uuid7
from customers import queries
from tests.console.desk import Desk, Form, at_desk, words
from tests.console.test_lists import names
from tests.customers.world import create_customer, create_territory, sight
from tests.personas import TestCompany, make_company

REASSIGN = "/console/customers/reassign"


@pytest.fixture(scope="module")
def stocked() -> TestCompany:
    """Customers of alice, bob and nobody: each filter finds some and not all."""
    company = make_company()
    territory = create_territory(company, unit="north")
    create_customer(company.alice, name="Amber", customer_class="A", stage="lead", phone="021 1")
    create_customer(company.alice, name="Basalt", customer_class="B", territory_id=territory, code="B-7")
    held = create_customer(company.bob, name="Coral", credit_hold=False)
    pinned = create_customer(company.bob, name="Dune")
    gone = create_customer(company.bob, name="Ember")
    create_customer(company.dora, name="Flint", owner_id=None, territory_id=territory)
    create_customer(company.zed, name="Garnet")
    edit = {"id": str(held), "changes": {"credit_hold": {"from": False, "to": True}}}
    assert company.carol.execute("customers.update", edit).settled
    place = {"lat": 31.2, "lon": 121.4, "datum": "WGS-84"}
    pin = {"id": str(uuid7()), "customer_id": str(pinned), "name": "Door", "position": place}
    assert company.bob.execute("customers.propose_pin", pin).settled
    assert company.carol.execute("customers.archive", {"id": str(gone)}).settled
    company.units["territory"] = territory
    return company


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "Amber Basalt Coral Dune Flint"),
        ("archived=yes", "Ember"),
        ("archived=all&sort=-name", "Flint Ember Dune Coral Basalt Amber"),
        ("q=b-7", "Basalt"),
        ("q=021", "Amber"),
        ("owner={bob}", "Coral Dune"),
        ("owner=none", "Flint"),
        ("team={north}", "Amber Basalt Coral Dune"),
        ("team={south}", ""),
        ("territory={territory}", "Basalt Flint"),
        ("territory=none", "Amber Coral Dune"),
        ("grade=A", "Amber"),
        ("grade=none", "Coral Dune Flint"),
        ("stage=lead", "Amber"),
        ("attention=hold", "Coral"),
        ("attention=pin", "Dune"),
        ("sort=owner_name", "Flint Amber Basalt Coral Dune"),
    ],
)
def test_filters_find_what_they_say(stocked: TestCompany, query: str, found: str) -> None:
    ids = {name: str(id_) for name, id_ in stocked.units.items()} | {"bob": str(stocked.bob.id)}
    text = at_desk(stocked.carol).text(f"/console/customers?{query.format_map(ids)}")
    assert names(text) == found.split()


@pytest.mark.parametrize("query", ["owner=x", "team=none", "territory=1", "grade=E", "archived=no"])
def test_a_filter_that_means_nothing_is_refused(stocked: TestCompany, query: str) -> None:
    assert at_desk(stocked.carol).get(f"/console/customers?{query}").status_code == 422


def rehearsed(desk: Desk, asked: str, to: UUID, into: str = "keep") -> Form:
    """The last form, behind what would change."""
    first = Form(desk.text(f"{REASSIGN}?{asked}"), REASSIGN)
    page = desk.client.post(REASSIGN, first.values | {"to": str(to), "into": into}).content.decode()
    form = Form(page[page.index('id="rehearsal"') :], REASSIGN)
    form.page = page  # type: ignore[attr-defined]
    return form


def told(page: str) -> dict[str, list[str]]:
    """What the rehearsal says of each person."""
    body = page[page.index('id="rehearsal"') :]
    rows = [[words(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)] for row in body.split("<tr>")[2:]]
    return {row[0]: row[1:] for row in rows}


def held_by(company: TestCompany, customers: list[UUID]) -> dict[str, set[UUID]]:
    """Who has which of these customers on his phone, by his user name."""
    held: dict[str, set[UUID]] = {}
    for id_ in customers:
        for name in sight(company, id_):
            if name.endswith("*"):
                held.setdefault(name.removesuffix("*"), set()).add(id_)
    return held


@pytest.mark.parametrize("asked", ["chosen", "all"])
def test_a_rehearsal_says_what_then_happens(company: TestCompany, asked: str) -> None:
    mine = [create_customer(company.alice, name=f"Shop {number}") for number in range(3)]
    other = create_customer(company.alice, name="Other")
    company.client("alice")
    for _ in range(2):
        company.client("bob")
    chosen = "from=chosen&" + "&".join(f"ids={id_}" for id_ in mine)
    desk = at_desk(company.carol)
    form = rehearsed(desk, {"chosen": chosen, "all": "from=all&q=shop"}[asked], company.bob.id)
    page = form.page  # type: ignore[attr-defined]
    before = held_by(company, [*mine, other])
    assert before == {"alice": {*mine, other}}, "nothing has happened yet"
    people = told(page)
    assert people["Alice Wang"][:2] == ["–", "−3"] and people["Bob Li"][:2] == ["+3", "–"]
    assert people["Bob Li"][4] == "bob's phone, bob's phone" and people["Bob Li"][3].endswith("kB")
    assert "Devices that change: 3" in words(page)
    create_customer(company.alice, name="Shop that came later")
    assert desk.client.post(REASSIGN, form.values).status_code == 302
    assert held_by(company, [*mine, other]) == {"alice": {other}, "bob": set(mine)}
    with company_fence(company.id):
        owners = dict(queries.visible(company.dora.actor).values_list("name", "owner__username"))
    assert owners.pop("Shop that came later") == owners.pop("Other") == "alice"
    assert set(owners.values()) == {"bob"}


def test_nothing_is_done_when_something_else_would_happen(company: TestCompany) -> None:
    shop, desk = create_customer(company.alice), at_desk(company.carol)
    company.client("bob")
    form = rehearsed(desk, f"from=chosen&ids={shop}", company.bob.id)
    company.client("bob")  # a second phone, on which the customer would come too
    answer = desk.client.post(REASSIGN, form.values)
    assert answer.status_code == 422
    assert "Meanwhile something changed" in words(answer.content.decode())
    assert "alice*" in sight(company, shop)
    again = Form(answer.content.decode().partition('id="rehearsal"')[2], REASSIGN)
    assert desk.client.post(REASSIGN, again.values).status_code == 302
    assert "bob*" in sight(company, shop)


@pytest.mark.parametrize("change", [{"to": "zed"}, {"into": str(uuid7())}])
def test_what_would_be_refused_is_said_before(company: TestCompany, change: dict[str, str]) -> None:
    shop, desk = create_customer(company.alice), at_desk(company.carol)
    values = Form(desk.text(f"{REASSIGN}?from=chosen&ids={shop}"), REASSIGN).values | {"to": str(company.bob.id)}
    if "to" in change:
        change = {"to": str(company.people[change["to"]].id)}
    answer = desk.client.post(REASSIGN, values | change)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode() and 'id="rehearsal"' not in answer.content.decode()


def test_customers_of_others_cannot_be_chosen(company: TestCompany) -> None:
    south, desk = create_customer(company.zed), at_desk(company.carol)
    assert "No customers are chosen" in words(desk.text(f"{REASSIGN}?from=chosen&ids={south}"))
    for asked in ("from=chosen&ids=1", "to=bob", "into=north", "from=all&grade=E"):
        assert desk.get(f"{REASSIGN}?{asked}").status_code == 422
    assert at_desk(company.dan).get(REASSIGN).status_code == 403
    create_customer(company.alice)
    assert "Reassign the chosen" not in words(at_desk(company.dan).text("/console/customers"))
