"""Who may do what with a customer that he sees."""

from collections.abc import Collection
from uuid import UUID

from core.actor import Actor
from core.errors import ReferenceInvalid
from customers.errors import CreditHoldProtected, NotInCharge, NotSuperior, SiteConfirmed, UserInactive
from customers.models import Customer, Site
from customers.schemas import CustomerChanges

EDITORS = frozenset({"rep", "dispatcher", "manager", "admin"})
VISITORS = EDITORS | {"engineer"}
"""An engineer on the spot learns who the contact is and where the door is, but does not own the customer's data."""
SUPERIORS = frozenset({"dispatcher", "manager", "admin"})
ASSIGNERS = frozenset({"manager", "admin"})


def in_charge(actor: Actor, reasons: Collection[str]) -> bool:
    """Whether the actor decides about a customer that he sees for `reasons`: its owner, his manager, an admin."""
    return "owner" in reasons or "all" in reasons or ("superior" in reasons and actor.has_role("manager"))


def require_in_charge(actor: Actor, reasons: Collection[str]) -> None:
    """Raises NotInCharge unless the actor is in charge."""
    if not in_charge(actor, reasons):
        raise NotInCharge


def may_edit(actor: Actor, changes: CustomerChanges) -> None:
    """Raises CreditHoldProtected when a credit hold is touched by somebody who may not."""
    if changes.credit_hold is not None and not actor.has_role("manager", "admin"):
        raise CreditHoldProtected("changes.credit_hold")


def may_confirm(actor: Actor) -> bool:
    """Whether where the actor places a site counts as confirmed."""
    return actor.has_role("manager", "admin")


def may_move(actor: Actor, site: Site) -> None:
    """A confirmed site is moved by managers; others propose a pin. Raises SiteConfirmed."""
    if site.confirmed and not may_confirm(actor):
        raise SiteConfirmed("id", site_id=str(site.id))


def may_delete(actor: Actor, customer: Customer, reasons: Collection[str]) -> None:
    """An owner may delete what he created himself, a manager what is his subtree's. Raises NotInCharge."""
    require_in_charge(actor, reasons)
    if not actor.has_role("manager", "admin") and customer.created_by_id != actor.user_id:
        raise NotInCharge


def may_assign_to(actor: Actor, owner_id: UUID | None, subordinates: Collection[UUID]) -> None:
    """Whether the actor may give customers to `owner_id`: himself, a manager his subtree, an admin anybody.

    subordinates: the users in his subtree. Only a manager or an admin may leave a customer without an owner.
    Raises NotSuperior.
    """
    if owner_id == actor.user_id or actor.has_role("admin"):
        return
    if actor.has_role("manager", "dispatcher") and (owner_id in subordinates or owner_id is None):
        return
    raise NotSuperior("owner_id")


def may_reassign(actor: Actor, customer: Customer, reasons: Collection[str], subordinates: Collection[UUID]) -> None:
    """Whether the actor may take the customer from its present owner. Raises NotSuperior.

    A customer without an owner may be given away by a superior of its territory.
    """
    if actor.has_role("admin"):
        return
    if customer.owner_id in subordinates or (customer.owner_id is None and "superior" in reasons):
        return
    raise NotSuperior("customer_ids", customer_id=str(customer.id))


def require_active(user_id: UUID | None, active: dict[UUID, bool], name: str) -> None:
    """A user who is given something exists and is active. Raises ReferenceInvalid, UserInactive."""
    if user_id is None:
        return
    if user_id not in active:
        raise ReferenceInvalid(name)
    if not active[user_id]:
        raise UserInactive(name)
