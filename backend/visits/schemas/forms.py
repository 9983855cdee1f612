"""The shapes of answer sets and of their results on the wire."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from core.payloads import Day, Payload
from core.rest_schemas import PageQuery, QueryText
from forms.schemas import JsonObject


class AnswerFormBody(Payload):
    """An answer set. Append-only; a correction is a further one."""

    id: UUID
    form_version_id: UUID = Field(description="the version that it was given on")
    answers: JsonObject = Field(description="by the ids of the questions, see forms.md", examples=[{}])


class AnswerForm(AnswerFormBody):
    """`visits.answer_form`: answers a form on the visit `visit_id`."""

    visit_id: UUID


class MissingAnswer(Schema):
    """A required answer that is not there.

    question: which. measure, product_id: the cell of a matrix; null for the question as a whole.
    """

    question: str
    measure: str | None
    product_id: UUID | None


class ScorePart(Schema):
    """What a question adds to the score.

    question: which. measure: of a matrix, over all of its rows. weight: against the others. points: that it has. of:
    points that it could have.
    """

    question: str
    measure: str | None
    weight: int
    points: int
    of: int


class FormAnswerOut(Schema):
    """An answer set as phones get it. percent: the score. counts: it is the last one on its form at its visit."""

    id: UUID
    version: int
    visit_id: UUID
    customer_id: UUID
    author_id: UUID
    form_id: UUID
    form_version_id: UUID
    answers: dict[str, Any]
    hidden: list[str]
    missing: list[MissingAnswer]
    complete: bool
    percent: str | None
    parts: list[ScorePart]
    counts: bool
    occurred_at: datetime
    occurred_verified: bool


class FormAnswerPage(Schema):
    """Answer sets, in the order in which they were given."""

    items: list[FormAnswerOut]
    next: str | None = Field(description="cursor of the next page; null on the last")


class ResultFilters(Schema):
    """Which results. from_date, to_date: days on which it was answered, both included.

    org_unit_id: of its people and of those below it. rep_id: whose visits.
    """

    form_id: UUID | None = None
    question_id: QueryText | None = None
    from_date: Day | None = None
    to_date: Day | None = None
    org_unit_id: UUID | None = None
    rep_id: UUID | None = None
    customer_id: UUID | None = None


class ResultQuery(ResultFilters, PageQuery):
    """Which results, and which page of them."""


class ResultOut(Schema):
    """An answer to one question, or a cell of a matrix.

    measure, product_id: of a matrix. type: of the question or the measure. number, text, choice, day, yes: the one
    that fits the type; of photos and signatures, number is how many. Each choice of a multi_choice is one.
    """

    id: UUID
    answer_id: UUID
    visit_id: UUID
    customer_id: UUID
    rep_id: UUID
    form_id: UUID
    form_version_id: UUID
    question_id: str
    measure: str
    product_id: UUID | None
    type: str
    number: Decimal | None
    text: str | None
    choice: str | None
    day: date | None
    yes: bool | None
    answered_on: date


class ResultPage(Schema):
    """Results, the latest first."""

    items: list[ResultOut]
    next: str | None


class QuestionSummary(Schema):
    """What all answers to one question come to.

    answers: how many there are; cells of a matrix each. average, least, greatest: of numbers. choices: how often each
    was made. yes, no: how often. first_day, last_day: of answers that are days.
    """

    form_id: UUID
    question_id: str
    measure: str
    type: str
    answers: int
    average: Decimal | None
    least: Decimal | None
    greatest: Decimal | None
    choices: dict[str, int]
    yes: int
    no: int
    first_day: date | None
    last_day: date | None


class ResultSummary(Schema):
    """What answers come to, question by question."""

    items: list[QuestionSummary]
