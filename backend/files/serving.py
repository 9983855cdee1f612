"""Sends a file: whole or a range of it, with headers that let no browser take it for anything else."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from files import storage
from files.addresses import LIFETIME, Address
from files.errors import AttachmentNotFound, RangeInvalid

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_BLOCK_BYTES = 65_536


class StoredFileResponse(StreamingHttpResponse):
    """A range of a stored file. local_file: where it lies on this machine, for a web server that sends it by itself.

    local_range: the first byte, and the one behind the last.
    """

    local_file: str | None = None
    local_range: tuple[int, int] = (0, 0)


def send(request: HttpRequest, address: Address) -> HttpResponseBase:
    """The file, or the range that is asked for. Raises files.not_found, files.range_invalid."""
    try:
        file = storage.open_stored(address.name)
    except FileNotFoundError:
        raise AttachmentNotFound from None
    size = file.seek(0, 2)
    try:
        asked = _asked_range(request, address, size)
    except RangeInvalid:
        file.close()
        raise
    start, end = asked or (0, size)
    response: HttpResponseBase
    if request.method == "HEAD":
        file.close()
        response = HttpResponse()
    else:
        streamed = StoredFileResponse(_Range(file, start, end))
        local = storage.local_path(address.name)
        streamed.local_file, streamed.local_range = str(local) if local else None, (start, end)
        response = streamed
    response.status_code = 206 if asked else 200
    if asked:
        response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response["Content-Length"] = str(end - start)
    _describe(response, address)
    return response


def _describe(response: HttpResponseBase, address: Address) -> None:
    response["Content-Type"] = address.media_type
    response["Content-Disposition"] = f'{"inline" if address.inline else "attachment"}; filename="{address.shown_as}"'
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = f'"{address.tag}"'
    response["Cache-Control"] = f"private, max-age={int(LIFETIME.total_seconds())}, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Referrer-Policy"] = "no-referrer"


def _asked_range(request: HttpRequest, address: Address, size: int) -> tuple[int, int] | None:
    """The first byte and the one behind the last; None for all. Several ranges at once are answered with all.

    Raises files.range_invalid.
    """
    match = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if match is None or match[1] == match[2] == "":
        return None
    if request.headers.get("If-Range", f'"{address.tag}"') != f'"{address.tag}"':
        return None
    if match[1] == "":
        start, end = max(0, size - int(match[2])), size
    else:
        start, end = int(match[1]), min(int(match[2]) + 1, size) if match[2] else size
    if match[1] and match[2] and int(match[2]) < int(match[1]):
        return None
    if start >= end:
        raise RangeInvalid("Range", bytes=size)
    return start, end


class _Range:
    """The bytes of a file from `start` up to `end`, in pieces; closing it closes the file."""

    def __init__(self, file: BinaryIO, start: int, end: int) -> None:
        self._file = file
        self._left = end - start
        file.seek(start)

    def __iter__(self) -> Iterator[bytes]:
        while self._left > 0 and (block := self._file.read(min(_BLOCK_BYTES, self._left))):
            self._left -= len(block)
            yield block

    def close(self) -> None:
        self._file.close()
