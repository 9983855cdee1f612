"""The outbox of notifications: what users are told of, shown to them by sync and REST."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import ExpressionWrapper

from core.models import IdModel

IS_READ = ExpressionWrapper(Q(read_at__isnull=False), output_field=models.BooleanField())


class Notification(IdModel):
    """Something that a user is told of.

    kind: which sort of notice, as the app that sent it declares; apps show title and text, and may know some kinds.
    subject_kind, subject_id: the row that it is about, by its kind. parameters: what title and text are made of. key:
    what it is about, so that the user is told once. raised_at: since when he is told. read_at: when he read it; null
    while he has not. delivery: what became of it beyond showing it; push comes with after-sales.
    """

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, db_index=False, related_name="+")
    user_id: UUID
    kind = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=64)
    subject_id = models.UUIDField()
    parameters = models.JSONField(default=dict)
    key = models.CharField(max_length=200)
    raised_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    delivery = models.CharField(max_length=16, default="stored")

    class Meta:
        db_table = "notify_notification"
        indexes: ClassVar = [
            models.Index(F("user"), IS_READ, F("raised_at").desc(), F("id"), name="notify_notification_list"),
            models.Index(fields=["company", "raised_at"], name="notify_notification_age"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "user", "key"], name="notify_notification_once"),
            models.CheckConstraint(condition=Q(delivery__in=["stored"]), name="notify_notification_delivery"),
        ]
