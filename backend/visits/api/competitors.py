"""The endpoints of competitors: who they are, what they sell, what was seen of it, and what it costs."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from core.actor import Actor
from core.clock import to_wire
from core.rest import fenced, get_row, json_response, list_page, page_of, run_command
from core.rest_schemas import READ_ERRORS, WRITE_RESPONSES
from visits.feed import COMPETITOR, COMPETITOR_OBSERVATION, COMPETITOR_PRODUCT
from visits.queries import competitors as queries
from visits.schemas import competitors as schemas

router = Router(tags=["competitors"])
_PRICE = (
    "customer_id", "competitor_product_id", "price", "currency", "unit", "before_price", "before_at", "change",
)  # fmt: skip


@router.get("/competitors", response={200: schemas.CompetitorPage} | READ_ERRORS)
@fenced
def list_competitors(request: HttpRequest, filters: Query[schemas.CompetitorQuery]) -> HttpResponse:
    """The competitors by name."""
    rows = queries.list_competitors(filters.q, filters.archived)
    return list_page(_actor(request), COMPETITOR, rows, order=["name"], cursor=filters.cursor, limit=filters.limit)


@router.post("/competitors", response=WRITE_RESPONSES)
def create_competitor(request: HttpRequest, payload: schemas.CreateCompetitor) -> HttpResponse:
    """Add a competitor (`visits.create_competitor`)."""
    return run_command(request, "visits.create_competitor", payload, row_id=payload.id)


@router.post("/competitors/update", response=WRITE_RESPONSES)
def update_competitor(request: HttpRequest, payload: schemas.UpdateCompetitor) -> HttpResponse:
    """Edit a competitor field by field (`visits.update_competitor`)."""
    return run_command(request, "visits.update_competitor", payload, row_id=payload.id)


@router.get("/competitors/{competitor_id}", response={200: schemas.CompetitorOut} | READ_ERRORS)
@fenced
def get_competitor(request: HttpRequest, competitor_id: UUID) -> HttpResponse:
    """One competitor."""
    return get_row(_actor(request), COMPETITOR, queries.get_competitor(competitor_id))


@router.get("/competitor-products", response={200: schemas.CompetitorProductPage} | READ_ERRORS)
@fenced
def list_competitor_products(request: HttpRequest, filters: Query[schemas.CompetitorProductQuery]) -> HttpResponse:
    """The products of competitors by name."""
    rows = queries.list_competitor_products(
        search=filters.q,
        competitor_id=filters.competitor_id,
        product_id=filters.product_id,
        archived=filters.archived,
    )
    return list_page(
        _actor(request), COMPETITOR_PRODUCT, rows, order=["name"], cursor=filters.cursor, limit=filters.limit
    )


@router.post("/competitor-products", response=WRITE_RESPONSES)
def create_competitor_product(request: HttpRequest, payload: schemas.CreateCompetitorProduct) -> HttpResponse:
    """Add something that a competitor sells (`visits.create_competitor_product`)."""
    return run_command(request, "visits.create_competitor_product", payload, row_id=payload.id)


@router.post("/competitor-products/update", response=WRITE_RESPONSES)
def update_competitor_product(request: HttpRequest, payload: schemas.UpdateCompetitorProduct) -> HttpResponse:
    """Edit a competitor's product field by field (`visits.update_competitor_product`)."""
    return run_command(request, "visits.update_competitor_product", payload, row_id=payload.id)


@router.get("/competitor-products/{competitor_product_id}", response={200: schemas.CompetitorProductOut} | READ_ERRORS)
@fenced
def get_competitor_product(request: HttpRequest, competitor_product_id: UUID) -> HttpResponse:
    """One product of a competitor."""
    return get_row(_actor(request), COMPETITOR_PRODUCT, queries.get_product(competitor_product_id))


@router.get("/competitor-observations", response={200: schemas.ObservationPage} | READ_ERRORS)
@fenced
def list_observations(request: HttpRequest, filters: Query[schemas.ObservationQuery]) -> HttpResponse:
    """What was seen of competitors at the customers you may see, the latest first; withdrawn ones included."""
    rows = queries.list_observations(
        _actor(request),
        seen=_seen(filters) | {"visit_id": filters.visit_id, "author_id": filters.author_id},
        from_date=filters.from_date,
        to_date=filters.to_date,
        linked=filters.linked,
    )
    return list_page(
        _actor(request),
        COMPETITOR_OBSERVATION,
        rows,
        order=["-occurred_at"],
        cursor=filters.cursor,
        limit=filters.limit,
    )


@router.get("/competitor-prices", response={200: schemas.PricePage} | READ_ERRORS)
@fenced
def list_prices(request: HttpRequest, filters: Query[schemas.SeenQuery]) -> HttpResponse:
    """The newest price of each product at each customer you may see, with the change since the one before.

    Prices are compared with those of the same unit and currency. The latest first.
    """
    rows = queries.list_newest_prices(_actor(request), _seen(filters))
    shown, following = page_of(rows, _PRICE, order=["-occurred_at"], cursor=filters.cursor, limit=filters.limit)
    items = [
        {"id": id_, "occurred_at": to_wire(at), **dict(zip(_PRICE, values, strict=True))} for at, id_, *values in shown
    ]
    for item in items:
        item |= {name: None if item[name] is None else str(item[name]) for name in ("price", "before_price", "change")}
        item["before_at"] = item["before_at"] and to_wire(item["before_at"])
    return json_response({"items": items, "next": following})


@router.post("/visits/{visit_id}/competitor-observations", response=WRITE_RESPONSES)
def observe_competitor(request: HttpRequest, visit_id: UUID, payload: schemas.ObserveCompetitorBody) -> HttpResponse:
    """Note what is seen of a competitor's product (`visits.observe_competitor`). The answer's id is its own."""
    members = {"visit_id": visit_id, **payload.model_dump(exclude_unset=True)}
    command = schemas.ObserveCompetitor.model_validate(members)
    return run_command(request, "visits.observe_competitor", command, row_id=payload.id)


@router.post("/competitor-observations/{id}/link", response=WRITE_RESPONSES)
def link_observation(request: HttpRequest, id: UUID, payload: schemas.LinkObservationBody) -> HttpResponse:
    """Say which product was seen (`visits.link_observation`)."""
    command = schemas.LinkObservation(id=id, competitor_product_id=payload.competitor_product_id)
    return run_command(request, "visits.link_observation", command, row_id=id)


@router.post("/competitor-observations/{id}/withdraw", response=WRITE_RESPONSES)
def withdraw_observation(request: HttpRequest, id: UUID, payload: schemas.WithdrawObservationBody) -> HttpResponse:
    """Take an observation back (`visits.withdraw_observation`)."""
    command = schemas.WithdrawObservation(id=id, reason=payload.reason)
    return run_command(request, "visits.withdraw_observation", command, row_id=id)


def _seen(filters: schemas.SeenQuery) -> dict[str, UUID | None]:
    """Of which customer and product, as the queries name them."""
    names = ("customer_id", "competitor_id", "competitor_product_id", "product_id")
    return {name: getattr(filters, name) for name in names}


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
