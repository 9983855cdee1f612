"""Passwords: set by an administrator, changed by oneself, never recorded."""

import json

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from core.fence import company_fence
from core.ids import uuid7
from core.models import CommandRecord
from tests.personas import PASSWORD, ApiClient, TestCompany, call

NEW = "another long password"


def can_sign_in(company: TestCompany, name: str, password: str) -> bool:
    company.people[name].password = password
    return company.people[name].sign_in().status_code == 200


def can_refresh(client: ApiClient) -> bool:
    body = {"refresh_token": client.session_tokens["refresh_token"]}
    return call(Client(), "POST", "/api/v1/auth/refresh", body).status_code == 200


def test_administrator_sets_a_password_and_ends_the_sessions(company: TestCompany) -> None:
    phones, other = [company.alice.client(), company.alice.client()], company.bob.client()
    body = {"id": company.alice.id, "password": NEW}
    assert company.dora.client().call("POST", "/api/v1/users/set-password", body).status_code == 200
    assert not any(can_refresh(phone) for phone in phones)
    assert can_refresh(other)
    assert not can_sign_in(company, "alice", PASSWORD)
    assert can_sign_in(company, "alice", NEW)


@pytest.mark.parametrize("name", ["alice", "carol", "erin", "dan"])
def test_only_administrators_set_passwords(company: TestCompany, name: str) -> None:
    body = {"id": company.alice.id, "password": NEW}
    response = company.client(name).call("POST", "/api/v1/users/set-password", body)
    assert (response.status_code, response.json()["error"]["code"]) == (403, "core.forbidden")
    assert can_sign_in(company, "alice", PASSWORD)


def test_own_password_is_changed_once(company: TestCompany) -> None:
    client, other = company.alice.client(), company.alice.client()
    key, body = uuid7(), {"current_password": PASSWORD, "new_password": NEW}
    first = client.call("POST", "/api/v1/me/change-password", body, key=key)
    again = client.call("POST", "/api/v1/me/change-password", body, key=key)
    assert first.status_code == again.status_code == 200, again.content
    assert first.json() == again.json()
    assert not can_refresh(client)
    assert not can_refresh(other)
    assert can_sign_in(company, "alice", NEW)


def test_wrong_current_password_is_refused_and_counted(company: TestCompany) -> None:
    client = company.alice.client()
    body = {"current_password": "wrong", "new_password": NEW}
    codes = [client.call("POST", "/api/v1/me/change-password", body).json()["error"]["code"] for _ in range(6)]
    assert codes == ["accounts.password_wrong"] * 5 + ["accounts.locked_out"]
    assert can_refresh(client)


@pytest.mark.parametrize("password", ["short", "ALICE", "al"])
def test_weak_passwords_are_refused(company: TestCompany, password: str) -> None:
    body = {"id": company.alice.id, "password": password}
    response = company.dora.client().call("POST", "/api/v1/users/set-password", body)
    assert (response.status_code, response.json()["error"]["code"]) == (422, "accounts.password_too_weak")
    body = {"current_password": PASSWORD, "new_password": password}
    response = company.alice.client().call("POST", "/api/v1/me/change-password", body)
    assert (response.status_code, response.json()["error"]["code"]) == (422, "accounts.password_too_weak")


def test_no_record_holds_a_password_or_its_hash(company: TestCompany) -> None:
    admin = company.dora.client()
    hal = {"id": str(uuid7()), "username": "hal", "name": "Hal", "password": "hal's first password"}
    assert admin.call("POST", "/api/v1/users", hal).status_code == 200
    assert admin.call("POST", "/api/v1/users/set-password", {"id": hal["id"], "password": NEW}).status_code == 200
    company.alice.client().call(
        "POST", "/api/v1/me/change-password", {"current_password": PASSWORD, "new_password": NEW}
    )
    with company_fence(company.id), connection.cursor() as cursor:
        names = set(CommandRecord.objects.values_list("name", flat=True))
        cursor.execute("select string_agg(to_jsonb(r)::text, '') from core_command_record r")
        records = cursor.fetchone()[0]
        cursor.execute("select string_agg(to_jsonb(e)::text, '') from sync_entry e")
        entries = cursor.fetchone()[0]
        hashes = list(User.objects.values_list("password_hash", flat=True))
    assert {"accounts.set_password", "accounts.change_password", "accounts.create_user"} <= names
    for secret in [NEW, PASSWORD, "first password", "argon2", *hashes]:
        assert json.dumps(secret)[1:-1] not in records + entries


def test_command_without_its_password_is_refused(company: TestCompany) -> None:
    """By push or on the command line: nothing that is recorded could set a password."""
    for name, payload in (
        ("accounts.set_password", {"id": str(company.alice.id)}),
        ("accounts.change_password", {}),
    ):
        verdict = company.dora.execute(name, payload)
        assert (verdict.status, verdict.code) == ("refused", "accounts.password_missing")
    assert can_sign_in(company, "alice", PASSWORD)
