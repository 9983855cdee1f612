"""The endpoints of a day's order."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from core.actor import Actor
from core.clock import to_wire
from core.rest import fenced, json_response, run_command
from core.rest_schemas import READ_ERRORS, WRITE_RESPONSES
from visits.queries import days as queries
from visits.schemas import days as schemas
from visits.travel import DETOUR_FACTOR, SPEED_MPS

router = Router(tags=["plans"])


@router.get("/visits/day-order", response={200: schemas.DayOrder} | READ_ERRORS)
@fenced
def propose_day(request: HttpRequest, asked: Query[schemas.DayOrderQuery]) -> HttpResponse:
    """A proposed order of a rep's planned visits: from his start point, within work and opening hours.

    Agreed times are kept. Nothing is stored; `visits.order_day` does that, with this order or another.
    """
    actor = _actor(request)
    rep_id = asked.rep_id or actor.user_id
    day, proposal, time, start = queries.propose_day(actor, rep_id, asked.date)
    return json_response(
        {
            "rep_id": rep_id,
            "date": day,
            "starts_at_start_point": start is not None,
            "stops": [
                {
                    "visit_id": stop.visit_id,
                    "customer_id": stop.customer_id,
                    "sequence": sequence,
                    "arrive_at": to_wire(queries.instant_of(time, day, stop.arrive_s)),
                    "begin_at": to_wire(queries.instant_of(time, day, stop.begin_s)),
                    "end_at": to_wire(queries.instant_of(time, day, stop.end_s)),
                    "travel_s": stop.travel_s,
                    "way_m": round(stop.way_m, 1),
                }
                for sequence, stop in enumerate(proposal.stops, 1)
            ],
            "left_out": [stop._asdict() for stop in proposal.left_out],
            "travel_s": sum(stop.travel_s for stop in proposal.stops),
            "way_m": round(sum(stop.way_m for stop in proposal.stops), 1),
            "detour_factor": DETOUR_FACTOR,
            "speed_mps": SPEED_MPS,
            "solver": proposal.solver,
        }
    )


@router.post("/visits/order-day", response=WRITE_RESPONSES)
def order_day(request: HttpRequest, payload: schemas.OrderDay) -> HttpResponse:
    """Put the planned visits of a day in order (`visits.order_day`)."""
    return run_command(request, "visits.order_day", payload)


@router.post("/visits/set-start-point", response=WRITE_RESPONSES)
def set_start_point(request: HttpRequest, payload: schemas.SetStartPoint) -> HttpResponse:
    """Say where a rep sets out in the morning (`visits.set_start_point`)."""
    return run_command(request, "visits.set_start_point", payload)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
