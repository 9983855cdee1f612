"""Large request bodies: taken to disk as they come in, never held in memory.

The bridge to the web server (`config.rsgi`) writes such a body to a file before Django sees the request, so that a
phone on a slow network occupies a file and no thread. Under any other server the body is read here.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.http import HttpRequest

SPOOLED = "roundsman.body"
"""The member of the WSGI environment with the open file that holds the body; its `name` is its path."""
_COPY_BYTES = 1 << 20


@contextmanager
def body_as_file(request: HttpRequest, folder: Path, limit: int) -> Iterator[tuple[Path, int]]:
    """The body as a file and its number of bytes, of which there may be less than announced: the sender has gone.

    Of a body with more than `limit` bytes only one more than that is there. The file is gone after the block, but what
    was linked to it stays.
    """
    environment: dict[str, Any] = getattr(request, "environ", {})
    spooled = environment.get(SPOOLED)
    if spooled is not None:
        with spooled:
            yield Path(spooled.name), spooled.seek(0, os.SEEK_END)
        return
    with tempfile.NamedTemporaryFile(dir=folder, prefix="body-") as file:
        _copy(request, file, limit)  # type: ignore[arg-type]
        yield Path(file.name), file.tell()


def _copy(request: HttpRequest, file: BinaryIO, limit: int) -> None:
    left = limit + 1
    while left and (chunk := request.read(min(_COPY_BYTES, left))):
        file.write(chunk)
        left -= len(chunk)
    file.flush()
