"""The writers of uploads: create, append, finish, give up.

What is true of an upload stands in its row; the bytes of each request lie in a part of their own. A part is on the disk
before the row says so, and the row is locked while it says so: of two requests for one offset, in whatever processes,
one wins, and after a crash nothing that was acknowledged is missing.
"""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.db import IntegrityError

from core.actor import Actor
from core.clock import now
from core.fence import company_fence
from files import queries, storage
from files.commands import finishing
from files.errors import ChecksumMismatch, OffsetMismatch, TooManyBytes, TooManyUploads, UploadNotFound
from files.models import Upload, UploadPart
from files.tus import Announcement, Checksum

UPLOAD_KEPT = timedelta(days=7)
"""So long after its last bytes an unfinished upload can be gone on with."""
MOST_OPEN = 200
_READ_BYTES = 1 << 20


def create(actor: Actor, wanted: Announcement) -> Upload:
    """An upload for this file: a new one, the one that was begun before, or a finished one where the bytes are here.

    Raises files.content_unknown, files.too_large, files.too_many_uploads, and what the same bytes were rejected for.
    """
    finishing.require_taken(wanted)
    for _ in range(2):
        with company_fence(actor.company_id):
            if (done := finishing.find_done(actor, wanted)) is not None:
                return done
            begun = queries.find_open_upload(actor, wanted.sha256)
            if begun is None and queries.count_open_uploads(actor) >= MOST_OPEN:
                raise TooManyUploads(limit=MOST_OPEN)
        if begun is not None and begun.bytes == wanted.bytes:
            return finishing.finish_if_whole(begun)
        if begun is not None:  # begun with another length; this is the later word
            terminate(actor, begun.id)
        with suppress(IntegrityError):  # its twin was created at this very moment: found the next time round
            return _insert(actor, wanted)
    raise UploadNotFound


def append(
    actor: Actor, upload_id: UUID, offset: int, body: Path, size: int, checksum: Checksum | None = None
) -> Upload:
    """Take bytes from `offset` on; with the last of them the file is looked at and kept.

    Raises files.upload_not_found, files.offset_mismatch, files.too_many_bytes, files.checksum_mismatch, all with
    nothing changed; and what `finishing.finish` raises.
    """
    with company_fence(actor.company_id):
        upload = queries.get_upload(actor, upload_id)
    if offset != upload.received:
        raise OffsetMismatch("Upload-Offset", offset=upload.received)
    if size > upload.bytes - offset:
        raise TooManyBytes("Upload-Offset", bytes=upload.bytes)
    if checksum is not None:
        _require_checksum(body, checksum)
    if size:
        upload = _take_part(actor, upload, offset, body, size)
    return finishing.finish_if_whole(upload)


def terminate(actor: Actor, upload_id: UUID) -> None:
    """Give an upload up: its bytes so far are deleted; a file that it became stays. Raises files.upload_not_found."""
    with company_fence(actor.company_id):
        upload = queries.get_upload(actor, upload_id)
        locked = queries.lock_upload(upload_id) or upload
        locked.delete()
    storage.remove_folder(storage.parts_folder(actor.company_id, upload_id))


def _insert(actor: Actor, wanted: Announcement) -> Upload:
    with company_fence(actor.company_id):
        upload = Upload(
            company_id=actor.company_id,
            user_id=actor.user_id,
            device_id=actor.device_id,
            sha256=wanted.sha256,
            bytes=wanted.bytes,
            media_type=wanted.media_type,
            created_at=now(),
            expires_at=now() + UPLOAD_KEPT,
        )
        upload.save(force_insert=True)
    return upload


def _take_part(actor: Actor, upload: Upload, offset: int, body: Path, size: int) -> Upload:
    """Store the bytes, then have the row say so, unless somebody was faster."""
    name = storage.part_name(upload.company_id, upload.id, offset)
    storage.save(name, body)
    try:
        with company_fence(actor.company_id):
            locked = queries.lock_upload(upload.id)
            if locked is None or locked.received != offset:
                # Finished, given up or gone on with in the meantime: say which.
                raise OffsetMismatch("Upload-Offset", offset=queries.get_upload(actor, upload.id).received)
            UploadPart(company_id=locked.company_id, upload_id=locked.id, start=offset, bytes=size, name=name).save(
                force_insert=True
            )
            locked.received = offset + size
            locked.expires_at = now() + UPLOAD_KEPT
            locked.save(update_fields=["received", "expires_at"])
    except BaseException:
        storage.remove(name)
        raise
    return locked


def _require_checksum(body: Path, checksum: Checksum) -> None:
    found = checksum.start()
    with body.open("rb") as file:
        while block := file.read(_READ_BYTES):
            found.update(block)
    if found.digest() != checksum.digest:
        raise ChecksumMismatch("Upload-Checksum")
