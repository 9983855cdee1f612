"""Photos, signatures and voice notes of visits."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.models import IdModel, JsonTextField
from visits.models.visits import Visit


class Photo(IdModel):
    """A photo, a signature or a voice note that somebody made during a visit. Never changed, but it can be withdrawn.

    kind: which of the three. sha256, bytes, media_type: the file, as the phone says; what became of it is told by the
    attachment with the same id. taken_at: when it was taken by the phone's wall clock, which its user may have set
    wrong. source: made in the app, or picked from what was on the phone. lat, lon: degrees, WGS-84, where it was taken.
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, db_index=False, related_name="photos")
    visit_id: UUID
    customer_id = models.UUIDField(help_text="the visit's customer, in whose scope the row is published")
    author_id = models.UUIDField(help_text="the user who made it")
    device_id = models.UUIDField(null=True, help_text="the device that it was recorded on")
    kind = models.CharField(max_length=16)
    sha256 = models.CharField(max_length=64, help_text="SHA-256 of the file, in hex")
    bytes = models.BigIntegerField(help_text="size of the file")
    media_type = models.CharField(max_length=64)
    caption = models.TextField(blank=True, default="", help_text="what it shows, for people")
    source = models.CharField(max_length=16, null=True)
    taken_at = models.DateTimeField(null=True)
    occurred_at = models.DateTimeField()
    occurred_verified = models.BooleanField()
    received_at = models.DateTimeField(db_default=Now())
    raw = JsonTextField(help_text="fix as sent (or null), claimed_at, uptime_ms, boot_id")
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    is_mock = models.BooleanField(null=True)
    withdrawn_at = models.DateTimeField(null=True, help_text="since when it does not count; null while it does")
    withdrawn_by_id = models.UUIDField(null=True, help_text="the user who withdrew it")
    withdraw_reason = models.TextField(blank=True, default="", help_text="why it was withdrawn, for people")

    class Meta:
        db_table = "visits_photo"
        indexes: ClassVar = [models.Index(fields=["visit", "occurred_at"], name="visits_photo_visit")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["photo", "signature", "voice"]), name="visits_photo_kind"),
        ]
