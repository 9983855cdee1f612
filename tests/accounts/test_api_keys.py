"""API keys: programs that act in the name of a user, with no more rights than he has."""

import base64
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from accounts.models import ApiKey
from accounts.scopes import AREAS
from core.clock import now, to_wire
from core.fence import company_fence
from core.ids import uuid7
from core.models import CommandRecord
from core.registry import COMMANDS
from tests.contract.addresses import PARAMETER, operations
from tests.contract.examples import EXAMPLES
from tests.contract.test_authorization import PUBLIC
from tests.personas import Persona, TestCompany, call, make_company

EVERYTHING = [f"{area}:write" for area in AREAS]


def make(company: TestCompany, acts_as: str = "alice", scopes: Any = EVERYTHING, **more: Any) -> dict[str, Any]:
    """The answer to a new key, made by the administrator."""
    body = {"id": uuid7(), "name": "ERP", "user_id": company.people[acts_as].id, "scopes": scopes} | more
    response = company.client("dora").call("POST", "/api/v1/api-keys", body)
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    return answer


def by_key(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})


def code_of(response: HttpResponse) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def add_customer(person: Persona) -> str:
    id_ = str(uuid7())
    assert person.execute("customers.create", {"id": id_, "name": f"{person.username}'s"}).settled
    return id_


def test_the_secret_is_told_once_and_stored_nowhere(company: TestCompany) -> None:
    made = make(company)
    secret = made["secret"]
    assert re.fullmatch(r"rm_[A-Za-z0-9_-]{64}", secret)
    listed = company.client("dora").call("GET", "/api/v1/api-keys").json()["items"]
    assert [(item["id"], item["beginning"]) for item in listed] == [(made["id"], secret[:11])]
    assert secret[11:] not in str(listed)
    with company_fence(company.id), connection.cursor() as cursor:
        cursor.execute("select to_jsonb(k)::text from accounts_api_key k")
        rows = cursor.fetchall()
        cursor.execute("select to_jsonb(r)::text from core_command_record r where name = 'accounts.create_api_key'")
        rows += cursor.fetchall()
    assert len(rows) == 2
    assert not [row for (row,) in rows if secret[11:] in row or base64.b64decode(secret[3:], b"-_").hex() in row]


def test_a_retry_makes_no_second_key_and_tells_nothing(company: TestCompany) -> None:
    client, command_id = company.client("dora"), uuid7()
    body = {"id": uuid7(), "name": "ERP", "user_id": company.alice.id, "scopes": ["sync:read"]}
    first, again = (client.call("POST", "/api/v1/api-keys", body, key=command_id).json() for _ in range(2))
    assert first["secret"] and again["secret"] is None
    assert first["verdict"] == again["verdict"]
    with company_fence(company.id):
        assert ApiKey.objects.count() == 1
    assert by_key(first["secret"]).get("/api/v1/sync/commands").status_code == 200


def test_it_sees_and_does_what_its_user_does(company: TestCompany) -> None:
    own, foreign = add_customer(company.alice), add_customer(company.zed)
    client = by_key(make(company)["secret"])
    assert client.get("/api/v1/me").json()["id"] == str(company.alice.id)
    assert [item["id"] for item in client.get("/api/v1/customers").json()["items"]] == [own]
    assert client.get(f"/api/v1/customers/{foreign}").status_code == 404
    edit = {"changes": {"phone": {"from": "", "to": "1"}}}
    assert call(client, "PATCH", f"/api/v1/customers/{foreign}", edit).status_code == 404
    assert call(client, "PATCH", f"/api/v1/customers/{own}", edit).status_code == 200
    assert code_of(call(client, "POST", "/api/v1/product-categories", {"id": uuid7(), "name": "x"})) == (
        403,
        "core.forbidden",
    )


def test_the_record_says_which_key(company: TestCompany) -> None:
    made = make(company, "dora")
    answer = call(by_key(made["secret"]), "POST", "/api/v1/customers", {"id": uuid7(), "name": "By a program"})
    with company_fence(company.id):
        record = CommandRecord.objects.get(id=answer.json()["verdict"]["id"], company_id=company.id)
    assert (record.key_id, record.user_id, record.device_id, record.door) == (
        UUID(made["id"]),
        company.dora.id,
        None,
        "rest",
    )
    told = by_key(made["secret"]).get("/api/v1/sync/commands").json()["items"]
    assert [item["key_id"] for item in told if item["name"] == "customers.create"] == [made["id"]]
    assert {item["key_id"] for item in told if item["name"] == "accounts.create_api_key"} == {None}


@pytest.mark.parametrize(
    ("scopes", "reads", "writes"),
    [(["customers:read"], 200, 403), (["customers:write"], 200, 200), (["visits:write", "sync:write"], 403, 403)],
)
def test_scopes_narrow_it(company: TestCompany, scopes: list[str], reads: int, writes: int) -> None:
    client = by_key(make(company, scopes=scopes)["secret"])
    read = client.get("/api/v1/customers")
    write = call(client, "POST", "/api/v1/customers", {"id": uuid7(), "name": "New"})
    assert (read.status_code, write.status_code) == (reads, writes)
    for response, scope in ((read, "customers:read"), (write, "customers:write")):
        if response.status_code == 403:
            error = response.json()["error"]
            assert (error["code"], error["details"]["scope"]) == ("accounts.scope_missing", scope)
            assert scope in error["message"]


def test_every_command_needs_the_writing_of_its_own_app(company: TestCompany) -> None:
    """What a key may do follows from the address; no address runs the commands of another app."""
    client = by_key(make(company, "dora", scopes=[f"{area}:read" for area in AREAS])["secret"])
    for name in sorted(COMMANDS):
        example = EXAMPLES[name]
        path = f"/api/v1{re.sub(r'{[a-z_]+}', str(uuid7()), example.path)}"
        error = call(client, example.method, path, {}).json()["error"]
        assert (error["code"], error["details"].get("scope")) == (
            "accounts.scope_missing",
            f"{name.partition('.')[0]}:write",
        ), name


def test_every_endpoint_refuses_a_key_that_is_not_for_it(company: TestCompany) -> None:
    """The areas of the endpoints are those that scopes can name; what has none is for devices, or for everybody."""
    client = by_key(make(company, "dora", scopes=["notify:read"])["secret"])
    areas, open_to_keys = {"notify"}, set()
    for method, path in operations():
        if not path.startswith("/api/v1/") or (method, path) in PUBLIC:
            continue
        response = call(client, method, PARAMETER.sub(str(uuid7()), path), None if method in ("GET", "HEAD") else {})
        if response.status_code != 403:
            open_to_keys.add((method, path))
        elif method != "HEAD" and response.json()["error"]["code"] == "accounts.scope_missing":
            areas.add(response.json()["error"]["details"]["scope"].partition(":")[0])
    assert areas == set(AREAS)
    assert open_to_keys == {("GET", "/api/v1/notifications")}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/v1/sync", {}),
        ("POST", "/api/v1/sync/push", {}),
        ("POST", "/api/v1/sync/pull", {}),
        ("GET", "/api/v1/sync/events", None),
        ("POST", "/api/v1/auth/sign-out", None),
        ("POST", "/api/v1/api-keys", {"id": str(uuid7()), "name": "another", "scopes": ["sync:read"]}),
        ("POST", "/api/v1/me/change-password", {"current_password": "x", "new_password": "another battery"}),
        ("POST", "/api/v1/users/set-password", {"password": "another battery"}),
        ("POST", "/api/v1/me/second-factor/begin", None),
        ("POST", "/api/v1/me/second-factor", {"draft": "x", "code": "000000"}),
        ("POST", "/api/v1/me/second-factor/remove", {"code": "000000"}),
        ("POST", "/api/v1/users/reset-second-factor", {"id": str(uuid7())}),
    ],
)
def test_some_doors_are_for_people(company: TestCompany, method: str, path: str, body: Any) -> None:
    client = by_key(make(company, "dora")["secret"])
    if path.endswith(("/api-keys", "/set-password")):
        body = body | {"user_id": company.dora.id, "id": body.get("id", company.alice.id)}
    assert code_of(call(client, method, path, body)) == (403, "accounts.not_for_api_keys")


def test_a_revoked_key_is_refused_at_once(company: TestCompany) -> None:
    made = make(company)
    client = by_key(made["secret"])
    assert client.get("/api/v1/me").status_code == 200
    for _ in range(2):
        answer = company.client("dora").call("POST", "/api/v1/api-keys/revoke", {"id": made["id"]})
        assert answer.status_code == 200
    assert code_of(client.get("/api/v1/me")) == (401, "accounts.api_key_invalid")
    listed = company.client("dora").call("GET", "/api/v1/api-keys?is_revoked=true").json()["items"][0]
    assert listed["revoked_at"] and listed["revoked_by_id"] == str(company.dora.id)


def test_a_key_runs_out(company: TestCompany) -> None:
    made = make(company, expires_at=to_wire(now() + timedelta(hours=1)))
    assert by_key(made["secret"]).get("/api/v1/me").status_code == 200
    with company_fence(company.id):
        ApiKey.objects.update(expires_at=now() - timedelta(seconds=1))
    assert code_of(by_key(made["secret"]).get("/api/v1/me")) == (401, "accounts.api_key_expired")


def test_it_ends_with_its_user_and_follows_his_roles(company: TestCompany) -> None:
    client = by_key(make(company)["secret"])
    promotion = {"id": str(company.alice.id), "changes": {"roles": {"from": ["rep"], "to": ["admin"]}}}
    assert company.dora.execute("accounts.update_user", promotion).settled
    assert client.get("/api/v1/me").json()["roles"] == ["admin"]
    company.dora.execute("accounts.deactivate_user", {"id": str(company.alice.id)})
    assert code_of(client.get("/api/v1/me")) == (401, "accounts.user_inactive")


def test_its_use_is_noted_once_a_minute(company: TestCompany) -> None:
    client = by_key(make(company)["secret"])

    def last_used() -> Any:
        with company_fence(company.id):
            return ApiKey.objects.get().last_used_at

    assert last_used() is None
    client.get("/api/v1/me")
    first = last_used()
    client.get("/api/v1/me")
    assert first is not None and last_used() == first
    with company_fence(company.id):
        ApiKey.objects.update(last_used_at=first - timedelta(minutes=2))
    client.get("/api/v1/me")
    assert last_used() > first


def test_a_key_of_one_company_opens_no_other(company: TestCompany) -> None:
    """The company stands in the key: with another one's id in it, there is no such key behind the fence."""
    secret = make(company)["secret"]
    raw = base64.urlsafe_b64decode(secret[3:])
    forged = "rm_" + base64.urlsafe_b64encode(raw[:32] + make_company().id.bytes).decode()
    assert code_of(by_key(forged).get("/api/v1/me")) == (401, "accounts.api_key_invalid")


@pytest.mark.parametrize("token", ["rm_", "rm_x", "rm_" + "A" * 64, "rm_" + "A" * 4096, "rm_é", "rm_" + "A" * 63 + "="])
def test_what_is_no_key_is_refused_typed(token: str) -> None:
    response = Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/me")
    assert code_of(response) == (401, "accounts.api_key_invalid")


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"scopes": []}, "core.invalid_input", "scopes"),
        ({"scopes": ["customers"]}, "core.invalid_input", "scopes.0"),
        ({"scopes": ["orders:read"]}, "core.invalid_input", "scopes.0"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "core.invalid_input", "expires_at"),
        ({"user_id": str(uuid7())}, "core.reference_invalid", "user_id"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(
    company: TestCompany, changed: dict[str, Any], code: str, field: str
) -> None:
    body = {"id": uuid7(), "name": "x", "user_id": company.alice.id, "scopes": ["sync:read"]} | changed
    error = company.client("dora").call("POST", "/api/v1/api-keys", body).json()["error"]
    assert (error["code"], error["field"]) == (code, field)


@pytest.mark.parametrize("name", ["alice", "carol", "dan"])
def test_only_administrators_deal_with_keys(company: TestCompany, name: str) -> None:
    made = make(company, name)
    client = company.client(name)
    body = {"id": uuid7(), "name": "x", "user_id": company.people[name].id, "scopes": ["sync:read"]}
    for response in (
        client.call("GET", "/api/v1/api-keys"),
        client.call("POST", "/api/v1/api-keys", body),
        client.call("POST", "/api/v1/api-keys/revoke", {"id": made["id"]}),
    ):
        assert code_of(response) == (403, "core.forbidden")
