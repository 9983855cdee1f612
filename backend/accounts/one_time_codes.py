"""The codes of the second factor: those that an authenticator app shows (RFC 6238), and recovery codes. No database.

Time-based codes have six digits, change every 30 seconds and are made by SHA-1, which is what every app can do. One is
taken up to a step early or late, for clocks differ, and never a second time. Recovery codes have 50 random bits, and
are stored as keyed hashes: without the installation's secret, a copy of the database does not help to guess them.
"""

import hashlib
import hmac
import os
import time
from base64 import b32encode
from uuid import UUID

import pyotp
from django.conf import settings
from django.core import signing

from accounts.errors import EnrolmentExpired
from accounts.sealing import SealBroken, seal, unseal

STEP_S = 30
EARLY_OR_LATE = 1
"""Steps by which a phone's clock may differ."""
RECOVERY_CODES = 10
ENROLMENT_S = 15 * 60
"""How long a new secret may wait for its first code."""
_ISSUER = "Roundsman"
_PURPOSE = "second factor"


def make_secret() -> str:
    """A new secret in base 32, as apps take it: 160 random bits."""
    return pyotp.random_base32()


def address_of(secret: str, username: str, company: str) -> str:
    """The `otpauth:` address that an app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=f"{username}@{company}", issuer_name=_ISSUER)


def find_step(secret: str, code: str, after: int = 0) -> int | None:
    """The step at which this code is shown, if that is now, one step ago or in one step, and later than `after`."""
    totp, present = pyotp.TOTP(secret), int(time.time()) // STEP_S
    steps = range(max(after + 1, present - EARLY_OR_LATE), present + EARLY_OR_LATE + 1)
    return next((step for step in steps if hmac.compare_digest(totp.generate_otp(step), _plain(code))), None)


def seal_secret(secret: str, user_id: UUID) -> bytes:
    """The secret as it is stored."""
    return seal(secret.encode(), _PURPOSE, user_id.bytes)


def unseal_secret(sealed: bytes, user_id: UUID) -> str | None:
    """The stored secret; None where the installation's secret was changed since."""
    try:
        return unseal(sealed, _PURPOSE, user_id.bytes).decode()
    except SealBroken:
        return None


def write_draft(secret: str, user_id: UUID) -> str:
    """A new secret on its way to the user's app and back: signed for this user, and good for a while."""
    return signing.dumps([str(user_id), secret], salt=_PURPOSE)


def read_draft(draft: str, user_id: UUID) -> str:
    """The secret of a draft. Raises EnrolmentExpired for one that is too old, or somebody else's."""
    try:
        whose, secret = signing.loads(draft, salt=_PURPOSE, max_age=ENROLMENT_S)
    except (signing.BadSignature, ValueError):
        raise EnrolmentExpired from None
    if whose != str(user_id):
        raise EnrolmentExpired
    return str(secret)


def make_recovery_codes() -> list[str]:
    """Codes for when the phone is lost, such as `k4mq7-w2xnd`."""
    texts = (b32encode(os.urandom(7)).decode().lower()[:10] for _ in range(RECOVERY_CODES))
    return [f"{text[:5]}-{text[5:]}" for text in texts]


def hash_recovery_code(code: str, user_id: UUID) -> bytes:
    """What is stored of a recovery code, and found again however it is typed."""
    text = f"recovery|{user_id}|{_plain(code).lower()}"
    return hmac.digest(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256)


def _plain(code: str) -> str:
    """A code without the blanks and dashes with which people write it, in letters and digits of ASCII alone."""
    kept = code.replace(" ", "").replace("-", "")
    return kept if kept.isascii() else ""
