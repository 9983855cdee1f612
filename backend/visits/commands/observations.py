"""The writers of what is seen of competitors on visits."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.batches import Batch, Item
from core.errors import ReferenceInvalid
from core.registry import command
from customers import queries as customer_queries
from customers.queries import Reach
from visits import errors, policies
from visits.models.competitors import CompetitorObservation
from visits.models.visits import Visit
from visits.queries import competitors as queries
from visits.queries import participants as participant_queries
from visits.queries import photos as photo_queries
from visits.queries import visits as visit_queries
from visits.reach import customers_of, reps_of, visit_in_reach
from visits.schemas import competitors as schemas


@command("visits.observe_competitor", payload=schemas.ObserveCompetitor, creates="id")
def observe_competitor(actor: Actor, items: Batch[schemas.ObserveCompetitor]) -> None:
    """Note what is seen of competitors' products on visits, in whatever state those are: what comes late is still true.

    Refuses visits.not_found, visits.not_yours, core.reference_invalid (competitor_product_id, photo_ids); parks
    sync.scope_lost.
    """
    visits = visit_queries.list_visits(items.each("visit_id"))
    reach = customer_queries.reach(actor, customers_of(visits))
    team = visit_queries.list_team(actor, reps_of(visits))
    along = participant_queries.list_participant_ids(visits)
    units = queries.list_units(items.each("competitor_product_id"))
    shown_on = photo_queries.list_visits_of(items.each_of("photo_ids"))
    for item in items:
        with item:
            payload = item.payload
            visit = visit_in_reach(payload.visit_id, visits, reach)
            policies.may_log(actor, visit, team, along.get(visit.id, set()))
            if payload.competitor_product_id is not None and payload.competitor_product_id not in units:
                raise ReferenceInvalid("competitor_product_id")
            # A photo may come later, as its bytes do; one that is here has to be of this visit.
            if any(shown_on.get(id_, visit.id) != visit.id for id_ in payload.photo_ids):
                raise ReferenceInvalid("photo_ids")
            items.write(_observation(actor, item, visit, units))


@command("visits.link_observation", payload=schemas.LinkObservation, roles=policies.COMPETITOR_KEEPERS)
def link_observation(actor: Actor, items: Batch[schemas.LinkObservation]) -> None:
    """Say which products were seen under names that are in no list; the names stay as they were written.

    Refuses visits.observation_not_found, visits.observation_withdrawn, visits.observation_listed,
    core.reference_invalid; parks sync.scope_lost.
    """
    rows = queries.lock_observations(items.each("id"))
    units = queries.list_units(items.each("competitor_product_id"))
    reach = customer_queries.reach(actor, {row.customer_id for row in rows.values()})
    for item in items:
        with item:
            row = _row_in_reach(item.payload.id, rows, reach)
            product_id = item.payload.competitor_product_id
            if product_id not in units:
                raise ReferenceInvalid("competitor_product_id")
            if not row.product_name:
                raise errors.ObservationListed("id")
            row.competitor_product_id, row.unit = product_id, row.unit or units[product_id]
            row.linked_at, row.linked_by_id = item.occurred_at, actor.author_id
            items.write(row)


@command("visits.withdraw_observation", payload=schemas.WithdrawObservation)
def withdraw_observation(actor: Actor, items: Batch[schemas.WithdrawObservation]) -> None:
    """Take observations back: they stay, and count no longer. A correction is another observation.

    Refuses visits.observation_not_found, visits.not_yours, visits.observation_withdrawn; parks sync.scope_lost.
    """
    rows = queries.lock_observations(items.each("id"))
    visits = {row.visit_id: row.visit for row in rows.values()}
    reach = customer_queries.reach(actor, customers_of(visits))
    team = visit_queries.list_team(actor, reps_of(visits))
    for item in items:
        with item:
            row = _row_in_reach(item.payload.id, rows, reach)
            if row.author_id != actor.author_id:
                policies.may_amend(actor, row.visit, team)
            row.withdrawn_at, row.withdrawn_by_id = item.occurred_at, actor.author_id
            row.withdraw_reason = item.payload.reason
            items.write(row)


def _row_in_reach(id_: UUID, rows: Mapping[UUID, CompetitorObservation], reach: Reach[Any]) -> CompetitorObservation:
    """An observation that the actor sees and that counts. Raises what `withdraw_observation` refuses of it."""
    row = rows.get(id_)
    if row is None:
        raise errors.ObservationNotFound("id")
    try:
        visit_in_reach(row.visit_id, {row.visit_id: row.visit}, reach)
    except errors.NotFound:
        raise errors.ObservationNotFound("id") from None
    if row.withdrawn_at is not None:
        raise errors.ObservationWithdrawn("id")
    return row


def _observation(
    actor: Actor, item: Item[schemas.ObserveCompetitor], visit: Visit, units: Mapping[UUID, str]
) -> CompetitorObservation:
    payload, listed = item.payload, item.payload.competitor_product_id
    return CompetitorObservation.new(
        id=payload.id,
        company_id=actor.company_id,
        visit_id=visit.id,
        customer_id=visit.customer_id,
        author_id=actor.author_id,
        competitor_product_id=listed,
        competitor_name=payload.competitor_name or "",
        product_name=payload.product_name or "",
        price=payload.price,
        currency=payload.currency or "",
        unit=payload.unit or (units[listed] if listed else ""),
        facings=payload.facings,
        promotion=payload.promotion and payload.promotion.model_dump(mode="json"),
        note=payload.note,
        photo_ids=payload.photo_ids,
        occurred_at=item.occurred_at,
        occurred_verified=item.request.occurred_verified,
    )
