"""What becomes of an upload once all of its bytes are here: looked at as a whole, then a file, or thrown away."""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import orjson
from django.db import connection, transaction

from core import pokes
from core.actor import Actor
from core.clock import now
from core.errors import CATALOGUE, DomainError
from core.fence import company_fence
from files import jobs, queries, storage
from files.content.inspection import Content, inspect
from files.errors import ContentUnknown, FileTooLarge, HashMismatch, UploadNotFound
from files.kinds import KINDS, limit_of
from files.models import Attachment, File, State, Upload, UploadPart
from files.tus import Announcement

FINISHED_KEPT = timedelta(days=2)
"""So long a finished upload is remembered: its sender may not have heard that it is."""
_READ_BYTES = 1 << 20
_log = logging.getLogger(__name__)


def require_taken(wanted: Announcement) -> None:
    """Raises files.content_unknown or files.too_large for what no row could name."""
    limit = limit_of(wanted.media_type)
    if limit is None:
        raise ContentUnknown("Upload-Metadata.media_type")
    if wanted.bytes > limit:
        raise FileTooLarge("Upload-Length", kind=wanted.media_type, limit=limit)


def find_done(actor: Actor, wanted: Announcement) -> Upload | None:
    """A finished upload, where the company has these bytes already; None where it has not.

    Rows that name them and do not know it yet learn it. Raises what the bytes were rejected for.
    """
    file = queries.find_file(actor.company_id, wanted.sha256)
    if file is None:
        return None
    _settle_attachments(file)
    if file.state == State.REJECTED:
        raise CATALOGUE[file.code or ""](None, **file.details)
    File.objects.filter(id=file.id).update(unnamed_at=None)
    upload = Upload(
        company_id=actor.company_id,
        user_id=actor.user_id,
        device_id=actor.device_id,
        sha256=wanted.sha256,
        bytes=file.bytes,
        media_type=file.media_type,
        received=file.bytes,
        created_at=now(),
        finished_at=now(),
        expires_at=now() + FINISHED_KEPT,
    )
    upload.save(force_insert=True)
    return upload


def finish_if_whole(upload: Upload) -> Upload:
    """The upload, finished if all of its bytes are here. Raises what `finish` raises."""
    if upload.finished_at is None and upload.received == upload.bytes:
        finish(upload.company_id, upload.id)
        upload.finished_at = now()
    return upload


def finish(company_id: UUID, upload_id: UUID) -> None:
    """Make a file of the bytes, or throw them away.

    The hash is wrong: they are not what was named, so they are forgotten and can be sent again (files.hash_mismatch).
    The content is nothing that is kept: sending it again would help nobody, so the rows that name it are told
    (files.content_unknown, files.content_broken, files.content_ambiguous, files.too_many_pixels).
    Nothing is raised when somebody else has just finished it; files.upload_not_found when it was given up.
    """
    refusal: DomainError | None = None
    with company_fence(company_id):
        upload = queries.lock_upload(upload_id)
        if upload is None:
            if not Upload.objects.filter(id=upload_id).exists():
                raise UploadNotFound
            return
        parts = queries.list_parts(upload_id)
        try:
            with _assembled(parts) as whole:
                content = _look_at(whole, upload)
                _keep(upload, whole, content)
        except FileNotFoundError:  # a restored database without these bytes: the phone begins anew
            upload.delete()
            refusal = UploadNotFound()
        except DomainError as met:
            refusal = met
            _discard(upload, refusal)
        pokes.changed(company_id, "files")
        transaction.on_commit(lambda: storage.remove_folder(storage.parts_folder(company_id, upload_id)))
    if refusal is not None:
        _log.info("upload discarded", extra={"upload_id": str(upload_id), "code": refusal.code})
        raise refusal


@contextmanager
def _assembled(parts: list[UploadPart]) -> Iterator[Path]:
    """The bytes of all parts in one local file; of a single part that lies here, its own."""
    alone = storage.local_path(parts[0].name) if len(parts) == 1 else None
    if alone is not None:
        yield alone
        return
    with storage.scratch_file("whole-") as whole:
        for part in parts:
            with storage.open_stored(part.name) as file:
                while block := file.read(_READ_BYTES):
                    whole.write(block)
        whole.flush()
        yield Path(whole.name)


def _look_at(whole: Path, upload: Upload) -> Content:
    digest = hashlib.sha256()
    with whole.open("rb") as file:
        while block := file.read(_READ_BYTES):
            digest.update(block)
        if digest.hexdigest() != upload.sha256:
            raise HashMismatch
        content = inspect(file)
    limit = limit_of(content.media_type)
    if limit is None or upload.bytes > limit:
        raise FileTooLarge(kind=content.media_type, limit=limit)
    return content


def _discard(upload: Upload, refusal: DomainError) -> None:
    """Forget the upload; unless the bytes only came wrong, remember that they are nothing to be kept."""
    upload.delete()
    if not isinstance(refusal, HashMismatch):
        file = File(
            company_id=upload.company_id,
            sha256=upload.sha256,
            bytes=upload.bytes,
            media_type=upload.media_type,
            state=State.REJECTED,
            code=refusal.code,
            details=refusal.details,
        )
        remember(file)


def _keep(upload: Upload, whole: Path, content: Content) -> None:
    name = storage.file_name(upload.company_id, upload.id)
    storage.save(name, whole)
    file = File(
        id=upload.id,
        company_id=upload.company_id,
        sha256=upload.sha256,
        bytes=upload.bytes,
        media_type=content.media_type,
        state=State.STORED,
        name=name,
        width=content.width,
        height=content.height,
    )
    if remember(file).id != file.id:  # somebody else has just sent the same
        transaction.on_commit(lambda: storage.remove(name))
    UploadPart.objects.filter(upload_id=upload.id).delete()
    upload.finished_at, upload.expires_at = now(), now() + FINISHED_KEPT
    upload.save(update_fields=["finished_at", "expires_at"])


def remember(file: File) -> File:
    """Enter these bytes and tell the rows that name them.

    Returns the row of the bytes: this one, or the one that was there already, which is in use again.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into files_file"
            " (id, company_id, sha256, bytes, media_type, state, code, details, name, width, height) values"
            " (%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s)"
            " on conflict (company_id, sha256) do update set unnamed_at = null returning id",
            [
                file.id,
                file.company_id,
                file.sha256,
                file.bytes,
                file.media_type,
                file.state,
                file.code,
                orjson.dumps(file.details).decode(),
                file.name,
                file.width,
                file.height,
            ],
        )
        kept = File.objects.get(id=cursor.fetchone()[0])
    _settle_attachments(kept)
    return kept


def _settle_attachments(file: File) -> None:
    """Tell the rows that name these bytes what became of them, and have their pictures looked into."""
    rows = Attachment.objects.filter(company_id=file.company_id, sha256=file.sha256, state=State.MISSING)
    if file.state == State.REJECTED:
        rows.update(state=State.REJECTED, code=file.code)
        return
    fitting = [kind.name for kind in KINDS.values() if file.media_type in kind.media_types]
    rows.exclude(kind__in=fitting).update(state=State.REJECTED, code="files.content_not_allowed")
    stored = rows.filter(kind__in=fitting).update(
        state=State.STORED,
        file=file,
        bytes=file.bytes,
        media_type=file.media_type,
        width=file.width,
        height=file.height,
    )
    if stored:
        jobs.prepare_later(file.company_id)
