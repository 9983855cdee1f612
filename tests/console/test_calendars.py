"""Work calendars in the console: a year with its days told apart, stated by click and by form, and who goes by whom."""

import csv
import io
import re
from typing import Any
from uuid import UUID

import pytest

from calendars.models import CalendarDay, WorkCalendar
from console.pages.calendars import CALENDARS
from core.fence import company_fence
from core.ids import uuid7
from tests.console.desk import Desk, Form, at_desk, words
from tests.personas import TestCompany
from tests.visits.field import applied

LIST = "/console/calendars"


@pytest.fixture
def dora(company: TestCompany) -> Desk:
    return at_desk(company.dora)


def make(company: TestCompany, name: str, unit: str | None = None, **members: Any) -> UUID:
    """A calendar, by the command."""
    id_ = uuid7()
    payload = {"id": str(id_), "name": name, "org_unit_id": unit and str(company.units[unit])}
    applied(company.dora.execute("calendars.set_calendar", payload | members))
    return id_


def state(company: TestCompany, calendar: UUID, *days: dict[str, Any]) -> None:
    applied(company.dora.execute("calendars.set_days", {"calendar_id": str(calendar), "days": list(days)}))


def cell(text: str, day: str) -> tuple[str, str]:
    """Of a day of the year: its classes, and what is said of it."""
    found = re.search(rf'<a class="day ([a-z ]+)"[^>]*day={day}[^>]*title="([^"]*)"', text)
    assert found, day
    return found[1], found[2]


def stored(company: TestCompany, calendar: UUID) -> dict[str, tuple[bool, str, Any]]:
    with company_fence(company.id):
        rows = CalendarDay.objects.filter(work_calendar_id=calendar)
        return {str(row.day): (row.works, row.name, row.hours) for row in rows}


def test_a_calendar_is_made_and_its_hours_are_changed(company: TestCompany, dora: Desk) -> None:
    path = f"{LIST}/create"
    values = {"name": "Shop", "monday": "09:00-12:00， 13:30-18:00", "saturday": "9:00–12:00"}
    assert dora.send(path, **values).status_code == 302
    told = words(dora.text(LIST))
    assert "Shop The whole company Mon 09:00-12:00, 13:30-18:00; Tue – Fri closed; Sat 09:00-12:00; Sun closed" in told
    with company_fence(company.id):
        calendar = WorkCalendar.objects.get()
    path = f"{LIST}/{calendar.id}/edit"
    assert dora.send(path, tuesday="25:00-26:00").status_code == 422
    assert 'id="fault-tuesday"' in dora.client.post(path, _form(dora, path) | {"tuesday": "x"}).content.decode()
    assert dora.send(path, time_zone="Asia/Shanghai").status_code == 302
    with company_fence(company.id):
        calendar.refresh_from_db()
    assert (calendar.time_zone, calendar.week["saturday"]) == ("Asia/Shanghai", [{"start": "09:00", "end": "12:00"}])
    assert dora.send(path, week_kind="inherited").status_code == 302
    with company_fence(company.id):
        calendar.refresh_from_db()
    assert calendar.week is None
    response = dora.send(f"{LIST}/create", name="Another")
    assert response.status_code == 422 and "has a work calendar already" in response.content.decode()


def test_a_year_tells_its_days_apart_by_more_than_colour(company: TestCompany, dora: Desk) -> None:
    whole = make(company, "Company", week={"monday": [{"start": "09:00", "end": "17:00"}]})
    north = make(company, "North", "north")
    state(
        company,
        whole,
        {"day": "2026-10-05", "works": False, "name": "National Day"},
        {"day": "2026-10-10", "works": True},
    )
    state(company, north, {"day": "2026-10-12", "works": False, "name": "Own day"})
    text = dora.text(f"{LIST}/{north}?year=2026")
    assert cell(text, "2026-10-05") == ("holiday above", "5 Oct 2026, holiday, National Day")
    assert cell(text, "2026-10-12") == ("holiday", "12 Oct 2026, holiday, Own day")
    assert cell(text, "2026-10-10") == (
        "extra above", "10 Oct 2026, make-up or special working day, 09:00-17:00"
    )  # fmt: skip
    assert cell(text, "2026-10-19") == ("work", "19 Oct 2026, working day, 09:00-17:00")
    assert cell(text, "2026-10-20") == ("rest", "20 Oct 2026, day off")
    assert len(re.findall(r'<a class="day ', text)) == 365
    told = words(text)
    assert "51 working days" in told, "52 Mondays, two of them holidays, and a day that makes up"
    assert "from “Company”" in told and "National Day" in told
    assert "Own day" not in words(dora.text(f"{LIST}/{whole}?year=2026"))
    assert len(re.findall(r'<a class="day ', dora.text(f"{LIST}/{north}?year=2028"))) == 366


def test_days_are_stated_by_click_and_in_a_row_and_taken_back(company: TestCompany, dora: Desk) -> None:
    calendar = make(company, "Company")
    click = f"{LIST}/{calendar}/day?day=2026-10-10&next={LIST}/{calendar}%3Fyear%3D2026"
    text = dora.text(click)
    assert '<option value="extra" selected>' in text and 'value="2026-10-10"' in text, "a Saturday would be worked"
    path = f"{LIST}/{calendar}/day"
    response = dora.send(path, on=click, hours="09:00-12:00", name="Make-up")
    assert (response.status_code, response["Location"]) == (302, f"{LIST}/{calendar}?year=2026")
    assert dora.send(path, kind="holiday", day="2026-10-01", to_day="2026-10-03", name="国庆节").status_code == 302
    half = [{"start": "09:00", "end": "12:00"}]
    feast = {f"2026-10-0{day}": (False, "国庆节", None) for day in (1, 2, 3)}
    assert stored(company, calendar) == feast | {"2026-10-10": (True, "Make-up", half)}
    click = f"{path}?day=2026-10-10"
    assert 'value="09:00-12:00"' in dora.text(click), "what was said is there to be changed"
    assert dora.send(path, on=click, kind="usual").status_code == 302
    assert stored(company, calendar) == feast


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"day": ""}, "day"),
        ({"day": "soon"}, "day"),
        ({"to_day": "2026-09-30"}, "to_day"),
        ({"kind": "extra", "hours": "later"}, "hours"),
        ({"name": "x" * 201}, "name"),
        ({"to_day": "2028-10-01"}, None),
    ],
)
def test_what_is_wrong_with_a_day_is_said(
    company: TestCompany, dora: Desk, values: dict[str, str], field: str | None
) -> None:
    calendar = make(company, "Company")
    response = dora.send(f"{LIST}/{calendar}/day", **{"day": "2026-10-01"} | values)
    assert response.status_code == 422
    assert (f'id="fault-{field}"' if field else 'role="alert"') in response.content.decode()
    assert stored(company, calendar) == {}


def test_who_goes_by_which_calendar(company: TestCompany, dora: Desk) -> None:
    whole = make(company, "Company")
    told = {row["name"]: row for row in _rows(company)}
    names = set(told["Company"]["followers"].split(", "))
    assert "North" in names and "South" in names
    north = make(company, "North's", "north")
    told = {row["name"]: row for row in _rows(company)}
    assert told["North's"]["followers"] == "North"
    assert "North" not in told["Company"]["followers"].split(", ")
    assert "North" in words(dora.text(f"{LIST}/{north}"))
    assert dora.send(f"{LIST}/{north}/remove").status_code == 302
    assert "North" in {row["name"]: row for row in _rows(company)}["Company"]["followers"].split(", ")
    assert dora.get(f"{LIST}/{north}").status_code == 404 and dora.get(f"{LIST}/{whole}").status_code == 200


def test_calendars_are_the_administrators(company: TestCompany) -> None:
    calendar = make(company, "Company")
    carol = at_desk(company.carol)
    for path in (LIST, f"{LIST}/{calendar}", f"{LIST}/{calendar}/day", f"{LIST}/create"):
        assert carol.get(path).status_code == 403


@pytest.mark.parametrize("year", ["1999", "2101", "next", "20260", "%00"])
def test_a_year_that_there_is_not_is_refused(company: TestCompany, dora: Desk, year: str) -> None:
    assert dora.get(f"{LIST}/{make(company, 'Company')}?year={year}").status_code == 422


def _form(desk: Desk, path: str) -> dict[str, str]:
    return Form(desk.text(path), path).values


def _rows(company: TestCompany) -> list[dict[str, str]]:
    """The list as it is exported."""
    lines = at_desk(company.dora).download(f"{LIST}?format=csv").decode("utf-8-sig")
    names = [column.name for column in CALENDARS.columns]
    return [dict(zip(names, row, strict=True)) for row in list(csv.reader(io.StringIO(lines)))[1:]]
