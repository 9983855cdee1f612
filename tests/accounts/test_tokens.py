"""Access tokens: what verifies, and what does not."""

import base64
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts import tokens
from accounts.auth import bearer
from core.errors import Unauthenticated
from tests.personas import TestCompany, call


def part(token: str, number: int) -> dict[str, Any]:
    text = token.split(".")[number]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def get_me(token: str) -> tuple[int, str | None]:
    response = call(Client(), "GET", "/api/v1/me", Authorization=f"Bearer {token}")
    return response.status_code, response.json().get("error", {}).get("code")


def forged(token: str, key: Any = None, algorithm: str = "EdDSA", kid: str | None = None, **claims: Any) -> str:
    header = {"kid": kid or part(token, 0)["kid"]}
    return jwt.encode(part(token, 1) | claims, key or Ed25519PrivateKey.generate(), algorithm=algorithm, headers=header)


@pytest.fixture
def token(company: TestCompany) -> str:
    return company.alice.sign_in().json()["access_token"]


def test_names_its_key_and_algorithm(token: str) -> None:
    header = part(token, 0)
    assert header["alg"] == "EdDSA"
    assert header["kid"] == tokens._keys.signing_key()[0]
    assert get_me(token) == (200, None)


def test_forgeries_are_refused(company: TestCompany, token: str) -> None:
    public = tokens._keys.signing_key()[1].public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    head, body, signature = token.split(".")
    for forgery in (
        forged(token),
        forged(token, sub=str(company.dora.id)),
        forged(token, kid="unknown"),
        forged(token, kid="../secret"),
        forged(token, pem.hex(), "HS256"),
        jwt.encode(part(token, 1), None, algorithm="none"),
        f"{head}.{body}.",
        f"{head}.{body}.{signature[:-4]}AAAA",
        f"{head}.{body[:-2]}.{signature}",
        token + "x",
        token.upper(),
    ):
        assert get_me(forgery) == (401, "accounts.unauthenticated")
    assert get_me(token) == (200, None)


def test_claims_that_are_no_claims_are_refused(token: str) -> None:
    """Signed by us, and still nonsense: never a 500."""
    key = tokens._keys.signing_key()[1]
    assert tokens.verify(forged(token, key, jti="control")).roles == {"rep"}
    for claims in ({"sub": "no uuid"}, {"sub": 7}, {"roles": None}, {"exp": "soon"}, {"exp": 1}, {"iss": "other"}):
        with pytest.raises(Unauthenticated):
            tokens.verify(forged(token, key, **claims))


def test_runs_out_although_it_is_remembered(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert get_me(token) == (200, None)
    present = time.time()
    monkeypatch.setattr(tokens.time, "time", lambda: present + tokens.LIFETIME_S - 5)
    assert tokens.verify(token)
    monkeypatch.setattr(tokens.time, "time", lambda: present + tokens.LIFETIME_S + 1)
    with pytest.raises(Unauthenticated):
        tokens.verify(token)


def test_signature_is_checked_once_per_process(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = []
    check = tokens._check
    monkeypatch.setattr(tokens, "_check", lambda text: checks.append(text) or check(text))
    for _ in range(3):
        tokens.verify(token)
    assert len(checks) <= 1


def test_memory_of_tokens_is_bounded_and_drops_the_idle(token: str) -> None:
    claims = tokens.verify(token)
    memory = tokens._Verified(3)
    for name in "abc":
        memory.put(name, claims)
    assert memory.get("a") is claims
    memory.put("d", claims)
    assert list(memory._claims) == ["c", "a", "d"]


@given(st.one_of(st.text(), st.from_regex(r"[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}")))
def test_garbage_is_refused_typed(text: str) -> None:
    with pytest.raises(Unauthenticated):
        tokens.verify(text)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "bearer  x", "Bearer \xff", "Bearer a.b.c"])
def test_odd_headers_are_refused_typed(header: str) -> None:
    response = call(Client(), "GET", "/api/v1/me", Authorization=header)
    assert (response.status_code, response.json()["error"]["code"]) == (401, "accounts.unauthenticated")


def test_one_statement_finds_the_actor(token: str) -> None:

    claims = tokens.verify(token)
    with CaptureQueriesContext(connection) as queries:
        actor = bearer.authenticate(HttpRequest(), token)
    assert len(queries) == 1
    assert (actor.user_id, actor.device_id, actor.locale) == (claims.user_id, claims.device_id, "en")
