"""The shapes of notifications on the wire."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from core.payloads import Payload
from core.rest_schemas import PageQuery

MOST_AT_ONCE = 500


class MarkRead(Payload):
    """`notify.mark_read`: says that notifications were read. ids: which ones; all of them the sender's own."""

    ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_AT_ONCE)]


class NotificationQuery(PageQuery):
    """Which notifications. unread: true: only those; false: only the others."""

    unread: bool | None = None


class WordsOut(Schema):
    """A text in both languages; the reader's is shown. en: English. zh: simplified Chinese."""

    en: str
    zh: str


class NotificationOut(Schema):
    """A notification as phones get it."""

    id: UUID
    version: int
    kind: str
    subject_kind: str
    subject_id: UUID
    parameters: dict[str, Any]
    title: WordsOut
    text: WordsOut
    raised_at: datetime
    read_at: datetime | None


class NotificationPage(Schema):
    """Notifications: the unread first, then the latest. unread: how many there are, on all pages."""

    items: list[NotificationOut]
    next: str | None
    unread: int
