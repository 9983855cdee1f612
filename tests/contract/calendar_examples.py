"""Examples of the commands about work calendars."""

from tests.contract.example import Example
from tests.contract.world import new_id

CALENDAR_EXAMPLES: dict[str, Example] = {
    "calendars.set_calendar": Example(
        "dora",
        lambda w: {
            "id": new_id(), "name": w.label("Calendar"), "org_unit_id": w.unit(), "time_zone": "Asia/Shanghai",
            "week": {"monday": [{"start": "09:00", "end": "12:00"}, {"start": "13:00", "end": "18:00"}]},
        },
        "/calendars",
    ),
    "calendars.set_days": Example(
        "dora",
        lambda w: {
            "calendar_id": w.calendar(),
            "days": [{"day": "2026-10-01", "works": False, "name": w.label("Holiday")}],
            "clear": ["2026-10-02"],
        },
        "/calendars/set-days",
    ),
    "calendars.remove_calendar": Example("dora", lambda w: {"id": w.calendar()}, "/calendars/remove"),
}  # fmt: skip
