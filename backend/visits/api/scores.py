"""The endpoints of what has to be done on visits, and of what became of it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from core.actor import Actor
from core.rest import fenced, json_response, list_page
from core.rest_schemas import READ_ERRORS
from visits.feed import VISIT_SCORE
from visits.queries import scores as queries
from visits.queries import visits as visit_queries
from visits.queries.types import load_types
from visits.schemas import scores as schemas

router = Router(tags=["visits"])


@router.get("/visits/{id}/actions", response={200: schemas.ActionsOut} | READ_ERRORS)
@fenced
def list_actions(request: HttpRequest, id: UUID) -> HttpResponse:
    """What a visit asks for, and what is done of it by now; of a closed visit what was asked when it was closed."""
    (facts,) = queries.list_facts([visit_queries.get_visit(_actor(request), id).id])
    type_id, asked = facts.asked(load_types() if facts.was_asked is None else {})
    return json_response({"visit_type_id": type_id} | facts.told(asked))


@router.get("/visit-scores", response={200: schemas.VisitScorePage} | READ_ERRORS)
@fenced
def list_scores(request: HttpRequest, asked: Query[schemas.ScoreQuery]) -> HttpResponse:
    """How complete the closed visits at the customers you may see are, and how their forms scored."""
    rows = queries.list_scores(_actor(request), **asked.model_dump(exclude={"cursor", "limit"}))
    return list_page(_actor(request), VISIT_SCORE, rows, order=["-visit_date"], cursor=asked.cursor, limit=asked.limit)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
