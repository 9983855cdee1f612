"""Reads of customers for those who look over them: lists to sort, the page of one, proposals to decide on.

All need the company's fence.
"""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce

from core.actor import Actor
from core.grants import visible as visible_scope
from customers.errors import ContactNotFound, CustomerNotFound, PinNotFound
from customers.models import Contact, PinProposal
from customers.queries import visible


def list_rows(actor: Actor) -> QuerySet[Any]:
    """The customers that the actor sees, with their owners and territories.

    owner_name, territory_name, code_text, grade: for sorting, never null. pin_waits: somebody proposed a place for one
    of its sites, and nobody decided yet.
    """
    waiting = PinProposal.objects.filter(customer_id=OuterRef("id"), state="proposed")
    return (
        visible(actor)
        .select_related("owner", "territory")
        .annotate(
            owner_name=Coalesce("owner__name", Value("")),
            territory_name=Coalesce("territory__name", Value("")),
            code_text=Coalesce("code", Value("")),
            grade=Coalesce("customer_class", Value("–")),
            pin_waits=Exists(waiting),
        )
    )


def get_row(actor: Actor, id: UUID) -> Any:
    """One of these customers. Raises CustomerNotFound."""
    customer = list_rows(actor).filter(id=id).first()
    if customer is None:
        raise CustomerNotFound("id")
    return customer


def get_seen_contact(actor: Actor, id: UUID) -> Contact:
    """A contact of a customer that the actor sees, with the customer. Raises ContactNotFound."""
    rows = Contact.objects.filter(visible_scope(actor, "customer_id"), id=id).select_related("customer")
    contact = rows.first()
    if contact is None:
        raise ContactNotFound("id")
    return contact


def list_waiting_pins(customer_id: UUID) -> QuerySet[PinProposal]:
    """The proposals for a customer's sites that nobody has decided on, the oldest first."""
    return PinProposal.objects.filter(customer_id=customer_id, state="proposed").order_by("proposed_at", "id")


def get_waiting_pin(actor: Actor, id: UUID) -> PinProposal:
    """A proposal that waits at a customer that the actor sees, with the customer. Raises PinNotFound."""
    rows = PinProposal.objects.filter(visible_scope(actor, "customer_id"), id=id, state="proposed")
    pin = rows.select_related("customer").first()
    if pin is None:
        raise PinNotFound("id")
    return pin
