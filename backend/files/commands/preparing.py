"""Looks into stored pictures: what they say of themselves, what people see of them, and which others they look like."""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from django.db.models import Q

from core import pokes
from core.clock import now
from core.fence import company_fence
from files import queries, storage
from files.attaching import captions_of
from files.kinds import KINDS
from files.likeness import bands, signed
from files.models import Attachment, File, Fingerprint, Likeness
from files.pictures.workshop import Picture, look_into

_AT_ONCE = 50
_MOST_LIKENESSES = 100
_log = logging.getLogger(__name__)


def prepare_all(company_id: UUID) -> int:
    """Look into every picture of the company that nobody has looked into yet; returns how many it were."""
    done = 0
    while True:
        with company_fence(company_id):
            waiting = queries.list_unprepared(company_id, _AT_ONCE)
            lines = {
                id_: found
                for subject in {item.subject_kind for item in waiting}
                for id_, found in captions_of(
                    subject, [item.id for item in waiting if item.subject_kind == subject and item.kind == "photo"]
                ).items()
            }
        if not waiting:
            return done
        for attachment in waiting:
            _prepare(attachment, list(lines.get(attachment.id, ())))
        done += len(waiting)


def _prepare(attachment: Attachment, lines: list[str]) -> None:
    """Look into one. What goes wrong is logged, and it counts as looked into: others must not wait for it."""
    picture: Picture | None = None
    with tempfile.TemporaryDirectory(dir=storage.incoming(), prefix="renditions-") as folder:
        assert attachment.file is not None
        if KINDS[attachment.kind].picture:
            try:
                with _at_hand(attachment.file) as source:
                    picture = look_into(source, attachment.file.media_type, lines, Path(folder))
                for name, path in (picture.renditions if picture else {}).items():
                    storage.save(storage.rendition_name(attachment.company_id, attachment.id, name), path)
            except OSError:
                _log.exception("picture not prepared", extra={"attachment_id": str(attachment.id)})
                picture = None
    with company_fence(attachment.company_id):
        _note(attachment, picture)
        pokes.changed(attachment.company_id, "files")


def _note(attachment: Attachment, picture: Picture | None) -> None:
    alike: dict[UUID, int] = {}
    assert attachment.file is not None
    if picture is not None and attachment.kind == "photo":
        if picture.dhash is not None and attachment.file.dhash is None:
            _fingerprint(attachment.file, signed(picture.dhash))
        if picture.dhash is not None:
            alike = queries.list_alike(attachment.company_id, signed(picture.dhash))
    if attachment.kind == "photo":
        alike[attachment.file.id] = 0
        _note_likenesses(attachment, alike)
    Attachment.objects.filter(id=attachment.id).update(
        prepared_at=now(),
        exif=picture.exif if picture else None,
        readable=picture is not None if KINDS[attachment.kind].picture else None,
        renditions=sorted(picture.renditions) if picture else [],
    )


def _fingerprint(file: File, dhash: int) -> None:
    """Enter what the picture looks like."""
    File.objects.filter(id=file.id).update(dhash=dhash)
    file.dhash = dhash
    Fingerprint.objects.bulk_create(
        [
            Fingerprint(company_id=file.company_id, band=band, value=value, file_id=file.id)
            for band, value in enumerate(bands(dhash))
        ],
        ignore_conflicts=True,
    )


def _note_likenesses(attachment: Attachment, alike: dict[UUID, int]) -> None:
    """Enter the pictures of other subjects that look alike, on both sides, and flag both."""
    others = queries.list_photos_elsewhere(alike, attachment.subject_id, _MOST_LIKENESSES)
    if not others:
        return
    pairs = [(attachment.id, item.id, alike[item.file_id]) for item in others]  # type: ignore[index]
    Likeness.objects.bulk_create(
        [
            Likeness(company_id=attachment.company_id, attachment_id=one, other_id=other, distance=distance)
            for a, b, distance in pairs
            for one, other in ((a, b), (b, a))
        ],
        ignore_conflicts=True,
    )
    flagged = Q(id=attachment.id) | Q(id__in=[item.id for item in others], near_duplicate=False)
    Attachment.objects.filter(flagged).update(near_duplicate=True)


@contextmanager
def _at_hand(file: File) -> Iterator[Path]:
    """The file's bytes as a local file."""
    here = storage.local_path(file.name)
    if here is not None:
        yield here
        return
    with storage.scratch_file("picture-") as copy, storage.open_stored(file.name) as stored:
        shutil.copyfileobj(stored, copy)
        copy.flush()
        yield Path(copy.name)
