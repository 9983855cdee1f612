"""The writers of absences: who is away, and who stands in for him."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from accounts import queries as account_queries
from core.actor import Actor
from core.batches import Batch
from core.errors import ReferenceInvalid
from core.registry import command
from customers.policies import require_active
from visits import errors, policies
from visits.commands import sights
from visits.models.absences import Absence
from visits.models.visits import Visit
from visits.queries import absences as queries
from visits.queries import participants as participant_queries
from visits.queries import visits as visit_queries
from visits.schemas import absences as schemas


@command("visits.record_absence", payload=schemas.RecordAbsence, creates="id")
def record_absence(actor: Actor, items: Batch[schemas.RecordAbsence]) -> None:
    """Record who is away; the visits planned for these days go to the substitute at once, with sight of the customers.

    Without a substitute the visits of the rolling plan go to other days when it is published next.
    Refuses visits.not_your_team, visits.absence_overlaps, visits.substitute_away, customers.user_inactive,
    core.reference_invalid.
    """
    first = min(item.payload.from_date for item in items.items)
    last = max(item.payload.to_date for item in items.items)
    reps = items.each("rep_id") | {actor.user_id}
    substitutes = items.each("substitute_id")
    team = visit_queries.list_team(actor, reps)
    active = {user.id: user.is_active for user in account_queries.list_users(substitutes).values()}
    away = queries.find_absences(reps | substitutes, first, last)
    planned = queries.lock_planned(reps, first, last)
    touched: dict[UUID, Visit] = {}
    for item in items:
        with item:
            payload = item.payload
            rep_id = payload.rep_id or actor.user_id
            policies.may_plan_for(rep_id, team)
            require_active(payload.substitute_id, active, "substitute_id")
            if payload.substitute_id == rep_id:
                raise ReferenceInvalid("substitute_id")
            if _overlaps(away.get(rep_id, ()), payload.from_date, payload.to_date):
                raise errors.AbsenceOverlaps("from_date")
            substitute = payload.substitute_id
            if substitute and _overlaps(away.get(substitute, ()), payload.from_date, payload.to_date):
                raise errors.SubstituteAway("substitute_id")
            absence = Absence(
                id=payload.id,
                company_id=actor.company_id,
                rep_id=rep_id,
                substitute_id=substitute,
                from_date=payload.from_date,
                to_date=payload.to_date,
                created_at=item.occurred_at,
                created_by_id=actor.author_id,
            )
            away.setdefault(rep_id, []).append(absence)
            items.write(absence)
            touched |= _hand_over(planned, absence)
    _write(items, touched)


@command("visits.cancel_absence", payload=schemas.AbsenceId)
def cancel_absence(actor: Actor, items: Batch[schemas.AbsenceId]) -> None:
    """Take absences back; visits that the substitute has not begun return to the rep.

    Refuses visits.absence_not_found, visits.not_your_team.
    """
    absences = queries.lock_absences(items.each("id"))
    reps = {absence.rep_id for absence in absences.values()}
    team = visit_queries.list_team(actor, reps)
    days = [day for absence in absences.values() for day in (absence.from_date, absence.to_date)]
    planned = queries.lock_planned(reps, min(days, default=date.max), max(days, default=date.min))
    touched: dict[UUID, Visit] = {}
    for item in items:
        with item:
            absence = absences.get(item.payload.id)
            if absence is None:
                raise errors.AbsenceNotFound("id")
            policies.may_plan_for(absence.rep_id, team)
            del absences[absence.id]
            items.delete(absence)
            touched |= _give_back(planned, absence)
    _write(items, touched)


def _overlaps(absences: Iterable[Absence], first: date, last: date) -> bool:
    return any(absence.from_date <= last and first <= absence.to_date for absence in absences)


def _hand_over(planned: Iterable[Visit], absence: Absence) -> Mapping[UUID, Visit]:
    """The rep's visits of these days, now the substitute's."""
    touched = {}
    if absence.substitute_id is not None:
        for visit in planned:
            if visit.rep_id == absence.rep_id and absence.from_date <= visit.visit_date <= absence.to_date:
                # Who stands in for two does it for the one whose customer it is; back home, it is his own again.
                whose = visit.for_rep_id or absence.rep_id
                visit.rep_id = absence.substitute_id
                visit.for_rep_id = whose if whose != visit.rep_id else None
                touched[visit.id] = visit
    return touched


def _give_back(planned: Iterable[Visit], absence: Absence) -> Mapping[UUID, Visit]:
    """The visits of these days that the substitute would have made, the rep's again."""
    touched = {}
    for visit in planned:
        his = visit.for_rep_id == absence.rep_id and visit.rep_id == absence.substitute_id
        if his and absence.from_date <= visit.visit_date <= absence.to_date:
            visit.rep_id, visit.for_rep_id = absence.rep_id, None
            touched[visit.id] = visit
    return touched


def _write(items: Batch[Any], visits: Mapping[UUID, Visit]) -> None:
    for visit in visits.values():
        items.write(visit)
    participants = participant_queries.list_participant_ids(visits)
    sights.align(items, visits.values(), participants, participant_queries.list_sights(visits))
