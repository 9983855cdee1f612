"""The writers of the catalog."""

from collections.abc import Container
from uuid import UUID

from catalog import policies, queries
from catalog.errors import CategoryCycle, CategoryNotFound, ProductNotFound
from catalog.models import Category, Product
from catalog.schemas import CreateCategory, CreateProduct, UpdateCategory, UpdateProduct
from core.actor import Actor
from core.batches import Batch
from core.clock import now
from core.edits import apply_edit
from core.errors import ReferenceInvalid
from core.registry import command


@command("catalog.create_category", payload=CreateCategory, creates="id", roles=policies.KEEPERS)
def create_category(actor: Actor, items: Batch[CreateCategory]) -> None:
    """Add categories; a parent may stand earlier in the same set. Refuses core.reference_invalid, core.id_taken."""
    known = queries.list_category_ids(items.each("parent_id"))
    for item in items:
        with item:
            payload = item.payload
            _require_category(payload.parent_id, known, "parent_id")
            known.add(payload.id)
            items.write(
                Category(
                    id=payload.id,
                    company_id=actor.company_id,
                    name=payload.name,
                    parent_id=payload.parent_id,
                    created_at=item.occurred_at,
                    created_by_id=actor.user_id,
                    updated_at=now(),
                )
            )


@command("catalog.update_category", payload=UpdateCategory, roles=policies.KEEPERS)
def update_category(actor: Actor, items: Batch[UpdateCategory]) -> None:
    """Edit or move categories. Refuses catalog.category_not_found, catalog.category_cycle,
    core.reference_invalid."""
    categories = queries.lock_all_categories()
    for item in items:
        with item:
            category = categories.get(item.payload.id)
            if category is None:
                raise CategoryNotFound("id")
            move = item.payload.changes.parent_id
            if move is not None:
                _require_category(move.to, categories, "changes.parent_id.to")
                if queries.lies_below(move.to, category.id, categories):
                    raise CategoryCycle("changes.parent_id.to")
            category.updated_at = now()
            apply_edit(
                actor,
                items,
                item,
                category,
                item.payload.changes.by_name(),
                kind="product_category",
                command_name="catalog.update_category",
            )


@command("catalog.create_product", payload=CreateProduct, creates="id", roles=policies.KEEPERS)
def create_product(actor: Actor, items: Batch[CreateProduct]) -> None:
    """Add products. Refuses catalog.product_code_taken, core.reference_invalid, core.id_taken."""
    known = queries.list_category_ids(items.each("category_id"))
    for item in items:
        with item:
            payload = item.payload
            _require_category(payload.category_id, known, "category_id")
            items.write(
                Product(
                    **payload.model_dump(),
                    company_id=actor.company_id,
                    created_at=item.occurred_at,
                    created_by_id=actor.user_id,
                    updated_at=now(),
                )
            )


@command("catalog.update_product", payload=UpdateProduct, roles=policies.KEEPERS)
def update_product(actor: Actor, items: Batch[UpdateProduct]) -> None:
    """Edit products. Refuses catalog.product_not_found, catalog.product_code_taken, core.reference_invalid."""
    products = queries.lock_products(items.each("id"))
    known = queries.list_category_ids(items.collect(lambda p: p.changes.category_id and p.changes.category_id.to))
    for item in items:
        with item:
            product = products.get(item.payload.id)
            if product is None:
                raise ProductNotFound("id")
            move = item.payload.changes.category_id
            _require_category(move.to if move else None, known, "changes.category_id.to")
            product.updated_at = now()
            apply_edit(
                actor,
                items,
                item,
                product,
                item.payload.changes.by_name(),
                kind="product",
                command_name="catalog.update_product",
            )


def _require_category(category_id: UUID | None, known: Container[UUID], name: str) -> None:
    if category_id is not None and category_id not in known:
        raise ReferenceInvalid(name)
