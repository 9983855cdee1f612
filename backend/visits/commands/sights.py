"""Sight of a customer for the sake of a visit: who comes along, or stands in for the rep, has it on his phone.

It begins when he is named, so that it is there before he is offline, and ends some days after the visit's day, so that
what he records late still finds its customer.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from core.batches import Batch
from visits.models.participants import VisitSight
from visits.models.visits import Visit
from visits.states import State

KEPT = timedelta(days=7)


def wanted(visit: Visit, participant_ids: Iterable[UUID]) -> list[VisitSight]:
    """The sights that a visit gives. None when it is cancelled."""
    if visit.state == State.CANCELLED:
        return []
    people = [(user_id, "joint_visit") for user_id in sorted(participant_ids)]
    if visit.for_rep_id is not None:
        people.append((visit.rep_id, "substitution"))
    return [
        VisitSight(
            id=uuid5(visit.id, f"{reason}/{user_id}"),
            company_id=visit.company_id,
            visit_id=visit.id,
            customer_id=visit.customer_id,
            user_id=user_id,
            reason=reason,
            until=visit.visit_date + KEPT,
        )
        for user_id, reason in people
    ]


def align(
    items: Batch[Any],
    visits: Iterable[Visit],
    participants: Mapping[UUID, set[UUID]],
    standing: Mapping[UUID, VisitSight],
) -> None:
    """Have the sights of these visits written as they should be. standing: those there are, by id."""
    left = dict(standing)
    for visit in visits:
        for sight in wanted(visit, participants.get(visit.id, ())):
            known = left.pop(sight.id, None)
            if known is None:
                items.write(sight)
            elif known.until != sight.until:
                known.until = sight.until
                items.write(known)
    for gone in left.values():
        items.delete(gone)
