"""The writers of joint visits: who comes along."""

from typing import Any
from uuid import UUID, uuid5

from accounts import queries as account_queries
from core.actor import Actor
from core.batches import Batch
from core.registry import command
from customers import queries as customer_queries
from customers.policies import require_active
from visits import policies
from visits.commands import sights
from visits.models.participants import Participant
from visits.models.visits import Visit
from visits.queries import participants as queries
from visits.queries import visits as visit_queries
from visits.reach import customers_of, reps_of, visit_in_reach
from visits.schemas import absences as schemas


@command("visits.add_participant", payload=schemas.AddParticipant)
def add_participant(actor: Actor, items: Batch[schemas.AddParticipant]) -> None:
    """Have people come along on visits; they see the customer until some days after it. Who does already goes on.

    Refuses visits.not_found, visits.not_yours, customers.user_inactive, core.reference_invalid; parks sync.scope_lost.
    """
    visits = visit_queries.lock_visits(items.each("visit_id"))
    reach = customer_queries.reach(actor, customers_of(visits))
    team = visit_queries.list_team(actor, reps_of(visits))
    active = {user.id: user.is_active for user in account_queries.list_users(items.each("user_id")).values()}
    present = queries.find_participants(visits)
    for item in items:
        with item:
            payload = item.payload
            visit = visit_in_reach(payload.visit_id, visits, reach)
            policies.may_amend(actor, visit, team)
            require_active(payload.user_id, active, "user_id")
            key = (visit.id, payload.user_id)
            if key not in present and payload.user_id != visit.rep_id:
                present[key] = Participant(
                    id=uuid5(visit.id, f"participant/{payload.user_id}"),
                    company_id=actor.company_id,
                    visit_id=visit.id,
                    customer_id=visit.customer_id,
                    user_id=payload.user_id,
                    created_at=item.occurred_at,
                    created_by_id=actor.author_id,
                )
                items.write(present[key])
    _align(items, visits, present)


@command("visits.remove_participant", payload=schemas.RemoveParticipant)
def remove_participant(actor: Actor, items: Batch[schemas.RemoveParticipant]) -> None:
    """Have people not come along after all; who did not stays so.

    Refuses visits.not_found, visits.not_yours; parks sync.scope_lost.
    """
    visits = visit_queries.lock_visits(items.each("visit_id"))
    reach = customer_queries.reach(actor, customers_of(visits))
    team = visit_queries.list_team(actor, reps_of(visits))
    present = queries.find_participants(visits)
    for item in items:
        with item:
            visit = visit_in_reach(item.payload.visit_id, visits, reach)
            policies.may_amend(actor, visit, team)
            row = present.pop((visit.id, item.payload.user_id), None)
            if row is not None:
                items.delete(row)
    _align(items, visits, present)


def _align(items: Batch[Any], visits: dict[UUID, Visit], present: dict[tuple[UUID, UUID], Participant]) -> None:
    by_visit: dict[UUID, set[UUID]] = {}
    for visit_id, user_id in present:
        by_visit.setdefault(visit_id, set()).add(user_id)
    sights.align(items, visits.values(), by_visit, queries.list_sights(visits))
