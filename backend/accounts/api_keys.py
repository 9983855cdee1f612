"""The form of API keys: what a program sends, and what is stored of it. No database.

A key is `rm_` and 64 letters, digits, `-` or `_`: 32 random bytes and the id of its company. Stored are its SHA-256 and
its first letters, by which people recognise it.
"""

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass
from uuid import UUID

from accounts.errors import ApiKeyInvalid

_PREFIX = "rm_"
_SECRET_BYTES = 32
_SHOWN = len(_PREFIX) + 8


@dataclass(frozen=True, slots=True)
class NewKey:
    """What goes beside the command that makes a key. digest: to be stored. beginning: by which people know the key."""

    digest: bytes
    beginning: str


def make(company_id: UUID) -> str:
    """A new key of this company."""
    return _PREFIX + base64.urlsafe_b64encode(os.urandom(_SECRET_BYTES) + company_id.bytes).decode()


def is_key(token: str) -> bool:
    """Whether a bearer token claims to be an API key; access tokens never begin like one."""
    return token.startswith(_PREFIX)


def company_of(key: str) -> UUID:
    """The company whose key this claims to be. Raises ApiKeyInvalid for anything that is no key."""
    return UUID(bytes=_raw(key)[_SECRET_BYTES:])


def digest(key: str) -> bytes:
    """What is stored of a key, and found again. Raises ApiKeyInvalid for anything that is no key."""
    return hashlib.sha256(_raw(key)).digest()


def to_store(key: str) -> NewKey:
    """What the command that makes the key needs of it."""
    return NewKey(digest(key), key[:_SHOWN])


def _raw(key: str) -> bytes:
    try:
        raw = base64.b64decode(key.removeprefix(_PREFIX), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise ApiKeyInvalid from None
    if not is_key(key) or len(raw) != _SECRET_BYTES + 16:
        raise ApiKeyInvalid
    return raw
