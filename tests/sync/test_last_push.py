"""A revoked device delivers its last push even when its access token has expired meanwhile."""

import time
from uuid import uuid4

import pytest

from accounts import tokens
from core.actor import Actor
from core.fence import company_fence
from core.models import CommandRecord
from tests.personas import ApiClient, TestCompany


@pytest.fixture
def late(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> ApiClient:
    """Alice's phone with a token that was issued an hour ago."""
    client = company.alice.client()
    actor = Actor(company.id, company.alice.id, frozenset({"rep"}), None, "en", client.device_id)
    long_ago = time.time() - 3600
    with monkeypatch.context() as past:
        past.setattr(tokens.time, "time", lambda: long_ago)
        token = tokens.issue(actor)
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def push_body(command_id: str) -> dict:
    payload = {"id": str(uuid4()), "name": "Recorded before the end"}
    return {"commands": [{"id": command_id, "seq": 1, "name": "customers.create", "payload": payload}]}


def test_an_expired_token_alone_opens_nothing(company: TestCompany, late: ApiClient) -> None:
    command_id = str(uuid4())
    for path in ("/api/v1/sync", "/api/v1/sync/push", "/api/v1/sync/pull", "/api/v1/me"):
        method = "GET" if path.endswith("/me") else "POST"
        answer = late.call(method, path, None if method == "GET" else push_body(command_id))
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "accounts.unauthenticated"
    with company_fence(company.id):
        assert not CommandRecord.objects.filter(id=command_id).exists()


@pytest.mark.parametrize("path", ["/api/v1/sync", "/api/v1/sync/push"])
def test_a_revoked_device_delivers_and_is_told_to_wipe(company: TestCompany, late: ApiClient, path: str) -> None:
    assert company.dora.execute("accounts.revoke_device", {"id": str(late.device_id)}).settled
    command_id = str(uuid4())
    answer = late.call("POST", path, push_body(command_id))
    assert answer.status_code == 401
    error = answer.json()["error"]
    assert error["code"] == "accounts.device_revoked"
    assert error["details"] == {"wipe": True, "stored": 1}
    with company_fence(company.id):
        record = CommandRecord.objects.get(id=command_id)
    assert (record.status, record.code) == ("parked", "sync.device_revoked")
