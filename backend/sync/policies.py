"""Who may settle what others recorded."""

from uuid import UUID

from accounts import queries as account_queries
from core.actor import Actor
from core.errors import Forbidden


def may_settle(actor: Actor, user_id: UUID) -> None:
    """Administrators settle everybody's commands, managers those of the people below them. Raises core.forbidden."""
    if actor.has_role("admin"):
        return
    if not actor.has_role("manager") or not account_queries.is_superior(actor, user_id):
        raise Forbidden


def may_restore(actor: Actor, user_id: UUID) -> None:
    """The user whose value lost settles the conflict, or whoever may settle for him. Raises core.forbidden."""
    if actor.user_id != user_id:
        may_settle(actor, user_id)
