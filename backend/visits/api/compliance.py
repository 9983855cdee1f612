"""The endpoints of compliance: its figures, the due visits behind them, its rules."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from core.actor import Actor
from core.clock import now
from core.rest import fenced, json_response, run_command
from core.rest_schemas import READ_ERRORS, WRITE_RESPONSES
from visits.compliance import BUILT_IN
from visits.compliance_trial import preview
from visits.queries import compliance as queries
from visits.queries.compliance import Asked
from visits.schemas import compliance as schemas

router = Router(tags=["compliance"])


@router.get("/visits/compliance", response={200: schemas.ComplianceOut} | READ_ERRORS)
@fenced
def get_compliance(request: HttpRequest, asked: Query[schemas.ComplianceQuery]) -> HttpResponse:
    """Valid visits ÷ due visits: your own, as a manager also your people's, as an administrator everybody's."""
    reckoning = queries.reckon(_actor(request), now())
    *rows, total = queries.count_due(reckoning, _asked(asked), asked.by, asked.period)
    return json_response(
        {
            "from_date": asked.from_date,
            "to_date": asked.to_date,
            "as_of": reckoning.today,
            "rules": [
                {
                    "version": span.version,
                    "from_date": max(span.first, asked.from_date),
                    "to_date": min(span.last, asked.to_date),
                }
                for span in reckoning.spans
                if span.first <= asked.to_date and span.last >= asked.from_date
            ],
            "total": queries.figures(total),
            "rows": [_group(row, asked.by) | queries.figures(row) for row in rows],
        }
    )


@router.get("/visits/compliance/due-visits", response={200: schemas.DueVisitPage} | READ_ERRORS)
@fenced
def list_due_visits(request: HttpRequest, asked: Query[schemas.DueListQuery]) -> HttpResponse:
    """The due visits behind a figure, each with what became of it and why."""
    reckoning = queries.reckon(_actor(request), now())
    shown, following = queries.list_due(
        reckoning,
        _asked(asked),
        outcomes=[asked.outcome] if asked.outcome else None,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return json_response({"items": shown, "next": following})


@router.get("/visits/compliance-rules", response={200: schemas.ComplianceRulesList} | READ_ERRORS)
@fenced
def list_compliance_rules(request: HttpRequest) -> schemas.ComplianceRulesList:
    """All versions of the rules, the highest first, the built-in one last."""
    names = ("version", "applies_from", "rules", "note", "created_at", "created_by_id")
    own = [schemas.ComplianceRulesOut(**{name: getattr(row, name) for name in names}) for row in queries.list_rules()]
    built_in = schemas.ComplianceRulesOut(
        version=BUILT_IN.version,
        applies_from=BUILT_IN.applies_from,
        rules=BUILT_IN.rules,
        note="",
        created_at=None,
        created_by_id=None,
    )
    return schemas.ComplianceRulesList(items=[*own, built_in])


@router.post("/visits/compliance-rules", response=WRITE_RESPONSES)
def set_compliance_rule(request: HttpRequest, payload: schemas.SetComplianceRule) -> HttpResponse:
    """Say how due visits are judged, from a day on (`visits.set_compliance_rule`)."""
    return run_command(request, "visits.set_compliance_rule", payload, row_id=payload.id)


@router.post("/visits/compliance-rules/preview", response={200: schemas.ComplianceDifference} | READ_ERRORS)
@fenced
def preview_compliance_rule(request: HttpRequest, payload: schemas.PreviewCompliance) -> HttpResponse:
    """What other rules would make of these days, among the reps whom you may see. Nothing is changed."""
    return json_response(preview(_actor(request), payload, now()).model_dump())


def _asked(asked: schemas.DueQuery) -> Asked:
    return Asked(
        asked.from_date,
        asked.to_date,
        asked.rep_id,
        asked.org_unit_id,
        asked.customer_class,
        asked.cycle_id,
        asked.customer_id,
    )


def _group(row: dict[str, Any], by: schemas.GroupBy | None) -> dict[str, Any]:
    members = dict.fromkeys(("rep_id", "org_unit_id", "customer_class", "cycle_id"))
    if by is not None:
        members[by if by == "customer_class" else f"{by}_id"] = row["key"]
    return members | {"period": row["period"]}


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
