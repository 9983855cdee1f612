"""Deletes what nobody needs any more: uploads that were not gone on with, files that no row names, stray bytes."""

import re
import time
from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from core.clock import now
from core.fence import company_fence
from core.ids import uuid7
from files import storage
from files.attachment_triggers import UNNAMED_KEPT
from files.models import Attachment, File, Upload

_STRAY_AFTER = timedelta(days=1)
_AT_ONCE = 500


def purge_uploads(company_id: UUID) -> int:
    """Delete uploads whose time has come, with their bytes, and parts that belong to none. Returns the uploads."""
    with company_fence(company_id):
        _, by_table = Upload.objects.filter(company_id=company_id, expires_at__lt=now()).delete()
        unfinished = set(
            Upload.objects.filter(company_id=company_id, finished_at__isnull=True).values_list("id", flat=True)
        )
    folders, _ = storage.list_folder(storage.parts_folder(company_id))
    for folder in folders:
        # A request that has just stored a part is about to see that its upload is gone, and cleans up itself.
        if UUID(folder) not in unfinished and _older_than(UUID(folder), _STRAY_AFTER):
            storage.remove_folder(storage.parts_folder(company_id, UUID(folder)))
    return by_table.get("files.Upload", 0)


def purge_files(company_id: UUID) -> int:
    """Delete files that no row has named for a while; returns how many."""
    with company_fence(company_id):
        rows = File.objects.filter(company_id=company_id)
        named = Exists(Attachment.objects.filter(company_id=company_id, sha256=OuterRef("sha256")))
        rows.filter(named, unnamed_at__isnull=False).update(unnamed_at=None)
        rows.filter(~named, unnamed_at__isnull=True).update(unnamed_at=Now())
    gone = 0
    while names := _delete_some(company_id):
        storage.remove(*filter(None, names))
        gone += len(names)
    return gone


def sweep_strays(company_id: UUID, slice_: int) -> int:
    """Delete stored bytes that no row knows of, such as those of a server that was killed; returns how many.

    slice_: which of the 256 folders of the company to look into; a day's run looks into one.
    """
    gone = 0
    for root, model in (("files", File), ("renditions", Attachment)):
        place = f"{root}/{company_id}/{slice_:02x}"
        found = {UUID(name): name for names in storage.list_folder(place) for name in names if _is_id(name)}
        with company_fence(company_id):
            known = set(model.objects.filter(id__in=found).values_list("id", flat=True))
        for id_ in found.keys() - known:
            if _older_than(id_, UNNAMED_KEPT):
                remove = storage.remove_folder if root == "renditions" else storage.remove
                remove(f"{place}/{found[id_]}")
                gone += 1
    return gone


def sweep_incoming() -> None:
    """Delete what servers that were killed left in this machine's folder for incoming bytes."""
    before = time.time() - _STRAY_AFTER.total_seconds()
    for path in storage.incoming().iterdir():
        if path.is_file() and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


def _delete_some(company_id: UUID) -> list[str]:
    """Delete rows first: a file without a row is only stray, a row without its file would be a loss."""
    with company_fence(company_id):
        rows = File.objects.filter(company_id=company_id, unnamed_at__lt=now() - UNNAMED_KEPT)
        doomed = dict(rows.select_for_update(skip_locked=True).values_list("id", "name")[:_AT_ONCE])
        File.objects.filter(id__in=doomed).delete()
    return list(doomed.values())


def _is_id(name: str) -> bool:
    """Whether it is a whole file's or a folder's name, and not that of a draft."""
    return re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", name) is not None


def _older_than(id_: UUID, age: timedelta) -> bool:
    """By the time that the id was made at."""
    return (id_.int >> 80) < (uuid7().int >> 80) - age.total_seconds() * 1000
