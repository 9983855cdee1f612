"""The four weeks before the demo company was first loaded: plans were published, and reps lived by them, more or less.

What comes of a visit follows from its id, so that it is the same whenever it is asked, and on every machine.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import cos, radians
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from config.demo_company import duties, goods, people, rivals
from config.demo_company.loader import Loader
from config.demo_company.rules import WEEKS_BEFORE
from config.demo_company.shops import M_PER_DEGREE, Shop
from config.demo_company.steps import Ids, Step
from core.clock import as_of
from core.fence import company_fence
from visits.queries.visits import list_seen

_ZONE = ZoneInfo(people.TIME_ZONE)
_FIRST_VISIT = time(9, 15)
_NEXT_AFTER = timedelta(minutes=75)
_DAWN = time(5, 30)
_ANSWERS, _OBSERVES, _PROMOTED = 0.9, 0.35, 0.2
"""In so many visits to key accounts the form is answered; in so many a competitor's product is noted, and so many of
those are in a promotion."""
_OUTCOMES = {"good": 78, "far": 5, "coarse": 3, "mock": 2, "no_fix": 3, "no_check_out": 2, "cancelled": 3, "missed": 4}
"""Of a hundred planned visits."""
_RESULTS = {"ordered": 45, "interested": 20, "follow_up": 15, "not_interested": 10, "absent": 6, "other": 4}
_REASONS = ("客户临时外出 Customer was called away", "路上堵车，改约下周 Stuck in traffic, moved to next week")
_NOTES = (
    "陈列良好，补货 12 箱 Shelf in good order, 12 cases restocked",
    "竞品促销力度大，建议跟进 A competitor runs a strong promotion; follow up",
    "店长对新品感兴趣 The manager is interested in the new product",
    "催收上月货款 Asked for last month’s payment",
    "",
)
_STEPS = ("带新品样品 Bring samples of the new product", "送合同 Bring the contract", "对账 Reconcile the account")


def live_through(loader: Loader, shops: Sequence[Shop], first_day: date) -> None:
    """Have the weeks before `first_day` happen, and publish the plan from that day on."""
    by_id = {loader.id(shop.key): shop for shop in shops}
    monday = first_day - timedelta(days=first_day.weekday(), weeks=WEEKS_BEFORE)
    made = 0
    for week in range(WEEKS_BEFORE + 1):
        begins, ends = monday + timedelta(weeks=week), monday + timedelta(weeks=week + 1)
        _publish(loader, begins)
        for username in people.REPS:
            steps = list(_week_of(loader, username, by_id, begins, min(ends, first_day)))
            made += loader.run_silently(steps, by=loader.actor(username))
    _publish(loader, first_day)
    if made:
        loader.tell("commands of the past four weeks", "过去四周的记录", made)


def _publish(loader: Loader, day: date) -> None:
    """The plan as it was published on the morning of a day."""
    dawn = datetime.combine(day, _DAWN, _ZONE)
    order = {"rep_ids": [str(loader.id(f"user/{username}")) for username in people.REPS]}
    with as_of(dawn):
        loader.run_silently([Step("visits.publish_plan", f"history/{day}", order, at=dawn)])


def _week_of(loader: Loader, username: str, shops: Mapping[UUID, Shop], begins: date, ends: date) -> Iterator[Step]:
    """What a rep recorded from one day up to, but without, another one."""
    rep = loader.actor(username)
    with company_fence(rep.company_id):
        seen = list_seen(rep, rep_id=rep.user_id, from_date=begins, to_date=ends - timedelta(days=1))
        planned = list(seen.filter(origin="cycle", withdrawn=None).order_by("planned_date", "id"))
    turn, day = 0, begins
    for visit in planned:
        turn, day = (turn + 1, day) if visit.planned_date == day else (0, visit.planned_date or day)
        at = datetime.combine(day, _FIRST_VISIT, _ZONE) + turn * _NEXT_AFTER
        yield from _visit(loader, visit.id, visit.customer_id, shops[visit.customer_id], at)


def _visit(loader: Loader, visit_id: UUID, customer_id: UUID, shop: Shop, at: datetime) -> Iterator[Step]:
    chance = random.Random(str(visit_id))  # noqa: S311  no secret
    outcome, place = _drawn(chance, _OUTCOMES), shop.sites[0]["position"]

    def step(name: str, after: timedelta, **payload: Any) -> Step:
        return Step(name, f"history/{visit_id}", payload, at=at + after)

    if outcome == "missed":
        return
    if outcome == "cancelled":
        yield step("visits.cancel", timedelta(hours=-1), visit_id=str(visit_id), reason=chance.choice(_REASONS))
        return
    stays = timedelta(minutes=chance.randint(12, 50))
    fix = _fix(outcome, place, chance)
    about = {"visit_id": str(visit_id)}
    yield step("visits.check_in", timedelta(), customer_id=str(customer_id), fix=fix, **about)
    yield step("visits.log", stays / 2, id=str(loader.id(f"history/log/{visit_id}")), **about, **_log(at, chance))
    if shop.customer["customer_class"] == "A" and chance.random() < _ANSWERS:
        answered = {"form_version_id": str(loader.id("form/shelf/1")), "answers": duties.answers(loader.id, chance)}
        yield step("visits.answer_form", stays / 2, id=str(loader.id(f"history/form/{visit_id}")), **about, **answered)
    if chance.random() < _OBSERVES:
        seen = _observed(loader.id, chance)
        yield step(
            "visits.observe_competitor", stays / 2, id=str(loader.id(f"history/seen/{visit_id}")), **about, **seen
        )
    if outcome != "no_check_out":
        yield step("visits.check_out", stays, fix=_fix(outcome, place, chance), **about)


def _log(at: datetime, chance: random.Random) -> dict[str, Any]:
    result = _drawn(chance, _RESULTS)
    log: dict[str, Any] = {"result": result, "note": chance.choice(_NOTES)}
    if result == "follow_up":
        due = at.date() + timedelta(days=chance.randint(3, 21))
        log["next_steps"] = [{"text": chance.choice(_STEPS), "due_date": str(due)}]
    return log


def _observed(id_: Ids, chance: random.Random) -> dict[str, Any]:
    rival = chance.choice(rivals.RIVALS)
    seen: dict[str, Any] = {
        "competitor_product_id": str(id_(f"competitor/{rival.key}")),
        "price": rivals.price(rival, Decimal(chance.randint(92, 106)) / 100),
        "currency": goods.CURRENCY,
        "facings": chance.randint(0, 8),
    }
    if chance.random() < _PROMOTED:
        seen["promotion"] = {"kind": "discount", "text": "第二件半价 Second one at half price"}
    return seen


def _fix(outcome: str, place: dict[str, float], chance: random.Random) -> dict[str, Any] | None:
    if outcome == "no_fix":
        return None
    away_m = chance.uniform(900, 2500) if outcome == "far" else chance.uniform(5, 60)
    north, east = (away_m * side / M_PER_DEGREE for side in (0.8, 0.6))
    return {
        "lat": round(place["lat"] + north, 6),
        "lon": round(place["lon"] + east / cos(radians(place["lat"])), 6),
        "accuracy_m": 850.0 if outcome == "coarse" else round(chance.uniform(5, 25), 1),
        "provider": "network" if outcome == "coarse" else "gps",
        "age_ms": chance.randint(200, 4000),
        "is_mock": outcome == "mock",
    }


def _drawn(chance: random.Random, shares: Mapping[str, int]) -> str:
    return chance.choices(list(shares), list(shares.values()))[0]
