"""Throttling and lock-out: guessing passwords is slow, whichever worker is asked and however many ask at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, connections
from django.http import HttpResponse
from django.test import Client

from accounts import passwords
from accounts.commands import attempts
from accounts.models import SignInAttempt
from core.ids import uuid7
from tests.personas import PASSWORD, TestCompany, call


def sign_in(company: str, username: str, password: str, address: str = "192.0.2.1", **headers: str) -> HttpResponse:
    body = {
        "company": company,
        "username": username,
        "password": password,
        "device": {"name": "phone", "platform": "ios"},
    }
    return call(Client(REMOTE_ADDR=address), "POST", "/api/v1/auth/sign-in", body, **headers)


def let_time_pass(**by: float) -> None:
    """Move every attempt and lock into the past."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update accounts_sign_in_attempt set failed_at = failed_at - %(by)s, locked_until = locked_until - %(by)s",
            {"by": timedelta(**by)},
        )


@pytest.mark.parametrize("known", [True, False], ids=["known user", "unknown user of an unknown company"])
def test_five_failures_lock_the_name(company: TestCompany, known: bool) -> None:
    code, username = (company.code, "alice") if known else (f"no-{uuid7()}", "nobody")
    for _ in range(attempts.PER_NAME):
        assert sign_in(code, username, "wrong").status_code == 401
    response = sign_in(code, username, PASSWORD)
    assert response.status_code == 429
    error = response.json()["error"]
    assert error["code"] == "accounts.locked_out"
    assert 55 <= error["details"]["retry_after_s"] <= 60
    assert response["Retry-After"] == str(error["details"]["retry_after_s"])
    assert str(error["details"]["retry_after_s"]) in error["message"]


def test_lock_ends_and_grows(company: TestCompany) -> None:
    def waits_s() -> int:
        return int(sign_in(company.code, "alice", PASSWORD)["Retry-After"])

    for _ in range(attempts.PER_NAME):
        sign_in(company.code, "alice", "wrong")
    for expected in (60, 120, 240, 480, 900, 900):
        assert expected - 5 <= waits_s() <= expected
        let_time_pass(seconds=expected)
        assert sign_in(company.code, "alice", "wrong").status_code == 401
    let_time_pass(seconds=900)
    assert sign_in(company.code, "alice", PASSWORD).status_code == 200
    assert sign_in(company.code, "alice", "wrong").status_code == 401  # a success wipes the slate


def test_failures_are_forgotten_after_an_hour(company: TestCompany) -> None:
    for _ in range(3 * attempts.PER_NAME):
        assert sign_in(company.code, "alice", "wrong").status_code == 401
        let_time_pass(minutes=61)


def test_others_are_not_locked(company: TestCompany) -> None:
    for _ in range(attempts.PER_NAME + 1):
        sign_in(company.code, "alice", "wrong")
    assert sign_in(company.code, "alice", PASSWORD).status_code == 429
    assert sign_in(company.code, "bob", PASSWORD).status_code == 200


def test_session_goes_on_during_a_lock_out(company: TestCompany) -> None:
    client = company.alice.client()
    for _ in range(attempts.PER_NAME + 1):
        sign_in(company.code, "alice", "wrong")
    assert client.call("GET", "/api/v1/me").status_code == 200
    body = {"refresh_token": client.session_tokens["refresh_token"]}
    assert client.call("POST", "/api/v1/auth/refresh", body).status_code == 200


def test_administrators_new_password_lifts_the_lock(company: TestCompany) -> None:
    for _ in range(attempts.PER_NAME + 1):
        sign_in(company.code, "alice", "wrong")
    body = {"id": company.alice.id, "password": "another long password"}
    assert company.dora.client().call("POST", "/api/v1/users/set-password", body).status_code == 200
    assert sign_in(company.code, "alice", "another long password").status_code == 200


def test_one_address_is_throttled_over_all_names(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SIGN_IN_FAILURES_PER_ADDRESS", 10)
    sprayer = "2001:db8:1:2::1"
    for number in range(10):
        assert sign_in(company.code, f"user{number}", "wrong", sprayer).status_code == 401
    # The whole network of 64 bits is one address; the neighbour is another.
    assert sign_in(company.code, "alice", PASSWORD, "2001:db8:1:2:ffff::9").status_code == 429
    assert sign_in(company.code, "alice", PASSWORD, "2001:db8:1:3::1").status_code == 200


def test_successes_do_not_throttle_an_office(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SIGN_IN_FAILURES_PER_ADDRESS", 3)
    for _ in range(10):
        assert sign_in(company.code, "alice", PASSWORD, "192.0.2.77").status_code == 200


def test_forwarded_address_counts_only_behind_our_own_proxy(
    company: TestCompany, monkeypatch: pytest.MonkeyPatch
) -> None:
    def statuses(proxies: int) -> list[int]:
        monkeypatch.setattr(settings, "TRUSTED_PROXIES", proxies)
        proxy = f"198.51.100.{proxies + 1}"
        return [
            sign_in(
                company.code, f"u{uuid7()}", "wrong", proxy, **{"X-Forwarded-For": f"10.0.0.{n}, 203.0.113.{n}"}
            ).status_code
            for n in range(4)
        ]

    monkeypatch.setattr(settings, "SIGN_IN_FAILURES_PER_ADDRESS", 2)
    assert statuses(0) == [401, 401, 429, 429]  # invented by the caller
    assert statuses(1) == [401, 401, 401, 401]  # written by the proxy


GUESSES = 7  # at once: as many as there are connections to the database


def _guess_at_once(company: TestCompany) -> list[int]:
    start = threading.Barrier(GUESSES)

    def one() -> int:
        start.wait()
        try:
            return sign_in(company.code, "alice", "wrong").status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(GUESSES) as pool:
        return [future.result() for future in [pool.submit(one) for _ in range(GUESSES)]]


def _count_hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every password that is really looked at, while the patch lasts."""
    seen: list[str] = []
    verify = passwords.verify
    monkeypatch.setattr(
        passwords, "verify", lambda password, encoded: seen.append(password) or verify(password, encoded)
    )
    return seen


def test_parallel_guesses_do_not_slip_through(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = _count_hashes(monkeypatch)
    statuses = _guess_at_once(company)
    assert statuses.count(401) == len(seen) == attempts.PER_NAME
    assert statuses.count(429) == GUESSES - attempts.PER_NAME


def test_counting_after_the_hash_would_let_them_through(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control of the test above: look at the lock first, count the failure last, as many do."""
    charge, together = attempts.charge, threading.Barrier(GUESSES, timeout=20)
    seen = _count_hashes(monkeypatch)
    verify = passwords.verify

    def only_look(code: str, username: str, address: str) -> None:
        row = SignInAttempt.objects.filter(key=attempts._name_key(code, username)).first()
        assert row is None or row.locked_until is None

    def count_last(password: str, encoded: str) -> bool:
        together.wait()
        fits = verify(password, encoded)
        charge(company.code, "alice", "192.0.2.9")
        return fits

    monkeypatch.setattr(attempts, "charge", only_look)
    monkeypatch.setattr(passwords, "verify", count_last)
    _guess_at_once(company)
    assert len(seen) == GUESSES > attempts.PER_NAME


def test_unknown_names_cost_a_hash_too(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    costs = []
    hasher = type(passwords._hasher())
    verify = hasher.verify
    monkeypatch.setattr(hasher, "verify", lambda self, *words: costs.append(1) or verify(self, *words))
    sign_in(company.code, "alice", "wrong")
    sign_in(company.code, "nobody", "wrong")
    sign_in("no-such-company", "nobody", "wrong")
    assert len(costs) == 3


def test_attempts_name_nobody(company: TestCompany) -> None:
    sign_in(company.code, "alice", "wrong", "192.0.2.55")
    with connection.cursor() as cursor:
        cursor.execute("select string_agg(to_jsonb(a)::text, '') from accounts_sign_in_attempt a")
        text = cursor.fetchone()[0]
    assert "alice" not in text
    assert b"192.0.2.55".hex() not in text
