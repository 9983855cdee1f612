"""The writers of check-ins and check-outs: states of visits, and the evidence with its judgement."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from accounts import queries as account_queries
from core.actor import Actor
from core.batches import Batch, Item
from core.clock import now, to_wire
from core.registry import command
from core.writing import canonical
from customers import queries as customer_queries
from customers.queries import Premises, Reach
from visits import errors, policies
from visits.commands.amending import amend_neighbours
from visits.commands.types import require_type
from visits.evidence import Direction, Finding, Fix, Judgement, RuleSet
from visits.models.visits import CheckIn, Visit
from visits.queries import types as type_queries
from visits.queries.evidence import lock_day
from visits.reach import customers_of, read_fix, visit_in_reach
from visits.schemas import visits as schemas
from visits.scoring import Piece, is_online, is_outside, score_journey
from visits.states import State, Step, next_state

NOTED_VISITS = 3
"""So many of the visits that a rep has open elsewhere are named in the evidence of his next check-in."""


class _Arrival(NamedTuple):
    """A check-in or check-out that is not refused: its visit, and its evidence."""

    visit: Visit
    piece: Piece


@command("visits.check_in", payload=schemas.CheckIn, creates="visit_id")
def check_in(actor: Actor, items: Batch[schemas.CheckIn]) -> None:
    """Arrive at customers: opens planned visits or makes new ones. The evidence is judged, never lost.

    A visit that the rep still has open elsewhere is no reason to refuse a fact: it is noted in the evidence.
    Refuses customers.not_found, visits.not_found, visits.not_yours, visits.other_customer, visits.already_open,
    visits.already_closed, visits.outside_fence (a hard fence, and the phone is online), core.reference_invalid
    (visit_type_id); parks sync.scope_lost.
    """
    asked = items.each("visit_id")
    locked, rules = lock_day(asked, actor.author_id, NOTED_VISITS)
    visits = {visit.id: visit for visit in locked.values() if visit.id in asked}
    reach = customer_queries.reach_doors(actor, items.each("customer_id") | customers_of(visits))
    zone = account_queries.get_zone(actor)
    also_open = deque(_open_visits_of(actor, locked), maxlen=NOTED_VISITS)
    types = type_queries.list_type_ids(items.each("visit_type_id"))
    arrivals: list[_Arrival] = []
    for item in items:
        with item:
            payload, at = item.payload, item.occurred_at
            require_type(payload.visit_type_id, types)
            visit, premises = _visit_to_open(actor, item, visits, reach)
            piece = _judged(actor, item, "in", premises, rules, also_open=also_open)
            visit.state = State.OPEN
            if payload.visit_type_id is not None and visit.visit_type_id is None:
                visit.visit_type_id = payload.visit_type_id
            visit.visit_date, visit.checked_in_at = at.astimezone(zone).date(), at
            visits[visit.id] = visit
            also_open.append(visit)
            arrivals.append(_Arrival(visit, piece))
    _settle(actor, items, arrivals, rules)


@command("visits.check_out", payload=schemas.CheckOut)
def check_out(actor: Actor, items: Batch[schemas.CheckOut]) -> None:
    """Leave customers: closes visits.

    Refuses visits.not_found, visits.not_yours, visits.not_open, visits.already_closed, visits.outside_fence (a hard
    fence, and the phone is online); parks sync.scope_lost.
    """
    visits, rules = lock_day(items.each("visit_id"), actor.author_id, 0)
    reach = customer_queries.reach_doors(actor, customers_of(visits))
    arrivals: list[_Arrival] = []
    for item in items:
        with item:
            visit = visit_in_reach(item.payload.visit_id, visits, reach)
            policies.may_check_in(actor, visit)
            state = next_state(visit.state, Step.CHECK_OUT)
            premises = reach.rows[visit.customer_id]
            piece = _judged(actor, item, "out", premises, rules, not_before=visit.checked_in_at)
            visit.state, visit.checked_out_at = state, item.occurred_at
            arrivals.append(_Arrival(visit, piece))
    _settle(actor, items, arrivals, rules)


def _visit_to_open(
    actor: Actor, item: Item[schemas.CheckIn], visits: Mapping[UUID, Visit], reach: Reach[Premises]
) -> tuple[Visit, Premises]:
    """The visit that a check-in opens, unchanged so far, and where: a known one, or a new one at that customer."""
    payload = item.payload
    visit = visits.get(payload.visit_id)
    if visit is None:
        premises = reach.get(payload.customer_id)
        visit = Visit.new(
            id=payload.visit_id,
            company_id=actor.company_id,
            customer_id=payload.customer_id,
            rep_id=actor.author_id,
            state=State.PLANNED,
            created_at=item.occurred_at,
            created_by_id=actor.author_id,
        )
        return visit, premises
    visit = visit_in_reach(payload.visit_id, visits, reach)
    policies.may_check_in(actor, visit)
    if visit.customer_id != payload.customer_id:
        raise errors.OtherCustomer("customer_id", customer_id=str(visit.customer_id))
    next_state(visit.state, Step.CHECK_IN)
    return visit, reach.rows[visit.customer_id]


def _judged(
    actor: Actor,
    item: Item[Any],
    direction: Direction,
    premises: Premises,
    rules: RuleSet,
    *,
    not_before: datetime | None = None,
    also_open: Iterable[Visit] = (),
) -> Piece:
    """The evidence, judged by itself. Raises visits.outside_fence where a hard fence holds a phone that is online."""
    clock_verified = item.request.occurred_verified
    in_order = not_before is None or not_before <= item.occurred_at
    fix = read_fix(item.payload.fix)
    piece = Piece(item.id, actor.author_id, direction, item.occurred_at, clock_verified, in_order, fix)
    judgement = piece.score(premises, rules.rules)
    if judgement.details.get("fence") == "hard" and is_outside(judgement) and is_online(piece, now(), rules.rules):
        numbers = {"distance_m": judgement.distance_m, "fence_radius_m": judgement.fence_radius_m}
        raise errors.OutsideFence("fix", site_id=str(judgement.site_id), **numbers)
    overlapping = [visit.id for visit in also_open if visit.checked_in_at <= item.occurred_at]
    if overlapping:
        judgement.details["also_open"] = overlapping
    return piece


def _settle(actor: Actor, items: Batch[Any], arrivals: Sequence[_Arrival], rules: RuleSet) -> None:
    """Judge the arrivals, one per item not refused, as parts of the rep's day, and write visits and evidence."""
    changed = score_journey(actor.author_id, [arrival.piece for arrival in arrivals], rules.rules)
    for item, (visit, piece) in zip(items, arrivals, strict=True):
        assert piece.judgement is not None
        if piece.direction == "in":
            visit.check_in_verdict = piece.judgement.verdict
            if piece.judgement.verdict is Finding.VERIFIED and visit.site_id is None:
                visit.site_id = piece.judgement.site_id
        else:
            visit.check_out_verdict = piece.judgement.verdict
        items.write(visit)
        items.write_fact(CheckIn, _proof(item, visit, piece, piece.judgement, rules.version))
    if changed:
        amend_neighbours(items, changed, {visit.id: visit for visit, _ in arrivals})


def _proof(item: Item[Any], visit: Visit, piece: Piece, judgement: Judgement, rule_version: int) -> dict[str, Any]:
    """The evidence row: what was sent, untouched, and what follows from it."""
    request = item.request
    raw = {
        "fix": request.payload.get("fix"),
        "claimed_at": request.claimed_at and to_wire(request.claimed_at),
        "uptime_ms": request.uptime_ms,
        "boot_id": request.boot_id,
    }
    fix: Fix | None = piece.fix
    return {
        "id": item.id,
        "company_id": visit.company_id,
        "visit_id": visit.id,
        "customer_id": visit.customer_id,
        "rep_id": piece.rep_id,
        "direction": piece.direction,
        "occurred_at": item.occurred_at,
        "occurred_verified": request.occurred_verified,
        "raw": orjson.Fragment(canonical(raw)),
        "lat": fix.position.lat if fix else None,
        "lon": fix.position.lon if fix else None,
        "accuracy_m": fix.accuracy_m if fix else None,
        "is_mock": fix.is_mock if fix else None,
        "seen_at": piece.seen_at,
        "site_id": judgement.site_id,
        "distance_m": judgement.distance_m,
        "fence_radius_m": judgement.fence_radius_m,
        "verdict": judgement.verdict,
        "verdict_details": judgement.details,
        "rule_version": rule_version,
        "cause": "arrival",
        "reason": "",
    }


def _open_visits_of(actor: Actor, visits: Mapping[UUID, Visit]) -> list[Visit]:
    own = [visit for visit in visits.values() if visit.state == State.OPEN and visit.rep_id == actor.author_id]
    return sorted(own, key=lambda visit: visit.checked_in_at)
