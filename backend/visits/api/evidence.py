"""The endpoints of evidence: what a verdict rests on, overrides, rules, judging again."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from core.actor import Actor
from core.errors import Forbidden
from core.rest import fenced, run_command
from core.rest_schemas import READ_ERRORS, WRITE_RESPONSES
from visits.evidence import BUILT_IN
from visits.models.evidence import Judgement
from visits.models.visits import CheckIn
from visits.previewing import preview
from visits.queries import evidence as queries
from visits.queries.visits import list_visits
from visits.schemas import evidence as schemas

router = Router(tags=["evidence"])


@router.get("/visits/evidence/{check_in_id}", response={200: schemas.EvidenceOut} | READ_ERRORS)
@fenced
def get_evidence(request: HttpRequest, check_in_id: UUID) -> schemas.EvidenceOut:
    """Everything about one check-in or check-out: what the phone sent, and every judgement of it."""
    row = queries.get_check_in(_actor(request), check_in_id)
    replaced = list(queries.list_judgements(row.id))
    visit = list_visits([row.visit_id])[row.visit_id]
    return schemas.EvidenceOut(
        **{name: getattr(row, name) for name in _OF_THE_ROW},
        judgements=[_in_force(row), *(_replaced(one) for one in reversed(replaced))],
        overlaps=queries.list_overlapping(visit),
    )


@router.post("/visits/evidence/{check_in_id}/override", response=WRITE_RESPONSES)
def override(request: HttpRequest, check_in_id: UUID, payload: schemas.OverrideBody) -> HttpResponse:
    """Put your word in place of the rules' (`visits.override_verdict`)."""
    command = schemas.OverrideVerdict(check_in_id=check_in_id, verdict=payload.verdict, reason=payload.reason)
    return run_command(request, "visits.override_verdict", command, row_id=check_in_id)


@router.post("/visits/evidence/{check_in_id}/lift-override", response=WRITE_RESPONSES)
def lift_override(request: HttpRequest, check_in_id: UUID) -> HttpResponse:
    """Let the rules decide again (`visits.lift_override`)."""
    command = schemas.LiftOverride(check_in_id=check_in_id)
    return run_command(request, "visits.lift_override", command, row_id=check_in_id)


@router.post("/visits/verdicts/rejudge", response=WRITE_RESPONSES)
def rejudge(request: HttpRequest, payload: schemas.Rejudge) -> HttpResponse:
    """Judge named evidence by the rules in force (`visits.rejudge`)."""
    return run_command(request, "visits.rejudge", payload, row_id=payload.check_in_ids[0])


@router.get("/visits/evidence-rules", response={200: schemas.EvidenceRulesList} | READ_ERRORS)
@fenced
def list_rules(request: HttpRequest) -> schemas.EvidenceRulesList:
    """All versions of the rules, the one in force first, the built-in one last."""
    own = [
        schemas.EvidenceRulesOut(
            version=row.version,
            rules=row.rules,
            note=row.note,
            created_at=row.created_at,
            created_by_id=row.created_by_id,
        )
        for row in queries.list_rules()
    ]
    built_in = schemas.EvidenceRulesOut(
        version=BUILT_IN.version, rules=BUILT_IN.rules, note="", created_at=None, created_by_id=None
    )
    return schemas.EvidenceRulesList(items=[*own, built_in])


@router.post("/visits/evidence-rules", response=WRITE_RESPONSES)
def set_rules(request: HttpRequest, payload: schemas.SetEvidenceRules) -> HttpResponse:
    """Put the next version of the rules in force (`visits.set_evidence_rules`)."""
    return run_command(request, "visits.set_evidence_rules", payload, row_id=payload.id)


@router.post("/visits/verdicts/preview", response={200: schemas.VerdictDifference} | READ_ERRORS)
@fenced
def preview_verdicts(request: HttpRequest, payload: schemas.PreviewVerdicts) -> schemas.VerdictDifference:
    """What judging the stored evidence of these days again would change. Nothing is changed."""
    actor = _actor(request)
    if not actor.has_role("manager", "admin"):
        raise Forbidden
    return preview(actor, payload)


@router.post("/visits/verdicts/recompute", response=WRITE_RESPONSES)
def recompute_verdicts(request: HttpRequest, payload: schemas.RecomputeVerdicts) -> HttpResponse:
    """Judge the stored evidence of these days again, in the background (`visits.recompute_verdicts`)."""
    return run_command(request, "visits.recompute_verdicts", payload, row_id=payload.id)


@router.get("/visits/verdicts/recompute/{recomputation_id}", response={200: schemas.RecomputationOut} | READ_ERRORS)
@fenced
def get_recomputation(request: HttpRequest, recomputation_id: UUID) -> schemas.RecomputationOut:
    """How far a recomputation has come."""
    return schemas.RecomputationOut.model_validate(queries.get_recomputation(_actor(request), recomputation_id))


_OF_THE_ROW = (
    "id", "visit_id", "customer_id", "rep_id", "direction", "occurred_at", "occurred_verified", "received_at", "lat",
    "lon", "accuracy_m", "is_mock", "raw",
)  # fmt: skip


def _in_force(row: CheckIn) -> schemas.JudgementOut:
    return _judgement(row, judged_at=row.decided_at or row.received_at, replaced_at=None)


def _replaced(row: Judgement) -> schemas.JudgementOut:
    return _judgement(row, judged_at=row.judged_at, replaced_at=row.replaced_at)


def _judgement(row: CheckIn | Judgement, **times: datetime | None) -> schemas.JudgementOut:
    names = ("verdict", "site_id", "distance_m", "fence_radius_m", "rule_version", "cause", "decided_by_id", "reason")
    values = {name: getattr(row, name) for name in names}
    return schemas.JudgementOut.model_validate({"details": row.verdict_details} | values | times)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
