"""The writers of a day's order, and of the places from which reps set out."""

from uuid import uuid5

from accounts import queries as account_queries
from core.actor import Actor
from core.batches import Batch
from core.clock import now
from core.errors import ReferenceInvalid
from core.registry import command
from customers import queries as customer_queries
from visits import errors, policies
from visits.models.start_points import StartPoint
from visits.queries import days as queries
from visits.queries import visits as visit_queries
from visits.reach import customers_of, reps_of, visit_in_reach
from visits.schemas import days as schemas
from visits.states import Step, next_state


@command("visits.order_day", payload=schemas.OrderDay)
def order_day(actor: Actor, items: Batch[schemas.OrderDay]) -> None:
    """Put the planned visits of a day in order; the rolling plan leaves it so. Agreed times stay as they are.

    Refuses visits.not_found, visits.not_yours, visits.other_day, visits.already_open, visits.already_closed,
    visits.already_cancelled; parks sync.scope_lost.
    """
    visits = visit_queries.lock_visits({stop.visit_id for item in items.items for stop in item.payload.stops})
    reach = customer_queries.reach(actor, customers_of(visits))
    team = visit_queries.list_team(actor, reps_of(visits))
    for item in items:
        with item:
            for stop in item.payload.stops:
                visit = visit_in_reach(stop.visit_id, visits, reach)
                policies.may_amend(actor, visit, team)
                next_state(visit.state, Step.MOVE)
                if visit.planned_date != item.payload.date:
                    raise errors.OtherDay("stops", visit_id=str(visit.id), planned_date=str(visit.planned_date))
            for sequence, stop in enumerate(item.payload.stops, 1):
                visit = visits[stop.visit_id]
                visit.sequence, visit.ordered_at = sequence, item.occurred_at
                if not visit.is_appointment:
                    visit.planned_at = stop.planned_at
                items.write(visit)


@command("visits.set_start_point", payload=schemas.SetStartPoint)
def set_start_point(actor: Actor, items: Batch[schemas.SetStartPoint]) -> None:
    """Say where reps set out in the morning, or forget it.

    Refuses visits.not_your_team, core.reference_invalid (rep_id: there is no such user).
    """
    reps = items.each("rep_id") | {actor.user_id}
    users = account_queries.list_users(reps)
    team = visit_queries.list_team(actor, reps)
    known = queries.find_start_points(reps)
    for item in items:
        with item:
            rep_id = item.payload.rep_id or actor.user_id
            if rep_id not in users:
                raise ReferenceInvalid("rep_id")
            policies.may_plan_for(rep_id, team)
            row = known.get(rep_id)
            if item.payload.position is not None:
                fresh = StartPoint(id=uuid5(rep_id, "start point"), company_id=actor.company_id, rep_id=rep_id)
                row = known.setdefault(rep_id, row or fresh)
                row.lat, row.lon = item.payload.position.to_wgs84()
                row.updated_at, row.updated_by_id = now(), actor.author_id
                items.write(row)
            elif row is not None:
                items.delete(known.pop(rep_id))
