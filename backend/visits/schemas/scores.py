"""The shapes of what became of what had to be done on visits."""

from datetime import date, datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

from core.payloads import Day
from core.rest_schemas import PageQuery
from visits.actions import Action


class AskedAction(Action):
    """Something that was asked of a visit.

    names: what people read. min_count: so many of them at least. label: photos count whose caption is this; empty: any.
    form_id: the form to answer, of a form only. only_for: whom it is asked of. done: enough of it was done.
    """

    done: bool


class ScoredForm(Schema):
    """An answer set that counts. form_id: of which form. answer_id: which. complete: no required answer is missing.

    percent: its score, a decimal string; null where nothing scored was asked.
    """

    form_id: UUID
    answer_id: UUID
    complete: bool
    percent: str | None


class ActionsOut(Schema):
    """What a visit asks for, and what is done of it by now.

    visit_type_id: null where no type is meant for it. actions: in their order.
    """

    visit_type_id: UUID | None
    actions: list[AskedAction]
    required: int
    done: int
    forms: list[ScoredForm]
    percent: str | None


class ScoreQuery(PageQuery):
    """Which visits. from_date, to_date: their days, both included. complete: with or without something undone."""

    rep_id: UUID | None = None
    customer_id: UUID | None = None
    visit_type_id: UUID | None = None
    complete: bool | None = None
    from_date: Day | None = None
    to_date: Day | None = None


class VisitScoreOut(Schema):
    """How complete a closed visit is, and how its forms scored, as phones get it. id: the visit's."""

    id: UUID
    version: int
    visit_id: UUID
    customer_id: UUID
    rep_id: UUID
    visit_type_id: UUID | None
    visit_date: date
    actions: list[AskedAction]
    required: int
    done: int
    forms: list[ScoredForm]
    percent: str | None
    worked_out_at: datetime


class VisitScorePage(Schema):
    """Scores, the latest day first."""

    items: list[VisitScoreOut]
    next: str | None = Field(description="cursor of the next page; null on the last")
