"""The visits endpoints."""

from datetime import date
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from core.rest import MAX_PAGE, fenced, get_row, list_page, run_command
from core.rest_schemas import READ_ERRORS, WRITE_RESPONSES
from visits import queries, schemas
from visits.feed import CHECK_IN, VISIT, VISIT_LOG

router = Router(tags=["visits"])
Cursor = Annotated[str | None, Query(description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]


@router.get("/visits", response={200: schemas.VisitPage} | READ_ERRORS)
@fenced
def list_visits(
    request: HttpRequest,
    rep_id: UUID | None = None,
    customer_id: UUID | None = None,
    state: schemas.VisitState | None = None,
    from_date: date | None = None,
    to_date: date | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> HttpResponse:
    """Visits at the customers you may see, the latest day first.

    A visit's day is the planned one; once somebody checked in, the day of the check-in by the company's calendar.
    """
    filters = {"rep_id": rep_id, "customer_id": customer_id, "state": state}
    rows = queries.list_seen(request.auth, filters=filters, from_date=from_date, to_date=to_date)
    return list_page(request.auth, VISIT, rows, order=["-visit_date"], cursor=cursor, limit=limit)


@router.get("/visits/{id}", response={200: schemas.VisitOut} | READ_ERRORS)
@fenced
def get_visit(request: HttpRequest, id: UUID) -> HttpResponse:
    """One visit."""
    return get_row(request.auth, VISIT, queries.get_visit(request.auth, id))


@router.get("/visits/{id}/check-ins", response={200: schemas.CheckInPage} | READ_ERRORS)
@fenced
def list_check_ins(request: HttpRequest, id: UUID, cursor: Cursor = None, limit: Limit = 100) -> HttpResponse:
    """The evidence of a visit's check-in and check-out, in the order in which they happened."""
    rows = queries.list_check_ins(queries.get_visit(request.auth, id).id)
    return list_page(request.auth, CHECK_IN, rows, order=["occurred_at"], cursor=cursor, limit=limit)


@router.get("/visits/{id}/logs", response={200: schemas.VisitLogPage} | READ_ERRORS)
@fenced
def list_logs(request: HttpRequest, id: UUID, cursor: Cursor = None, limit: Limit = 100) -> HttpResponse:
    """The logs of a visit, in the order in which they were written."""
    rows = queries.list_logs(queries.get_visit(request.auth, id).id)
    return list_page(request.auth, VISIT_LOG, rows, order=["occurred_at"], cursor=cursor, limit=limit)


@router.post("/visits", response=WRITE_RESPONSES)
def plan(request: HttpRequest, payload: schemas.Plan) -> HttpResponse:
    """Plan a visit, for yourself or for somebody of your teams (`visits.plan`)."""
    return run_command(request, "visits.plan", payload, row_id=payload.id)


@router.post("/visits/{id}/check-in", response=WRITE_RESPONSES)
def check_in(request: HttpRequest, id: UUID, payload: schemas.CheckInBody) -> HttpResponse:
    """Check in: opens the planned visit with this id, or makes one (`visits.check_in`)."""
    command = schemas.CheckIn(visit_id=id, **_given(payload))
    return run_command(request, "visits.check_in", command, row_id=id)


@router.post("/visits/{id}/check-out", response=WRITE_RESPONSES)
def check_out(request: HttpRequest, id: UUID, payload: schemas.CheckOutBody) -> HttpResponse:
    """Check out: closes the visit (`visits.check_out`)."""
    return run_command(request, "visits.check_out", schemas.CheckOut(visit_id=id, **_given(payload)), row_id=id)


@router.post("/visits/{id}/log", response=WRITE_RESPONSES)
def log(request: HttpRequest, id: UUID, payload: schemas.LogBody) -> HttpResponse:
    """Write a log about the visit (`visits.log`). The answer's id is the log's."""
    return run_command(request, "visits.log", schemas.Log(visit_id=id, **_given(payload)), row_id=payload.id)


@router.post("/visits/{id}/cancel", response=WRITE_RESPONSES)
def cancel(request: HttpRequest, id: UUID, payload: schemas.CancelBody) -> HttpResponse:
    """Cancel a planned visit (`visits.cancel`)."""
    return run_command(request, "visits.cancel", schemas.Cancel(visit_id=id, reason=payload.reason), row_id=id)


def _given(payload: schemas.Payload) -> dict[str, object]:
    """The members that were sent, and only those: the stored command says what the caller said."""
    return {name: getattr(payload, name) for name in payload.model_fields_set}
