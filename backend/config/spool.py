"""Takes the bodies of uploads to disk while they come in: no thread waits for a slow phone, nothing is held in memory.

Django would see a request only once its body is in memory, or a thread of ours would have to read it from the network,
at a phone's pace. So the bridge writes it to a file first, and hands Django the file.
"""

import asyncio
import tempfile
from typing import IO, Any

from django.conf import settings
from granian.rsgi import HTTPProtocol, Scope

from accounts.tokens import verify
from core.errors import Unauthenticated
from files.kinds import LARGEST

UPLOADS = "/api/v1/files/"
_WRITE_BYTES = 1 << 18
_SILENT_S = 60.0
"""A body of which nothing has come for so long is taken as cut off: the phone has gone."""


def goes_to_disk(scope: Scope) -> bool:
    """Whether the request is one that carries a file."""
    return scope.method in ("PATCH", "POST") and scope.path.startswith(UPLOADS)


def is_welcome(scope: Scope) -> bool:
    """Whether the sender has a genuine token. Whoever has none does not get to write to our disk.

    What he may do is asked later, where the request is answered.
    """
    kind, _, token = (scope.headers.get("authorization") or "").partition(" ")
    try:
        verify(token if kind.lower() == "bearer" else "")
    except Unauthenticated:
        return False
    return True


def too_large(announced: str | None) -> bool:
    """Whether the body is announced as larger than any file may be."""
    return announced is not None and announced.isdigit() and int(announced) > LARGEST


async def spool(protocol: HTTPProtocol) -> IO[bytes]:
    """The body as an open file that is gone once it is closed; as much of it as came, if the sender has gone."""
    loop = asyncio.get_running_loop()
    file = await loop.run_in_executor(None, _open)
    waiting, size = bytearray(), 0
    try:
        chunks = aiter(protocol)
        while size <= LARGEST:
            chunk = await _next(chunks)
            if chunk is None:
                break
            waiting += chunk
            size += len(chunk)
            if len(waiting) >= _WRITE_BYTES:
                await loop.run_in_executor(None, file.write, bytes(waiting))
                waiting.clear()
        await loop.run_in_executor(None, _write_rest, file, bytes(waiting))
    except BaseException:
        file.close()
        raise
    return file


async def _next(chunks: Any) -> bytes | None:
    try:
        chunk: bytes = await asyncio.wait_for(anext(chunks), _SILENT_S)
    except (StopAsyncIteration, TimeoutError):
        return None
    return chunk


def _open() -> IO[bytes]:
    settings.INCOMING_DIR.mkdir(parents=True, exist_ok=True)
    return tempfile.NamedTemporaryFile(dir=settings.INCOMING_DIR, prefix="body-")


def _write_rest(file: IO[bytes], rest: bytes) -> None:
    file.write(rest)
    file.flush()
