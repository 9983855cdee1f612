"""Work calendars and the days that differ from their weeks."""

from typing import ClassVar
from uuid import UUID

from django.db import models

from core.models import IdModel


class WorkCalendar(IdModel):
    """When an org unit works, or, without one, the company. What it does not state is inherited from above.

    org_unit_id: whose it is; null for the company's. time_zone: IANA name; null: inherited. week: the hours of each
    weekday; null: inherited.
    """

    org_unit = models.ForeignKey(
        "accounts.OrgUnit", on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    org_unit_id: UUID | None
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64, null=True)
    week = models.JSONField(null=True)
    updated_at = models.DateTimeField()
    updated_by_id = models.UUIDField()

    class Meta:
        db_table = "calendars_calendar"
        indexes: ClassVar = [
            models.Index(fields=["company_id", "name", "id"], name="calendars_calendar_name"),
            models.Index(fields=["org_unit"], name="calendars_calendar_org_unit"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company_id", "org_unit"], nulls_distinct=False, name="calendars_calendar_unit"
            )
        ]


class CalendarDay(IdModel):
    """A day that differs from the calendar's week: a holiday, or a working day that makes up for one.

    work_calendar_id: the calendar that states it. day: the day. works: false for a holiday. hours: of a working day;
    null: those of the first weekday, from monday on, that has any. name: what the day is called.
    """

    work_calendar = models.ForeignKey(WorkCalendar, on_delete=models.CASCADE, db_index=False, related_name="days")
    work_calendar_id: UUID
    day = models.DateField()
    works = models.BooleanField()
    hours = models.JSONField(null=True)
    name = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "calendars_day"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["work_calendar", "day"], name="calendars_day_once"),
            models.CheckConstraint(
                condition=models.Q(works=True) | models.Q(hours__isnull=True), name="calendars_day_holiday_no_hours"
            ),
        ]
