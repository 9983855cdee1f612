"""The shapes of evidence on the wire: its rules, its judgements, what judging again would change."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field, StringConstraints, model_validator

from core.payloads import Line, Payload
from visits.evidence import Finding, Rules
from visits.schemas.visits import Day

MAX_REJUDGED = 500
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Cause = Literal["arrival", "neighbour", "rules", "site", "override"]


class SetEvidenceRules(Payload):
    """`visits.set_evidence_rules`: the next version of the rules, in force from now on for new evidence.

    rules: all parameters; what is left out has its default. note: why they are changed.
    """

    id: UUID
    rules: Rules
    note: Line = ""


class OverrideVerdict(Payload):
    """`visits.override_verdict`: a manager's word in place of the rules'.

    check_in_id: the evidence (the id of the command that brought it). verdict: the one that shall count. reason: why.
    """

    check_in_id: UUID
    verdict: Finding
    reason: Reason


class OverrideBody(Payload):
    """The verdict that shall count, and why."""

    verdict: Finding
    reason: Reason


class LiftOverride(Payload):
    """`visits.lift_override`: the rules decide again.

    check_in_id: the evidence (the id of the command that brought it).
    """

    check_in_id: UUID


class Rejudge(Payload):
    """`visits.rejudge`: judge stored evidence by the rules in force. What was overridden stays as it is.

    check_in_ids: the evidence. cause: what made it necessary, other rules or a site that was placed anew.
    """

    check_in_ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_REJUDGED)]
    cause: Literal["rules", "site"] = "rules"


class Span(Payload):
    """Days of the company's calendar, both included.

    from_date: the first day. to_date: the last day, at most a year later. rep_id: null for everybody you are a superior
    of.
    """

    from_date: Day
    to_date: Day
    rep_id: UUID | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Span":
        if not 0 <= (self.to_date - self.from_date).days <= 366:
            raise ValueError("to_date must lie between from_date and a year later")
        return self


class RecomputeVerdicts(Span):
    """`visits.recompute_verdicts`: judge the stored evidence of these days by the rules in force, in the background.

    id: of the recomputation, by which its progress is asked for. from_date: the first day. to_date: the last day, at
    most a year later. rep_id: null for everybody you are a superior of.
    """

    id: UUID


class PreviewVerdicts(Span):
    """What judging again would change. rules: parameters to try; version: one of the versions; the one in force if
    neither is given."""

    rules: Rules | None = None
    version: int | None = Field(None, ge=1)


class VerdictChange(Schema):
    """So many pieces of evidence would go from one verdict to the other."""

    before: str
    after: str
    count: int


class VerdictExample(Schema):
    """One piece of evidence that would change."""

    id: UUID
    visit_id: UUID
    rep_id: UUID
    occurred_at: datetime
    before: str
    after: str


class VerdictDifference(Schema):
    """What judging again would change. overridden: left alone, because a manager has decided."""

    total: int
    unchanged: int
    overridden: int
    changes: list[VerdictChange]
    examples: list[VerdictExample]


class JudgementOut(Schema):
    """One judgement. details: the findings and the numbers they rest on. replaced_at: null for the one in force."""

    verdict: str
    details: dict[str, Any]
    site_id: UUID | None
    distance_m: float | None
    fence_radius_m: float | None
    rule_version: int
    cause: Cause
    judged_at: datetime
    decided_by_id: UUID | None
    reason: str
    replaced_at: datetime | None


class EvidenceOut(Schema):
    """Everything about one check-in or check-out. raw: the fix and the clocks as the phone sent them.

    judgements: the one in force first, then those it replaced, the latest first. overlaps: the rep's visits that took
    place at the same time.
    """

    id: UUID
    visit_id: UUID
    customer_id: UUID
    rep_id: UUID
    direction: Literal["in", "out"]
    occurred_at: datetime
    occurred_verified: bool
    received_at: datetime
    lat: float | None
    lon: float | None
    accuracy_m: float | None
    is_mock: bool | None
    raw: dict[str, Any]
    judgements: list[JudgementOut]
    overlaps: list[UUID]


class EvidenceRulesOut(Schema):
    """A version of the rules. Version 1 is built in and has no author."""

    version: int
    rules: Rules
    note: str
    created_at: datetime | None
    created_by_id: UUID | None


class EvidenceRulesList(Schema):
    """All versions, the one in force first."""

    items: list[EvidenceRulesOut]


class RecomputationOut(Schema):
    """How far a recomputation has come, in pieces of evidence. total: null until a worker has begun."""

    id: UUID
    state: Literal["running", "done"]
    rule_version: int
    total: int | None
    done: int
    changed: int
    requested_at: datetime
    finished_at: datetime | None
