"""The writers of notifications: keeping what apps send, reading, forgetting."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from core import writing
from core.actor import Actor
from core.batches import Batch
from core.clock import now
from core.ids import uuid7
from core.notices import Notice, receive
from core.registry import command
from notify import queries
from notify.errors import NotificationNotFound
from notify.models import Notification
from notify.schemas import MarkRead

KEPT_READ, KEPT_UNREAD = timedelta(days=90), timedelta(days=365)
_COLUMNS = (
    "id", "company_id", "user_id", "kind", "subject_kind", "subject_id", "parameters", "key", "raised_at", "delivery",
)  # fmt: skip


@receive
def keep(company_id: UUID, notices: Sequence[Notice]) -> int:
    """Store notices for their users; what a user was told of before is left as it is. Returns how many are new."""
    raised_at = now()
    # Always in one order: two senders of the same notices wait for each other and cannot lock each other out.
    rows = [
        {
            "id": uuid7(),
            "company_id": company_id,
            "user_id": notice.user_id,
            "kind": notice.kind,
            "subject_kind": notice.subject_kind,
            "subject_id": notice.subject_id,
            "parameters": dict(notice.parameters),
            "key": notice.key,
            "raised_at": raised_at,
            "delivery": "stored",
        }
        for notice in sorted(notices, key=lambda notice: (notice.user_id, notice.key))
    ]
    return writing.insert_missing(Notification, _COLUMNS, rows)


@command("notify.mark_read", payload=MarkRead)
def mark_read(actor: Actor, items: Batch[MarkRead]) -> None:
    """Say that one's own notifications were read; of two phones the one counts on which it was earlier.

    Refuses notify.not_found.
    """
    rows = queries.lock_own(actor, items.each_of("ids"))
    for item in items:
        with item:
            if any(id_ not in rows for id_ in item.payload.ids):
                raise NotificationNotFound("ids")
            for id_ in item.payload.ids:
                row = rows[id_]
                if row.read_at is None or item.occurred_at < row.read_at:
                    row.read_at = item.occurred_at
                    items.write(row)


def forget(at: datetime) -> int:
    """Delete what was read long ago, and what nobody read for a year; returns how many. Needs the company's fence."""
    old = Q(read_at__lt=at - KEPT_READ) | Q(raised_at__lt=at - KEPT_UNREAD)
    return Notification.objects.filter(old, raised_at__lt=at - KEPT_READ).delete()[0]
