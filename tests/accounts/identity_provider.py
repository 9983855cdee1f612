"""A provider of identities on this machine: OpenID Connect's code flow over HTTP, with PKCE and signed tokens.

It is strict about what it is asked, and does wrong where a test wants it to.
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from accounts.single_sign_on import SingleSignOn

Claims = dict[str, Any]
_ALGORITHMS = {"RS256": jwt.algorithms.RSAAlgorithm, "ES256": jwt.algorithms.ECAlgorithm}


class Refused(Exception):
    """The provider does not do it. status and error: of its answer."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.status = error, status


@dataclass
class Key:
    """A key with which tokens are signed."""

    algorithm: str = "ES256"
    kid: str = field(default_factory=lambda: secrets.token_hex(4))
    private: Any = None

    def __post_init__(self) -> None:
        if self.algorithm == "RS256":
            self.private = rsa.generate_private_key(65537, 2048)
        else:
            self.private = ec.generate_private_key(ec.SECP256R1())

    def public(self) -> Claims:
        """The key as the provider publishes it."""
        as_jwk = json.loads(_ALGORITHMS[self.algorithm].to_jwk(self.private.public_key()))
        return as_jwk | {"kid": self.kid, "use": "sig", "alg": self.algorithm}


@dataclass
class IdentityProvider:
    """What it knows and does. person: the claims of whoever signs in there. spoil: what it does to a token's claims.

    keys: published; the first one signs unless `signing` is set. asked: the paths that were asked for.
    """

    issuer: str = ""
    client_id: str = "roundsman"
    secret: str = "s3cret/+ &"
    basic: bool = True
    person: Claims = field(default_factory=dict)
    keys: list[Key] = field(default_factory=lambda: [Key()])
    signing: Key | None = None
    spoil: Callable[[Claims], Any] = lambda claims: None
    discovery: Claims = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def setting(self, company: str, **more: Any) -> SingleSignOn:
        """What an operator sets to use this provider."""
        return SingleSignOn(self.issuer, self.client_id, company, secret=self.secret, **more)

    def answer(self, method: str, path: str, query: str, form: str, authorization: str) -> tuple[int, Any]:
        """Status with a JSON body, or with the address of a redirect. Raises Refused."""
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            return 200, self._told()
        if path == "/keys":
            return 200, {"keys": [key.public() for key in self.keys]}
        if path == "/authorize" and method == "GET":
            return 302, self._authorize(dict(parse_qsl(query, strict_parsing=True)))
        if path == "/token" and method == "POST":
            return 200, self._token(dict(parse_qsl(form, strict_parsing=True)), authorization)
        raise Refused("not_found", 404)

    def _told(self) -> Claims:
        method = "client_secret_basic" if self.basic else "client_secret_post"
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": [method],
        } | self.discovery

    def _authorize(self, asked: dict[str, str]) -> str:
        wanted = {"response_type": "code", "client_id": self.client_id, "code_challenge_method": "S256"}
        if not asked.items() >= wanted.items() or "openid" not in asked["scope"].split():
            raise Refused("invalid_request")
        if len(asked["state"]) < 32 or len(asked["nonce"]) < 32 or len(asked["code_challenge"]) != 43:
            raise Refused("invalid_request")
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def _token(self, sent: dict[str, str], authorization: str) -> Claims:
        self._authenticate(sent, authorization)
        asked = self._codes.pop(sent.get("code", ""), None)  # a code is good once
        if asked is None or sent["grant_type"] != "authorization_code" or sent["redirect_uri"] != asked["redirect_uri"]:
            raise Refused("invalid_grant")
        digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != asked["code_challenge"]:
            raise Refused("invalid_grant")
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": self.client_id, "sub": "248289761001", "iat": now, "exp": now + 300}
        claims |= {"nonce": asked["nonce"]} | self.person
        key = self.signing or self.keys[0]
        token = self.spoil(claims) or jwt.encode(claims, key.private, key.algorithm, headers={"kid": key.kid})
        return {"access_token": "x", "token_type": "Bearer", "id_token": token}

    def _authenticate(self, sent: dict[str, str], authorization: str) -> None:
        if self.basic:
            expected = f"{quote(self.client_id, safe='')}:{quote(self.secret, safe='')}"
            known = authorization == f"Basic {base64.b64encode(expected.encode()).decode()}"
        else:
            known = sent.get("client_secret") == self.secret
        if not known or sent.get("client_id", self.client_id) != self.client_id:
            raise Refused("invalid_client", 401)


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    """A provider that answers on a port of this machine while the block runs."""
    state = IdentityProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            form = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            authorization = self.headers.get("Authorization", "")
            try:
                status, body = state.answer(self.command, parts.path, parts.query, form, authorization)
            except Refused as refusal:
                status, body = refusal.status, {"error": refusal.error}
            text = b"" if status == 302 else json.dumps(body).encode()
            self.send_response(status)
            if status == 302:
                self.send_header("Location", body)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *args: Any) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
