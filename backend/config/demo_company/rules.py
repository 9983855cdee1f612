"""What the demo company has laid down: work hours and holidays, call cycles, and the trail policy."""

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from config.demo_company import people
from config.demo_company.loader import Loader
from config.demo_company.steps import Ids, Step, make, unit_id
from core.clock import now

WEEKS_BEFORE = 4
"""So many weeks of the company's past are told, and rules were laid down before them."""
_LAID_DOWN_DAYS_AGO = 7 * (WEEKS_BEFORE + 2)
_HOURS = [{"start": "09:00", "end": "12:00"}, {"start": "13:00", "end": "18:00"}]
_WORKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
_WEEK = (*_WORKDAYS, "saturday", "sunday")

# As the State Council announced them for 2026: first day, number of days, name; and the days that make up for them.
_HOLIDAYS = (
    (date(2026, 1, 1), 3, "元旦 New Year"),
    (date(2026, 2, 15), 9, "春节 Spring Festival"),
    (date(2026, 4, 4), 3, "清明节 Qingming"),
    (date(2026, 5, 1), 5, "劳动节 Labour Day"),
    (date(2026, 6, 19), 3, "端午节 Dragon Boat Festival"),
    (date(2026, 9, 25), 3, "中秋节 Mid-Autumn"),
    (date(2026, 10, 1), 7, "国庆节 National Day"),
)
_MADE_UP = (
    date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 9, 20), date(2026, 10, 10),
)  # fmt: skip
_CYCLES = (("A", 1, None, 45), ("B", 2, None, 30), ("C", None, 1, 30), ("D", 8, None, 20))
"""Class, every so many weeks or so many a month, minutes at the customer's."""
_PURPOSES = [
    {"purpose": "dispatch", "days": 2},
    {"purpose": "safety", "days": 7},
    {"purpose": "evidence", "days": 30},
    {"purpose": "mileage", "days": 365},
]
_CONSENT_EN = (
    "I agree that my position is recorded during working hours, for dispatch, safety, evidence of visits and travel"
    " allowance, for as long as the policy says. I can take this back at any time, and I see who looked."
)
_CONSENT_ZH = (
    "本人同意在工作时间内记录位置，用于派工、人身安全、拜访佐证和交通补贴，保存期限以轨迹策略为准。"
    "本人可随时撤回同意，并可查看谁调阅过轨迹。"
)


def make_rules(loader: Loader) -> date:
    """Lay everything down; returns the day on which that was done, which is today only the first time."""
    loader.run(list(_calendar(loader.id)), "work calendar and holidays", "工作日历与节假日")
    today = now().astimezone(ZoneInfo(people.TIME_ZONE)).date()
    cycles = list(_cycles(loader.id, today))
    loader.run(cycles, "call cycles", "拜访周期")
    loader.run(list(_trails(loader.id)), "trail policy and consent text", "轨迹策略与同意书")
    for username in people.REPS:
        loader.run_silently([_consent(loader.id, username)], by=loader.actor(username))
    begun = loader.happened_at(cycles[0])
    assert begun is not None  # it has just been seen to
    return begun.astimezone(ZoneInfo(people.TIME_ZONE)).date() + timedelta(days=_LAID_DOWN_DAYS_AGO)


def _calendar(id_: Ids) -> Iterator[Step]:
    yield make(
        "calendars.set_calendar",
        id_,
        "calendar",
        days_ago=_LAID_DOWN_DAYS_AGO,
        name="中国法定工作日 Mainland China",
        time_zone=people.TIME_ZONE,
        week={day: _HOURS if day in _WORKDAYS else [] for day in _WEEK},
    )
    days = [
        {"day": str(first + timedelta(days=n)), "works": False, "name": name}
        for first, count, name in _HOLIDAYS
        for n in range(count)
    ]
    days += [{"day": str(day), "works": True, "name": "调休上班 Make-up day"} for day in _MADE_UP]
    yield Step("calendars.set_days", "holidays/2026", {"calendar_id": str(id_("calendar")), "days": days})


def _cycles(id_: Ids, today: date) -> Iterator[Step]:
    for customer_class, every_weeks, per_month, minutes in _CYCLES:
        yield make(
            "visits.set_cycle",
            id_,
            f"cycle/{customer_class}",
            days_ago=_LAID_DOWN_DAYS_AGO,
            name=f"{customer_class} 类客户 Class {customer_class}",
            customer_class=customer_class,
            every_weeks=every_weeks,
            per_month=per_month,
            dwell_minutes=minutes,
            purpose="例行拜访 Regular visit",
            valid_from=str(today - timedelta(days=_LAID_DOWN_DAYS_AGO)),
        )


def _trails(id_: Ids) -> Iterator[Step]:
    """At all hours, so that whoever tries it in the evening sees something; a real company leaves `hours` out."""
    yield make(
        "trails.set_policy",
        id_,
        "trails/policy",
        days_ago=_LAID_DOWN_DAYS_AGO,
        org_unit_id=unit_id(id_, "hq"),
        tracks=True,
        purposes=_PURPOSES,
        hours={day: [{"start": "00:00", "end": "24:00"}] for day in _WEEK},
        viewer_roles=["manager", "dispatcher"],
    )
    yield make(
        "trails.publish_text",
        id_,
        "trails/text/1",
        days_ago=_LAID_DOWN_DAYS_AGO,
        text_version=1,
        en=_CONSENT_EN,
        zh=_CONSENT_ZH,
    )


def _consent(id_: Ids, username: str) -> Step:
    """Everybody's own word, by himself."""
    key = f"trails/consent/{username}"
    return make("trails.give_consent", id_, key, days_ago=_LAID_DOWN_DAYS_AGO, text_id=str(id_("trails/text/1")))
