"""Access tokens: JSON web tokens signed with Ed25519, valid for 15 minutes.

A token is verified once per process and then known until it expires: the signature costs 190 µs, a look-up 1 µs. Who
carries it may have lost his rights meanwhile; that is asked of the database at every request, not of the token.
"""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

import jwt

from accounts.signing_keys import KeyRing, directory
from core.actor import Actor
from core.errors import Unauthenticated

LIFETIME_S = 15 * 60
_ALGORITHM = "EdDSA"
_ISSUER = "roundsman"
_REMEMBERED = 4096
_LONGEST = 4096
_LAST_PUSH_WITHIN_S = 90 * 86_400
_SKEW_S = 30  # by which the clocks of several servers may differ; it does not lengthen a token's life


@dataclass(frozen=True, slots=True)
class Claims:
    """What a valid token says, as of its making. expires_at: Unix seconds."""

    company_id: UUID
    user_id: UUID
    device_id: UUID
    roles: frozenset[str]
    locale: str
    expires_at: float


class _Verified:
    """The tokens verified last, bounded; keyed by the exact token. Safe for threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._claims: OrderedDict[str, Claims] = OrderedDict()

    def get(self, token: str) -> Claims | None:
        with self._lock:
            claims = self._claims.get(token)
            if claims is not None:
                self._claims.move_to_end(token)
            return claims

    def put(self, token: str, claims: Claims) -> None:
        with self._lock:
            self._claims[token] = claims
            if len(self._claims) > self._size:
                self._claims.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._claims.clear()


_verified = _Verified(_REMEMBERED)
_keys = KeyRing(directory(), on_change=_verified.clear)


def issue(actor: Actor) -> str:
    """A fresh access token for `actor`, who must act on a device."""
    kid, key = _keys.signing_key()
    now = int(time.time())
    claims = {
        "iss": _ISSUER,
        "iat": now,
        "exp": now + LIFETIME_S,
        "sub": str(actor.user_id),
        "company": str(actor.company_id),
        "device": str(actor.device_id),
        "roles": sorted(actor.roles),
        "locale": actor.locale,
    }
    return jwt.encode(claims, key, algorithm=_ALGORITHM, headers={"kid": kid})


def verify(token: str) -> Claims:
    """What the token says, without asking the database. Raises Unauthenticated for anything but a valid token."""
    _keys.look()
    claims = _verified.get(token)
    if claims is None:
        claims = _check(token)
        _verified.put(token, claims)
    if claims.expires_at <= time.time():
        raise Unauthenticated
    return claims


def verify_expired(token: str) -> Claims:
    """What an authentic token says whose time is over, for a revoked device's last push alone.

    A phone that was offline for hours has no other: it is refused a fresh one because it was revoked.
    Raises Unauthenticated for anything but an authentic token of the last `_LAST_PUSH_WITHIN_S` seconds.
    """
    claims = _check(token, verify_exp=False)
    if claims.expires_at < time.time() - _LAST_PUSH_WITHIN_S:
        raise Unauthenticated
    return claims


def _check(token: str, *, verify_exp: bool = True) -> Claims:
    if len(token) > _LONGEST:
        raise Unauthenticated
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        key = _keys.public_key(kid) if isinstance(kid, str) else None
        if key is None:
            raise Unauthenticated
        said = jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            issuer=_ISSUER,
            leeway=_SKEW_S,
            options={
                "require": ["exp", "iat", "sub", "company", "device", "roles", "locale"],
                "verify_exp": verify_exp,
            },
        )
        return Claims(
            UUID(said["company"]),
            UUID(said["sub"]),
            UUID(said["device"]),
            frozenset(said["roles"]),
            said["locale"],
            float(said["exp"]),
        )
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError, RecursionError):
        raise Unauthenticated from None
