"""`manage.py create_company`, and what it leaves behind."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import queries
from core.fence import company_fence
from core.ids import uuid7
from core.models import CommandRecord
from tests.personas import call, make_company

PASSWORD = "a long password"


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUNDSMAN_ADMIN_PASSWORD", PASSWORD)


def create(code: str, name: str = "名字", admin: str = "admin", **options: Any) -> str:
    out = io.StringIO()
    call_command("create_company", code, name, admin=admin, stdout=out, **options)
    return out.getvalue()


def sign_in(code: str, username: str = "admin") -> Any:
    body = {"company": code, "username": username, "password": PASSWORD, "device": {"name": "pc", "platform": "web"}}
    return call(Client(), "POST", "/api/v1/auth/sign-in", body)


def test_first_administrator_signs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    code = f"c-{uuid7()}"
    assert code in create(code, locale="zh-Hans")
    session = sign_in(code).json()
    assert session["user"]["roles"] == ["admin"]
    me = call(Client(), "GET", "/api/v1/me", Authorization=f"Bearer {session['access_token']}").json()
    assert (me["locale"], me["company"]["name"]) == ("zh-Hans", "名字")


def test_people_speak_the_companys_language() -> None:
    company = make_company(locale="zh-Hans")
    assert company.alice.actor.locale == "zh-Hans"
    response = company.alice.client().call("POST", "/api/v1/users/deactivate", {"id": company.bob.id})
    assert response.json()["error"]["message"] == "您的角色无权执行此操作。"


def test_password_comes_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    code = f"c-{uuid7()}"
    monkeypatch.delenv("ROUNDSMAN_ADMIN_PASSWORD")
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    create(code)
    assert sign_in(code).status_code == 200


def test_founding_is_recorded_as_a_command() -> None:
    code = f"c-{uuid7()}"
    create(code)
    company_id = queries.find_company_id(code)
    assert company_id
    with company_fence(company_id):
        record = CommandRecord.objects.get()
    assert (record.name, record.door, record.status) == ("accounts.create_user", "console", "applied")
    assert str(record.user_id) == record.payload["id"]


def test_taken_code_is_refused_and_changes_nothing() -> None:
    code = f"c-{uuid7()}"
    create(code)
    with pytest.raises(CommandError, match="company_code_taken"):
        create(code, admin="other")
    assert sign_in(code, "other").status_code == 401


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"code": "No Good"}, "code"),
        ({"code": ""}, "code"),
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"admin": "a b"}, "admin"),
        ({"admin": PASSWORD.replace(" ", "")}, "password_too_weak"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ],
)
def test_what_does_not_fit_leaves_no_company(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], word: str
) -> None:
    monkeypatch.setenv("ROUNDSMAN_ADMIN_PASSWORD", PASSWORD.replace(" ", ""))
    words = {"code": f"c-{uuid7()}", "name": "x", "admin": "admin"} | changed
    with pytest.raises(CommandError, match=word):
        create(**words)
    assert queries.find_company_id(words["code"]) is None
