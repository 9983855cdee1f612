"""The typed refusals of calendars."""

from core.errors import DomainError, NotFound, Then


class CalendarNotFound(NotFound):
    """There is no such work calendar."""

    code = "calendars.not_found"
    zh = "工作日历不存在。"


class UnitHasCalendar(DomainError):
    """This org unit, or the company, has a work calendar already. Change that one."""

    code = "calendars.unit_has_calendar"
    zh = "该组织单元（或公司）已有工作日历，请修改已有的日历。"
    constraint = "calendars_calendar_unit"
    then = Then.REFRESH


class HoursUnreadable(DomainError):
    """“{value}” is not a list of hours such as 09:00-12:00, 13:30-18:00."""

    code = "calendars.hours_unreadable"
    zh = "“{value}”不是有效的时段列表，例如 09:00-12:00, 13:30-18:00。"
    status = 422
    then = Then.OFFICE


class DayUnreadable(DomainError):
    """“{value}” is not a day such as 2026-10-01."""

    code = "calendars.day_unreadable"
    zh = "“{value}”不是有效的日期，例如 2026-10-01。"
    status = 422
    then = Then.OFFICE
