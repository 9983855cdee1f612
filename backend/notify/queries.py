"""Reads of notifications. All need the company's fence."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from core.actor import Actor
from notify.models import IS_READ, Notification


def list_own(actor: Actor, unread: bool | None = None) -> QuerySet[Notification]:
    """The actor's own notifications, each with whether it `is_read`."""
    rows = Notification.objects.filter(user_id=actor.user_id).annotate(is_read=IS_READ)
    return rows if unread is None else rows.filter(is_read=not unread)


def count_unread(actor: Actor) -> int:
    """How many of his own the actor has not read (one query)."""
    return list_own(actor, unread=True).count()


def lock_own(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, Notification]:
    """The actor's own notifications of these ids, by id, held against other changes (one query)."""
    rows = Notification.objects.filter(user_id=actor.user_id, id__in=set(ids)).order_by("id")
    return {row.id: row for row in rows.select_for_update(no_key=True)}
