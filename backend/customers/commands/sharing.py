"""The writers of shares and follows: who else sees a customer, and which superior has it on his phone."""

from accounts import queries as accounts
from core.actor import Actor
from core.batches import Batch
from core.registry import command
from customers import policies, queries
from customers.models import Follow, Share
from customers.schemas import FollowCustomer, ShareCustomer


@command("customers.share", payload=ShareCustomer, roles=policies.EDITORS)
def share(actor: Actor, items: Batch[ShareCustomer]) -> None:
    """Let users see customers; who sees one already goes on. Refuses customers.not_found, customers.not_in_charge,
    customers.user_inactive, core.reference_invalid; parks sync.scope_lost."""
    found = queries.reach(actor, items.each("customer_id"))
    users = {user.id: user.is_active for user in accounts.list_users(items.each("user_id")).values()}
    shared = queries.list_shares((item.payload.customer_id, item.payload.user_id) for item in items.items)
    for item in items:
        with item:
            customer = found.get(item.payload.customer_id)
            policies.require_in_charge(actor, found.reasons[customer.id])
            policies.require_active(item.payload.user_id, users, "user_id")
            pair = (customer.id, item.payload.user_id)
            if pair in shared:
                continue
            shared[pair] = Share(
                company_id=actor.company_id,
                customer_id=customer.id,
                user_id=item.payload.user_id,
                created_at=item.occurred_at,
                created_by_id=actor.user_id,
            )
            items.write(shared[pair])


@command("customers.unshare", payload=ShareCustomer, roles=policies.EDITORS)
def unshare(actor: Actor, items: Batch[ShareCustomer]) -> None:
    """Take a share back; what nobody shares stays so. Refuses customers.not_found, customers.not_in_charge; parks
    sync.scope_lost."""
    found = queries.reach(actor, items.each("customer_id"))
    shared = queries.list_shares((item.payload.customer_id, item.payload.user_id) for item in items.items)
    for item in items:
        with item:
            customer = found.get(item.payload.customer_id)
            policies.require_in_charge(actor, found.reasons[customer.id])
            row = shared.pop((customer.id, item.payload.user_id), None)
            if row is not None:
                items.delete(row)


@command("customers.follow", payload=FollowCustomer, roles=policies.SUPERIORS)
def follow(actor: Actor, items: Batch[FollowCustomer]) -> None:
    """Have customers on the own phone that one sees as a superior. Refuses customers.not_found; parks
    sync.scope_lost."""
    found = queries.reach(actor, items.each("customer_id"))
    follows = queries.list_follows(actor.user_id, found.rows)
    for item in items:
        with item:
            customer = found.get(item.payload.customer_id)
            if customer.id in follows:
                continue
            follows[customer.id] = Follow(
                company_id=actor.company_id,
                customer_id=customer.id,
                user_id=actor.user_id,
                created_at=item.occurred_at,
            )
            items.write(follows[customer.id])


@command("customers.unfollow", payload=FollowCustomer, roles=policies.SUPERIORS)
def unfollow(actor: Actor, items: Batch[FollowCustomer]) -> None:
    """Follow customers no longer; they may be out of sight already. Refuses customers.not_found."""
    follows = queries.list_follows(actor.user_id, items.each("customer_id"))
    found = queries.reach(actor, items.each("customer_id"))
    for item in items:
        with item:
            row = follows.pop(item.payload.customer_id, None)
            if row is not None:
                items.delete(row)
            else:
                found.get(item.payload.customer_id)
