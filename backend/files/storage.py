"""Where bytes lie: Django's storage interface, with a file system that has really written what it says it has.

Every name is made by the server: `parts/…` for what is still being uploaded, `files/…` for whole files, `renditions/…`
for what is made of them. Nothing that a client sends becomes a part of a name.
"""

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.core.files import File as DjangoFile
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils.deconstruct import deconstructible

from core.ids import uuid7

_COPY_BYTES = 1 << 20


@deconstructible
class DurableFileSystemStorage(FileSystemStorage):
    """A file is on the disk, under its name and whole, when `save` returns; before that there is nothing there.

    Content that lies in a file on the same file system is not copied but gets a second name.
    """

    def __init__(self, location: str | Path) -> None:
        super().__init__(location=str(location), allow_overwrite=True)

    def _save(self, name: str, content: Any) -> str:
        target = Path(self.path(name))
        _make_folder(target.parent, Path(self.location))
        draft = target.with_name(f"{target.name}.{uuid7().hex}.draft")
        try:
            self._write(content, draft)
            draft.replace(target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        _sync(target.parent)
        return name

    @staticmethod
    def _write(content: Any, draft: Path) -> None:
        source = getattr(content, "name", None)
        if isinstance(source, str) and source.startswith("/"):
            with suppress(OSError):  # another file system, or one without hard links
                os.link(source, draft)
                _sync(draft)
                return
        with draft.open("xb") as file:
            for chunk in content.chunks(_COPY_BYTES):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())


def storage() -> Storage:
    """The storage that the settings name."""
    return storages["files"]


def save(name: str, path: Path) -> None:
    """Keep the content of a local file under `name`."""
    with path.open("rb") as file:
        kept = storage().save(name, DjangoFile(file, name=str(path)))
    assert kept == name, kept


def open_stored(name: str) -> BinaryIO:
    """The content under `name`, to be read from any position. Raises FileNotFoundError."""
    return cast(BinaryIO, storage().open(name, "rb").file)


def local_path(name: str) -> Path | None:
    """Where the content lies as a file of this machine, None where the storage is elsewhere."""
    try:
        return Path(storage().path(name))
    except NotImplementedError:
        return None


def remove(*names: str) -> None:
    """Delete what lies under these names; what is gone already is no fault."""
    for name in names:
        with suppress(FileNotFoundError):
            storage().delete(name)


def list_folder(name: str) -> tuple[list[str], list[str]]:
    """Folders and files directly below `name`; none where it does not exist."""
    try:
        return storage().listdir(name)
    except FileNotFoundError:
        return [], []


def remove_folder(name: str) -> None:
    """Delete everything below `name`."""
    folders, files = list_folder(name)
    for folder in folders:
        remove_folder(f"{name}/{folder}")
    remove(*(f"{name}/{file}" for file in files))
    if local_path(name):
        with suppress(OSError):  # somebody has just put something into it
            storage().delete(name)


def parts_folder(company_id: UUID, upload_id: UUID | None = None) -> str:
    """Where the parts of an upload lie, or those of all of the company's."""
    return f"parts/{company_id}/{upload_id}" if upload_id else f"parts/{company_id}"


def part_name(company_id: UUID, upload_id: UUID, start: int) -> str:
    """A fresh name for the bytes of an upload from `start` on: two that race for one offset have two names."""
    return f"{parts_folder(company_id, upload_id)}/{start:012d}-{uuid7().hex}"


def file_name(company_id: UUID, file_id: UUID) -> str:
    """Where the whole of a file lies."""
    return f"files/{company_id}/{file_id.hex[-2:]}/{file_id}"


def rendition_name(company_id: UUID, attachment_id: UUID, rendition: str) -> str:
    """Where a rendition lies."""
    return f"{renditions_folder(company_id, attachment_id)}/{rendition}"


def renditions_folder(company_id: UUID, attachment_id: UUID) -> str:
    """Where the renditions of an attached file lie."""
    return f"renditions/{company_id}/{attachment_id.hex[-2:]}/{attachment_id}"


def incoming() -> Path:
    """The folder for bytes that are on their way; on the storage's own file system, if that is what it is."""
    folder: Path = settings.INCOMING_DIR
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def scratch_file(prefix: str) -> "tempfile._TemporaryFileWrapper[bytes]":
    """A named file that is gone once it is closed."""
    return tempfile.NamedTemporaryFile(dir=incoming(), prefix=prefix)


def _make_folder(folder: Path, root: Path) -> None:
    """Make a folder and those above it, each durably entered in the one that holds it."""
    missing = []
    while not folder.is_dir() and folder != root:
        missing.append(folder)
        folder = folder.parent
    folder.mkdir(parents=True, exist_ok=True)
    for made in reversed(missing):
        made.mkdir(exist_ok=True)
        _sync(made.parent)


def _sync(path: Path) -> None:
    """Wait until a file's content, or a folder's entries, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
