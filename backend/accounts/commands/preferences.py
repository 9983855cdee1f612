"""How people want to see their pages: language, time zone, theme, and lists saved under a name."""

from accounts import queries
from accounts.commands.users import lock_users, pick_user
from accounts.errors import SavedViewNotFound
from accounts.models import SavedView
from accounts.schemas.people import SaveView, SetPreferences, ViewId
from core.actor import Actor
from core.batches import Batch
from core.clock import now
from core.errors import IdTaken
from core.registry import command


@command("accounts.set_preferences", payload=SetPreferences)
def set_preferences(actor: Actor, items: Batch[SetPreferences]) -> None:
    """Choose the actor's own language, time zone and theme. What the payload does not name stays.

    Refuses core.invalid_input.
    """
    user = pick_user(lock_users([actor.user_id]), actor.user_id)
    for item in items:
        with item:
            for name, value in item.payload.model_dump(exclude_none=True).items():
                setattr(user, name, value)
            user.updated_at = now()
            items.write(user)


@command("accounts.save_view", payload=SaveView, creates="id")
def save_view(actor: Actor, items: Batch[SaveView]) -> None:
    """Keep lists under names of the actor's own; a name that he has already for that list gets the new filters.

    Refuses core.id_taken.
    """
    own = {(view.page, view.name): view for view in queries.list_saved_views(actor)}
    taken = queries.list_saved_view_ids(items.each("id"))
    for item in items:
        with item:
            payload = item.payload
            view = own.get((payload.page, payload.name))
            if view is None:
                if payload.id in taken:
                    raise IdTaken("id")
                view = SavedView(company_id=actor.company_id, user_id=actor.user_id, **payload.model_dump())
                own[payload.page, payload.name] = view
            view.query = payload.query
            items.write(view)


@command("accounts.forget_view", payload=ViewId)
def forget_view(actor: Actor, items: Batch[ViewId]) -> None:
    """Forget views of the actor's own. Refuses accounts.saved_view_not_found."""
    own = {view.id: view for view in queries.list_saved_views(actor)}
    for item in items:
        with item:
            view = own.pop(item.payload.id, None)
            if view is None:
                raise SavedViewNotFound("id")
            items.delete(view)
