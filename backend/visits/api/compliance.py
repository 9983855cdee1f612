"""The endpoints of compliance: its figures, the due visits behind them, its rules."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from accounts.queries import get_company_day
from core.actor import Actor
from core.clock import now
from core.errors import Forbidden, InvalidInput
from core.rest import fenced, json_response, read_cursor, run_command, write_cursor
from core.rest_schemas import READ_ERRORS, WRITE_RESPONSES
from visits.compliance import BUILT_IN, RuleVersion, spans
from visits.policies import RULE_SETTERS
from visits.queries import compliance as queries
from visits.queries.compliance import Asked, Reckoning
from visits.schemas import compliance as schemas

router = Router(tags=["compliance"])


@router.get("/visits/compliance", response={200: schemas.ComplianceOut} | READ_ERRORS)
@fenced
def get_compliance(request: HttpRequest, asked: Query[schemas.ComplianceQuery]) -> HttpResponse:
    """Valid visits ÷ due visits: your own, as a manager also your people's, as an administrator everybody's."""
    reckoning = _reckoning(_actor(request), queries.list_versions())
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
            "total": _figures(total),
            "rows": [_group(row, asked.by) | _figures(row) for row in rows],
        }
    )


@router.get("/visits/compliance/due-visits", response={200: schemas.DueVisitPage} | READ_ERRORS)
@fenced
def list_due_visits(request: HttpRequest, asked: Query[schemas.DueListQuery]) -> HttpResponse:
    """The due visits behind a figure, each with what became of it and why."""
    reckoning = _reckoning(_actor(request), queries.list_versions())
    found = queries.list_due(
        reckoning, _asked(asked), outcome=asked.outcome, after=_after(asked.cursor), limit=asked.limit + 1
    )
    shown = found[: asked.limit]
    following = write_cursor([shown[-1]["due_on"], shown[-1]["id"]]) if len(found) > asked.limit else None
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
    actor = _actor(request)
    if actor.roles.isdisjoint(RULE_SETTERS):
        raise Forbidden
    asked = Asked(payload.from_date, payload.to_date)
    versions = queries.list_versions()
    tried = RuleVersion(_next_version(versions), payload.applies_from, payload.rules)
    *before, total_before = queries.count_due(_reckoning(actor, versions), asked, "rep", None)
    *after, total_after = queries.count_due(_reckoning(actor, [*versions, tried]), asked, "rep", None)
    return json_response(
        {
            "before": _figures(total_before),
            "after": _figures(total_after),
            "reps": _differences(before, after),
        }
    )


def _reckoning(actor: Actor, versions: list[RuleVersion]) -> Reckoning:
    return Reckoning(actor, spans(versions), get_company_day(actor.company_id, now()))


def _next_version(versions: list[RuleVersion]) -> int:
    return max((one.version for one in versions), default=BUILT_IN.version) + 1


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


def _after(cursor: str | None) -> list[Any] | None:
    if not cursor:
        return None
    day, id_ = read_cursor(cursor, 2)
    try:
        return [date.fromisoformat(day), id_]
    except (TypeError, ValueError):
        raise InvalidInput("cursor", reason="not a cursor of this list") from None


def _figures(row: dict[str, Any]) -> dict[str, Any]:
    counts = {name: row[name] for name in schemas.Figures.model_fields if name != "rate"}
    return counts | {"rate": round(row["valid"] / row["due"], 4) if row["due"] else None}


def _group(row: dict[str, Any], by: schemas.GroupBy | None) -> dict[str, Any]:
    members = dict.fromkeys(("rep_id", "org_unit_id", "customer_class", "cycle_id"))
    if by is not None:
        members[by if by == "customer_class" else f"{by}_id"] = row["key"]
    return members | {"period": row["period"]}


def _differences(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The reps whose figures differ; a rep may have none on one side, where another is credited."""
    none = dict.fromkeys(queries.COUNTS, 0)
    sides = [{row["key"]: _figures(row) for row in rows} for rows in (before, after)]
    found = []
    for key in sorted(sides[0].keys() | sides[1].keys()):
        pair = [side.get(key, _figures(none)) for side in sides]
        if pair[0] != pair[1]:
            found.append({"rep_id": UUID(key), "before": pair[0], "after": pair[1]})
    return found


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
