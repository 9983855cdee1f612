"""The writer of visit types."""

from collections.abc import Container
from uuid import UUID

from core.actor import Actor
from core.batches import Batch
from core.clock import now
from core.errors import ReferenceInvalid
from core.registry import command
from forms import queries as form_queries
from visits import policies
from visits.models.types import VisitType
from visits.queries import types as queries
from visits.schemas import types as schemas


@command("visits.set_visit_type", payload=schemas.SetVisitType, creates="id", roles=policies.TYPE_SETTERS)
def set_visit_type(actor: Actor, items: Batch[schemas.SetVisitType]) -> None:
    """Make visit types, or put others in their place. Visits that are closed keep what was asked of them.

    Refuses visits.type_code_taken, core.reference_invalid (form_id of an action).
    """
    known = queries.lock_types(items.each("id"))
    forms = form_queries.list_form_ids(
        action.form_id for item in items.items for action in item.payload.actions if action.form_id is not None
    )
    for item in items:
        with item:
            payload = item.payload
            for number, action in enumerate(payload.actions):
                if action.form_id is not None and action.form_id not in forms:
                    raise ReferenceInvalid(f"actions.{number}.form_id")
            row = known.setdefault(payload.id, VisitType(id=payload.id, company_id=actor.company_id))
            row.code, row.position, row.archived = payload.code, payload.position, payload.archived
            row.names = payload.names.model_dump()
            row.chosen_for = payload.chosen_for and payload.chosen_for.model_dump(mode="json")
            row.actions = [action.model_dump(mode="json") for action in payload.actions]
            row.updated_at, row.updated_by_id = now(), actor.author_id
            items.write(row)


def require_type(type_id: UUID | None, known: Container[UUID]) -> None:
    """Raises ReferenceInvalid where a visit type is named that does not exist."""
    if type_id is not None and type_id not in known:
        raise ReferenceInvalid("visit_type_id")
