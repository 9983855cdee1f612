"""Signing in: who gets a session, and what everybody else gets."""

from django.test import Client

from tests.personas import TestCompany, call


def test_gives_a_session(company: TestCompany) -> None:
    body = company.alice.sign_in().json()
    assert body["user"] == {
        "id": str(company.alice.id),
        "name": "Alice Wang",
        "roles": ["rep"],
        "org_unit_id": str(company.units["north"]),
    }
    assert body["expires_in_s"] == 900
    assert call(Client(), "POST", "/api/v1/auth/refresh", {"refresh_token": body["refresh_token"]}).status_code == 200
