"""The writer of who owns customers, and the rehearsal of it."""

from collections.abc import Iterable
from uuid import UUID

from django.db import OperationalError, transaction

from accounts import queries as accounts
from accounts.models import Device, User
from core.actor import Actor
from core.batches import Batch, CommandRequest, Item
from core.clock import now, to_wire
from core.errors import ReferenceInvalid, Unavailable
from core.fence import set_company
from core.registry import command
from customers import policies, queries
from customers.schemas import Reassign
from customers.sight import Difference, compare


@command("customers.reassign", payload=Reassign, roles=policies.ASSIGNERS)
def reassign(actor: Actor, items: Batch[Reassign]) -> None:
    """Give customers to a new owner, and to a territory where one is named; all of them or none.

    Refuses customers.not_found, customers.not_superior, customers.user_inactive, core.reference_invalid; parks
    sync.scope_lost.
    """
    found = queries.reach(actor, _all_ids(items), lock="edit")
    new_owners = items.each("owner_id")
    old_owners = {customer.owner_id for customer in found.rows.values() if customer.owner_id}
    owners = {user.id: user.is_active for user in accounts.list_users(new_owners).values()}
    subordinates = queries.list_subordinates(actor, new_owners | old_owners)
    named = items.each("territory_id")
    territories = accounts.list_territories(named).keys() if named else ()
    for item in items:
        with item:
            payload = item.payload
            policies.require_active(payload.owner_id, owners, "owner_id")
            policies.may_assign_to(actor, payload.owner_id, subordinates)
            if payload.territory_id is not None and payload.territory_id not in territories:
                raise ReferenceInvalid("territory_id")
            customers = [found.get(id_, "customer_ids") for id_ in payload.customer_ids]
            for customer in customers:
                policies.may_reassign(actor, customer, found.reasons[customer.id], subordinates)
            mark = {"at": to_wire(item.occurred_at), "by": str(actor.user_id)}
            fields = ("owner_id", "territory_id") if "territory_id" in payload.model_fields_set else ("owner_id",)
            for customer in customers:
                for name in fields:
                    setattr(customer, name, getattr(payload, name))
                customer.edits = customer.edits | dict.fromkeys(fields, mark)
                customer.updated_at = now()
                items.write(customer)


def rehearse_reassign(actor: Actor, payload: Reassign) -> list[tuple[User, Difference, list[Device]]]:
    """What `payload` would change, by user and with his devices, without carrying it out.

    It is carried out indeed, by the same handler, with the same triggers and the same view, and then rolled back.
    Raises what the command would refuse or park, and core.unavailable when others hold the customers just now.
    """
    item = Item(CommandRequest("customers.reassign", None), payload)
    try:
        with transaction.atomic():
            set_company(actor.company_id)
            before = queries.get_sight(payload.customer_ids)
            batch = Batch([item])
            reassign(actor, batch)
            if item.refusal is not None:
                raise item.refusal
            batch.flush()
            after = queries.get_sight(payload.customer_ids)
            affected = queries.list_affected(compare(before, after))
            transaction.set_rollback(True)
    except OperationalError as error:
        raise Unavailable from error
    return affected


def _all_ids(items: Batch[Reassign]) -> Iterable[UUID]:
    return {id_ for item in items.items for id_ in item.payload.customer_ids}
