"""Refreshing a session: each token is good for one use, and a lost answer can be asked for again."""

import hashlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import Client

from accounts import refresh_tokens
from accounts.commands import sessions
from accounts.models import RefreshToken
from core.clock import now
from core.fence import company_fence
from tests.personas import TestCompany, call


def refresh(token: str) -> HttpResponse:
    return call(Client(), "POST", "/api/v1/auth/refresh", {"refresh_token": token})


def code(response: HttpResponse) -> str:
    assert response.status_code == 401, response.content
    return response.json()["error"]["code"]


def later(monkeypatch: pytest.MonkeyPatch, **by: float) -> None:
    monkeypatch.setattr(sessions, "now", lambda: now() + timedelta(**by))


def test_rotates_at_every_use(company: TestCompany) -> None:
    first = company.alice.sign_in().json()
    second = refresh(first["refresh_token"]).json()
    third = refresh(second["refresh_token"]).json()
    assert len({body["refresh_token"] for body in (first, second, third)}) == 3
    assert third["user"] == first["user"]
    assert third["device"] == first["device"]
    assert third.keys() == first.keys()


def test_lost_answer_is_given_again(company: TestCompany) -> None:
    token = company.alice.sign_in().json()["refresh_token"]
    once, again = refresh(token).json(), refresh(token).json()
    assert once["refresh_token"] == again["refresh_token"]
    assert refresh(again["refresh_token"]).status_code == 200


def test_second_use_after_a_minute_ends_the_family(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    token = company.alice.sign_in().json()["refresh_token"]
    successor = refresh(token).json()["refresh_token"]
    later(monkeypatch, seconds=59)
    assert refresh(token).json()["refresh_token"] == successor
    later(monkeypatch, seconds=61)
    assert code(refresh(token)) == "accounts.refresh_reused"
    assert code(refresh(successor)) == "accounts.refresh_invalid"


def test_second_use_after_the_successors_use_ends_the_family(company: TestCompany) -> None:
    token = company.alice.sign_in().json()["refresh_token"]
    successor = refresh(token).json()["refresh_token"]
    last = refresh(successor).json()["refresh_token"]
    assert code(refresh(token)) == "accounts.refresh_reused"
    assert code(refresh(last)) == "accounts.refresh_invalid"


def test_other_devices_go_on_when_a_family_ends(company: TestCompany) -> None:
    other = company.alice.sign_in().json()["refresh_token"]
    token = company.alice.sign_in().json()["refresh_token"]
    refresh(refresh(token).json()["refresh_token"])
    assert code(refresh(token)) == "accounts.refresh_reused"
    assert refresh(other).status_code == 200


def test_lasts_thirty_idle_days(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    token = company.alice.sign_in().json()["refresh_token"]
    later(monkeypatch, days=29.9)
    token = refresh(token).json()["refresh_token"]
    later(monkeypatch, days=59.8)
    token = refresh(token).json()["refresh_token"]
    later(monkeypatch, days=90)
    assert code(refresh(token)) == "accounts.refresh_invalid"


def test_only_hashes_are_stored_and_the_successor_is_sealed(company: TestCompany) -> None:
    token = company.alice.sign_in().json()["refresh_token"]
    successor = refresh(token).json()["refresh_token"]
    with company_fence(company.id):
        rows = {bytes(row.hash): row for row in RefreshToken.objects.filter(user_id=company.alice.id)}
    row = rows[hashlib.sha256(refresh_tokens._raw(token)).digest()]
    sealed = bytes(row.successor_sealed)
    assert hashlib.sha256(refresh_tokens._raw(successor)).digest() in rows
    assert refresh_tokens._raw(successor)[16:] not in sealed
    assert refresh_tokens.unseal(sealed, token) == successor
    with pytest.raises(refresh_tokens.RefreshInvalid):
        refresh_tokens.unseal(sealed, successor)  # control: another token does not open it


@pytest.mark.parametrize(
    "token", ["", "x", "rt1.", "rt1.AAAA", "rt1." + "A" * 64, "rt1.%%%", "rt1.é", "\ud800", "a.b.c"]
)
def test_garbage_is_refused_typed(token: str) -> None:
    response = refresh(token)
    assert response.status_code in (401, 422)
    assert response.json()["error"]["code"] in ("accounts.refresh_invalid", "core.invalid_input")


def test_token_is_bound_to_its_company(company: TestCompany) -> None:
    token = company.alice.sign_in().json()["refresh_token"]
    raw = refresh_tokens._raw(token)
    assert refresh_tokens.company_of(token) == company.id
    moved = "rt1." + refresh_tokens.base64.urlsafe_b64encode(UUID(int=1).bytes + raw[16:]).decode()
    assert code(refresh(moved)) == "accounts.refresh_invalid"


def _refresh_at_once(token: str, monkeypatch: pytest.MonkeyPatch, threads: int = 6) -> list[Any]:
    """The successors that `threads` simultaneous requests get; None for a refusal. Making one takes a while."""
    issue, start = sessions._issue, threading.Barrier(threads)

    def slow(*args: Any) -> str:
        time.sleep(0.1)
        return issue(*args)

    def one() -> Any:
        start.wait()
        try:
            return refresh(token).json().get("refresh_token")
        finally:
            connections.close_all()

    monkeypatch.setattr(sessions, "_issue", slow)
    with ThreadPoolExecutor(threads) as pool:
        answers = [future.result() for future in [pool.submit(one) for _ in range(threads)]]
    monkeypatch.undo()
    return answers


def test_simultaneous_refreshes_get_one_successor(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    token = company.alice.sign_in().json()["refresh_token"]
    answers = _refresh_at_once(token, monkeypatch)
    assert len(set(answers)) == 1
    assert answers[0] is not None
    assert refresh(answers[0]).status_code == 200


def test_without_the_lock_they_would_get_several(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control of the test above."""
    token = company.alice.sign_in().json()["refresh_token"]
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
    assert len(set(_refresh_at_once(token, monkeypatch))) > 1


def test_password_change_does_not_miss_a_successor_in_the_making(
    company: TestCompany, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refresh is on its way while an administrator sets a new password: whoever comes second, the session ends."""
    token = company.alice.sign_in().json()["refresh_token"]
    admin = company.dora.client()
    issue, is_issuing = sessions._issue, threading.Event()

    def slow(*args: Any) -> str:
        is_issuing.set()
        time.sleep(0.2)
        return issue(*args)

    def one() -> str:
        try:
            return str(refresh(token).json()["refresh_token"])
        finally:
            connections.close_all()

    monkeypatch.setattr(sessions, "_issue", slow)
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(one)
        assert is_issuing.wait(5)
        body = {"id": company.alice.id, "password": "another long password"}
        assert admin.call("POST", "/api/v1/users/set-password", body).status_code == 200
        successor = future.result()
    assert code(refresh(successor)) == "accounts.refresh_invalid"
