"""OpenID Connect as a relying party: the authorization code flow with PKCE, state and nonce. No database.

What the provider says of itself (discovery) and its keys are kept for an hour per process; an ID token that names an
unknown key has them read again, so that a change of keys is met at once. Tokens are judged by PyJWT with the asymmetric
algorithms below, never with what a token itself would like.
"""

import base64
import hashlib
import hmac
import json
import logging
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlencode

import jwt
from django.conf import settings

from accounts.errors import SingleSignOnFailed, SingleSignOnUnavailable
from accounts.single_sign_on import SingleSignOn, is_safe

_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_KEPT_S = 3_600
_KEYS_AGAIN_S = 10
"""Unknown keys have the provider asked no more often than this."""
_PATIENCE_S = 5
_AWAY_S = 5
_MOST_BYTES = 2**20
_SKEW_S = 60
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Journey:
    """A sign-in on its way to the provider and back, kept by the browser.

    verifier: PKCE's; without it the code that the provider gives is of no use.
    """

    state: str
    nonce: str
    verifier: str


class Provider:
    """The provider of an installation. Safe for threads."""

    def __init__(self, setting: SingleSignOn) -> None:
        self.setting = setting
        self._told = _Kept(self._discover)
        self._keys = _Kept(self._read_keys)

    def set_out(self, journey: Journey, return_to: str) -> str:
        """Where the browser is sent. Raises SingleSignOnUnavailable."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(journey.verifier.encode()).digest()).decode().rstrip("=")
        asked = {
            "response_type": "code",
            "client_id": self.setting.client_id,
            "redirect_uri": return_to,
            "scope": self.setting.scopes,
            "state": journey.state,
            "nonce": journey.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        address = self._told.get()["authorization_endpoint"]
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    def come_back(self, journey: Journey, answer: Mapping[str, str], return_to: str) -> dict[str, Any]:
        """The claims of the person whom the provider has sent back with `answer`.

        Raises SingleSignOnFailed for anything that is not exactly what was asked for, SingleSignOnUnavailable.
        """
        if not hmac.compare_digest(answer.get("state", "").encode(), journey.state.encode()):
            raise _failed("another state")
        if answer.get("iss", self.setting.issuer) != self.setting.issuer:
            raise _failed("another issuer answers")
        if "error" in answer:
            raise _failed(f"the provider refuses: {answer['error'][:64]}")
        if not answer.get("code"):
            raise _failed("no code")
        token = self._exchange(answer["code"], journey.verifier, return_to).get("id_token")
        if not isinstance(token, str):
            raise _failed("no ID token")
        return self._claims(token, journey.nonce)

    def _exchange(self, code: str, verifier: str, return_to: str) -> dict[str, Any]:
        """The answer of the token endpoint."""
        told, setting = self._told.get(), self.setting
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": return_to,
            "code_verifier": verifier,
            "client_id": setting.client_id,
        }
        headers = {}
        if setting.secret and "client_secret_basic" in told.get(
            "token_endpoint_auth_methods_supported", ["client_secret_basic"]
        ):
            pair = f"{quote(setting.client_id, safe='')}:{quote(setting.secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        elif setting.secret:
            form["client_secret"] = setting.secret
        return _ask(told["token_endpoint"], urlencode(form).encode(), headers)

    def _claims(self, token: str, nonce: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key(header),
                algorithms=list(_ALGORITHMS),
                audience=self.setting.client_id,
                issuer=self.setting.issuer,
                leeway=_SKEW_S,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError, RecursionError) as fault:
            raise _failed(f"the ID token is not valid: {type(fault).__name__}") from None
        many = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (many or "azp" in claims) and claims.get("azp") != self.setting.client_id:
            raise _failed("the ID token is for another client")
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise _failed("another nonce")
        return claims

    def _key(self, header: Mapping[str, Any]) -> jwt.PyJWK:
        """The key that the token names; where it is unknown the provider is asked for its keys again."""
        if header.get("alg") not in _ALGORITHMS:
            raise _failed("an algorithm that is not taken")
        for kept in (self._keys.get(), self._keys.get(after_s=_KEYS_AGAIN_S)):
            signing = [key for key in kept["keys"] if key.get("use", "sig") == "sig"]
            if "kid" in header:
                signing = [key for key in signing if key.get("kid") == header["kid"]]
            if len(signing) == 1:
                return jwt.PyJWK(signing[0], algorithm=header["alg"])
        raise _failed("a key that the provider does not have")

    def _discover(self) -> dict[str, Any]:
        told = _ask(f"{self.setting.issuer.rstrip('/')}/.well-known/openid-configuration")
        places = [told.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if told.get("issuer") != self.setting.issuer or not all(isinstance(a, str) and is_safe(a) for a in places):
            _log.error("single sign-on: what the provider says of itself does not fit ROUNDSMAN_OIDC_ISSUER")
            raise SingleSignOnUnavailable
        return told

    def _read_keys(self) -> dict[str, Any]:
        keys = _ask(self._told.get()["jwks_uri"]).get("keys")
        if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
            raise SingleSignOnUnavailable
        return {"keys": keys}


class _Kept:
    """What was read, for an hour; of several threads one reads. A provider that is away is left alone for a while."""

    def __init__(self, read: Callable[[], dict[str, Any]]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._content: dict[str, Any] = {}
        self._read_at = self._failed_at = float("-inf")

    def get(self, after_s: float = _KEPT_S) -> dict[str, Any]:
        """The content, read anew if it is older than this. Raises SingleSignOnUnavailable."""
        with self._lock:
            if time.monotonic() - self._read_at > after_s:
                self._renew()
            return self._content

    def _renew(self) -> None:
        if time.monotonic() - self._failed_at < _AWAY_S:
            raise SingleSignOnUnavailable
        try:
            self._content = self._read()
        except SingleSignOnUnavailable:
            self._failed_at = time.monotonic()
            raise
        self._read_at = time.monotonic()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A provider's endpoints answer themselves: codes and secrets are not carried on to somebody else."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)


@cache
def _provider(setting: SingleSignOn) -> Provider:
    return Provider(setting)


def provider() -> Provider | None:
    """The provider of this installation, or None where there is none."""
    setting: SingleSignOn | None = settings.SINGLE_SIGN_ON
    return _provider(setting) if setting else None


def new_journey() -> Journey:
    """A sign-in that sets out: three secrets of its own."""
    return Journey(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))


def _ask(address: str, form: bytes | None = None, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The JSON object at an address, which is a safe one. Raises SingleSignOnFailed, SingleSignOnUnavailable."""
    request = urllib.request.Request(address, form, {"Accept": "application/json"} | dict(headers or {}))  # noqa: S310
    try:
        with _opener.open(request, timeout=_PATIENCE_S) as answer:
            content = json.loads(answer.read(_MOST_BYTES))
    except urllib.error.HTTPError as refusal:
        with refusal:
            if form is not None and 400 <= refusal.code < 500:
                raise _failed(f"the token endpoint answers {refusal.code}") from None
            _log.warning("single sign-on: %s answers %d", address, refusal.code)
        raise SingleSignOnUnavailable from None
    except (OSError, HTTPException, ValueError) as fault:
        _log.warning("single sign-on: %s: %s", address, fault)
        raise SingleSignOnUnavailable from None
    if not isinstance(content, dict):
        raise SingleSignOnUnavailable
    return content


def _failed(reason: str) -> SingleSignOnFailed:
    """The refusal. Why stands in the log alone: it says more to an attacker than to whom it happens."""
    _log.warning("single sign-on refused: %s", reason)
    return SingleSignOnFailed()
