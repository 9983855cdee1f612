"""Where people were last, for somebody who may know: the look is noted with it."""

from datetime import datetime

from core.actor import Actor
from trails import policies, queries
from trails.commands.looks import note_look
from trails.jobs import tell_later
from trails.purposes import Purpose, View


def look_at_positions(actor: Actor, purpose: Purpose | None, note: str, at: datetime) -> str:
    """The last positions that a purpose opens to the actor, and his own, the newest first, as finished JSON.

    Noted once an hour for as long as he keeps looking. Raises trails.purpose_not_allowed.
    """
    if purpose is not None:
        policies.may_name(purpose, View.LAST_POSITION)
    items, users = queries.last_positions(actor, purpose, at)
    if users is not None and purpose is not None:
        tell_later(actor.company_id, note_look(actor, users, View.LAST_POSITION, purpose, note, at))
    return items
