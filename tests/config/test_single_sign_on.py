"""The settings of single sign-on: what an operator may set, and what keeps the server from starting."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from accounts.single_sign_on import (
    SingleSignOn,
    console_passwords_from_environment,
    single_sign_on_from_environment,
)

WHOLE = {"ISSUER": "https://id.example.com", "CLIENT_ID": "roundsman", "COMPANY": "Acme"}


def read(monkeypatch: pytest.MonkeyPatch, **given: str) -> SingleSignOn | None:
    for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "COMPANY", "CLAIM", "FIELD", "SCOPES", "NAME"):
        monkeypatch.delenv(f"ROUNDSMAN_OIDC_{name}", raising=False)
    for name, value in given.items():
        monkeypatch.setenv(f"ROUNDSMAN_OIDC_{name}", value)
    return single_sign_on_from_environment()


def test_there_is_none_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch) is None


def test_little_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = SingleSignOn("https://id.example.com", "roundsman", "acme", "")
    assert read(monkeypatch, **WHOLE) == expected
    assert (expected.claim, expected.field, expected.scopes) == (
        "preferred_username",
        "username",
        "openid profile email",
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"ISSUER": ""},
        {"COMPANY": ""},
        {"ISSUER": "http://id.example.com"},
        {"ISSUER": "id.example.com"},
        {"FIELD": "phone"},
        {"SCOPES": "profile"},
    ],
)
def test_what_cannot_be_right_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]) -> None:
    with pytest.raises(ImproperlyConfigured):
        read(monkeypatch, **(WHOLE | wrong))


def test_somebody_has_to_come_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROUNDSMAN_CONSOLE_PASSWORDS", raising=False)
    assert console_passwords_from_environment(None)
    monkeypatch.setenv("ROUNDSMAN_CONSOLE_PASSWORDS", "0")
    assert not console_passwords_from_environment(read(monkeypatch, **WHOLE))
    with pytest.raises(ImproperlyConfigured):
        console_passwords_from_environment(None)
