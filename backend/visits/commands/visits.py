"""The only writers of visits, their evidence and their logs."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from accounts import queries as account_queries
from core import grants
from core.actor import Actor
from core.batches import Batch, Item
from core.clock import to_wire
from core.errors import ReferenceInvalid
from core.registry import command
from core.writing import canonical
from customers import queries as customer_queries
from customers.queries import Door, Reach
from visits import errors, evidence, policies
from visits.models.visits import CheckIn, Visit, VisitLog
from visits.queries import visits as queries
from visits.reach import customers_of, read_fix, reps_of, visit_in_reach
from visits.schemas import visits as schemas
from visits.states import State, Step, next_state

NOTED_VISITS = 5
"""So many of the visits that a rep has open elsewhere are named in the evidence of his next check-in."""


@command("visits.plan", payload=schemas.Plan, creates="id")
def plan(actor: Actor, items: Batch[schemas.Plan]) -> None:
    """Intend visits, for oneself or for somebody of one's teams.

    Refuses customers.not_found, visits.not_your_team, visits.rep_lacks_customer, core.reference_invalid (site_id);
    parks sync.scope_lost.
    """
    reach = customer_queries.reach(actor, items.each("customer_id"))
    reps = items.each("rep_id")
    team = queries.list_team(actor, reps)
    held = grants.list_held(actor.company_id, reps - {actor.user_id}, items.each("customer_id"))
    sites = customer_queries.list_sites(items.each("customer_id")) if items.each("site_id") else {}
    for item in items:
        with item:
            payload = item.payload
            reach.get(payload.customer_id)
            rep_id = payload.rep_id or actor.user_id
            policies.may_plan_for(rep_id, team)
            if rep_id != actor.user_id and (rep_id, payload.customer_id) not in held:
                raise errors.RepLacksCustomer("rep_id", rep_id=str(rep_id))
            if payload.site_id and all(site.id != payload.site_id for site in sites.get(payload.customer_id, ())):
                raise ReferenceInvalid("site_id")
            items.write(
                Visit(
                    id=payload.id,
                    company_id=actor.company_id,
                    customer_id=payload.customer_id,
                    site_id=payload.site_id,
                    rep_id=rep_id,
                    state=State.PLANNED,
                    visit_date=payload.planned_date,
                    purpose=payload.purpose,
                    planned_date=payload.planned_date,
                    planned_at=payload.planned_at,
                    is_appointment=payload.planned_at is not None,
                    dwell_minutes=payload.dwell_minutes,
                    origin="fixed",
                    created_at=item.occurred_at,
                    created_by_id=actor.user_id,
                )
            )


@command("visits.check_in", payload=schemas.CheckIn, creates="visit_id")
def check_in(actor: Actor, items: Batch[schemas.CheckIn]) -> None:
    """Arrive at customers: opens planned visits or makes new ones. The evidence is judged, never lost.

    A visit that the rep still has open elsewhere is no reason to refuse a fact: it is noted in the evidence.
    Refuses customers.not_found, visits.not_found, visits.not_yours, visits.other_customer, visits.already_open,
    visits.already_closed; parks sync.scope_lost.
    """
    asked = items.each("visit_id")
    locked = queries.lock_visits_and_open(asked, actor.author_id, NOTED_VISITS)
    visits = {visit.id: visit for visit in locked.values() if visit.id in asked}
    reach = customer_queries.reach_doors(actor, items.each("customer_id") | customers_of(visits))
    days = account_queries.list_company_days(actor.company_id, (item.occurred_at for item in items.items))
    also_open = deque(_open_visits_of(actor, locked), maxlen=NOTED_VISITS)
    for item in items:
        with item:
            visit = _visit_to_open(actor, item, visits, reach)
            fix = read_fix(item.payload.fix)
            judgement = _judge(item, fix, reach.rows[visit.customer_id], also_open=also_open)
            _open(visit, item, judgement, days)
            visits[visit.id] = visit
            also_open.append(visit)
            items.write(visit)
            items.write_fact(CheckIn, _proof(item, visit, "in", fix, judgement))


@command("visits.check_out", payload=schemas.CheckOut)
def check_out(actor: Actor, items: Batch[schemas.CheckOut]) -> None:
    """Leave customers: closes visits.

    Refuses visits.not_found, visits.not_yours, visits.not_open, visits.already_closed; parks sync.scope_lost.
    """
    visits = queries.lock_visits(items.each("visit_id"))
    reach = customer_queries.reach_doors(actor, customers_of(visits))
    for item in items:
        with item:
            visit = visit_in_reach(item.payload.visit_id, visits, reach)
            policies.may_check_in(actor, visit)
            state = next_state(visit.state, Step.CHECK_OUT)
            fix = read_fix(item.payload.fix)
            judgement = _judge(item, fix, reach.rows[visit.customer_id], not_before=visit.checked_in_at)
            visit.state = state
            visit.checked_out_at, visit.check_out_verdict = item.occurred_at, judgement.verdict
            items.write(visit)
            items.write_fact(CheckIn, _proof(item, visit, "out", fix, judgement))


@command("visits.log", payload=schemas.Log, creates="id", earlier=(schemas.LogSchema1,))
def log(actor: Actor, items: Batch[schemas.Log]) -> None:
    """Note what came of visits, in whatever state they are: a note that comes late is still true.

    Refuses visits.not_found, visits.not_yours; parks sync.scope_lost.
    """
    visits = queries.list_visits(items.each("visit_id"))
    reach = customer_queries.reach(actor, customers_of(visits))
    team = queries.list_team(actor, reps_of(visits))
    for item in items:
        with item:
            payload = item.payload
            visit = visit_in_reach(payload.visit_id, visits, reach)
            policies.may_amend(actor, visit, team)
            items.write(
                VisitLog(
                    id=payload.id,
                    company_id=actor.company_id,
                    visit_id=visit.id,
                    customer_id=visit.customer_id,
                    author_id=actor.author_id,
                    result=payload.result,
                    note=payload.note,
                    next_steps=[step.model_dump(mode="json") for step in payload.next_steps],
                    occurred_at=item.occurred_at,
                    occurred_verified=item.request.occurred_verified,
                )
            )


@command("visits.cancel", payload=schemas.Cancel)
def cancel(actor: Actor, items: Batch[schemas.Cancel]) -> None:
    """Give up planned visits.

    Refuses visits.not_found, visits.not_yours, visits.already_open, visits.already_closed, visits.already_cancelled;
    parks sync.scope_lost.
    """
    visits = queries.lock_visits(items.each("visit_id"))
    reach = customer_queries.reach(actor, customers_of(visits))
    team = queries.list_team(actor, reps_of(visits))
    for item in items:
        with item:
            visit = visit_in_reach(item.payload.visit_id, visits, reach)
            policies.may_amend(actor, visit, team)
            visit.state = next_state(visit.state, Step.CANCEL)
            visit.cancelled_at, visit.cancel_reason = item.occurred_at, item.payload.reason
            items.write(visit)


def _visit_to_open(actor: Actor, item: Item[schemas.CheckIn], visits: Mapping[UUID, Visit], reach: Reach[Any]) -> Visit:
    """The visit that a check-in opens, unchanged so far: a known one, or a new one at the customer it names."""
    payload = item.payload
    if payload.visit_id not in visits:
        reach.get(payload.customer_id)
        return Visit.new(
            id=payload.visit_id,
            company_id=actor.company_id,
            customer_id=payload.customer_id,
            rep_id=actor.author_id,
            state=State.PLANNED,
            created_at=item.occurred_at,
            created_by_id=actor.author_id,
        )
    visit = visit_in_reach(payload.visit_id, visits, reach)
    policies.may_check_in(actor, visit)
    if visit.customer_id != payload.customer_id:
        raise errors.OtherCustomer("customer_id", customer_id=str(visit.customer_id))
    next_state(visit.state, Step.CHECK_IN)
    return visit


def _open(
    visit: Visit, item: Item[schemas.CheckIn], judgement: evidence.Judgement, days: Mapping[datetime, date]
) -> None:
    visit.state = next_state(visit.state, Step.CHECK_IN)
    visit.visit_date = days[item.occurred_at]
    visit.checked_in_at, visit.check_in_verdict = item.occurred_at, judgement.verdict
    if visit.site_id is None and judgement.verdict == evidence.Finding.VERIFIED:
        visit.site_id = judgement.site_id


def _judge(
    item: Item[Any],
    fix: evidence.Fix | None,
    doors: Sequence[Door],
    *,
    not_before: datetime | None = None,
    also_open: Iterable[Visit] = (),
) -> evidence.Judgement:
    judgement = evidence.judge(
        fix,
        [evidence.Place(*door) for door in doors],
        clock_verified=item.request.occurred_verified,
        in_order=not_before is None or not_before <= item.occurred_at,
    )
    overlapping = [visit.id for visit in also_open if visit.checked_in_at <= item.occurred_at]
    if overlapping:
        judgement.details["also_open"] = overlapping
    return judgement


def _proof(
    item: Item[Any], visit: Visit, direction: str, fix: evidence.Fix | None, judgement: evidence.Judgement
) -> dict[str, Any]:
    """The evidence row: what was sent, untouched, and what follows from it."""
    request = item.request
    raw = {
        "fix": request.payload.get("fix"),
        "claimed_at": request.claimed_at and to_wire(request.claimed_at),
        "uptime_ms": request.uptime_ms,
        "boot_id": request.boot_id,
    }
    return {
        "id": item.id,
        "company_id": visit.company_id,
        "visit_id": visit.id,
        "customer_id": visit.customer_id,
        "direction": direction,
        "occurred_at": item.occurred_at,
        "occurred_verified": request.occurred_verified,
        "raw": orjson.Fragment(canonical(raw)),
        "lat": fix.position.lat if fix else None,
        "lon": fix.position.lon if fix else None,
        "accuracy_m": fix.accuracy_m if fix else None,
        "is_mock": fix.is_mock if fix else None,
        "site_id": judgement.site_id,
        "distance_m": judgement.distance_m,
        "fence_radius_m": judgement.fence_radius_m,
        "verdict": judgement.verdict,
        "verdict_details": judgement.details,
        "rule_version": evidence.RULE_VERSION,
    }


def _open_visits_of(actor: Actor, visits: Mapping[UUID, Visit]) -> list[Visit]:
    own = [visit for visit in visits.values() if visit.state == State.OPEN and visit.rep_id == actor.author_id]
    return sorted(own, key=lambda visit: visit.checked_in_at)
