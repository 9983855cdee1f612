"""The form of refresh tokens: what is on the wire, what is stored, and how a successor is sealed. No database.

A token is its company's id and 32 random bytes. Stored is only its SHA-256. The successor of a used token is kept for
the case that the answer got lost, encrypted with a key that only the used token yields.
"""

import base64
import binascii
import hashlib
import hmac
import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accounts.errors import RefreshInvalid

_PREFIX = "rt1."
_SECRET_BYTES = 32
_NONCE_BYTES = 12


def make(company_id: UUID) -> str:
    """A new token for a session of this company."""
    raw = company_id.bytes + os.urandom(_SECRET_BYTES)
    return _PREFIX + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def company_of(token: str) -> UUID:
    """The company whose session this claims to be. Raises RefreshInvalid for anything that is no token."""
    return UUID(bytes=_raw(token)[:16])


def digest(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(_raw(token)).digest()


def seal(successor: str, used: str) -> bytes:
    """The successor, readable with the used token alone."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(_key(used)).encrypt(nonce, _raw(successor), digest(used))


def unseal(sealed: bytes, used: str) -> str:
    """The successor that was sealed with `used`. Raises RefreshInvalid for another one's."""
    try:
        raw = AESGCM(_key(used)).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], digest(used))
    except InvalidTag:
        raise RefreshInvalid from None
    return _PREFIX + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _key(token: str) -> bytes:
    return hmac.digest(_raw(token), b"roundsman refresh successor", "sha256")


def _raw(token: str) -> bytes:
    try:
        if not token.startswith(_PREFIX):
            raise RefreshInvalid
        text = token.removeprefix(_PREFIX)
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise RefreshInvalid from None
    if len(raw) != 16 + _SECRET_BYTES:
        raise RefreshInvalid
    return raw
