"""What phones get of visits: everything in the scope of the visit's customer."""

from typing import Annotated

from pydantic import Field

from core.feeds import Feed, publish
from visits.evidence import Finding
from visits.models.visits import CheckIn, Visit, VisitLog

VISIT = publish(
    Feed(
        "visit",
        Visit,
        scope="customer_id",
        columns=(
            "customer_id", "site_id", "rep_id", "state", "purpose", "planned_date", "planned_at", "checked_in_at",
            "checked_out_at", "cancelled_at", "cancel_reason", "check_in_verdict", "check_out_verdict",
        ),
        members={
            "check_in_verdict": Annotated[Finding | None, Field(description="what the check-in's evidence is worth")],
            "check_out_verdict": Annotated[Finding | None, Field(description="what the check-out's evidence is worth")],
        },
    )
)  # fmt: skip
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
            "visit_id", "customer_id", "author_id", "result", "note", "next_step", "next_step_date", "occurred_at",
        ),
    )
)  # fmt: skip
