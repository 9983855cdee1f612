"""The writer of routes."""

from core import grants
from core.actor import Actor
from core.batches import Batch
from core.clock import now
from core.registry import command
from customers import queries as customer_queries
from visits import errors, policies
from visits.commands.types import require_type
from visits.models.routes import VisitRoute
from visits.queries import absences as queries
from visits.queries import types as type_queries
from visits.queries import visits as visit_queries
from visits.schemas import absences as schemas

_COLUMNS = (
    "name",
    "customer_ids",
    "every_weeks",
    "dwell_minutes",
    "purpose",
    "visit_type_id",
    "valid_from",
    "valid_to",
)


@command("visits.set_route", payload=schemas.SetRoute, creates="id", roles=policies.CYCLE_SETTERS | policies.PLANNERS)
def set_route(actor: Actor, items: Batch[schemas.SetRoute]) -> None:
    """Make routes, or put others in their place; the next publishing follows them. A route ends by its last day.

    Refuses customers.not_found, visits.not_your_team, visits.rep_lacks_customer,
    core.reference_invalid (visit_type_id); parks sync.scope_lost.
    """
    known = queries.lock_routes(items.each("id"))
    customer_ids = items.each_of("customer_ids")
    reach = customer_queries.reach(actor, customer_ids)
    reps = items.each("rep_id") | {route.rep_id for route in known.values()}
    team = visit_queries.list_team(actor, reps)
    held = grants.list_held(actor.company_id, reps - {actor.user_id}, customer_ids)
    types = type_queries.list_type_ids(items.each("visit_type_id"))
    for item in items:
        with item:
            payload = item.payload
            require_type(payload.visit_type_id, types)
            rep_id = payload.rep_id or actor.user_id
            policies.may_plan_for(rep_id, team)
            row = known.get(payload.id)
            if row is not None:  # whose it was has to be his as well
                policies.may_plan_for(row.rep_id, team)
            for customer_id in payload.customer_ids:
                reach.get(customer_id, "customer_ids")
                if rep_id != actor.user_id and (rep_id, customer_id) not in held:
                    raise errors.RepLacksCustomer("customer_ids", rep_id=str(rep_id), customer_id=str(customer_id))
            row = known.setdefault(payload.id, row or VisitRoute(id=payload.id, company_id=actor.company_id))
            for name in _COLUMNS:
                setattr(row, name, getattr(payload, name))
            row.rep_id, row.weekdays = rep_id, sorted(payload.weekdays)
            row.updated_at, row.updated_by_id = now(), actor.author_id
            items.write(row)
