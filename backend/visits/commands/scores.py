"""The writer of visits' scores: worked out when a visit is closed, and again with whatever is recorded after that.

Nothing is worked out at check-ins, nor while a visit is open: it could not be told from what the phone knows itself.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from core import writing
from core.actor import Actor
from core.clock import now
from core.registry import after
from visits.actions import Action
from visits.models.competitors import CompetitorObservation
from visits.models.scores import VisitScore
from visits.queries import scores as queries
from visits.queries.types import load_types


@after("visits.check_out", "visits.answer_form", "visits.add_photo", "visits.log", "visits.observe_competitor")
def score_visits(actor: Actor, payloads: list[Any]) -> None:
    """Bring the scores of the closed visits among these up to date. One statement where none is closed."""
    work_out(actor.company_id, {payload.visit_id for payload in payloads})


@after("visits.withdraw_photo")
def score_without_photos(actor: Actor, payloads: list[Any]) -> None:
    """What was taken back counts no longer."""
    work_out(actor.company_id, queries.list_photo_visits(payload.id for payload in payloads))


@after("visits.withdraw_observation")
def score_without_observations(actor: Actor, payloads: list[Any]) -> None:
    """What was taken back counts no longer."""
    rows = CompetitorObservation.objects.filter(id__in=[payload.id for payload in payloads])
    work_out(actor.company_id, set(rows.values_list("visit_id", flat=True)))


def work_out(company_id: UUID, visit_ids: Iterable[UUID]) -> None:
    """Store what became of the closed ones of these visits: at most five statements, whatever their number.

    What was asked of a visit is decided once, when it is closed. Nothing is stored of a visit that is of no type and
    has no answers to forms.
    """
    closed = queries.lock_closed(visit_ids)
    if not closed:
        return
    facts = queries.list_facts(closed)
    types = load_types() if any(visit.was_asked is None for visit in facts) else {}
    added, changed = [], []
    for visit in facts:
        type_id, asked = visit.asked(types)
        if visit.was_asked is not None:
            changed.append(_score(company_id, visit, type_id, asked))
        elif type_id is not None or visit.forms:
            added.append(_score(company_id, visit, type_id, asked))
    if added:
        writing.insert(VisitScore, added)
    if changed:
        writing.update(VisitScore, changed)


def _score(company_id: UUID, visit: queries.Facts, type_id: UUID | None, asked: list[Action]) -> VisitScore:
    return VisitScore.new(
        id=visit.id,
        company_id=company_id,
        visit_id=visit.id,
        customer_id=visit.customer_id,
        rep_id=visit.rep_id,
        visit_type_id=type_id,
        visit_date=visit.visit_date,
        worked_out_at=now(),
        **visit.told(asked),
    )
