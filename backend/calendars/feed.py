"""What phones get of calendars: all of them, in the scope of the company, so that they know when work is."""

from calendars.hours import DayHours, WeeklyHours
from calendars.models import CalendarDay, WorkCalendar
from core.feeds import Feed, publish

WORK_CALENDAR = publish(
    Feed(
        "work_calendar",
        WorkCalendar,
        scope="company_id",
        columns=("org_unit_id", "name", "time_zone", "week"),
        members={"week": WeeklyHours | None},
    )
)
CALENDAR_DAY = publish(
    Feed(
        "calendar_day",
        CalendarDay,
        scope="company_id",
        columns=("work_calendar_id", "day", "works", "hours", "name"),
        members={"hours": DayHours | None},
    )
)
