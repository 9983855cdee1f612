"""Files, the rows that name them, and uploads that are under way."""

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.models import CompanyModel, IdModel


class State(models.TextChoices):
    """Of an attachment: its bytes are awaited, are here, or came and are nothing that can be kept."""

    MISSING = "missing"
    STORED = "stored"
    REJECTED = "rejected"


class File(IdModel):
    """Bytes that came whole, once however often they were sent or named. Never changed; `name` says where they lie.

    media_type: what the content is, whatever was said of it. code: why it was rejected; rejected bytes are not kept.
    dhash: what the picture looks like, 64 bits; null where there is nothing to tell it by. unnamed_at: since when no
    row names it.
    """

    sha256 = models.CharField(max_length=64)
    bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=64)
    state = models.CharField(max_length=16)
    code = models.CharField(max_length=64, null=True)
    details = models.JSONField(default=dict, help_text="of the code")
    name = models.CharField(max_length=200, blank=True, default="")
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    dhash = models.BigIntegerField(null=True)
    stored_at = models.DateTimeField(db_default=Now())
    unnamed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "files_file"
        indexes: ClassVar = [models.Index(fields=["company_id", "stored_at"], name="files_file_stored")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "sha256"], name="files_file_content"),
            models.CheckConstraint(condition=Q(state__in=["stored", "rejected"]), name="files_file_state"),
            models.CheckConstraint(condition=Q(state="rejected") | ~Q(name=""), name="files_file_named"),
        ]


class Attachment(IdModel):
    """A row names a file. Made by triggers from the rows of the apps that declare it, see `files.attaching`.

    id: that of the row (of a photo, say), or the one that the row gives to each of its files. scope_id: who may see
    that scope may see the file. subject_kind, subject_id: what it belongs to, such as a visit. sha256, bytes,
    media_type: as the command said; once stored, bytes and media_type are those of the content. wanted: false once
    the row was withdrawn, so that the bytes are awaited no longer.
    """

    source = models.CharField(max_length=32, help_text="which table's rows it comes from")
    scope_id = models.UUIDField()
    subject_kind = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    kind = models.CharField(max_length=16)
    sha256 = models.CharField(max_length=64)
    bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=64)
    user_id = models.UUIDField(help_text="whose command named it")
    device_id = models.UUIDField(null=True, help_text="on which device it lies, if it came from one")
    wanted = models.BooleanField(default=True)
    state = models.CharField(max_length=16)
    code = models.CharField(max_length=64, null=True, help_text="why it was rejected")
    file = models.ForeignKey(File, on_delete=models.PROTECT, null=True, related_name="attachments", db_index=False)
    file_id: UUID | None
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    exif = models.JSONField(null=True, help_text="time, position and device as the picture itself says")
    readable = models.BooleanField(null=True, help_text="whether the picture could be decoded; null before that")
    renditions = ArrayField(models.CharField(max_length=16), default=list)
    prepared_at = models.DateTimeField(null=True, help_text="when the picture was looked into and renditions made")
    near_duplicate = models.BooleanField(default=False, help_text="looks like a picture of another subject")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "files_attachment"
        indexes: ClassVar = [
            models.Index(fields=["company_id", "sha256"], name="files_attachment_content"),
            models.Index(fields=["subject_id", "id"], name="files_attachment_subject"),
            models.Index(fields=["file"], condition=Q(file__isnull=False), name="files_attachment_file"),
            # What every complete pull looks into: as good as always empty, so that the look costs next to nothing.
            models.Index(
                fields=["user_id"], condition=Q(state="missing", wanted=True), name="files_attachment_missing"
            ),
            models.Index(
                fields=["company_id"],
                condition=Q(state="stored", prepared_at__isnull=True),
                name="files_attachment_unprepared",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="files_attachment_state"),
            models.CheckConstraint(
                condition=~Q(state="stored") | Q(file__isnull=False), name="files_attachment_stored"
            ),
        ]


class Fingerprint(CompanyModel):
    """A quarter of a picture's dhash, by which pictures that look alike are found without comparing all with all."""

    pk = models.CompositePrimaryKey("company_id", "band", "value", "file_id")
    band = models.SmallIntegerField(help_text="0 to 3")
    value = models.IntegerField(help_text="16 bits")
    file = models.ForeignKey(File, on_delete=models.CASCADE, related_name="+")
    file_id: UUID

    class Meta:
        db_table = "files_fingerprint"


class Likeness(CompanyModel):
    """Two attached pictures of different subjects that look alike; one row for each of the two sides.

    distance: bits of their dhashes that differ; 0 also for the very same file.
    """

    pk = models.CompositePrimaryKey("attachment_id", "other_id")
    attachment = models.ForeignKey(Attachment, on_delete=models.CASCADE, db_index=False, related_name="+")
    attachment_id: UUID
    other = models.ForeignKey(Attachment, on_delete=models.CASCADE, related_name="+")
    other_id: UUID
    distance = models.SmallIntegerField()

    class Meta:
        db_table = "files_likeness"


class Upload(IdModel):
    """A file on its way: who sends it, what it is to be, how much of it is here.

    received: bytes that are on the disk; what is here may be relied on. finished_at: it became a file, or was one
    already; the upload is remembered for a while, because its sender may not have heard so.
    """

    user_id = models.UUIDField()
    device_id = models.UUIDField(null=True)
    sha256 = models.CharField(max_length=64)
    bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=64)
    received = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "files_upload"
        indexes: ClassVar = [models.Index(fields=["company_id", "expires_at"], name="files_upload_expiry")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company_id", "user_id", "sha256"],
                condition=Q(finished_at__isnull=True),
                name="files_upload_once",
            ),
            models.CheckConstraint(
                condition=Q(received__gte=0, received__lte=models.F("bytes")), name="files_upload_received"
            ),
        ]


class UploadPart(CompanyModel):
    """The bytes of one request of an upload, from `start` on."""

    pk = models.CompositePrimaryKey("upload_id", "start")
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, db_index=False, related_name="parts")
    upload_id: UUID
    start = models.BigIntegerField()
    bytes = models.BigIntegerField()
    name = models.CharField(max_length=200)

    class Meta:
        db_table = "files_upload_part"
