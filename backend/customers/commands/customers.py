"""The writers of customers themselves: create, update, archive, delete."""

from uuid import UUID

from accounts import queries as accounts
from core.actor import Actor
from core.batches import Batch
from core.clock import now
from core.edits import apply_edit
from core.errors import IdTaken, ReferenceInvalid
from core.merge import Policy
from core.registry import command
from customers import policies, queries
from customers.errors import CustomerNotFound, HasHistory
from customers.models import Contact, Customer, Follow, Share, Site
from customers.schemas import CreateCustomer, CustomerId, UpdateCustomer

# The names by which other systems know a customer, and its credit hold, are not overwritten by an edit that was made
# without knowing them.
MERGE: dict[str, Policy] = {"code": "server", "external_id": "server", "credit_hold": "server"}


@command("customers.create", payload=CreateCustomer, creates="id", roles=policies.EDITORS)
def create(actor: Actor, items: Batch[CreateCustomer]) -> None:
    """Add customers. Refuses customers.code_taken, customers.external_id_taken, customers.not_superior,
    customers.user_inactive, core.reference_invalid, core.id_taken."""
    others = items.each("owner_id") - {actor.user_id}
    owners = {user.id: user.is_active for user in accounts.list_users(others).values()} if others else {}
    subordinates = queries.list_subordinates(actor, others)
    named = items.each("territory_id")
    territories = accounts.list_territories(named).keys() if named else ()
    taken = accounts.list_scope_ids(actor.company_id, items.each("id"))
    received_at = now()
    for item in items:
        with item:
            payload = item.payload
            if payload.id in taken:
                raise IdTaken("id")
            owner_id = payload.owner_id if "owner_id" in payload.model_fields_set else actor.user_id
            if owner_id != actor.user_id:
                policies.require_active(owner_id, owners, "owner_id")
                policies.may_assign_to(actor, owner_id, subordinates)
            if payload.territory_id is not None and payload.territory_id not in territories:
                raise ReferenceInvalid("territory_id")
            items.write(
                Customer(
                    id=payload.id,
                    company_id=actor.company_id,
                    name=payload.name,
                    code=payload.code,
                    external_id=payload.external_id,
                    customer_class=payload.customer_class,
                    channel=payload.channel,
                    stage=payload.stage,
                    owner_id=owner_id,
                    territory_id=payload.territory_id,
                    phone=payload.phone,
                    address=payload.address,
                    notes=payload.notes,
                    credit_hold=payload.credit_hold,
                    created_at=item.occurred_at,
                    created_by_id=actor.user_id,
                    updated_at=received_at,
                )
            )


@command("customers.update", payload=UpdateCustomer, roles=policies.EDITORS)
def update(actor: Actor, items: Batch[UpdateCustomer]) -> None:
    """Edit customers field by field. Refuses customers.not_found, customers.credit_hold_protected,
    customers.code_taken, customers.external_id_taken; parks sync.scope_lost."""
    found = queries.reach(actor, items.each("id"), lock="edit")
    for item in items:
        with item:
            customer = found.get(item.payload.id, "id")
            policies.may_edit(actor, item.payload.changes)
            customer.updated_at = now()
            apply_edit(
                actor,
                items,
                item,
                customer,
                item.payload.changes.by_name(),
                kind="customer",
                command_name="customers.update",
                policies=MERGE,
            )


@command("customers.archive", payload=CustomerId, roles=policies.EDITORS)
def archive(actor: Actor, items: Batch[CustomerId]) -> None:
    """Put customers away; they stay visible and can be had back. Refuses customers.not_found,
    customers.not_in_charge; parks sync.scope_lost."""
    _set_archived(actor, items, archived=True)


@command("customers.unarchive", payload=CustomerId, roles=policies.EDITORS)
def unarchive(actor: Actor, items: Batch[CustomerId]) -> None:
    """Have archived customers back. Refuses customers.not_found, customers.not_in_charge; parks sync.scope_lost."""
    _set_archived(actor, items, archived=False)


@command("customers.delete", payload=CustomerId, roles=policies.EDITORS)
def delete(actor: Actor, items: Batch[CustomerId]) -> None:
    """Remove customers for good, with their sites and contacts. Refuses customers.not_found,
    customers.not_in_charge, customers.has_history; parks sync.scope_lost."""
    # The lock also keeps out rows that would come to refer to a customer between the question and its deletion.
    found = queries.reach(actor, items.each("id"), lock="delete")
    history = queries.list_with_history(found.rows)
    doomed: dict[UUID, Customer] = {}
    for item in items:
        with item:
            customer = found.get(item.payload.id, "id")
            if customer.id in doomed:
                raise CustomerNotFound("id")
            policies.may_delete(actor, customer, found.reasons[customer.id])
            if customer.id in history:
                raise HasHistory("id")
            doomed[customer.id] = customer
    for model in (Site, Contact, Share, Follow):
        for row in model.objects.filter(customer_id__in=doomed):
            items.delete(row)
    for customer in doomed.values():
        items.delete(customer)


def _set_archived(actor: Actor, items: Batch[CustomerId], *, archived: bool) -> None:
    found = queries.reach(actor, items.each("id"), lock="edit")
    for item in items:
        with item:
            customer = found.get(item.payload.id, "id")
            policies.require_in_charge(actor, found.reasons[customer.id])
            if (customer.archived_at is not None) == archived:
                continue
            customer.archived_at = item.occurred_at if archived else None
            customer.updated_at = now()
            items.write(customer)
