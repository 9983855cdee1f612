"""What a furnished company plans: visits, absences."""

from datetime import datetime, timedelta
from uuid import UUID

from core.ids import uuid7
from tests.browser.full_day import ZONE
from tests.personas import Persona, TestCompany
from tests.visits.field import add_customer, applied, plan
from visits.commands.publications import begin

TODAY = datetime.now(ZONE).date()
NEXT_MONDAY = TODAY + timedelta(days=7 - TODAY.weekday())


def furnish_plans(company: TestCompany, marks: dict[str, str]) -> dict[str, UUID]:
    """Rows by what they are: alice's, and as `foreign_…` those of zed. marks: what is in their texts."""
    rows = {}
    for name, prefix in (("alice", ""), ("zed", "foreign_")):
        found = _plans(company.people[name], marks[name])
        rows |= {f"{prefix}{what}": id_ for what, id_ in found.items()}
    reps = [str(company.people[name].id) for name in marks]
    applied(company.dora.execute("visits.publish_plan", {"rep_ids": reps}))
    for asker, rep, prefix in ((company.carol, company.alice, ""), (company.dora, company.zed, "foreign_")):
        rows[f"{prefix}publication"] = uuid7()
        begin(asker.actor, rows[f"{prefix}publication"], [rep.id], include_today=False)
    return rows


def _plans(rep: Persona, mark: str) -> dict[str, UUID]:
    shop = add_customer(rep, name=f"{mark} Planned shop 计划门店")
    visit = plan(rep, shop, planned_date=str(TODAY), purpose=f"{mark} purpose")
    away = {"from_date": str(TODAY + timedelta(days=40)), "to_date": str(TODAY + timedelta(days=44))}
    absence = uuid7()
    applied(rep.execute("visits.record_absence", {"id": str(absence)} | away))
    cycle = uuid7()
    weekly = {"id": str(cycle), "name": f"{mark} cycle 周期", "customer_id": str(shop), "every_weeks": 2}
    applied(rep.execute("visits.set_cycle", weekly | {"valid_from": "2026-01-05", "weekdays": [2, 4]}))
    route, depot = uuid7(), add_customer(rep, {"lat": 31.22, "lon": 121.48}, name=f"{mark} Route depot 路线客户")
    kiosk = add_customer(rep, {"lat": 31.235, "lon": 121.5}, name=f"{mark} Route kiosk 报刊亭")
    stops = {"customer_ids": [str(depot), str(shop), str(kiosk)], "weekdays": [1, 3], "purpose": f"{mark} 巡店"}
    driven = {"id": str(route), "name": f"{mark} riverside round 滨江路线", "valid_from": "2026-01-05"} | stops
    applied(rep.execute("visits.set_route", driven))
    plans = {"route": route, "cycle": cycle, "planned_visit": visit, "absence": absence}
    return plans | {"rep": rep.id, "planned_customer": shop}
