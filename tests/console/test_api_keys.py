"""API keys at the console: made by a form, shown once, revoked; and told of by the audit."""

import re

from django.http import HttpResponse
from django.test import Client

from core.ids import uuid7
from tests.console.desk import Desk, at_desk, words
from tests.personas import TestCompany

CREATE = "/console/api-keys/create"


def make(desk: Desk, company: TestCompany, **more: str) -> HttpResponse:
    return desk.send(CREATE, **({"name": "ERP 系统", "user_id": str(company.alice.id), "customers": "write"} | more))


def test_a_key_is_made_shown_once_and_works(company: TestCompany) -> None:
    desk = at_desk(company.dora)
    made = make(desk, company, expires_at="2099-12-31")
    assert made.status_code == 200 and made["Cache-Control"] == "no-store"
    secret = re.search(r'value="(rm_[^"]+)"', made.content.decode())[1]  # type: ignore[index]
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    body = {"id": str(uuid7()), "name": "Made by a program"}
    assert client.post("/api/v1/customers", body, content_type="application/json").status_code == 200
    assert client.get("/api/v1/visits").status_code == 403
    listed = desk.text("/console/api-keys")
    assert secret not in listed and secret[:11] in listed
    for said in ("ERP 系统", "Alice Wang", "Customers (read and write)", "just now"):
        assert said in words(listed)
    row = words(desk.text("/console/audit?name=customers.create"))
    assert "API key ERP 系统" in row and "Alice Wang" in row


def test_a_form_sent_twice_makes_one_key(company: TestCompany) -> None:
    desk, command_id = at_desk(company.dora), str(uuid7())
    first = make(desk, company, command_id=command_id)
    again = make(desk, company, command_id=command_id)
    assert "rm_" in first.content.decode()
    assert again.status_code == 200 and "is not shown a second time" in again.content.decode()
    assert desk.text("/console/api-keys").count("/revoke?") == 1


def test_what_is_missing_is_said(company: TestCompany) -> None:
    desk = at_desk(company.dora, "zh-CN")
    company.dora.execute("accounts.set_preferences", {"locale": "zh-Hans"})
    assert "请至少选择一项权限" in make(desk, company, customers="").content.decode()
    late = make(desk, company, expires_at="2020-01-01")
    assert late.status_code == 422 and "必须晚于现在" in late.content.decode()
    assert "应为有效日期" in make(desk, company, expires_at="someday").content.decode()


def test_a_revoked_key_is_done_with(company: TestCompany) -> None:
    desk = at_desk(company.dora)
    make(desk, company)
    address = re.search(r"/console/api-keys/[0-9a-f-]{36}/revoke", desk.text("/console/api-keys"))[0]  # type: ignore[index]
    assert desk.send(address).status_code == 302
    assert "ERP 系统" not in words(desk.text("/console/api-keys")).replace("Revoke this key", "")
    assert "revoked" in words(desk.text("/console/api-keys?state=revoked"))
