"""The visits endpoints."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from core.actor import Actor
from core.payloads import Payload
from core.rest import fenced, get_row, list_page, run_command
from core.rest_schemas import READ_ERRORS, WRITE_RESPONSES, PageQuery
from visits.feed import CHECK_IN, VISIT, VISIT_LOG
from visits.queries import visits as queries
from visits.schemas import visits as schemas

router = Router(tags=["visits"])


@router.get("/visits", response={200: schemas.VisitPage} | READ_ERRORS)
@fenced
def list_visits(request: HttpRequest, filters: Query[schemas.VisitQuery]) -> HttpResponse:
    """Visits at the customers you may see, the latest day first.

    A visit's day is the planned one; once somebody checked in, the day of the check-in by the company's calendar.
    """
    rows = queries.list_seen(
        _actor(request),
        rep_id=filters.rep_id,
        customer_id=filters.customer_id,
        state=filters.state,
        from_date=filters.from_date,
        to_date=filters.to_date,
    )
    return list_page(_actor(request), VISIT, rows, order=["-visit_date"], cursor=filters.cursor, limit=filters.limit)


@router.get("/visits/{id}", response={200: schemas.VisitOut} | READ_ERRORS)
@fenced
def get_visit(request: HttpRequest, id: UUID) -> HttpResponse:
    """One visit."""
    return get_row(_actor(request), VISIT, queries.get_visit(_actor(request), id))


@router.get("/visits/{id}/check-ins", response={200: schemas.CheckInPage} | READ_ERRORS)
@fenced
def list_check_ins(request: HttpRequest, id: UUID, page: Query[PageQuery]) -> HttpResponse:
    """The evidence of a visit's check-in and check-out, in the order in which they happened."""
    rows = queries.list_check_ins(queries.get_visit(_actor(request), id).id)
    return list_page(_actor(request), CHECK_IN, rows, order=["occurred_at"], cursor=page.cursor, limit=page.limit)


@router.get("/visits/{id}/logs", response={200: schemas.VisitLogPage} | READ_ERRORS)
@fenced
def list_logs(request: HttpRequest, id: UUID, page: Query[PageQuery]) -> HttpResponse:
    """The logs of a visit, in the order in which they were written."""
    rows = queries.list_logs(queries.get_visit(_actor(request), id).id)
    return list_page(_actor(request), VISIT_LOG, rows, order=["occurred_at"], cursor=page.cursor, limit=page.limit)


@router.post("/visits", response=WRITE_RESPONSES)
def plan(request: HttpRequest, payload: schemas.Plan) -> HttpResponse:
    """Plan a visit, for yourself or for somebody of your teams (`visits.plan`)."""
    return run_command(request, "visits.plan", payload, row_id=payload.id)


@router.post("/visits/{id}/check-in", response=WRITE_RESPONSES)
def check_in(request: HttpRequest, id: UUID, payload: schemas.CheckInBody) -> HttpResponse:
    """Check in: opens the planned visit with this id, or makes one (`visits.check_in`)."""
    return run_command(request, "visits.check_in", schemas.CheckIn.model_validate(_of(id, payload)), row_id=id)


@router.post("/visits/{id}/check-out", response=WRITE_RESPONSES)
def check_out(request: HttpRequest, id: UUID, payload: schemas.CheckOutBody) -> HttpResponse:
    """Check out: closes the visit (`visits.check_out`)."""
    return run_command(request, "visits.check_out", schemas.CheckOut.model_validate(_of(id, payload)), row_id=id)


@router.post("/visits/{id}/log", response=WRITE_RESPONSES)
def log(request: HttpRequest, id: UUID, payload: schemas.LogBody) -> HttpResponse:
    """Write a log about the visit (`visits.log`). The answer's id is the log's."""
    return run_command(request, "visits.log", schemas.Log.model_validate(_of(id, payload)), row_id=payload.id)


@router.post("/visits/{id}/cancel", response=WRITE_RESPONSES)
def cancel(request: HttpRequest, id: UUID, payload: schemas.CancelBody) -> HttpResponse:
    """Cancel a planned visit (`visits.cancel`)."""
    return run_command(request, "visits.cancel", schemas.Cancel.model_validate(_of(id, payload)), row_id=id)


def _of(visit_id: UUID, body: Payload) -> dict[str, object]:
    """The command's payload: what was sent, and only that, with the visit of the address."""
    return {"visit_id": visit_id, **body.model_dump(exclude_unset=True)}


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
