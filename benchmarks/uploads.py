"""Files by tus: how fast they go up, and how much memory a large one costs the server."""

import base64
import hashlib
import json
import os
import struct
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import seed
from benchmarks.load import Connection
from benchmarks.result import Result
from benchmarks.server import Server

MIB = 2**20
_PHOTOS = 20


def uploads(server: Server) -> Iterator[Result]:
    """Files of 5 MB one after the other, each in one request; then one of 100 MB."""
    company = seed.make_company()
    phone = company.phone("uploader")
    connection = Connection(server.port)
    files = [_recording(5 * MIB) for _ in range(_PHOTOS)]
    _send(connection, phone.token, _recording(MIB))
    before = max(server.worker_memory_mb())
    began = time.perf_counter()
    for data in files:
        _send(connection, phone.token, data)
    rate = sum(map(len, files)) / MIB / (time.perf_counter() - began)
    after_photos = max(server.worker_memory_mb())
    _send(connection, phone.token, _recording(99 * MIB))
    after_large = max(server.worker_memory_mb())
    yield Result(
        f"upload of {_PHOTOS} files of 5 MB, one client, synced to the disk and hashed",
        f"{rate:.0f} MB/s",
        "20 MB/s",
        rate >= 20,
        f"{_floor(files):.0f} MB/s: the same bytes written, synced and hashed by this process",
    )
    yield Result(
        "memory of a worker beside uploads",
        f"{before:.0f} MB before, {after_photos:.0f} MB after 5 MB files, {after_large:.0f} MB after one of 99 MB",
        "flat: at most 15 MB more",
        after_large - before <= 15,
    )


def _recording(size: int) -> bytes:
    """A recording of about so many bytes that nobody has sent yet."""
    handler = _box(b"hdlr", bytes(8) + b"soun" + bytes(12))
    head = _box(b"ftyp", b"M4A \0\0\0\0M4A mp42") + _box(b"moov", _box(b"trak", _box(b"mdia", handler)))
    return head + _box(b"mdat", os.urandom(4096) + bytes(size))


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + name + content


def _send(connection: Connection, token: str, data: bytes) -> None:
    """Begin and send in one request."""
    values = {"sha256": hashlib.sha256(data).hexdigest(), "media_type": "audio/mp4"}
    metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())
    head = (
        f"POST /api/v1/files/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nTus-Resumable: 1.0.0\r\n"
        f"Upload-Length: {len(data)}\r\nUpload-Metadata: {metadata}\r\nContent-Length: {len(data)}\r\n"
        "Content-Type: application/offset+octet-stream\r\n\r\n"
    )
    answer = connection.post(head.encode() + data)
    if answer.status != 201:
        raise RuntimeError(f"upload: {answer.status} {json.loads(answer.body)}")


def _floor(files: list[bytes]) -> float:
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        for number, data in enumerate(files):
            with (Path(folder) / str(number)).open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            hashlib.sha256(data).digest()
    return sum(map(len, files)) / MIB / (time.perf_counter() - began)
