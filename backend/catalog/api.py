"""The catalog endpoints. Every command has its own path and takes the same payload as in a push."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from catalog import queries, schemas
from catalog.feed import PRODUCT, PRODUCT_CATEGORY
from core.actor import Actor
from core.rest import fenced, get_row, list_page, run_command
from core.rest_schemas import READ_ERRORS, WRITE_RESPONSES, PageQuery

router = Router(tags=["catalog"])


# Products. Paths with a verb stand before those with an id, which would match them too.


@router.get("/products", response={200: schemas.ProductPage} | READ_ERRORS)
@fenced
def list_products(request: HttpRequest, filters: Query[schemas.ProductQuery]) -> HttpResponse:
    """The company's products by name."""
    rows = queries.list_products(search=filters.q, category_id=filters.category_id, is_active=filters.is_active)
    return list_page(_actor(request), PRODUCT, rows, order=["name"], cursor=filters.cursor, limit=filters.limit)


@router.post("/products", response=WRITE_RESPONSES)
def create_product(request: HttpRequest, payload: schemas.CreateProduct) -> HttpResponse:
    """Add a product (`catalog.create_product`)."""
    return run_command(request, "catalog.create_product", payload, row_id=payload.id)


@router.post("/products/update", response=WRITE_RESPONSES)
def update_product(request: HttpRequest, payload: schemas.UpdateProduct) -> HttpResponse:
    """Edit a product field by field (`catalog.update_product`)."""
    return run_command(request, "catalog.update_product", payload, row_id=payload.id)


@router.get("/products/{product_id}", response={200: schemas.ProductOut} | READ_ERRORS)
@fenced
def get_product(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """One product."""
    return get_row(_actor(request), PRODUCT, queries.get_product(product_id))


# Categories


@router.get("/product-categories", response={200: schemas.CategoryPage} | READ_ERRORS)
@fenced
def list_categories(request: HttpRequest, filters: Query[PageQuery]) -> HttpResponse:
    """The company's product categories by name."""
    rows = queries.list_categories()
    return list_page(
        _actor(request), PRODUCT_CATEGORY, rows, order=["name"], cursor=filters.cursor, limit=filters.limit
    )


@router.post("/product-categories", response=WRITE_RESPONSES)
def create_category(request: HttpRequest, payload: schemas.CreateCategory) -> HttpResponse:
    """Add a category (`catalog.create_category`)."""
    return run_command(request, "catalog.create_category", payload, row_id=payload.id)


@router.post("/product-categories/update", response=WRITE_RESPONSES)
def update_category(request: HttpRequest, payload: schemas.UpdateCategory) -> HttpResponse:
    """Edit or move a category (`catalog.update_category`)."""
    return run_command(request, "catalog.update_category", payload, row_id=payload.id)


@router.get("/product-categories/{category_id}", response={200: schemas.CategoryOut} | READ_ERRORS)
@fenced
def get_category(request: HttpRequest, category_id: UUID) -> HttpResponse:
    """One product category."""
    return get_row(_actor(request), PRODUCT_CATEGORY, queries.get_category(category_id))


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
