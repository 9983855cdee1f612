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
