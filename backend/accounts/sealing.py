"""Secrets that the server has to know again, encrypted in the database: AES-256-GCM with a key of this installation.

The key is derived from Django's secret, which lies beside the signing keys or comes from the environment, never in the
database: a copy of the database alone gives nothing away. Whoever changes that secret loses what was sealed with it.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE_BYTES = 12


class SealBroken(Exception):
    """Not sealed by this installation, for this purpose and owner, or changed since."""


def seal(secret: bytes, purpose: str, owner: bytes) -> bytes:
    """`secret`, readable for the same purpose and owner alone."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(_key(purpose)).encrypt(nonce, secret, owner)


def unseal(sealed: bytes, purpose: str, owner: bytes) -> bytes:
    """What was sealed. Raises SealBroken."""
    try:
        return AESGCM(_key(purpose)).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], owner)
    except (InvalidTag, ValueError):
        raise SealBroken from None


def _key(purpose: str) -> bytes:
    return HKDF(SHA256(), 32, None, f"roundsman {purpose}".encode()).derive(settings.SECRET_KEY.encode())
