"""Where a client reads the server's level: in every answer's header, and in the answer of a sign-in."""

from typing import Any

import pytest
from django.test import Client

from config.api import api
from config.spec.changelog import read_changelog
from config.spec.contract import FOLDER
from core.api_level import API_LEVEL, HEADER
from tests.personas import TestCompany


def _raw(path: str, body: bytes) -> Any:
    return Client().generic("POST", path, body, content_type="application/json")


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/api/v1/me", "/api/v1/nothing", "/nothing"])
def test_every_answer_has_it(path: str) -> None:
    assert Client().get(path)[HEADER] == str(API_LEVEL)


def test_answers_to_phones_have_it(company: TestCompany) -> None:
    client = company.client("alice")
    for path in ("/api/v1/sync", "/api/v1/sync/push", "/api/v1/sync/pull"):
        assert client.call("POST", path, {})[HEADER] == str(API_LEVEL)
    assert _raw("/api/v1/sync", b"x" * (17 * 2**20))[HEADER] == str(API_LEVEL)
    assert _raw("/api/v1/auth/refresh", b"{")[HEADER] == str(API_LEVEL)


def test_a_session_tells_it(company: TestCompany) -> None:
    session = company.client("alice").session_tokens
    assert session["api_level"] == API_LEVEL
    refreshed = Client().post(
        "/api/v1/auth/refresh", {"refresh_token": session["refresh_token"]}, content_type="application/json"
    )
    assert refreshed.json()["api_level"] == API_LEVEL


def test_it_is_the_newest_of_the_changelog() -> None:
    sections = read_changelog((FOLDER / "CHANGELOG.md").read_text())
    assert sections[0].level == API_LEVEL


def test_the_openapi_tells_it() -> None:
    document = api.get_openapi_schema()
    assert document["info"]["x-api-level"] == API_LEVEL
    for methods in document["paths"].values():
        for operation in methods.values():
            assert all(HEADER in response["headers"] for response in operation["responses"].values())
