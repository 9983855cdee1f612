"""The endpoints of routes, absences and joint visits."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from core.actor import Actor
from core.rest import fenced, list_page, run_command
from core.rest_schemas import READ_ERRORS, WRITE_RESPONSES, PageQuery
from visits.feed import ABSENCE, ROUTE, VISIT_PARTICIPANT
from visits.queries import absences as queries
from visits.queries import participants as participant_queries
from visits.queries import visits as visit_queries
from visits.schemas import absences as schemas

router = Router(tags=["plans"])


@router.get("/routes", response={200: schemas.RoutePage} | READ_ERRORS)
@fenced
def list_routes(request: HttpRequest, filters: Query[schemas.RouteQuery]) -> HttpResponse:
    """Your routes and those of your people, by name."""
    rows = queries.list_routes(_actor(request), filters.rep_id)
    return list_page(_actor(request), ROUTE, rows, order=["name"], cursor=filters.cursor, limit=filters.limit)


@router.post("/routes", response=WRITE_RESPONSES)
def set_route(request: HttpRequest, payload: schemas.SetRoute) -> HttpResponse:
    """Make a route, or put another in its place (`visits.set_route`)."""
    return run_command(request, "visits.set_route", payload, row_id=payload.id)


@router.get("/absences", response={200: schemas.AbsencePage} | READ_ERRORS)
@fenced
def list_absences(request: HttpRequest, filters: Query[schemas.AbsenceQuery]) -> HttpResponse:
    """Your absences and those of your people, and those for which you stand in, the latest first."""
    rows = queries.list_absences(_actor(request), filters.rep_id, filters.from_date)
    return list_page(_actor(request), ABSENCE, rows, order=["-from_date"], cursor=filters.cursor, limit=filters.limit)


@router.post("/absences", response=WRITE_RESPONSES)
def record_absence(request: HttpRequest, payload: schemas.RecordAbsence) -> HttpResponse:
    """Record who is away, and who stands in for him (`visits.record_absence`)."""
    return run_command(request, "visits.record_absence", payload, row_id=payload.id)


@router.post("/absences/cancel", response=WRITE_RESPONSES)
def cancel_absence(request: HttpRequest, payload: schemas.AbsenceId) -> HttpResponse:
    """Take an absence back (`visits.cancel_absence`)."""
    return run_command(request, "visits.cancel_absence", payload, row_id=payload.id)


@router.get("/visits/{id}/participants", response={200: schemas.ParticipantPage} | READ_ERRORS)
@fenced
def list_participants(request: HttpRequest, id: UUID, page: Query[PageQuery]) -> HttpResponse:
    """Who comes along on a visit."""
    rows = participant_queries.list_participants(visit_queries.get_visit(_actor(request), id).id)
    return list_page(
        _actor(request), VISIT_PARTICIPANT, rows, order=["created_at"], cursor=page.cursor, limit=page.limit
    )


@router.post("/visits/{id}/participants", response=WRITE_RESPONSES)
def add_participant(request: HttpRequest, id: UUID, payload: schemas.ParticipantBody) -> HttpResponse:
    """Have somebody come along (`visits.add_participant`)."""
    command = schemas.AddParticipant(visit_id=id, user_id=payload.user_id)
    return run_command(request, "visits.add_participant", command, row_id=id)


@router.post("/visits/{id}/participants/remove", response=WRITE_RESPONSES)
def remove_participant(request: HttpRequest, id: UUID, payload: schemas.ParticipantBody) -> HttpResponse:
    """Have somebody not come along after all (`visits.remove_participant`)."""
    command = schemas.RemoveParticipant(visit_id=id, user_id=payload.user_id)
    return run_command(request, "visits.remove_participant", command, row_id=id)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
