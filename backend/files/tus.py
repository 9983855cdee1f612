"""The tus protocol's words, https://tus.io/protocols/resumable-upload 1.0.0: what its headers say."""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from core.errors import InvalidInput
from files.errors import ChecksumUnknown, TusVersionUnknown, UploadContentType

VERSION = "1.0.0"
EXTENSIONS = ("creation", "creation-with-upload", "checksum", "termination", "expiration")
CONTENT_TYPE = "application/offset+octet-stream"
ALGORITHMS: dict[str, Callable[[], Any]] = {"sha256": hashlib.sha256, "sha1": hashlib.sha1}
_NUMBER = re.compile(r"\d{1,15}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")

Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Announcement:
    """What an upload is to be: bytes in all, SHA-256 in hex, media type."""

    bytes: int
    sha256: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of one request must add up to."""

    algorithm: str
    digest: bytes

    def start(self) -> Any:
        """A fresh hash of the algorithm."""
        return ALGORITHMS[self.algorithm]()


def require_version(headers: Headers) -> None:
    """Raises files.tus_version unless the request speaks our version."""
    if headers.get("Tus-Resumable") != VERSION:
        raise TusVersionUnknown("Tus-Resumable", versions=VERSION)


def require_content_type(headers: Headers) -> None:
    """Raises files.upload_content_type unless the body is said to be the upload's bytes."""
    if headers.get("Content-Type", "").partition(";")[0].strip() != CONTENT_TYPE:
        raise UploadContentType("Content-Type")


def read_announcement(headers: Headers, plain_type: Callable[[str], str]) -> Announcement:
    """What `Upload-Length` and `Upload-Metadata` say. Raises core.invalid_input, naming header or member."""
    metadata = read_metadata(headers.get("Upload-Metadata", ""))
    sha256 = metadata.get("sha256", "").lower()
    if not _SHA256.fullmatch(sha256):
        raise InvalidInput("Upload-Metadata.sha256", reason="must be a SHA-256 of 64 hex digits")
    media_type = plain_type(metadata.get("media_type", ""))
    if not _MEDIA_TYPE.fullmatch(media_type):
        raise InvalidInput("Upload-Metadata.media_type", reason="must be a media type")
    size = read_number(headers, "Upload-Length")
    if size < 1:
        raise InvalidInput("Upload-Length", reason="must be at least 1")
    return Announcement(size, sha256, media_type)


def read_metadata(text: str) -> dict[str, str]:
    """Names to texts. Raises core.invalid_input for what is not in the protocol's form."""
    found = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, _, encoded = pair.partition(" ")
        try:
            found[name] = base64.b64decode(encoded, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise InvalidInput("Upload-Metadata", reason="values must be Base64 of UTF-8") from None
    return found


def read_number(headers: Headers, name: str) -> int:
    """The number in a header. Raises core.invalid_input."""
    text = headers.get(name, "")
    if not _NUMBER.fullmatch(text):
        raise InvalidInput(name, reason="must be a number of bytes")
    return int(text)


def read_checksum(headers: Headers) -> Checksum | None:
    """What `Upload-Checksum` demands. Raises files.checksum_unknown, core.invalid_input."""
    text = headers.get("Upload-Checksum")
    if text is None:
        return None
    algorithm, _, encoded = text.partition(" ")
    if algorithm not in ALGORITHMS:
        raise ChecksumUnknown("Upload-Checksum", algorithms=", ".join(ALGORITHMS))
    try:
        digest = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != ALGORITHMS[algorithm]().digest_size:
        raise InvalidInput("Upload-Checksum", reason="must be an algorithm and the Base64 of its digest")
    return Checksum(algorithm, digest)


def capabilities() -> dict[str, str]:
    """The headers that say what this server can do; the limit is added by who knows it."""
    return {
        "Tus-Resumable": VERSION,
        "Tus-Version": VERSION,
        "Tus-Extension": ",".join(EXTENSIONS),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }


def expires(at: datetime) -> str:
    """An instant as `Upload-Expires` has it (RFC 9110)."""
    return format_datetime(at.astimezone(UTC).replace(microsecond=0), usegmt=True)
