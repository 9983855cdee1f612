"""The writers of competitors and their products, which every phone of the company holds."""

from uuid import UUID

from catalog import queries as catalog_queries
from core.actor import Actor
from core.batches import Batch
from core.clock import now
from core.edits import apply_edit
from core.errors import ReferenceInvalid
from core.registry import command
from visits import errors, policies
from visits.models.competitors import Competitor, CompetitorProduct
from visits.queries import competitors as queries
from visits.schemas import competitors as schemas


@command("visits.create_competitor", payload=schemas.CreateCompetitor, creates="id", roles=policies.COMPETITOR_KEEPERS)
def create_competitor(actor: Actor, items: Batch[schemas.CreateCompetitor]) -> None:
    """Add competitors. Refuses visits.competitor_name_taken, core.id_taken."""
    for item in items:
        with item:
            items.write(
                Competitor(
                    id=item.payload.id,
                    company_id=actor.company_id,
                    name=item.payload.name,
                    created_at=item.occurred_at,
                    created_by_id=actor.author_id,
                    updated_at=now(),
                )
            )


@command("visits.update_competitor", payload=schemas.UpdateCompetitor, roles=policies.COMPETITOR_KEEPERS)
def update_competitor(actor: Actor, items: Batch[schemas.UpdateCompetitor]) -> None:
    """Edit competitors. Refuses visits.competitor_not_found, visits.competitor_name_taken."""
    rows = queries.lock_competitors(items.each("id"))
    for item in items:
        with item:
            row = rows.get(item.payload.id)
            if row is None:
                raise errors.CompetitorNotFound("id")
            row.updated_at = now()
            changes = item.payload.changes.by_name()
            apply_edit(actor, items, item, row, changes, kind="competitor", command_name="visits.update_competitor")


@command(
    "visits.create_competitor_product",
    payload=schemas.CreateCompetitorProduct,
    creates="id",
    roles=policies.COMPETITOR_KEEPERS,
)
def create_competitor_product(actor: Actor, items: Batch[schemas.CreateCompetitorProduct]) -> None:
    """Add products of competitors.

    Refuses visits.barcode_taken, core.reference_invalid (competitor_id, product_id), core.id_taken.
    """
    competitors = queries.list_competitor_ids(items.each("competitor_id"))
    own = catalog_queries.list_product_ids(items.each("product_id"))
    for item in items:
        with item:
            payload = item.payload
            if payload.competitor_id not in competitors:
                raise ReferenceInvalid("competitor_id")
            _require_own(payload.product_id, own, "product_id")
            items.write(
                CompetitorProduct(
                    **payload.model_dump(),
                    company_id=actor.company_id,
                    created_at=item.occurred_at,
                    created_by_id=actor.author_id,
                    updated_at=now(),
                )
            )


@command("visits.update_competitor_product", payload=schemas.UpdateCompetitorProduct, roles=policies.COMPETITOR_KEEPERS)
def update_competitor_product(actor: Actor, items: Batch[schemas.UpdateCompetitorProduct]) -> None:
    """Edit products of competitors.

    Refuses visits.competitor_product_not_found, visits.barcode_taken, core.reference_invalid.
    """
    rows = queries.lock_products(items.each("id"))
    own = catalog_queries.list_product_ids(items.collect(lambda p: p.changes.product_id and p.changes.product_id.to))
    for item in items:
        with item:
            row = rows.get(item.payload.id)
            if row is None:
                raise errors.CompetitorProductNotFound("id")
            changes = item.payload.changes
            _require_own(changes.product_id.to if changes.product_id else None, own, "changes.product_id.to")
            row.updated_at = now()
            apply_edit(
                actor,
                items,
                item,
                row,
                changes.by_name(),
                kind="competitor_product",
                command_name="visits.update_competitor_product",
            )


def _require_own(product_id: UUID | None, own: set[UUID], name: str) -> None:
    if product_id is not None and product_id not in own:
        raise ReferenceInvalid(name)
