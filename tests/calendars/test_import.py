"""Holidays as a table, as a personnel department keeps them."""

from tests.calendars.test_calendars import NINE_TO_FIVE, effective, set_calendar
from tests.imports.tables import preview
from tests.personas import TestCompany

TABLE = """日期,名称,是否上班,时段,部门
2026年10月1日,国庆节,否,,
2026/10/10,调休,是,,
2026-10-11,盘点,是,9:00-12:00；13:00至15:30,North
""".encode()


def test_days_are_imported(company: TestCompany) -> None:
    dora = company.client("dora")
    set_calendar(dora)
    set_calendar(dora, org_unit_id=str(company.units["north"]), week=None)
    body = preview(dora, "calendar_days", TABLE)
    assert body["counts"]["create"] == 3, body
    applied = dora.call("POST", f"/api/v1/imports/{body['id']}/apply", {})
    assert applied.status_code == 200, applied.content
    here = effective(dora, "2026-10-01", "2026-10-11", company.units["north"])
    assert (here["2026-10-01"]["works"], here["2026-10-01"]["name"]) == (False, "国庆节")
    assert here["2026-10-10"]["hours"] == NINE_TO_FIVE
    assert here["2026-10-11"]["hours"] == [{"start": "09:00", "end": "12:00"}, {"start": "13:00", "end": "15:30"}]
    again = preview(dora, "calendar_days", TABLE)
    assert again["counts"]["unchanged"] == 3, again
    changed = preview(dora, "calendar_days", TABLE.replace(",否,".encode(), ",是,".encode()))
    assert (changed["counts"]["unchanged"], changed["counts"]["update"]) == (2, 1)


def test_every_fault_of_a_row_is_named(company: TestCompany) -> None:
    dora = company.client("dora")
    set_calendar(dora)
    rows = (
        "day,works,hours,org_unit\n2026-13-01,no,,\n2026-10-02,yes,noon,\n2026-10-03,no,,North\n2026-10-04,no,,Moon\n"
    )
    body = preview(dora, "calendar_days", rows.encode())
    faults = dora.call("GET", f"/api/v1/imports/{body['id']}/rows?outcome=error").json()["items"]
    assert [row["errors"][0]["code"] for row in faults] == [
        "calendars.day_unreadable", "calendars.hours_unreadable", "calendars.not_found", "imports.reference_unknown",
    ]  # fmt: skip
