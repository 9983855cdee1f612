"""When stages are reached, in any calendar, in zones whose clocks change."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.working_time import WorkingTime
from tests.calendars.test_working_time import calendars
from visits.alerting import FRESH, MOST_DAYS, Stage, stage_at

DUE = st.dates(date(2026, 3, 20), date(2026, 11, 1))
HOURS = range(-15 * 24, 90 * 24)


@settings(max_examples=30, deadline=None)
@given(calendars(), DUE, st.integers(1, MOST_DAYS), st.integers(0, 1439))
def test_stages_come_in_order_on_working_mornings(
    calendar: WorkingTime, due: date, after_days: int, morning: int
) -> None:
    noon = datetime.combine(due, time(12), UTC)
    reached: dict[Stage, list[datetime]] = {}
    for hour in HOURS:
        moment = noon + timedelta(hours=hour)
        for stage in stage_at(due, calendar, moment, after_days=after_days, morning=morning):
            reached.setdefault(stage, []).append(moment)
    overdue, neglected = reached[Stage.OVERDUE], reached[Stage.NEGLECTED]
    assert all(calendar.local_day(moment) <= due for moment in reached.get(Stage.DUE, ()))
    assert calendar.local_day(overdue[0]) > due and overdue[0] <= neglected[0]
    assert overdue[-1] - overdue[0] < FRESH and neglected[-1] - neglected[0] < FRESH
    first = calendar.local_day(overdue[0])
    if calendar.count_working_days(due + timedelta(days=1), due + timedelta(days=60)) >= after_days:
        between = calendar.count_working_days(due + timedelta(days=1), calendar.local_day(neglected[0]))
        assert between >= after_days
        assert calendar.count_working_days(due + timedelta(days=1), first) >= 1


@settings(max_examples=30, deadline=None)
@given(calendars(), DUE)
def test_nobody_is_told_what_is_not_wanted(calendar: WorkingTime, due: date) -> None:
    noon = datetime.combine(due, time(12), UTC)
    for hour in HOURS:
        stages = stage_at(due, calendar, noon + timedelta(hours=hour), after_days=None, morning=420, reminds=False)
        assert stages in ([], [Stage.OVERDUE])
