"""What phones get of visits: what is at a customer in the scope of that customer, what is for all in the company's."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from core.feeds import Deprecation, Feed, publish
from core.grants import GrantTrigger, grant_source, refresh_grants_on
from files.schemas import FileKind
from forms.definitions import Names
from visits.actions import Action, Audience
from visits.evidence import Finding
from visits.models.absences import Absence
from visits.models.competitors import Competitor, CompetitorObservation, CompetitorProduct
from visits.models.forms import FormAnswer
from visits.models.participants import Participant
from visits.models.photos import Photo
from visits.models.plans import CallCycle
from visits.models.routes import VisitRoute
from visits.models.scores import VisitScore
from visits.models.start_points import StartPoint
from visits.models.tasks import Task
from visits.models.types import VisitType
from visits.models.visits import CheckIn, Visit, VisitLog
from visits.schemas.competitors import PromotionOut
from visits.schemas.forms import MissingAnswer, ScorePart
from visits.schemas.photos import PhotoSource
from visits.schemas.scores import AskedAction, ScoredForm
from visits.schemas.tasks import TaskState
from visits.schemas.visits import NextStepOut

# Apps that know of one next step are shown all of them as one: the texts in a row, the earliest day.
_ONE_STEP = Deprecation(since=date(2026, 11, 22), until=date(2027, 11, 22), instead="next_steps")
_STEP_TEXTS = """coalesce((select string_agg(step ->> 'text', '; ' order by place)
  from jsonb_array_elements(t.next_steps) with ordinality as steps (step, place) where step ->> 'text' <> ''), '')"""
_FIRST_STEP_DATE = "(select min(step ->> 'due_date') from jsonb_array_elements(t.next_steps) as steps (step))"

VISIT = publish(
    Feed(
        "visit",
        Visit,
        scope="customer_id",
        columns=(
            "customer_id", "site_id", "rep_id", "state", "visit_type_id", "purpose", "planned_date", "planned_at",
            "checked_in_at", "checked_out_at", "cancelled_at", "cancel_reason", "check_in_verdict", "check_out_verdict",
            "origin", "cycle_id", "route_id", "for_rep_id", "due_from", "due_to", "sequence", "dwell_minutes",
            "is_appointment", "moved_at", "withdrawn",
        ),
        members={
            "check_in_verdict": Annotated[Finding | None, Field(description="what the check-in's evidence is worth")],
            "check_out_verdict": Annotated[Finding | None, Field(description="what the check-out's evidence is worth")],
        },
    )
)  # fmt: skip
VISIT_TYPE = publish(
    Feed(
        "visit_type",
        VisitType,
        scope="company_id",
        columns=("code", "names", "position", "chosen_for", "actions", "archived"),
        members={"names": Names, "chosen_for": Audience | None, "actions": list[Action]},
    )
)
CALL_CYCLE = publish(
    Feed(
        "call_cycle",
        CallCycle,
        scope="scope_id",
        columns=(
            "name", "customer_class", "customer_id", "org_unit_id", "every_weeks", "per_month", "weekdays",
            "dwell_minutes", "purpose", "visit_type_id", "valid_from", "valid_to",
        ),
    )
)  # fmt: skip
ROUTE = publish(
    Feed(
        "route",
        VisitRoute,
        scope="rep_id",
        columns=(
            "name", "rep_id", "customer_ids", "weekdays", "every_weeks", "dwell_minutes", "purpose", "visit_type_id",
            "valid_from", "valid_to",
        ),
    )
)  # fmt: skip
START_POINT = publish(Feed("start_point", StartPoint, scope="rep_id", columns=("rep_id", "lat", "lon")))
ABSENCE = publish(Feed("absence", Absence, scope="rep_id", columns=("rep_id", "substitute_id", "from_date", "to_date")))
VISIT_PARTICIPANT = publish(
    Feed(
        "visit_participant",
        Participant,
        scope="customer_id",
        columns=("visit_id", "customer_id", "user_id", "created_by_id"),
    )
)
CHECK_IN = publish(
    Feed(
        "check_in",
        CheckIn,
        scope="customer_id",
        columns=(
            "visit_id", "customer_id", "direction", "occurred_at", "occurred_verified", "verdict", "distance_m",
            "site_id", "lat", "lon", "accuracy_m", "is_mock",
        ),
        members={"verdict": Annotated[Finding, Field(description="what the evidence is worth")]},
    )
)  # fmt: skip
VISIT_LOG = publish(
    Feed(
        "visit_log",
        VisitLog,
        scope="customer_id",
        columns=(
            "visit_id", "customer_id", "author_id", "result", "note", "next_steps", "occurred_at",
        ),
        computed={"next_step": _STEP_TEXTS, "next_step_date": _FIRST_STEP_DATE},
        members={
            "next_steps": Annotated[list[NextStepOut], Field(description="what is to be done after the visit")],
            "next_step": Annotated[str, Field(description="the texts of all next steps")],
            "next_step_date": Annotated[date | None, Field(description="the earliest day of the next steps")],
        },
        deprecated={"next_step": _ONE_STEP, "next_step_date": _ONE_STEP},
    )
)  # fmt: skip
PHOTO = publish(
    Feed(
        "photo",
        Photo,
        scope="customer_id",
        columns=(
            "visit_id", "customer_id", "author_id", "kind", "sha256", "bytes", "media_type", "caption", "source",
            "taken_at", "occurred_at", "occurred_verified", "lat", "lon", "accuracy_m", "is_mock", "withdrawn_at",
            "withdrawn_by_id", "withdraw_reason",
        ),
        members={
            "kind": Annotated[FileKind, Field(description="which of the three")],
            "source": Annotated[
                PhotoSource | None, Field(description="made in the app, or picked from what was on the phone")
            ],
        },
    )
)  # fmt: skip
COMPETITOR = publish(Feed("competitor", Competitor, scope="company_id", columns=("name", "archived")))
COMPETITOR_PRODUCT = publish(
    Feed(
        "competitor_product",
        CompetitorProduct,
        scope="company_id",
        columns=("competitor_id", "name", "barcode", "unit", "product_id", "archived"),
    )
)
COMPETITOR_OBSERVATION = publish(
    Feed(
        "competitor_observation",
        CompetitorObservation,
        scope="customer_id",
        columns=(
            "visit_id", "customer_id", "author_id", "competitor_product_id", "competitor_name", "product_name",
            "linked_at", "linked_by_id", "price", "currency", "unit", "facings", "promotion", "note", "photo_ids",
            "occurred_at", "occurred_verified", "withdrawn_at", "withdrawn_by_id", "withdraw_reason",
        ),
        members={
            "promotion": Annotated[
                PromotionOut | None, Field(description="what the competitor does to sell more of it")
            ],
            "photo_ids": Annotated[list[UUID], Field(description="photos of the visit that show it")],
        },
    )
)  # fmt: skip
TASK = publish(
    Feed(
        "task",
        Task,
        scope="customer_id",
        columns=(
            "customer_id", "visit_id", "log_id", "assignee_id", "text", "due_date", "state", "done_at", "done_by_id",
            "done_note", "cancelled_at", "cancelled_by_id", "cancel_reason", "created_at", "created_by_id",
        ),
        members={"state": Annotated[TaskState, Field(description="whether it is still to be done")]},
    )
)  # fmt: skip

FORM_ANSWER = publish(
    Feed(
        "form_answer",
        FormAnswer,
        scope="customer_id",
        columns=(
            "visit_id", "customer_id", "author_id", "form_id", "form_version_id", "answers", "hidden", "missing",
            "complete", "percent", "parts", "counts", "occurred_at", "occurred_verified",
        ),
        members={
            "answers": dict[str, Any],
            "hidden": list[str],
            "missing": list[MissingAnswer],
            "parts": list[ScorePart],
        },
    )
)  # fmt: skip

VISIT_SCORE = publish(
    Feed(
        "visit_score",
        VisitScore,
        scope="customer_id",
        columns=(
            "visit_id", "customer_id", "rep_id", "visit_type_id", "visit_date", "actions", "required", "done", "forms",
            "percent", "worked_out_at",
        ),
        members={"actions": list[AskedAction], "forms": list[ScoredForm]},
    )
)  # fmt: skip

# Who comes along, or stands in for the rep, holds the customer for the sake of the visit, and some days longer.
grant_source(
    "visit_sight",
    """
    select s.company_id, s.user_id, s.customer_id as scope_id, s.reason
    from {rows} s
    join accounts_user u on u.id = s.user_id
    where u.is_active
    """,
    table="visits_sight",
    scope="customer_id",
    columns=("user_id", "reason"),
)
refresh_grants_on(GrantTrigger("visit_sight", table="visits_sight", scopes="select customer_id from rows"))
