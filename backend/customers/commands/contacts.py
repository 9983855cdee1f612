"""The writers of customers' contacts."""

from uuid import UUID

from core.actor import Actor
from core.batches import Batch
from core.clock import now
from core.edits import apply_edit
from core.registry import command
from customers import policies, queries
from customers.errors import ContactNotFound
from customers.models import Contact
from customers.schemas import AddContact, ContactId, UpdateContact


@command("customers.add_contact", payload=AddContact, creates="id", roles=policies.VISITORS)
def add_contact(actor: Actor, items: Batch[AddContact]) -> None:
    """Add people at customers. Refuses customers.not_found, core.id_taken; parks sync.scope_lost."""
    found = queries.reach(actor, items.each("customer_id"))
    for item in items:
        with item:
            payload = item.payload
            customer = found.get(payload.customer_id)
            items.write(
                Contact(
                    id=payload.id,
                    company_id=actor.company_id,
                    customer_id=customer.id,
                    name=payload.name,
                    title=payload.title,
                    phone=payload.phone,
                    email=payload.email,
                    notes=payload.notes,
                    is_primary=payload.is_primary,
                    created_at=item.occurred_at,
                    created_by_id=actor.user_id,
                    updated_at=now(),
                )
            )


@command("customers.update_contact", payload=UpdateContact, roles=policies.VISITORS)
def update_contact(actor: Actor, items: Batch[UpdateContact]) -> None:
    """Edit contacts field by field. Refuses customers.contact_not_found, customers.not_found; parks
    sync.scope_lost."""
    contacts = queries.lock_contacts(items.each("id"))
    found = queries.reach(actor, {contact.customer_id for contact in contacts.values()})
    for item in items:
        with item:
            contact = _require(contacts, item.payload.id)
            found.get(contact.customer_id, "id")
            contact.updated_at = now()
            apply_edit(
                actor,
                items,
                item,
                contact,
                item.payload.changes.by_name(),
                kind="contact",
                command_name="customers.update_contact",
            )


@command("customers.remove_contact", payload=ContactId, roles=policies.EDITORS)
def remove_contact(actor: Actor, items: Batch[ContactId]) -> None:
    """Remove contacts. Refuses customers.contact_not_found, customers.not_found; parks sync.scope_lost."""
    contacts = queries.lock_contacts(items.each("id"))
    found = queries.reach(actor, {contact.customer_id for contact in contacts.values()})
    for item in items:
        with item:
            contact = _require(contacts, item.payload.id)
            found.get(contact.customer_id, "id")
            items.delete(contacts.pop(contact.id))


def _require(contacts: dict[UUID, Contact], id_: UUID) -> Contact:
    contact = contacts.get(id_)
    if contact is None:
        raise ContactNotFound("id")
    return contact
