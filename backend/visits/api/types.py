"""The endpoints of visit types."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from core.actor import Actor
from core.rest import fenced, list_page, run_command
from core.rest_schemas import READ_ERRORS, WRITE_RESPONSES
from visits.feed import VISIT_TYPE
from visits.queries import types as queries
from visits.schemas import types as schemas

router = Router(tags=["visits"])


@router.get("/visit-types", response={200: schemas.VisitTypePage} | READ_ERRORS)
@fenced
def list_types(request: HttpRequest, filters: Query[schemas.VisitTypeQuery]) -> HttpResponse:
    """The company's visit types, in the order in which they are tried."""
    rows = queries.list_types(archived=filters.archived)
    order = ["position", "code"]
    return list_page(_actor(request), VISIT_TYPE, rows, order=order, cursor=filters.cursor, limit=filters.limit)


@router.post("/visit-types", response=WRITE_RESPONSES)
def set_visit_type(request: HttpRequest, payload: schemas.SetVisitType) -> HttpResponse:
    """Make a visit type, or put another in its place (`visits.set_visit_type`)."""
    return run_command(request, "visits.set_visit_type", payload, row_id=payload.id)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
