"""Who may look at whose trail, for what."""

from core.actor import Actor
from trails import errors
from trails.grounds import Terms
from trails.purposes import OPENS, Purpose, Retention, View


def may_look(
    actor: Actor, view: View, purpose: Purpose | None, *, kept: Retention, terms: Terms | None, age_days: int
) -> None:
    """Whether a superior may look at a day. kept: how long each purpose keeps it; terms: who may look at all.

    Raises trails.purpose_missing, trails.purpose_not_allowed, trails.day_expired.
    """
    purpose = may_name(purpose, view)
    if terms is None or purpose not in kept or actor.roles.isdisjoint(terms.viewer_roles):
        raise errors.PurposeNotAllowed("purpose", purpose=str(purpose))
    if age_days > kept[purpose]:
        raise errors.DayExpired("day", purpose=str(purpose))


def may_name(purpose: Purpose | None, view: View) -> Purpose:
    """The purpose, which is named and can open this view.

    Raises trails.purpose_missing, trails.purpose_not_allowed.
    """
    if purpose is None:
        raise errors.PurposeMissing("purpose")
    if view not in OPENS[purpose]:
        raise errors.PurposeNotAllowed("purpose", purpose=str(purpose))
    return purpose
