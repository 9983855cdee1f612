"""The writers of visits' plans and logs. Checking in and out is in `check_ins`."""

from collections.abc import Mapping
from uuid import UUID

from core import grants
from core.actor import Actor
from core.batches import Batch
from core.errors import ReferenceInvalid
from core.registry import command
from customers import queries as customer_queries
from visits import errors, policies
from visits.commands import sights, tasks
from visits.commands.types import require_type
from visits.models.participants import VisitSight
from visits.models.visits import Visit, VisitLog
from visits.queries import participants as participant_queries
from visits.queries import types as type_queries
from visits.queries import visits as queries
from visits.reach import customers_of, reps_of, visit_in_reach
from visits.schemas import visits as schemas
from visits.states import State, Step, next_state


@command("visits.plan", payload=schemas.Plan, creates="id")
def plan(actor: Actor, items: Batch[schemas.Plan]) -> None:
    """Intend visits, for oneself or for somebody of one's teams.

    Refuses customers.not_found, visits.not_your_team, visits.rep_lacks_customer, core.reference_invalid (site_id,
    visit_type_id); parks sync.scope_lost.
    """
    reach = customer_queries.reach(actor, items.each("customer_id"))
    reps = items.each("rep_id")
    team = queries.list_team(actor, reps)
    held = grants.list_held(actor.company_id, reps - {actor.user_id}, items.each("customer_id"))
    sites = customer_queries.list_sites(items.each("customer_id")) if items.each("site_id") else {}
    types = type_queries.list_type_ids(items.each("visit_type_id"))
    for item in items:
        with item:
            payload = item.payload
            require_type(payload.visit_type_id, types)
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
                    visit_type_id=payload.visit_type_id,
                    planned_date=payload.planned_date,
                    planned_at=payload.planned_at,
                    is_appointment=payload.planned_at is not None,
                    dwell_minutes=payload.dwell_minutes,
                    origin="fixed",
                    created_at=item.occurred_at,
                    created_by_id=actor.user_id,
                )
            )


@command("visits.log", payload=schemas.Log, creates="id", earlier=(schemas.LogSchema1,))
def log(actor: Actor, items: Batch[schemas.Log]) -> None:
    """Note what came of visits, in whatever state they are: a note that comes late is still true.

    Every next step becomes a task of the author's. Its id is the UUIDv5 with the log's id as namespace and
    `next_step/0` as name, `next_step/1` for the second step, and so on: a phone shows it before the server has heard
    of it.
    Refuses visits.not_found, visits.not_yours; parks sync.scope_lost.
    """
    visits = queries.list_visits(items.each("visit_id"))
    reach = customer_queries.reach(actor, customers_of(visits))
    team = queries.list_team(actor, reps_of(visits))
    along = participant_queries.list_participant_ids(visits)
    for item in items:
        with item:
            payload = item.payload
            visit = visit_in_reach(payload.visit_id, visits, reach)
            policies.may_log(actor, visit, team, along.get(visit.id, set()))
            noted = VisitLog(
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
            items.write(noted)
            for task in tasks.of_log(noted, payload.next_steps):
                items.write(task)


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
    sights.align(items, [], {}, _sights_of_cancelled(visits))


def _sights_of_cancelled(visits: Mapping[UUID, Visit]) -> dict[UUID, VisitSight]:
    """Nobody needs to see a customer any more for the sake of a visit that does not take place."""
    gone = [visit.id for visit in visits.values() if visit.state == State.CANCELLED]
    return participant_queries.list_sights(gone)
