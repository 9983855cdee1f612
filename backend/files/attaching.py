"""How other apps attach files to their rows: they declare it, and triggers keep `files_attachment` equal to that.

    attach_files(
        AttachmentSource(
            "visit_photo",
            table="visits_photo",
            subject="visit",
            sql="select p.company_id, p.id, p.customer_id as scope_id, … from {rows} p",
            captions=caption_lines,
        )
    )

No write path can forget it, nothing is written row by row, and the app that owns the rows needs to know no more of
files than that they have a SHA-256.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

Captions = Callable[[Iterable[UUID]], Mapping[UUID, Sequence[str]]]
SOURCES: dict[str, "AttachmentSource"] = {}


def _no_captions(ids: Iterable[UUID]) -> Mapping[UUID, Sequence[str]]:
    return {}


@dataclass(frozen=True)
class AttachmentSource:
    """Rows of one table that name files.

    subject: what a file belongs to, as `subject_kind`. sql: over the changed rows `{rows}`, yields company_id, id,
    scope_id, subject_id, kind (photo, signature, voice), sha256 (64 hex digits), bytes, media_type, user_id, device_id
    and wanted, one row for each file. captions: for attachment ids, the lines that are written onto the pictures that
    people see; called inside the company's fence.
    """

    name: str
    table: str
    subject: str
    sql: str
    captions: Captions = _no_captions


def attach_files(source: AttachmentSource) -> None:
    """Register rows that name files."""
    if SOURCES.setdefault(source.name, source) is not source:
        raise ValueError(f"attachment source {source.name} is declared twice")


def captions_of(subject_kind: str, ids: Iterable[UUID]) -> Mapping[UUID, Sequence[str]]:
    """The lines to write onto pictures of these attachments, by attachment."""
    wanted = list(ids)
    found: dict[UUID, Sequence[str]] = {}
    for source in SOURCES.values():
        if source.subject == subject_kind and wanted:
            found |= source.captions(wanted)
    return found
