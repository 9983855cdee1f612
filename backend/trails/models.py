"""Trails: policies and consents that allow them, their points, what is derived from them, and who looked at them."""

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.models import CompanyModel, IdModel
from trails.purposes import Purpose, View


class Policy(IdModel):
    """Whether, what for and when the people of an org unit and of the units below it are tracked, from a moment on.

    The nearest unit upwards that has one decides. Never changed; another policy of the unit follows on it.

    org_unit_id: whose people. effective_at: from when on. tracks: whether they are tracked at all. purposes: what a day
    is kept for, and for how many days after its own. hours: when they are tracked, in the time zone of their work
    calendar; null for the hours of that calendar. viewer_roles: of the superiors who may look. gap_after_s: longer
    without a point is a gap. live_s: a position younger than this is live.
    """

    append_only: ClassVar = True

    org_unit = models.ForeignKey("accounts.OrgUnit", on_delete=models.PROTECT, db_index=False, related_name="+")
    org_unit_id: UUID
    effective_at = models.DateTimeField()
    tracks = models.BooleanField()
    purposes = models.JSONField()
    hours = models.JSONField(null=True)
    viewer_roles = ArrayField(models.CharField(max_length=16))
    gap_after_s = models.IntegerField()
    live_s = models.IntegerField()
    created_by_id = models.UUIDField()

    class Meta:
        db_table = "trails_policy"
        indexes: ClassVar = [
            models.Index(fields=["org_unit", "-effective_at"], name="trails_policy_unit"),
            models.Index(fields=["company", "-effective_at", "id"], name="trails_policy_recent"),
        ]


class ConsentText(IdModel):
    """What employees agree to, word for word. Never changed; a new version follows on it.

    text_version: counts the company's texts. en, zh: the text. renews: whether consents to earlier versions end when
    this one takes effect. effective_at: from when on.
    """

    append_only: ClassVar = True

    text_version = models.IntegerField()
    en = models.TextField()
    zh = models.TextField()
    renews = models.BooleanField()
    effective_at = models.DateTimeField()
    created_by_id = models.UUIDField()

    class Meta:
        db_table = "trails_consent_text"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "text_version"], name="trails_consent_text_version")
        ]


class Consent(IdModel):
    """An employee's own word: he agrees to be tracked, or agrees no longer, from a moment on. Never changed.

    user_id: whose word. gives: false for a withdrawal. text_id: what he agreed to; null for a withdrawal. occurred_at:
    from when on it counts.
    """

    append_only: ClassVar = True

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, db_index=False, related_name="+")
    user_id: UUID
    gives = models.BooleanField()
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    text_id: UUID | None
    occurred_at = models.DateTimeField()
    occurred_verified = models.BooleanField()
    device_id = models.UUIDField(null=True, help_text="on which he said so; null: on none of his")
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "trails_consent"
        indexes: ClassVar = [
            models.Index(fields=["user", "occurred_at"], name="trails_consent_user"),
            models.Index(fields=["text"], condition=Q(text__isnull=False), name="trails_consent_text_used"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(gives=True, text__isnull=False) | Q(gives=False, text__isnull=True),
                name="trails_consent_to_a_text",
            )
        ]


class PointBatch(CompanyModel):
    """The receipt of one batch of points: a batch that comes again gets it again. The points discarded are not in it.

    discarded: points by reason.
    """

    pk = models.CompositePrimaryKey("company_id", "id")
    id = models.UUIDField()
    user_id = models.UUIDField()
    device_id = models.UUIDField()
    fingerprint = models.BinaryField(help_text="SHA-256 of what was sent, the request's own clock left out")
    received_at = models.DateTimeField()
    stored = models.IntegerField()
    discarded = models.JSONField(default=dict)

    class Meta:
        db_table = "trails_batch"
        indexes: ClassVar = [models.Index(fields=["company", "received_at"], name="trails_batch_received")]


class Segment(CompanyModel):
    """The points of one batch that fall on one day of the company, and what the phone said of its tracking then.

    Points are arrays of equal length, in the order of time: offset_ms after started_at, positions in 1e-7 degrees of
    WGS-84. boot_id: of the device's boot. verified: the times rest on a clock that nobody can set.
    """

    partitioned_by_day: ClassVar = True

    pk = models.CompositePrimaryKey("user_id", "day", "batch_id")
    user_id = models.UUIDField()
    day = models.DateField()
    batch_id = models.UUIDField()
    device_id = models.UUIDField()
    boot_id = models.TextField()
    verified = models.BooleanField()
    started_at = models.DateTimeField()
    offset_ms = ArrayField(models.IntegerField())
    lat_e7 = ArrayField(models.IntegerField())
    lon_e7 = ArrayField(models.IntegerField())
    accuracy_m = ArrayField(models.SmallIntegerField(), help_text="rounded up; 32767: that or more")
    state_offset_ms = ArrayField(models.IntegerField())
    states = ArrayField(models.TextField(), help_text="what the phone said, see trails.gaps.State")

    class Meta:
        db_table = "trails_segment"


class Day(IdModel):
    """One day of one employee: how much is stored of it, and what is derived from that. Kept longer than its points.

    user_id: whose. day: of the company's calendar. policy_id: under which its points were recorded. points: so many are
    stored. discarded: so many are not, by reason. moved_m: along the points. bridged_m: straight across gaps. stops:
    places where he stopped. stopped_s: for how long. gap_s: without points in his working hours. unknown_s: of that,
    without a reason. derived_at: when these were worked out.
    """

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, db_index=False, related_name="+")
    user_id: UUID
    day = models.DateField()
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, null=True, related_name="+")
    policy_id: UUID | None
    points = models.IntegerField(default=0)
    discarded = models.JSONField(default=dict)
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, help_text="when its points were deleted; it takes no more")
    derived_at = models.DateTimeField(null=True)
    moved_m = models.FloatField(null=True)
    bridged_m = models.FloatField(null=True)
    stops = models.IntegerField(null=True)
    stopped_s = models.IntegerField(null=True)
    gap_s = models.IntegerField(null=True)
    unknown_s = models.IntegerField(null=True)

    class Meta:
        db_table = "trails_day"
        indexes: ClassVar = [
            models.Index(
                fields=["company", "day"],
                condition=Q(derived_at__isnull=True, closed_at__isnull=True, points__gt=0),
                name="trails_day_to_derive",
            ),
            models.Index(fields=["company", "-day", "id"], name="trails_day_recent"),
        ]
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "day"], name="trails_day_once")]


class LastPosition(CompanyModel):
    """The newest stored point of an employee. Kept by the batches; gone with his consent or the purpose."""

    user = models.OneToOneField("accounts.User", on_delete=models.PROTECT, primary_key=True, related_name="+")
    user_id: UUID
    device_id = models.UUIDField()
    at = models.DateTimeField()
    verified = models.BooleanField()
    lat_e7 = models.IntegerField()
    lon_e7 = models.IntegerField()
    accuracy_m = models.SmallIntegerField()

    class Meta:
        db_table = "trails_last_position"
        indexes: ClassVar = [models.Index(fields=["company", "at"], name="trails_last_position_age")]


class Look(IdModel):
    """Somebody has looked at trails: the log. Never changed.

    viewer_id: who; user_ids: at whose; view: at what; purpose: what for; from_date, to_date: which days. at, until_at:
    when; looks at last positions are noted once an hour.
    """

    append_only: ClassVar = True

    viewer_id = models.UUIDField()
    user_ids = ArrayField(models.UUIDField())
    view = models.CharField(max_length=16)
    purpose = models.CharField(max_length=16)
    note = models.TextField(blank=True, default="")
    from_date = models.DateField(null=True)
    to_date = models.DateField(null=True)
    at = models.DateTimeField()
    until_at = models.DateTimeField()

    class Meta:
        db_table = "trails_look"
        indexes: ClassVar = [
            models.Index(fields=["viewer_id", "view", "until_at"], name="trails_look_viewer"),
            models.Index(fields=["company", "at"], name="trails_look_at"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(view__in=[str(view) for view in View]), name="trails_look_view"),
            models.CheckConstraint(
                condition=Q(purpose__in=[str(purpose) for purpose in Purpose]), name="trails_look_purpose"
            ),
        ]


class Access(IdModel):
    """A look at one employee's trail, as he himself reads it: who, at what, what for, which days, when. Never changed.

    viewer_id: who looked. view: at what. purpose: what for. note: more about it. from_date, to_date: at which days;
    null for a last position. at, until_at: between these, once or more often.
    """

    append_only: ClassVar = True

    look = models.ForeignKey(Look, on_delete=models.CASCADE, db_index=False, related_name="+")
    look_id: UUID
    user_id = models.UUIDField(help_text="at whose")
    viewer_id = models.UUIDField(help_text="who")
    view = models.CharField(max_length=16)
    purpose = models.CharField(max_length=16)
    note = models.TextField(blank=True, default="")
    from_date = models.DateField(null=True)
    to_date = models.DateField(null=True)
    at = models.DateTimeField()
    until_at = models.DateTimeField()

    class Meta:
        db_table = "trails_access"
        indexes: ClassVar = [
            models.Index(fields=["user_id", "-at", "id"], name="trails_access_user"),
            models.Index(fields=["company", "at"], name="trails_access_at"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["look", "user_id"], name="trails_access_once"),
        ]
