"""Importing holidays and make-up working days into work calendars."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from accounts.imports import resolve_org_units
from accounts.policies import ADMIN
from calendars.errors import CalendarNotFound, DayUnreadable, HoursUnreadable
from calendars.hours import Hours
from calendars.models import CalendarDay, WorkCalendar
from calendars.schemas import SpecialDay
from core.imports.cells import FLAG, Kind, fold, reference, shorten, text
from core.imports.registry import Chunk, Column, Existing, Identity, ImportSpec, Step, register
from core.imports.rows import Row

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


def _to_day(cell: str) -> date:
    match = _DAY.match(fold(cell))
    try:
        return date(*map(int, match.groups())) if match else date.fromisoformat(cell)
    except ValueError:
        raise DayUnreadable(value=shorten(cell)) from None


def _to_hours(cell: str) -> list[dict[str, str]]:
    try:
        given = [re.split(r"\s*[-–~至]\s*", part.strip()) for part in re.split(r"[,;，；、]", fold(cell))]
        stretches = [Hours(start=_padded(start), end=_padded(end)) for start, end in given]
        special = SpecialDay(day=date(2000, 1, 1), works=True, hours=stretches)
    except ValueError:
        raise HoursUnreadable(value=shorten(cell)) from None
    return [stretch.model_dump() for stretch in special.hours or []]


def _padded(time: str) -> str:
    return time.strip().rjust(5, "0")


class CalendarDayImport(ImportSpec):
    """Days of work calendars: of the org unit named, or of the company. The calendar has to be there."""

    noun, en, zh = "calendar_days", "Calendar days", "日历日期"
    roles = ADMIN
    required = (("day",), ("works",))
    columns = (
        Column("day", Kind("text", _to_day), "Day", "日期", ("date", "holiday date")),
        Column("works", FLAG, "Working day", "是否上班", ("works", "is working day", "上班", "工作日")),
        Column("name", text(200), "Name", "名称", ("holiday", "description", "节日", "节假日", "说明")),
        Column("hours", Kind("text", _to_hours), "Hours", "时段", ("working hours", "上班时间", "工作时间")),
        Column("org_unit", reference(resolve_org_units), "Org unit", "组织单元", ("team", "branch", "部门")),
    )

    def identities(self, row: Row) -> list[Identity]:
        """Calendar and day."""
        return [("day", (row.get("org_unit"), row.get("day")))]

    def load(self, chunk: Chunk) -> Iterable[Existing]:
        """The calendars, and the days that the rows name (two queries)."""
        calendars = {calendar.org_unit_id: calendar.id for calendar in WorkCalendar.objects.all()}
        chunk.memo |= calendars
        unit_of = {id_: unit for unit, id_ in calendars.items()}
        rows = CalendarDay.objects.filter(day__in=chunk.each("day"))
        return [Existing(row, [("day", (unit_of.get(row.work_calendar_id), row.day))]) for row in rows]

    def make(self, chunk: Chunk, row: Row) -> list[Step]:
        """calendars.set_days."""
        calendar_id = self._calendar(chunk, row)
        if calendar_id is None:
            return []
        row.values["id"] = uuid5(calendar_id, row.get("day").isoformat())
        return [self._step(calendar_id, row, row.get("name", ""), row.get("hours"))]

    def amend(self, chunk: Chunk, row: Row, existing: Existing) -> list[Step]:
        """calendars.set_days, unless the day is so already."""
        calendar_id = self._calendar(chunk, row)
        day: Any = existing.row
        name = row.values.get("name", day.name)
        works = row.get("works")
        hours = row.values.get("hours", day.hours) if works else None
        said = {"works": works, "name": name, "hours": hours}
        changes = {key: {"from": getattr(day, key), "to": to} for key, to in said.items() if getattr(day, key) != to}
        if calendar_id is None or not changes:
            return []
        return [self._step(calendar_id, row, name, hours, changes)]

    def _calendar(self, chunk: Chunk, row: Row) -> UUID | None:
        calendar_id: UUID | None = chunk.memo.get(row.get("org_unit"))
        if calendar_id is None:
            row.fail("org_unit", CalendarNotFound())
        return calendar_id

    def _step(self, calendar_id: UUID, row: Row, name: str, hours: Any, changes: dict[str, Any] | None = None) -> Step:
        day = {"day": row.get("day").isoformat(), "works": row.get("works"), "name": name}
        if hours is not None and row.get("works"):
            day["hours"] = hours
        payload = {"calendar_id": str(calendar_id), "days": [day]}
        return Step("calendars.set_days", payload, {"days": "day"}, changes=changes or {})


register(CalendarDayImport())
