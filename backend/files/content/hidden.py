"""What must not hide inside of a picture or a recording: another format that other programs would find in it.

Such files (polyglots) are harmless as long as nobody opens them as what they also are. They are refused all the same:
an original is evidence, and may be downloaded and passed on.
"""

import re

from files.content.source import Source, ambiguous

_HEAD_OF_PDF = 1024  # readers of PDF look for its mark in so many bytes at the beginning
_END_OF_ZIP = b"PK\x05\x06"
_LONGEST_ZIP_END = 22 + 65_535
_ACTIVE = re.compile(rb"<\s*(script|html|svg|iframe|!doctype|\?php)", re.IGNORECASE)


def forbid_other_formats(source: Source) -> None:
    """Raises files.content_ambiguous for a document or an archive that begins or ends in these bytes."""
    if b"%PDF-" in source.take(0, min(_HEAD_OF_PDF, source.size)):
        raise ambiguous("a PDF document")
    start = max(0, source.size - _LONGEST_ZIP_END)
    tail = source.take(start, source.size - start)
    at = tail.rfind(_END_OF_ZIP)
    while at >= 0:
        comment = int.from_bytes(tail[at + 20 : at + 22], "little")
        if at + 22 + comment == len(tail):
            raise ambiguous("a ZIP archive")
        at = tail.rfind(_END_OF_ZIP, 0, at)


def forbid_active_text(metadata: bytes) -> None:
    """Raises files.content_ambiguous for what a browser or an interpreter would run, within a comment or the like."""
    if _ACTIVE.search(metadata):
        raise ambiguous("a script")
