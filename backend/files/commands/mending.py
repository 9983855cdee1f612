"""Compares storage and database, and mends both: what a restore from backups of different moments leaves apart."""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from core.errors import DomainError
from core.fence import company_fence
from files import queries, storage
from files.commands import finishing
from files.content.inspection import inspect
from files.models import Attachment, File, Fingerprint, State

_AT_ONCE = 500


@dataclass(slots=True)
class Difference:
    """How storage and database differ.

    lost: rows without their bytes. unknown: bytes without a row; taken_in: those of them that became files.
    """

    lost: int = 0
    unknown: int = 0
    taken_in: int = 0


def compare(company_id: UUID, *, mend: bool = False) -> Difference:
    """Compare, and mend on request.

    What is lost is asked for again: phones that still have it send it. What is unknown is looked at like an upload and
    becomes a file that rows may name; what is nothing that is kept stays where it is, until it is swept up.
    """
    found = Difference()
    here: set[UUID] = set()
    for id_, name in _stored(company_id):
        here.add(id_)
        with company_fence(company_id):
            known = File.objects.filter(id=id_).exists()
        if not known:
            found.unknown += 1
            found.taken_in += mend and _take_in(company_id, id_, name)
    for file in _files(company_id):
        if file.id not in here:
            found.lost += 1
            if mend:
                _forget(file)
    return found


def _stored(company_id: UUID) -> Iterator[tuple[UUID, str]]:
    root = f"files/{company_id}"
    folders, _ = storage.list_folder(root)
    for folder in sorted(folders):
        _, names = storage.list_folder(f"{root}/{folder}")
        for name in sorted(names):
            try:
                yield UUID(name), f"{root}/{folder}/{name}"
            except ValueError:
                continue  # a draft of a server that was killed


def _files(company_id: UUID) -> Iterator[File]:
    """All stored files, some at a time."""
    after = UUID(int=0)
    while True:
        with company_fence(company_id):
            rows = File.objects.filter(company_id=company_id, state=State.STORED, id__gt=after)
            some = list(rows.order_by("id")[:_AT_ONCE])
        if not some:
            return
        yield from some
        after = some[-1].id


def _take_in(company_id: UUID, id_: UUID, name: str) -> bool:
    """Enter bytes of the storage as a file; returns whether they are one that the company had not."""
    with storage.scratch_file("known-") as copy:
        with storage.open_stored(name) as stored:
            shutil.copyfileobj(stored, copy)
        copy.flush()
        size = copy.tell()
        with Path(copy.name).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            try:
                content = inspect(file)
            except DomainError:
                return False
    with company_fence(company_id):
        if queries.find_file(company_id, digest) is not None:
            return False
        finishing.remember(
            File(
                id=id_,
                company_id=company_id,
                sha256=digest,
                bytes=size,
                media_type=content.media_type,
                state=State.STORED,
                name=name,
                width=content.width,
                height=content.height,
            )
        )
    return True


def _forget(file: File) -> None:
    """The bytes are lost: rows that name them await them again."""
    with company_fence(file.company_id):
        rows = Attachment.objects.filter(file_id=file.id)
        rows.update(state=State.MISSING, file=None, renditions=[], prepared_at=None)
        Fingerprint.objects.filter(file_id=file.id).delete()
        File.objects.filter(id=file.id).delete()
