"""Signing out."""

from django.test import Client

from accounts.models import Device
from core.fence import company_fence
from tests.personas import ApiClient, TestCompany, call

SIGN_OUT = "/api/v1/auth/sign-out"


def _can_refresh(token: str) -> bool:
    return call(Client(), "POST", "/api/v1/auth/refresh", {"refresh_token": token}).status_code == 200


def test_ends_the_calling_devices_sessions(company: TestCompany) -> None:
    mine, other = company.alice.client(), company.alice.client()
    assert mine.call("POST", SIGN_OUT).status_code == 204
    assert not _can_refresh(mine.session_tokens["refresh_token"])
    assert _can_refresh(other.session_tokens["refresh_token"])


def test_access_tokens_end_with_the_session_and_a_new_one_begins(company: TestCompany) -> None:
    client, other = company.alice.client(), company.alice.client()
    assert client.call("POST", SIGN_OUT).status_code == 204
    for method, path in (("GET", "/api/v1/me"), ("POST", "/api/v1/sync"), ("POST", "/api/v1/sync/push")):
        response = client.call(method, path, None if method == "GET" else {})
        assert (response.status_code, response.json()["error"]["code"]) == (401, "accounts.unauthenticated"), path
    assert other.call("GET", "/api/v1/me").status_code == 200
    assert company.alice.client(client.device_id).call("POST", "/api/v1/sync", {}).status_code == 200


def test_a_new_password_ends_access_tokens_too(company: TestCompany) -> None:
    client = company.alice.client()
    body = {"id": company.alice.id, "password": "another battery"}
    assert company.client("dora").call("POST", "/api/v1/users/set-password", body).status_code == 200
    assert client.call("GET", "/api/v1/me").status_code == 401
    assert client.call("POST", "/api/v1/sync", {}).status_code == 401


def test_changing_ones_own_password_spares_the_calling_device_for_a_retry(company: TestCompany) -> None:
    here, there = company.alice.client(), company.alice.client()
    body = {"current_password": company.alice.password, "new_password": "another battery"}
    assert here.call("POST", "/api/v1/me/change-password", body).status_code == 200
    assert here.call("GET", "/api/v1/me").status_code == 200
    assert not _can_refresh(here.session_tokens["refresh_token"])
    assert there.call("GET", "/api/v1/me").status_code == 401


def test_works_with_the_refresh_token_alone(company: TestCompany) -> None:
    session = company.alice.sign_in().json()
    body = {"refresh_token": session["refresh_token"]}
    assert call(Client(), "POST", SIGN_OUT, body).status_code == 204
    assert not _can_refresh(session["refresh_token"])


def test_device_gets_no_more_pokes(company: TestCompany) -> None:
    session = company.alice.sign_in(push_id="token", push_kind="fcm_token").json()
    ApiClient(session).call("POST", SIGN_OUT, {})
    with company_fence(company.id):
        assert Device.objects.get(id=session["device"]["id"]).push_id is None


def test_nobody_is_refused_typed() -> None:
    for body in (None, {}, {"refresh_token": None}, {"refresh_token": "garbage"}):
        response = call(Client(), "POST", SIGN_OUT, body)
        assert response.status_code == 401
        assert response.json()["error"]["code"] in ("accounts.unauthenticated", "accounts.refresh_invalid")
