"""Settings of a furnished company: a visit type with every kind of action, work calendars with holidays; long names."""

from typing import Any
from uuid import UUID

from calendars.hours import WEEKDAYS
from core.ids import uuid7
from tests.personas import Persona, TestCompany, make_company
from tests.visits.field import applied

_MORNING = {"start": "08:30", "end": "12:00"}
_OFFICE = [_MORNING, {"start": "13:30", "end": "18:00"}]
_WEEK: dict[str, Any] = dict.fromkeys(WEEKDAYS[:5], _OFFICE) | {"saturday": [_MORNING]}
_SHELF = {"en": "Photo of the shelf, with everything from floor to ceiling", "zh": "货架全景照片"}


def furnish_settings(company: TestCompany, form: UUID) -> dict[str, UUID]:
    """Rows by what they are; as `foreign_…` those of another company."""
    whole = _calendar(company.dora, "Company calendar with every public holiday of the year 全公司日历", None, _WEEK)
    north = _calendar(company.dora, "North 北区", str(company.units["north"]), None)
    _set_days(
        company.dora, whole, [f"2026-10-{day:02}" for day in range(1, 8)], works=False, name="National Day 国庆节"
    )
    _set_days(company.dora, whole, ["2026-10-10", "2026-09-27"], works=True, name="国庆节调休")
    _set_days(company.dora, north, ["2026-11-20"], works=False, name="Founding day of the northern branch")
    rows = {"visit_type": _type(company.dora, str(form)), "calendar": north}
    stranger = make_company().dora
    theirs = _calendar(stranger, "Theirs", None, None)
    return rows | {"foreign_visit_type": _type(stranger, None), "foreign_calendar": theirs}


def _calendar(admin: Persona, name: str, unit: str | None, week: dict[str, Any] | None) -> UUID:
    id_ = uuid7()
    payload = {"id": str(id_), "name": name, "org_unit_id": unit, "week": week}
    applied(admin.execute("calendars.set_calendar", payload))
    return id_


def _set_days(admin: Persona, calendar: UUID, days: list[str], **same: Any) -> None:
    applied(
        admin.execute(
            "calendars.set_days", {"calendar_id": str(calendar), "days": [{"day": day} | same for day in days]}
        )
    )


def _type(admin: Persona, form: str | None) -> UUID:
    """A visit type with every kind of action that there can be."""
    id_ = uuid7()
    actions = [
        {"id": "shelf", "kind": "photo", "names": _SHELF, "min_count": 2, "label": "shelf"},
        {"id": "rivals", "kind": "competitor", "names": {"zh": "竞品价格"}},
        {"id": "sign", "kind": "signature", "names": {"en": "Signature"}, "only_for": {"customer_classes": ["A"]}},
        {"id": "log", "kind": "log", "names": {"en": "Log", "zh": "拜访记录"}, "only_for": {"roles": ["rep"]}},
    ]
    if form is not None:
        actions.append(
            {"id": "check", "kind": "form", "names": {"en": "Shelf check", "zh": "陈列检查"}, "form_id": form}
        )
    payload = {
        "id": str(id_),
        "code": "STORE",
        "names": {"en": "Store visit with everything that the district asks for", "zh": "门店例行拜访"},
        "chosen_for": {"customer_classes": ["A", "B"], "channels": ["supermarket"], "roles": []},
        "actions": actions,
    }
    applied(admin.execute("visits.set_visit_type", payload))
    return id_
