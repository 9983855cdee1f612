"""Work calendars through the public door: set, inherited, taken back, and on phones."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from calendars.queries import working_times
from core.fence import company_fence
from core.ids import uuid7
from tests.personas import ApiClient, TestCompany

NINE_TO_FIVE = [{"start": "09:00", "end": "12:00"}, {"start": "13:00", "end": "17:00"}]
OFFICE = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), NINE_TO_FIVE)


def set_calendar(client: ApiClient, **fields: Any) -> str:
    """A calendar; returns its id."""
    payload = {"id": str(uuid7()), "name": "Office", "week": OFFICE} | fields
    response = client.call("POST", "/api/v1/calendars", payload)
    assert response.status_code == 200, response.content
    id_: str = response.json()["id"]
    return id_


def set_days(client: ApiClient, calendar_id: str, *days: dict[str, Any], clear: tuple[str, ...] = ()) -> None:
    """State days of a calendar."""
    payload = {"calendar_id": calendar_id, "days": list(days), "clear": list(clear)}
    response = client.call("POST", "/api/v1/calendars/set-days", payload)
    assert response.status_code == 200, response.content


def effective(client: ApiClient, first: str, last: str, unit: UUID | None = None) -> dict[str, Any]:
    """What applies between two days, by day."""
    asked = f"from_date={first}&to_date={last}" + (f"&org_unit_id={unit}" if unit else "")
    response = client.call("GET", f"/api/v1/calendars/effective?{asked}")
    assert response.status_code == 200, response.content
    return {item["day"]: item for item in response.json()["items"]}


def test_a_unit_inherits_from_above_and_adds_its_own(company: TestCompany) -> None:
    dora, alice = company.client("dora"), company.client("alice")
    whole = set_calendar(dora)
    set_days(
        dora,
        whole,
        {"day": "2026-10-01", "works": False, "name": "国庆节 National Day"},
        {"day": "2026-10-10", "works": True, "name": "调休 Make-up day"},
    )
    north = set_calendar(
        dora, name="North", org_unit_id=str(company.units["north"]), week=None, time_zone="Asia/Urumqi"
    )
    set_days(dora, north, {"day": "2026-10-02", "works": True, "hours": [{"start": "10:00", "end": "11:00"}]})

    here = effective(alice, "2026-10-01", "2026-10-11", company.units["north"])
    assert (here["2026-10-01"]["works"], here["2026-10-01"]["name"]) == (False, "国庆节 National Day")
    assert here["2026-10-01"]["calendar_id"] == whole
    assert here["2026-10-02"]["hours"] == [{"start": "10:00", "end": "11:00"}]
    assert here["2026-10-02"]["calendar_id"] == north
    assert here["2026-10-10"]["hours"] == NINE_TO_FIVE, "a Saturday, with an ordinary day's hours"
    assert (here["2026-10-11"]["works"], here["2026-10-11"]["calendar_id"]) == (False, None)
    assert effective(alice, "2026-10-02", "2026-10-02")["2026-10-02"]["hours"] == NINE_TO_FIVE
    zone = alice.call(
        "GET",
        f"/api/v1/calendars/effective?from_date=2026-10-01&to_date=2026-10-01&org_unit_id={company.units['north']}",
    )
    assert zone.json()["time_zone"] == "Asia/Urumqi"


def test_without_a_calendar_the_usual_week_applies(company: TestCompany) -> None:
    days = effective(company.client("alice"), "2026-11-20", "2026-11-21", company.units["south"])
    assert days["2026-11-20"]["hours"] == [{"start": "09:00", "end": "12:00"}, {"start": "13:00", "end": "18:00"}]
    assert not days["2026-11-21"]["works"]


def test_setting_again_replaces_and_clearing_takes_back(company: TestCompany) -> None:
    dora = company.client("dora")
    id_ = set_calendar(dora)
    set_days(dora, id_, {"day": "2026-12-24", "works": False}, {"day": "2026-12-25", "works": False, "name": "X"})
    set_days(
        dora,
        id_,
        {"day": "2026-12-24", "works": True, "hours": [{"start": "08:00", "end": "09:00"}]},
        clear=("2026-12-25",),
    )
    days = dora.call("GET", f"/api/v1/calendars/{id_}/days").json()["items"]
    assert [(day["day"], day["works"], day["hours"]) for day in days] == [
        ("2026-12-24", True, [{"start": "08:00", "end": "09:00"}])
    ]
    assert set_calendar(dora, id=id_, name="Shop", week={"sunday": NINE_TO_FIVE}) == id_
    found = dora.call("GET", f"/api/v1/calendars/{id_}").json()
    assert (found["name"], found["week"]["sunday"], found["week"]["monday"]) == ("Shop", NINE_TO_FIVE, [])
    assert len(dora.call("GET", "/api/v1/calendars").json()["items"]) == 1


def test_removing_a_calendar_takes_its_days_along(company: TestCompany) -> None:
    dora = company.client("dora")
    ids = [set_calendar(dora, org_unit_id=unit and str(company.units[unit])) for unit in (None, "north", "south")]
    set_days(dora, ids[1], {"day": "2026-11-20", "works": False})
    verdicts = [
        dora.call("POST", "/api/v1/calendars/remove", {"id": id_}).json()["verdict"]["status"] for id_ in ids[:2]
    ]
    assert verdicts == ["applied", "applied"]
    assert effective(dora, "2026-11-20", "2026-11-20", company.units["north"])["2026-11-20"]["works"]
    gone = dora.call("POST", "/api/v1/calendars/remove", {"id": ids[0]})
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "calendars.not_found")


def test_phones_know_the_calendars(company: TestCompany) -> None:
    dora = company.client("dora")
    id_ = set_calendar(dora)
    set_days(dora, id_, {"day": "2026-10-01", "works": False, "name": "National Day"})
    pulled = company.client("zed").call("POST", "/api/v1/sync/pull", {}).json()["changes"]["rows"]
    rows = {row["kind"]: row["data"] for row in pulled}
    assert rows["work_calendar"]["week"]["monday"] == NINE_TO_FIVE
    assert rows["calendar_day"] == {
        "work_calendar_id": id_, "day": "2026-10-01", "works": False, "hours": None, "name": "National Day",
    }  # fmt: skip


def test_only_administrators_set_calendars(company: TestCompany) -> None:
    response = company.client("carol").call("POST", "/api/v1/calendars", {"id": str(uuid7()), "name": "Mine"})
    assert (response.status_code, response.json()["error"]["code"]) == (403, "core.forbidden")


def test_an_org_unit_has_one_calendar(company: TestCompany) -> None:
    dora = company.client("dora")
    for unit in (None, str(company.units["north"])):
        set_calendar(dora, org_unit_id=unit)
        again = dora.call("POST", "/api/v1/calendars", {"id": str(uuid7()), "name": "Second", "org_unit_id": unit})
        assert (again.status_code, again.json()["error"]["code"]) == (409, "calendars.unit_has_calendar")


@pytest.mark.parametrize(
    ("week", "reason"),
    [
        ({"monday": [{"start": "12:00", "end": "09:00"}]}, "end after they begin"),
        ({"monday": [{"start": "09:00", "end": "12:00"}, {"start": "11:00", "end": "13:00"}]}, "overlap"),
        ({"monday": [{"start": "13:00", "end": "14:00"}, {"start": "09:00", "end": "12:00"}]}, "order"),
        ({"monday": [{"start": "9:00", "end": "12:00"}]}, "match"),
        ({"monday": [{"start": "09:00", "end": "24:01"}]}, "match"),
        ({"monday": [{"start": "09:00", "end": "10:60"}]}, "match"),
    ],
)
def test_hours_that_are_none_are_refused(company: TestCompany, week: Any, reason: str) -> None:
    response = company.client("dora").call("POST", "/api/v1/calendars", {"id": str(uuid7()), "name": "X", "week": week})
    assert (response.status_code, response.json()["error"]["code"]) == (422, "core.invalid_input")
    assert reason in response.json()["error"]["message"]


@pytest.mark.parametrize(
    "days",
    [
        [{"day": "2026-10-01", "works": False, "hours": NINE_TO_FIVE}],
        [{"day": "2026-10-01", "works": True, "hours": []}],
        [{"day": "2026-10-01", "works": True}, {"day": "2026-10-01", "works": False}],
        [{"day": "2026-02-30", "works": True}],
        [{"day": 1_790_000_000, "works": True}],
    ],
)
def test_days_that_contradict_themselves_are_refused(company: TestCompany, days: Any) -> None:
    dora = company.client("dora")
    payload = {"calendar_id": set_calendar(dora), "days": days}
    response = dora.call("POST", "/api/v1/calendars/set-days", payload)
    assert (response.status_code, response.json()["error"]["code"]) == (422, "core.invalid_input")


@pytest.mark.parametrize("unknown", ["time_zone", "org_unit_id"])
def test_what_does_not_exist_is_refused(company: TestCompany, unknown: str) -> None:
    value = {"time_zone": "Mars/Olympus", "org_unit_id": str(uuid7())}[unknown]
    payload = {"id": str(uuid7()), "name": "X", unknown: value}
    response = company.client("dora").call("POST", "/api/v1/calendars", payload)
    expected = {"time_zone": "core.invalid_input", "org_unit_id": "core.reference_invalid"}[unknown]
    assert (response.status_code, response.json()["error"]["code"]) == (422, expected)


@pytest.mark.parametrize(
    ("first", "last", "status"), [("2026-10-02", "2026-10-01", 422), ("2026-01-01", "2027-12-31", 422)]
)
def test_only_a_year_is_shown_at_once(company: TestCompany, first: str, last: str, status: int) -> None:
    asked = f"/api/v1/calendars/effective?from_date={first}&to_date={last}"
    assert company.client("alice").call("GET", asked).status_code == status


def test_other_apps_read_what_applies(company: TestCompany) -> None:
    dora = company.client("dora")
    set_days(dora, set_calendar(dora), {"day": "2026-11-20", "works": False})
    units = [company.units["north"], company.units["south"], None]
    with company_fence(company.id):
        times = working_times(company.id, units, date(2026, 11, 1), date(2026, 11, 30))
    assert set(times) == set(units)
    for time in times.values():
        assert not time.is_working(datetime(2026, 11, 20, 2, 0, tzinfo=UTC))
        assert time.is_working(datetime(2026, 11, 19, 2, 0, tzinfo=UTC))
