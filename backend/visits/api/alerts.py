"""The endpoints of the rules of alerts."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from ninja import Router

from core.rest import fenced, json_response, run_command
from core.rest_schemas import READ_ERRORS, WRITE_RESPONSES
from visits.queries.alerts import get_alert_rules
from visits.schemas import alerts as schemas

router = Router(tags=["tasks"])


@router.get("/alert-rules", response={200: schemas.AlertRulesOut} | READ_ERRORS)
@fenced
def show_alert_rules(request: HttpRequest) -> HttpResponse:
    """When people are told of overdue tasks and visits."""
    return json_response(asdict(get_alert_rules()))


@router.post("/alert-rules", response=WRITE_RESPONSES)
def set_alert_rules(request: HttpRequest, payload: schemas.SetAlertRules) -> HttpResponse:
    """Say when people are told of overdue tasks and visits (`visits.set_alert_rules`)."""
    return run_command(request, "visits.set_alert_rules", payload, row_id=payload.id)
