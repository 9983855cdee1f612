"""Reads of files. All need the company's fence."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from core import grants
from core.actor import Actor
from files.errors import AttachmentNotFound, UploadNotFound
from files.likeness import probes
from files.models import Attachment, File, Likeness, State, Upload, UploadPart


def find_file(company_id: UUID, sha256: str) -> File | None:
    """The bytes with this hash, if they came before, whether they were kept or rejected."""
    return File.objects.filter(company_id=company_id, sha256=sha256).first()


def get_upload(actor: Actor, upload_id: UUID) -> Upload:
    """An upload of the actor's own. Raises files.upload_not_found."""
    upload = Upload.objects.filter(id=upload_id, user_id=actor.user_id).first()
    if upload is None:
        raise UploadNotFound
    return upload


def find_open_upload(actor: Actor, sha256: str) -> Upload | None:
    """The actor's unfinished upload of this file."""
    rows = Upload.objects.filter(company_id=actor.company_id, user_id=actor.user_id, sha256=sha256)
    return rows.filter(finished_at__isnull=True).first()


def count_open_uploads(actor: Actor) -> int:
    """How many unfinished uploads the actor has."""
    rows = Upload.objects.filter(company_id=actor.company_id, user_id=actor.user_id, finished_at__isnull=True)
    return rows.count()


def lock_upload(upload_id: UUID) -> Upload | None:
    """An unfinished upload, held against everybody else's bytes, or None."""
    return Upload.objects.select_for_update().filter(id=upload_id, finished_at__isnull=True).first()


def list_parts(upload_id: UUID) -> list[UploadPart]:
    """The parts of an upload in their order."""
    return list(UploadPart.objects.filter(upload_id=upload_id).order_by("start"))


def get_attachment(actor: Actor, attachment_id: UUID) -> Attachment:
    """An attached file that the actor may see. Raises files.not_found."""
    rows = Attachment.objects.select_related("file").filter(grants.visible(actor, "scope_id"))
    attachment = rows.filter(id=attachment_id).first()
    if attachment is None:
        raise AttachmentNotFound("id")
    return attachment


def list_attachments(actor: Actor, subject_id: UUID) -> QuerySet[Attachment]:
    """What is attached to a visit or the like, as far as the actor may see it."""
    return Attachment.objects.filter(grants.visible(actor, "scope_id"), subject_id=subject_id)


def list_likenesses(actor: Actor, attachment_id: UUID) -> tuple[list[Likeness], int]:
    """The pictures that look like this one: those that the actor may see, the nearest first, and how many others."""
    rows = Likeness.objects.filter(attachment_id=attachment_id).select_related("other").order_by("distance", "other_id")
    found = list(rows)
    seen = grants.list_visible(actor, {row.other.scope_id for row in found})
    shown = [row for row in found if row.other.scope_id in seen]
    return shown, len(found) - len(shown)


def is_stored(company_id: UUID, hashes: Iterable[str]) -> bool:
    """Whether any of these files is here already."""
    rows = File.objects.filter(company_id=company_id, sha256__in=set(hashes), state=State.STORED)
    return rows.exists()


def list_unprepared(company_id: UUID, limit: int) -> list[Attachment]:
    """Stored attachments that nobody has looked into yet, the oldest first."""
    rows = Attachment.objects.select_related("file").filter(company_id=company_id)
    rows = rows.filter(state=State.STORED, prepared_at__isnull=True)
    return list(rows.order_by("created_at", "id")[:limit])


def list_alike(company_id: UUID, dhash: int) -> dict[UUID, int]:
    """The stored pictures that look like `dhash`: file id to the number of bits that differ (one query).

    Only pictures that share a quarter of the hash, or nearly so, are compared: whoever is near enough is among them.
    """
    bands, values, most = probes(dhash)
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct f.id, bit_count((f.dhash # %s::bigint)::bit(64))"
            " from unnest(%s::smallint[], %s::int[]) p(band, value)"
            " join files_fingerprint b on b.company_id = %s and b.band = p.band and b.value = p.value"
            " join files_file f on f.id = b.file_id"
            " where f.state = 'stored' and bit_count((f.dhash # %s::bigint)::bit(64)) <= %s",
            [dhash, bands, values, company_id, dhash, most],
        )
        return dict(cursor.fetchall())


def list_photos_elsewhere(file_ids: Iterable[UUID], subject_id: UUID, limit: int) -> list[Attachment]:
    """The latest photos, withdrawn ones included, that these files are attached as to other subjects than this one."""
    rows = Attachment.objects.filter(file_id__in=set(file_ids), kind="photo").exclude(subject_id=subject_id)
    return list(rows.order_by("-id")[:limit])
