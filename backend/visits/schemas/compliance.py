"""The shapes of compliance on the wire: its rules, its figures, the due visits behind them."""

from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID

from ninja import Schema
from pydantic import Field, model_validator

from core.payloads import Day, Line, Payload
from core.rest_schemas import PageQuery
from customers.schemas import CustomerClass
from visits.compliance import ComplianceRules, Outcome, Reason

LONGEST_DAYS = 366
LONGEST_BY_DAY = 62
GroupBy = Literal["rep", "org_unit", "customer_class", "cycle"]
Period = Literal["day", "week", "month"]


class SetComplianceRule(Payload):
    """`visits.set_compliance_rule`: the next version of the rules of compliance.

    applies_from: what is due on that day and later is judged by it, whatever earlier versions say; a day in the past
    changes figures that were shown before. rules: all parameters; what is left out has its default. note: why they are
    changed.
    """

    id: UUID
    applies_from: Day
    rules: ComplianceRules
    note: Line = ""


class _Days(Schema):
    """The days, both included, on which visits are due: the day that the plan chose or on which one was made."""

    from_date: Day = Field(description="the first day")
    to_date: Day = Field(description="the last day, at most a year later")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not 0 <= (self.to_date - self.from_date).days <= LONGEST_DAYS:
            raise ValueError("to_date must lie between from_date and a year later")
        return self


class DueQuery(_Days):
    """Which due visits; those that you may see, unless narrowed."""

    rep_id: UUID | None = Field(None, description="whose they are by the rules")
    org_unit_id: UUID | None = Field(None, description="of reps of this org unit and below")
    customer_class: CustomerClass | Literal["none"] | None = Field(None, description="`none`: customers without one")
    cycle_id: UUID | None = None
    customer_id: UUID | None = None


class ComplianceQuery(DueQuery):
    """Which due visits, and how the figures are broken down."""

    by: GroupBy | None = Field(None, description="a row for each of these")
    period: Period | None = Field(None, description="a row for each; weeks begin on Monday; days: at most 62 of them")

    @model_validator(mode="after")
    def _not_too_fine(self) -> Self:
        if self.period == "day" and (self.to_date - self.from_date).days >= LONGEST_BY_DAY:
            raise ValueError("period=day answers for 62 days at most")
        return self


class DueListQuery(DueQuery, PageQuery):
    """Which due visits, and which page of them."""

    outcome: Outcome | None = None


class PreviewCompliance(_Days, Payload):
    """Rules to try: what they would make of these days. applies_from: as the rules would be set."""

    rules: ComplianceRules
    applies_from: Day


class Figures(Schema):
    """How many visits were due, and what became of them.

    due: those that count, valid and missed. valid: made as the rules want it; late: of these, those made in the days of
    grace. missed: the others. excluded: left out by the rules. pending: their window has not ended; pending_made: of
    these, those that would be valid already. rate: valid ÷ due, null where nothing was due.
    """

    due: int
    valid: int
    late: int
    missed: int
    excluded: int
    pending: int
    pending_made: int
    rate: float | None


class ComplianceRow(Figures):
    """The figures of one group and bucket. What was not asked for, and what a group has not, is null.

    org_unit_id: with the units below it. period: the first day of the bucket.
    """

    rep_id: UUID | None = None
    org_unit_id: UUID | None = None
    customer_class: CustomerClass | None = None
    cycle_id: UUID | None = None
    period: date | None = None


class AppliedRules(Schema):
    """A version of the rules, and the first and last of the days that it judges."""

    version: int
    from_date: date
    to_date: date


class ComplianceOut(Schema):
    """Compliance of these days. as_of: the day on which windows count as ended or not. rows: by period, then group."""

    from_date: date
    to_date: date
    as_of: date
    rules: list[AppliedRules]
    total: Figures
    rows: list[ComplianceRow]


class DueVisitOut(Schema):
    """A due visit and what became of it.

    rep_id: whose it is by the rules; owed_by_id: who owed it. due_on: the day that was chosen. visit_id, made_by_id,
    made_on: the visit that stands for it, or that comes nearest to doing so; null: nobody was there.
    """

    id: UUID
    rep_id: UUID
    owed_by_id: UUID
    customer_id: UUID
    customer_class: CustomerClass | None
    cycle_id: UUID
    window_from: date
    window_to: date
    due_on: date
    outcome: Outcome
    reason: Reason
    visit_id: UUID | None
    made_by_id: UUID | None
    made_on: date | None
    rule_version: int


class DueVisitPage(Schema):
    """Due visits by day."""

    items: list[DueVisitOut]
    next: str | None


class ComplianceRulesOut(Schema):
    """A version of the rules. Version 1 is built in and has no author."""

    version: int
    applies_from: date
    rules: ComplianceRules
    note: str
    created_at: datetime | None
    created_by_id: UUID | None


class ComplianceRulesList(Schema):
    """All versions, the highest first."""

    items: list[ComplianceRulesOut]


class RepDifference(Schema):
    """One rep's figures, as they are and as the rules would make them."""

    rep_id: UUID
    before: Figures
    after: Figures


class ComplianceDifference(Schema):
    """What other rules would make of these days. reps: those whose figures would change."""

    before: Figures
    after: Figures
    reps: list[RepDifference]
