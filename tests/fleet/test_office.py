"""Somebody at a desk goes on through what an ordinary day brings: a token that runs out, a server that is busy."""

import json
from typing import Any

import pytest

from roundsman_client.transport import HttpRequest, HttpResponse
from simulation import office as room
from simulation.office import Office, OfficeRefused


class Scripted:
    """A server that signs people in, and otherwise answers as the test says."""

    def __init__(self, *answers: tuple[int, dict[str, Any]]) -> None:
        self._answers = list(answers)
        self._sessions = 0
        self.seen: list[tuple[str, str | None]] = []

    def send(self, request: HttpRequest) -> HttpResponse:
        self.seen.append((request.path, request.headers.get("Authorization")))
        if "/auth/" in request.path:
            self._sessions += 1
            tokens = {"access_token": f"access {self._sessions}", "refresh_token": f"refresh {self._sessions}"}
            return self._answer(200, tokens | {"user": {"id": "u"}})
        return self._answer(*self._answers.pop(0))

    def _answer(self, status: int, body: dict[str, Any]) -> HttpResponse:
        return HttpResponse(status, {"retry-after": "3"}, json.dumps(body).encode())

    def close(self) -> None:
        pass


REFUSAL = {"error": {"code": "accounts.unauthenticated", "message": "Sign in first"}}
BUSY = {"error": {"code": "core.busy", "message": "Try again"}}


def test_an_expired_token_is_renewed_and_the_request_made_again() -> None:
    server = Scripted((401, REFUSAL), (200, {"items": [], "next": None}))
    assert list(Office("", "co", "carol", "secret", server).each("customers")) == []
    assert server.seen[1:] == [
        ("/api/v1/customers", "Bearer access 1"),
        ("/api/v1/auth/refresh", "Bearer access 1"),
        ("/api/v1/customers", "Bearer access 2"),
    ]


def test_a_busy_server_is_asked_again_when_it_said(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(room.time, "sleep", waited.append)
    server = Scripted((503, BUSY), (503, BUSY), (200, {"id": "c"}))
    assert Office("", "co", "carol", "secret", server).get("customers/c") == {"id": "c"}
    assert waited == [3.0, 3.0]


def test_a_refusal_is_raised_with_its_code() -> None:
    server = Scripted((404, {"error": {"code": "customers.not_found", "message": "There is no such customer"}}))
    with pytest.raises(OfficeRefused, match="There is no such customer") as refusal:
        Office("", "co", "carol", "secret", server).get("customers/c")
    assert refusal.value.code == "customers.not_found"
