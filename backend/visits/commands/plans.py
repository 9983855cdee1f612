"""The writers of the rolling plan: publishing it, and moving a visit by hand."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from accounts import queries as account_queries
from core.actor import Actor
from core.batches import Batch
from core.clock import now
from core.errors import ReferenceInvalid
from core.registry import command
from customers import queries as customer_queries
from visits import errors, policies
from visits.commands import sights
from visits.models.plans import DueVisit
from visits.models.visits import Visit
from visits.queries import participants as participant_queries
from visits.queries import plans as queries
from visits.queries import visits as visit_queries
from visits.reach import customers_of, reps_of, visit_in_reach
from visits.rolling_plan import Change, RollingPlan, Wish
from visits.schemas import plans as schemas
from visits.states import State, Step, next_state

_COLUMNS = tuple(column.attname for column in Visit._meta.concrete_fields)


@command("visits.move", payload=schemas.Move)
def move(actor: Actor, items: Batch[schemas.Move]) -> None:
    """Put planned visits on another day; the rolling plan leaves them there.

    Refuses visits.not_found, visits.not_yours, visits.moved_meanwhile, visits.already_open, visits.already_closed,
    visits.already_cancelled; parks sync.scope_lost.
    """
    visits = visit_queries.lock_visits(items.each("visit_id"))
    reach = customer_queries.reach(actor, customers_of(visits))
    team = visit_queries.list_team(actor, reps_of(visits))
    for item in items:
        with item:
            payload = item.payload
            visit = visit_in_reach(payload.visit_id, visits, reach)
            policies.may_amend(actor, visit, team)
            visit.state = next_state(visit.state, Step.MOVE)
            wanted = payload.planned_date.to
            if visit.planned_date not in (payload.planned_date.from_, wanted):
                raise errors.MovedMeanwhile("planned_date", planned_date=str(visit.planned_date))
            if visit.planned_date != wanted:
                visit.planned_date = visit.visit_date = wanted
                visit.sequence = visit.ordered_at = None
            visit.planned_at, visit.is_appointment = payload.planned_at, payload.planned_at is not None
            visit.moved_at = item.occurred_at
            items.write(visit)
    _write_sights(items, visits.values())


@command("visits.publish_plan", payload=schemas.PublishPlan, roles=policies.PLANNERS)
def publish_plan(actor: Actor, items: Batch[schemas.PublishPlan]) -> None:
    """Bring the plans of reps up to date with cycles, routes and calendars; what people did stays.

    What begins within two hours, or has begun, is not touched. A second time nothing is left to do.
    Refuses core.reference_invalid, visits.not_your_team.
    """
    queries.lock_plans(actor.company_id)
    known, team = people(actor, items.each_of("rep_ids"))
    rep_ids: set[UUID] = set()
    filled: set[UUID] = set()
    for item in items:
        with item:
            may_publish_for(item.payload.rep_ids, known, team)
            rep_ids.update(item.payload.rep_ids)
            filled.update(item.payload.rep_ids if item.payload.include_today else ())
    facts = queries.work_out(actor.company_id, rep_ids, now(), include_today=filled)
    changes = [change for plan in facts.plans.values() for change in plan.changes()]
    _write_visits(actor, items, changes)
    _write_dues(actor, items, facts)


def preview(actor: Actor, payload: schemas.PublishPlan) -> queries.PlanFacts:
    """The plans as publishing would make them. Raises what the command would refuse."""
    known, team = people(actor, set(payload.rep_ids))
    may_publish_for(payload.rep_ids, known, team)
    filled = payload.rep_ids if payload.include_today else ()
    return queries.work_out(actor.company_id, set(payload.rep_ids), now(), include_today=filled)


def may_publish_for(rep_ids: Iterable[UUID], known: Mapping[UUID, Any], team: set[UUID]) -> None:
    """Whether all of these are people of the actor's teams. Raises ReferenceInvalid, NotYourTeam."""
    for rep_id in rep_ids:
        if rep_id not in known:
            raise ReferenceInvalid("rep_ids")
        if rep_id not in team:
            raise errors.NotYourTeam("rep_ids")


def people(actor: Actor, rep_ids: set[UUID]) -> tuple[Mapping[UUID, Any], set[UUID]]:
    """Those of the users that exist, and those whom the actor plans for; of who left, an administrator tidies up."""
    known = account_queries.list_users(rep_ids)
    return known, set(known) if actor.has_role("admin") else visit_queries.list_team(actor, rep_ids)


def _write_visits(actor: Actor, items: Batch[Any], changes: list[Change]) -> None:
    """New visits as they are wished; known ones, locked and looked at once more, brought to what is wished."""
    at = now()
    standing = visit_queries.lock_visits(change.id for change in changes if change.kind != "add")
    new = []
    for change in changes:
        wish = change.wish
        if change.kind == "add" and wish is not None:
            new.append(_new_visit(actor, wish, at))
            items.write_fact(Visit, {name: getattr(new[-1], name) for name in _COLUMNS})
            continue
        visit = standing.get(change.id)
        if visit is None or (visit.state != State.PLANNED and not visit.withdrawn):
            continue  # somebody checked in, or gave it up, in this very moment
        if wish is None:
            visit.state, visit.cancelled_at = State.CANCELLED, at
            visit.withdrawn = "fulfilled" if change.fulfilled else "not_due"
        else:
            _bring_to(visit, wish)
        items.write(visit)
    _write_sights(items, standing.values())
    sights.align(items, new, {}, {})


def _write_sights(items: Batch[Any], visits: Collection[Visit]) -> None:
    ids = [visit.id for visit in visits]
    along, standing = participant_queries.list_participant_ids(ids), participant_queries.list_sights(ids)
    sights.align(items, visits, along, standing)


def _bring_to(visit: Visit, wish: Wish) -> None:
    if visit.planned_date != wish.day:
        visit.planned_date = visit.visit_date = wish.day
        visit.planned_at, visit.is_appointment, visit.ordered_at, visit.sequence = None, False, None, None
    if wish.sequence is not None and visit.ordered_at is None:
        visit.sequence = wish.sequence
    visit.state, visit.cancelled_at, visit.cancel_reason, visit.withdrawn = State.PLANNED, None, "", None
    visit.rep_id, visit.for_rep_id = wish.rep_id, wish.for_rep_id
    visit.due_from, visit.due_to = wish.window


def _new_visit(actor: Actor, wish: Wish, at: Any) -> Visit:
    return Visit(
        id=wish.id,
        company_id=actor.company_id,
        customer_id=wish.customer_id,
        rep_id=wish.rep_id,
        for_rep_id=wish.for_rep_id,
        state=State.PLANNED,
        visit_date=wish.day,
        planned_date=wish.day,
        origin=wish.origin,
        cycle_id=wish.source.id if wish.origin == "cycle" else None,
        route_id=wish.source.id if wish.origin == "route" else None,
        due_from=wish.window.first,
        due_to=wish.window.last,
        sequence=wish.sequence,
        dwell_minutes=wish.source.dwell_minutes,
        purpose=wish.source.purpose,
        visit_type_id=wish.source.visit_type_id,
        created_at=at,
    )


def _write_dues(actor: Actor, items: Batch[Any], facts: queries.PlanFacts) -> None:
    """What cycles make due, as it is now; what is over and done with stays as it was."""
    wished = {wish.id: (plan, wish) for plan in facts.plans.values() for wish in plan.due()}
    for id_, (plan, wish) in wished.items():
        due = facts.dues.get(id_)
        due_on = min(max(wish.day, wish.window.first), wish.window.last)  # who moves it out of its window still owes it
        stated = (plan.rep.id, *wish.window, due_on)
        if due is None:
            items.write_fact(DueVisit, _new_due(actor, wish, stated))
        elif not _is_over(due, wish, plan) and stated != (due.rep_id, due.window_from, due.window_to, due.due_on):
            due.rep_id, due.window_from, due.window_to, due.due_on = stated
            items.write(due)
    for due in facts.dues.values():
        plan_of = facts.plans.get(due.rep_id)
        if plan_of is not None and due.id not in wished and due.due_on >= plan_of.first_open:
            items.delete(due)


def _is_over(due: DueVisit, wish: Wish, plan: RollingPlan) -> bool:
    return due.due_on < plan.first_open and wish.day <= due.due_on


def _new_due(actor: Actor, wish: Wish, stated: tuple[Any, ...]) -> dict[str, Any]:
    rep_id, window_from, window_to, due_on = stated
    return {
        "id": wish.id,
        "company_id": actor.company_id,
        "cycle_id": wish.source.id,
        "customer_id": wish.customer_id,
        "rep_id": rep_id,
        "window_from": window_from,
        "window_to": window_to,
        "due_on": due_on,
    }
