"""The writing of a new judgement of stored evidence: the old one is kept, the visit's verdict follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.batches import Batch
from core.clock import now
from core.ids import uuid7
from visits.evidence import Finding
from visits.evidence import Judgement as Judged
from visits.models.evidence import Judgement
from visits.models.visits import CheckIn, Visit
from visits.queries import visits as queries
from visits.queries.evidence import lock_check_ins


@dataclass(frozen=True, slots=True)
class Decision:
    """Why evidence gets another judgement. by_id: whose word it is, or who set the judging off."""

    cause: str
    rule_version: int
    by_id: UUID | None = None
    reason: str = ""


def amend(items: Batch[Any], row: CheckIn, visit: Visit | None, judged: Judged, decision: Decision) -> bool:
    """Put `judged` in force and keep what it replaces. Returns whether anything about it is new."""
    same = (row.verdict, row.verdict_details, row.site_id, row.rule_version) == (
        judged.verdict,
        judged.details,
        judged.site_id,
        decision.rule_version,
    )
    if same and decision.cause != "override":
        return False
    replaced_at = now()
    items.write_fact(Judgement, _replaced(row, replaced_at))
    row.verdict, row.verdict_details = str(judged.verdict), judged.details
    row.site_id, row.distance_m, row.fence_radius_m = judged.site_id, judged.distance_m, judged.fence_radius_m
    row.rule_version, row.cause, row.decided_at = decision.rule_version, decision.cause, replaced_at
    row.decided_by_id, row.reason = decision.by_id, decision.reason
    items.write(row)
    if visit is not None:
        setattr(visit, f"check_{row.direction}_verdict", row.verdict)
        items.write(visit)
    return True


def amend_neighbours(
    items: Batch[Any], jumps: Mapping[UUID, dict[str, Any] | None], visits: Mapping[UUID, Visit]
) -> None:
    """Stored evidence on whose journey newly arrived evidence throws another light. visits: those held already."""
    rows = lock_check_ins(jumps)
    found = queries.lock_visits({row.visit_id for row in rows.values()} - visits.keys()) | dict(visits)
    for id_, row in rows.items():
        if row.cause != "override":
            judged = judged_of(row).with_jump(jumps[id_])
            amend(items, row, found[row.visit_id], judged, Decision("neighbour", row.rule_version))


def judged_of(row: CheckIn) -> Judged:
    """The judgement in force."""
    return Judged(Finding(row.verdict), row.site_id, row.distance_m, row.fence_radius_m, row.verdict_details)


def _replaced(row: CheckIn, replaced_at: datetime) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "company_id": row.company_id,
        "check_in_id": row.id,
        "verdict": row.verdict,
        "verdict_details": row.verdict_details,
        "site_id": row.site_id,
        "distance_m": row.distance_m,
        "fence_radius_m": row.fence_radius_m,
        "rule_version": row.rule_version,
        "cause": row.cause,
        "judged_at": row.decided_at or row.received_at,
        "decided_by_id": row.decided_by_id,
        "reason": row.reason,
        "replaced_at": replaced_at,
    }
