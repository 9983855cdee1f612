"""Call cycles in the console: made, edited without losing what the form does not show, refused at the field."""

from core.fence import company_fence
from core.ids import uuid7
from tests.console.desk import at_desk, words
from tests.personas import TestCompany
from tests.visits.field import add_customer, applied
from visits.models.plans import CallCycle


def test_a_cycle_is_made_for_a_class_and_a_team(company: TestCompany) -> None:
    desk = at_desk(company.carol)
    values = {
        "name": "Class A", "customer_class": "A", "org_unit_id": str(company.units["north"]), "rhythm": "month 2",
        "day2": "on", "day5": "on", "dwell_minutes": "45", "valid_from": "2026-01-05",
    }  # fmt: skip
    assert desk.send("/console/cycles/new", **values).status_code == 302
    told = words(desk.text("/console/cycles"))
    assert "Class A Customers of class A · North 2 a month Tue, Fri 45" in told
    with company_fence(company.id):
        cycle = CallCycle.objects.get(name="Class A")
    path = f"/console/cycles/{cycle.id}/edit"
    assert desk.send(path, rhythm="weeks 3", valid_to="2026-12-31").status_code == 302
    with company_fence(company.id):
        cycle = CallCycle.objects.get(id=cycle.id)
    assert (cycle.every_weeks, cycle.per_month, cycle.weekdays, cycle.dwell_minutes) == (3, None, [2, 5], 45)
    assert (str(cycle.valid_from), str(cycle.valid_to), cycle.customer_class) == ("2026-01-05", "2026-12-31", "A")


def test_a_customers_cycle_stays_the_customers(company: TestCompany) -> None:
    shop = add_customer(company.alice, name="Own rhythm")
    cycle = {
        "id": str(uuid7()),
        "name": "Weekly",
        "customer_id": str(shop),
        "every_weeks": 1,
        "valid_from": "2026-01-05",
    }
    applied(company.alice.execute("visits.set_cycle", cycle))
    desk = at_desk(company.carol)
    assert desk.send(f"/console/cycles/{cycle['id']}/edit", name="Twice", rhythm="month 2").status_code == 302
    with company_fence(company.id):
        row = CallCycle.objects.get(id=cycle["id"])
    assert (row.name, row.customer_id, row.customer_class, row.per_month) == ("Twice", shop, None, 2)


def test_only_who_may_set_cycles_is_offered_to(company: TestCompany) -> None:
    weekly = {"id": str(uuid7()), "name": "All", "customer_class": "A", "every_weeks": 1, "valid_from": "2026-01-05"}
    applied(company.dora.execute("visits.set_cycle", weekly))
    told = {name: words(at_desk(company.people[name]).text("/console/cycles")) for name in ("dan", "carol", "dora")}
    assert all("every week any working day" in text for text in told.values())
    assert "New cycle" not in told["dan"] and "Edit" not in told["dan"]
    assert "New cycle" in told["carol"] and "Edit" not in told["carol"] and "Edit" in told["dora"]
    path = f"/console/cycles/{weekly['id']}/edit"
    assert at_desk(company.carol).send(path, name="Mine").status_code == 422


def test_what_is_wrong_is_said(company: TestCompany) -> None:
    desk = at_desk(company.carol)
    good = {"name": "Class B", "customer_class": "B", "org_unit_id": str(company.units["north"]), "rhythm": "weeks 1"}
    for bad, field in (
        ({"org_unit_id": str(company.units["south"])}, "org_unit_id"),
        ({"name": ""}, "name"),
        ({"valid_from": "soon"}, "valid_from"),
        ({"rhythm": "always"}, None),
    ):
        response = desk.send("/console/cycles/new", **good | bad)
        assert response.status_code == 422 and 'role="alert"' in response.content.decode(), bad
        assert field is None or f'id="fault-{field}"' in response.content.decode(), bad
