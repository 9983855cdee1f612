"""The planning board over HTTP: what it shows of a week, and what its forms do."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from core.fence import company_fence
from core.ids import uuid7
from tests.architecture.test_query_counts import statements
from tests.console.desk import Desk, at_desk, words
from tests.console.plan_samples import NEXT_MONDAY as NEXT
from tests.personas import Persona, TestCompany
from tests.visits.field import add_customer, applied, check_in, plan, visit_row
from visits.models.absences import Absence
from visits.models.visits import Visit

MONDAY = date(2026, 3, 9)
"""Long over, and nobody else plans there."""


@pytest.fixture
def desk(company: TestCompany) -> Desk:
    return at_desk(company.carol)


def board(desk: Desk, day: date, **more: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in more.items())
    return words(desk.text(f"/console/planning?week={day}&{query}"))


def test_a_week_shows_what_was_planned_made_and_missed(company: TestCompany, desk: Desk) -> None:
    shop = add_customer(company.alice, name="Missed shop")
    plan(company.alice, shop, planned_date=str(MONDAY))
    made = add_customer(company.alice, name="Made shop")
    at = datetime.fromisoformat("2026-03-10T01:30:00+00:00")
    check_in(company.alice, made, fix=None, occurred_at=at)
    given_up = plan(company.alice, add_customer(company.alice, name="Given up"), planned_date=str(MONDAY))
    applied(company.alice.execute("visits.cancel", {"visit_id": str(given_up), "reason": "closed"}))
    text = board(desk, MONDAY + timedelta(days=3))
    assert "Week 11 of 2026 · 9 Mar – 15 Mar" in text
    assert "Missed shop fixed · not made" in text
    assert "09:30 Made shop unplanned · at the customer" in text
    assert "0.5 of 8 h" in text and "Given up" not in text
    assert "Missed shop" not in board(desk, MONDAY + timedelta(days=7))


def test_a_board_of_one_team_or_name(company: TestCompany, desk: Desk) -> None:
    north = company.units["north"]
    assert "Alice Wang North" in board(desk, NEXT, team=str(north))
    assert "Alice Wang" not in board(desk, NEXT, team=str(company.units["south"]))
    found = board(desk, NEXT, q="bob")
    assert "Bob Li North" in found and "Alice Wang" not in found
    assert "Nothing fits these filters" in board(desk, NEXT, q="nobody of that name")
    for bad in ("week=tomorrow", "week=9999-12-31", "team=north", "cursor=x", "q=%00"):
        assert desk.get(f"/console/planning?{bad}").status_code in (400, 422), bad


def test_a_visit_is_planned_for_a_rep(company: TestCompany, desk: Desk) -> None:
    shop = add_customer(company.alice, name="Corner shop", code="C-17")
    path = f"/console/planning/reps/{company.alice.id}/plan"
    assert "Corner shop · C-17" in words(desk.text(f"{path}?date={NEXT}"))
    values = {"customer_id": str(shop), "planned_date": str(NEXT), "planned_at": "14:15", "dwell_minutes": "45"}
    assert desk.send(path, **values).status_code == 302
    assert "14:15 Corner shop" in board(desk, NEXT)
    with company_fence(company.id):
        visit = Visit.objects.get(customer_id=shop)
        assert visit.planned_at is not None and visit.is_appointment and visit.dwell_minutes == 45
        assert visit.planned_at.isoformat() == f"{NEXT}T06:15:00+00:00"


def test_what_cannot_be_planned_is_said_at_its_field(company: TestCompany, desk: Desk) -> None:
    path = f"/console/planning/reps/{company.alice.id}/plan"
    bobs = add_customer(company.bob, name="Bob's shop")
    for values, field in (
        ({"customer_id": str(bobs)}, None),
        ({"customer_id": ""}, "customer_id"),
        ({"customer_id": str(bobs), "planned_date": "some day"}, "planned_date"),
        ({"customer_id": str(bobs), "planned_at": "noon"}, "planned_at"),
    ):
        response = desk.send(path, **{"planned_date": str(NEXT)} | values)
        assert response.status_code == 422, values
        assert 'role="alert"' in response.content.decode()
        assert field is None or f'id="fault-{field}"' in response.content.decode(), values


def test_a_visit_that_was_moved_meanwhile_stays(company: TestCompany, desk: Desk) -> None:
    visit = plan(company.alice, add_customer(company.alice), planned_date=str(NEXT))
    path = f"/console/planning/visits/{visit}/move"
    elsewhere, wanted = str(NEXT + timedelta(days=1)), str(NEXT + timedelta(days=2))
    moved = {"visit_id": str(visit), "planned_date": {"from": str(NEXT), "to": elsewhere}}
    applied(company.alice.execute("visits.move", moved))
    late = desk.send(path, **{"from": str(NEXT), "planned_date": wanted})
    assert late.status_code == 422 and 'id="fault-planned_date"' in late.content.decode()
    assert str(visit_row(company.alice, visit).planned_date) == elsewhere
    assert desk.send(path, planned_date=wanted).status_code == 302
    assert str(visit_row(company.alice, visit).planned_date) == wanted


def test_a_substitute_takes_over_and_gives_back(company: TestCompany, desk: Desk) -> None:
    visit = plan(company.alice, add_customer(company.alice, name="Handed over"), planned_date=str(NEXT))
    path = f"/console/planning/reps/{company.alice.id}/absence"
    days = {"from_date": str(NEXT), "to_date": str(NEXT + timedelta(days=1))}
    assert desk.send(path, **days, substitute_id=str(company.bob.id)).status_code == 302
    assert visit_row(company.alice, visit).rep_id == company.bob.id
    text = board(desk, NEXT)
    assert "Away, Bob Li stands in" in text and "Handed over fixed · planned · for Alice Wang" in text
    again = desk.send(path, **days)
    assert again.status_code == 422 and 'id="fault-from_date"' in again.content.decode()
    with company_fence(company.id):
        absence = Absence.objects.get(rep_id=company.alice.id)
    assert desk.send(f"/console/planning/absences/{absence.id}/end").status_code == 302
    assert visit_row(company.alice, visit).rep_id == company.alice.id


@pytest.mark.parametrize("name", ["absence", "plan", "move", "cancel"])
def test_nobody_plans_for_another_team(company: TestCompany, desk: Desk, name: str) -> None:
    visit = plan(company.zed, add_customer(company.zed), planned_date=str(NEXT))
    row = f"visits/{visit}" if name in ("move", "cancel") else f"reps/{company.zed.id}"
    path = f"/console/planning/{row}/{name}"
    token = desk.text("/console/preferences").partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    assert desk.get(path).status_code == 404
    assert desk.client.post(path, {"csrfmiddlewaretoken": token}).status_code == 404


def _fill(rep: Persona, visits: int) -> UUID:
    shop = add_customer(rep, name="Busy shop")
    for _ in range(visits):
        plan(rep, shop, planned_date=str(NEXT))
    away = {"from_date": str(NEXT + timedelta(days=2)), "to_date": str(NEXT + timedelta(days=2))}
    applied(rep.execute("visits.record_absence", {"id": str(uuid7())} | away))
    return shop


def test_a_full_board_needs_no_more_statements(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = at_desk(company.dora)
    path = f"/console/planning?week={NEXT}"
    _fill(company.alice, 1)
    few = statements(monkeypatch, lambda: desk.text(path))
    for rep in (company.bob, company.zed):
        _fill(rep, 4)
    many = statements(monkeypatch, lambda: desk.text(path))
    assert len(few) == len(many) <= 14, many
    assert board(desk, NEXT).count("Busy shop") == 9
