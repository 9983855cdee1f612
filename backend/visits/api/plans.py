"""The endpoints of call cycles and of the rolling plan."""

from collections import Counter
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from core.actor import Actor
from core.errors import Forbidden
from core.rest import fenced, json_response, list_page, run_command
from core.rest_schemas import READ_ERRORS, WRITE_RESPONSES, ErrorBody
from visits import policies
from visits.commands.plans import preview
from visits.feed import CALL_CYCLE
from visits.queries import plans as queries
from visits.rolling_plan import Change
from visits.schemas import plans as schemas

router = Router(tags=["plans"])
MAX_SHOWN = 1_000


@router.get("/call-cycles", response={200: schemas.CallCyclePage} | READ_ERRORS)
@fenced
def list_cycles(request: HttpRequest, filters: Query[schemas.CycleQuery]) -> HttpResponse:
    """How often customers are visited: the cycles of classes, and those of customers you may see, by name."""
    rows = queries.list_cycles(_actor(request), filters.customer_id, filters.valid_on)
    return list_page(_actor(request), CALL_CYCLE, rows, order=["name"], cursor=filters.cursor, limit=filters.limit)


@router.post("/call-cycles", response=WRITE_RESPONSES)
def set_cycle(request: HttpRequest, payload: schemas.SetCycle) -> HttpResponse:
    """Make a call cycle, or put another in its place (`visits.set_cycle`)."""
    return run_command(request, "visits.set_cycle", payload, row_id=payload.id)


@router.post("/visits/publish-plan", response=WRITE_RESPONSES)
def publish_plan(request: HttpRequest, payload: schemas.PublishPlan) -> HttpResponse:
    """Bring the plans of reps up to date for the next 28 days (`visits.publish_plan`). A job does so every night."""
    return run_command(request, "visits.publish_plan", payload)


@router.post(
    "/visits/publish-plan/dry-run",
    response={200: schemas.PlanPreview, 400: ErrorBody, 503: ErrorBody} | READ_ERRORS,
)
@fenced
def preview_plan(request: HttpRequest, payload: schemas.PublishPlan) -> HttpResponse:
    """What `visits.publish_plan` would change if it were sent now."""
    actor = _actor(request)
    if actor.roles.isdisjoint(policies.PLANNERS):
        raise Forbidden
    facts = preview(actor, payload)
    changes = [change for plan in facts.plans.values() for change in plan.changes()]
    counts = Counter(change.kind for change in changes)
    return json_response(
        {
            "due": sum(1 for plan in facts.plans.values() for _ in plan.due()),
            "added": counts["add"],
            "changed": counts["change"],
            "restored": counts["restore"],
            "withdrawn": counts["withdraw"],
            "changes": [_shown(change) for change in changes[:MAX_SHOWN]],
        }
    )


@router.post("/visits/{id}/move", response=WRITE_RESPONSES)
def move(request: HttpRequest, id: UUID, payload: schemas.MoveBody) -> HttpResponse:
    """Put a planned visit on another day (`visits.move`)."""
    members = payload.model_dump(by_alias=True, exclude_unset=True)
    command = schemas.Move.model_validate({**members, "visit_id": id})
    return run_command(request, "visits.move", command, row_id=id)


def _shown(change: Change) -> dict[str, object]:
    wish, before = change.wish, change.before
    return {
        "change": change.kind,
        "visit_id": change.id,
        "customer_id": wish.customer_id if wish else before and before.customer_id,
        "rep_id": wish and wish.rep_id,
        "for_rep_id": wish and wish.for_rep_id,
        "planned_date": wish and wish.day,
        "origin": wish.origin if wish else before and before.origin,
        "was_date": before and before.day,
        "was_rep_id": before and before.rep_id,
    }


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
