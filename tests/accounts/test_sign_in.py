"""Signing in: who gets a session, and what everybody else gets."""

import time

import pytest
from django.test import Client

from accounts.models import Device, User
from accounts.tokens import verify
from core.fence import company_fence
from core.ids import uuid7
from tests.personas import PASSWORD, ApiClient, TestCompany, call, make_company

SIGN_IN = "/api/v1/auth/sign-in"
PHONE = {"name": "phone", "platform": "ios"}


def test_gives_a_session(company: TestCompany) -> None:
    device_id = uuid7()
    body = company.alice.sign_in(device_id, app_version="1.2.3").json()
    assert body["user"] == {
        "id": str(company.alice.id),
        "name": "Alice Wang",
        "roles": ["rep"],
        "org_unit_id": str(company.units["north"]),
    }
    assert body["expires_in_s"] == 900
    assert body["device"] == {"id": str(device_id)}
    claims = verify(body["access_token"])
    assert (claims.company_id, claims.user_id, claims.device_id) == (company.id, company.alice.id, device_id)
    assert 890 < claims.expires_at - time.time() <= 900
    me = ApiClient(body).call("GET", "/api/v1/me").json()
    assert me["username"] == "alice"
    assert me["company"]["code"] == company.code
    assert me["device_id"] == str(device_id)


def test_names_are_taken_as_phones_write_them(company: TestCompany) -> None:
    body = {"company": f" {company.code.upper()} ", "username": " Alice ", "password": PASSWORD, "device": PHONE}
    assert call(Client(), "POST", SIGN_IN, body).status_code == 200


@pytest.mark.parametrize(
    "changed",
    [{"password": "wrong password"}, {"username": "nobody"}, {"company": "no-such-company"}],
    ids=["password", "username", "company"],
)
def test_wrong_words_are_refused_alike(company: TestCompany, changed: dict[str, str]) -> None:
    body = {"company": company.code, "username": "alice", "password": PASSWORD, "device": PHONE} | changed
    response = call(Client(), "POST", SIGN_IN, body)
    assert response.status_code == 401
    assert response.json()["error"] == {
        "code": "accounts.sign_in_failed",
        "message": "Company, user name or password is wrong.",
        "field": None,
        "details": {},
    }


def test_refusal_in_chinese(company: TestCompany) -> None:
    body = {"company": company.code, "username": "alice", "password": "wrong", "device": PHONE}
    response = call(Client(), "POST", SIGN_IN, body, **{"Accept-Language": "zh-CN"})
    assert response.json()["error"]["message"] == "公司、用户名或密码不正确。"


def test_another_companys_user_is_unknown_here(company: TestCompany) -> None:
    other = make_company()
    other.add_person("grace", ["rep"])
    body = {"company": company.code, "username": "grace", "password": PASSWORD, "device": PHONE}
    assert call(Client(), "POST", SIGN_IN, body).status_code == 401
    assert call(Client(), "POST", SIGN_IN, body | {"company": other.code}).status_code == 200


def test_known_device_is_used_again(company: TestCompany) -> None:
    device_id = uuid7()
    company.alice.client(device_id)
    company.alice.client(device_id)
    with company_fence(company.id):
        assert [row.id for row in Device.objects.filter(user_id=company.alice.id)] == [device_id]


def test_second_sign_in_ends_the_devices_first_session(company: TestCompany) -> None:
    device_id = uuid7()
    first = company.alice.sign_in(device_id).json()
    company.alice.sign_in(device_id)
    response = call(Client(), "POST", "/api/v1/auth/refresh", {"refresh_token": first["refresh_token"]})
    assert response.json()["error"]["code"] == "accounts.refresh_invalid"


def test_somebody_elses_device_is_refused(company: TestCompany) -> None:
    device_id = company.alice.client().device_id
    for thief in (company.bob, make_company().bob):  # a colleague, and somebody of another company
        response = thief.sign_in(device_id)
        assert response.status_code == 409
        assert response.json()["error"]["code"] == "accounts.device_taken"
        assert response.json()["error"]["field"] == "device.id"


def test_revoked_device_stays_out(company: TestCompany) -> None:
    client = company.alice.client()
    client.call("POST", "/api/v1/devices/revoke", {"id": client.device_id})
    error = company.alice.sign_in(client.device_id).json()["error"]
    assert error["code"] == "accounts.device_revoked"
    assert error["details"]["wipe"] is True
    assert company.alice.sign_in().status_code == 200  # as a new installation


def test_inactive_user_is_told_so_only_with_his_password(company: TestCompany) -> None:
    company.dora.execute("accounts.deactivate_user", {"id": str(company.alice.id)})
    response = company.alice.sign_in()
    assert (response.status_code, response.json()["error"]["code"]) == (401, "accounts.user_inactive")
    company.alice.password = "wrong password"
    assert company.alice.sign_in().json()["error"]["code"] == "accounts.sign_in_failed"


def test_user_without_password_cannot_sign_in(company: TestCompany) -> None:
    company.dora.execute("accounts.create_user", {"id": str(uuid7()), "username": "hal", "name": "Hal"})
    for password in ("", "x", PASSWORD):
        body = {"company": company.code, "username": "hal", "password": password, "device": PHONE}
        assert call(Client(), "POST", SIGN_IN, body).status_code in (401, 422)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"company": "x\u0000", "username": "alice", "password": "x", "device": PHONE},
        {"company": "x", "username": "a\u0000", "password": "x", "device": PHONE},
        {"company": "x", "username": "\ud800", "password": "x", "device": PHONE},
        {"company": "x", "username": "alice", "password": "x" * 257, "device": PHONE},
        {"company": "x", "username": "alice", "password": "x", "device": {"name": "", "platform": "ios"}},
        {"company": "x", "username": "alice", "password": "x", "device": {"name": "a", "platform": "vax"}},
        {"company": "x", "username": "alice", "password": "x", "device": {"id": "7", "name": "a", "platform": "ios"}},
        [],
    ],
)
def test_malformed_is_refused_typed(body: object) -> None:
    response = call(Client(), "POST", SIGN_IN, body)
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "core.invalid_input"


def test_password_is_stored_as_argon2_and_renewed_with_other_parameters(
    company: TestCompany, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stored() -> str:
        with company_fence(company.id):
            return User.objects.get(id=company.alice.id).password_hash

    before = stored()
    assert before.startswith("$argon2id$")
    company.alice.client()
    assert stored() == before
    monkeypatch.setattr("accounts.passwords.is_outdated", lambda encoded: True)
    company.alice.client()
    assert stored() != before
    monkeypatch.undo()
    company.alice.client()
