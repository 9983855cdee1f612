"""Reads of the catalog. All need the company's fence."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Q, QuerySet

from catalog.errors import CategoryNotFound, ProductNotFound
from catalog.models import Category, Product


def get_product(product_id: UUID) -> Product:
    """A product of the company. Raises ProductNotFound."""
    product = Product.objects.filter(id=product_id).first()
    if product is None:
        raise ProductNotFound
    return product


def get_category(category_id: UUID) -> Category:
    """A category of the company. Raises CategoryNotFound."""
    category = Category.objects.filter(id=category_id).first()
    if category is None:
        raise CategoryNotFound
    return category


def list_products(
    *, search: str | None = None, category_id: UUID | None = None, is_active: bool | None = None
) -> QuerySet[Product]:
    """The products that fit; search: a part of the name or code, in any case."""
    rows = Product.objects.all()
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(code__icontains=search))
    if category_id is not None:
        rows = rows.filter(category_id=category_id)
    if is_active is not None:
        rows = rows.filter(is_active=is_active)
    return rows


def list_categories() -> QuerySet[Category]:
    """All categories."""
    return Category.objects.all()


def list_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """What these products are called, by id (one query, none without ids)."""
    wanted = set(ids)
    return dict(Product.objects.filter(id__in=wanted).values_list("id", "name")) if wanted else {}


def lock_products(ids: Iterable[UUID]) -> dict[UUID, Product]:
    """Products by id, held against other edits."""
    rows = Product.objects.filter(id__in=set(ids)).order_by("id").select_for_update(no_key=True)
    return {product.id: product for product in rows}


def lock_all_categories() -> dict[UUID, Category]:
    """Every category by id, held against other edits: two moves at once could otherwise close a circle."""
    return {row.id: row for row in Category.objects.order_by("id").select_for_update(no_key=True)}


def list_category_ids(ids: Iterable[UUID]) -> set[UUID]:
    """Which of these categories exist (one query, none without ids)."""
    wanted = set(ids)
    return set(Category.objects.filter(id__in=wanted).values_list("id", flat=True)) if wanted else set()


def list_product_ids(ids: Iterable[UUID]) -> set[UUID]:
    """Which of these products exist (one query, none without ids)."""
    wanted = set(ids)
    return set(Product.objects.filter(id__in=wanted).values_list("id", flat=True)) if wanted else set()


def lies_below(category_id: UUID | None, ancestor_id: UUID, categories: Mapping[UUID, Category]) -> bool:
    """Whether `category_id` is `ancestor_id` or lies anywhere below it."""
    seen: set[UUID] = set()
    while category_id is not None and category_id not in seen:
        if category_id == ancestor_id:
            return True
        seen.add(category_id)
        category = categories.get(category_id)
        category_id = category.parent_id if category else None
    return False
