"""Users: created, edited, deactivated and reactivated by administrators; read by everybody."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from accounts.models import User
from core.fence import company_fence
from core.ids import uuid7
from core.models import Grant
from tests.personas import ApiClient, TestCompany, call, make_company


def new_user(**more: Any) -> dict[str, Any]:
    return {"id": str(uuid7()), "username": f"u{uuid7().hex[-8:]}", "name": "Hal", "roles": ["rep"]} | more


def error_of(client: ApiClient, path: str, body: dict[str, Any]) -> tuple[int, str]:
    response = client.call("POST", path, body)
    return response.status_code, response.json().get("error", {}).get("code")


def test_created_user_signs_in_and_is_seen(company: TestCompany) -> None:
    body = new_user(username="Hal", org_unit_id=str(company.units["north"]), password="a long password", phone="123")
    key, admin = uuid7(), company.dora.client()
    first = admin.call("POST", "/api/v1/users", body, key=key)
    again = admin.call("POST", "/api/v1/users", body, key=key)
    assert first.status_code == again.status_code == 200, first.content
    assert first.json() == again.json()
    assert first.json()["id"] == body["id"]
    shown = company.zed.client().get(f"/api/v1/users/{body['id']}").json()
    assert shown == {
        "id": body["id"],
        "version": 1,
        "username": "hal",
        "name": "Hal",
        "roles": ["rep"],
        "org_unit_id": str(company.units["north"]),
        "is_active": True,
    }
    sign_in = {"company": company.code, "username": "hal", "password": "a long password"}
    sign_in["device"] = {"name": "phone", "platform": "web"}
    assert call(Client(), "POST", "/api/v1/auth/sign-in", sign_in).status_code == 200


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"username": "alice"}, (409, "accounts.username_taken")),
        ({"username": "ALICE"}, (409, "accounts.username_taken")),
        ({"external_id": "E1"}, (409, "accounts.external_id_taken")),
        ({"roles": ["king"]}, (422, "core.invalid_input")),
        ({"locale": "fr"}, (422, "core.invalid_input")),
        ({"username": "a b"}, (422, "core.invalid_input")),
        ({"username": ""}, (422, "core.invalid_input")),
        ({"name": "\ud800"}, (422, "core.invalid_input")),
        ({"org_unit_id": str(uuid7())}, (422, "core.reference_invalid")),
        ({"password": "short"}, (422, "accounts.password_too_weak")),
    ],
)
def test_what_does_not_fit_is_refused(company: TestCompany, changed: dict[str, Any], expected: tuple[int, str]) -> None:
    admin = company.dora.client()
    assert error_of(admin, "/api/v1/users", new_user(external_id="E1")) == (200, None)
    assert error_of(admin, "/api/v1/users", new_user(**changed)) == expected


def test_org_unit_of_another_company_is_refused(company: TestCompany) -> None:
    """The database's own foreign key would let it pass."""
    foreign = str(make_company().units["north"])
    admin = company.dora.client()
    expected = (422, "core.reference_invalid")
    assert error_of(admin, "/api/v1/users", new_user(org_unit_id=foreign)) == expected
    changes = {"org_unit_id": {"from": str(company.units["north"]), "to": foreign}}
    assert error_of(admin, "/api/v1/users/update", {"id": str(company.alice.id), "changes": changes}) == expected


@pytest.mark.parametrize("name", ["alice", "carol", "erin", "dan"])
def test_only_administrators_write(company: TestCompany, name: str) -> None:
    client, id_ = company.client(name), str(company.bob.id)
    for path, body in (
        ("/api/v1/users", new_user()),
        ("/api/v1/users/update", {"id": id_, "changes": {"name": {"from": "Bob Li", "to": "x"}}}),
        ("/api/v1/users/deactivate", {"id": id_}),
        ("/api/v1/users/reactivate", {"id": id_}),
    ):
        assert error_of(client, path, body) == (403, "core.forbidden")


def test_edits_are_merged_by_field(company: TestCompany) -> None:
    admin, id_ = company.dora.client(), str(company.alice.id)

    def edit(**changes: Any) -> dict[str, Any]:
        response = admin.call("POST", "/api/v1/users/update", {"id": id_, "changes": changes})
        assert response.status_code == 200, response.content
        return response.json()["verdict"]

    assert edit(name={"from": "Alice Wang", "to": "Alice Lin"}, phone={"from": "", "to": "1"})["status"] == "applied"
    verdict = edit(name={"from": "Alice Wang", "to": "Alice Ma"}, roles={"from": ["rep"], "to": ["rep", "manager"]})
    assert verdict["status"] == "merged"
    assert [(c["field"], c["theirs"], c["kept"]) for c in verdict["conflicts"]] == [("name", "Alice Lin", "yours")]
    with company_fence(company.id):
        user = User.objects.get(id=id_)
    assert (user.name, user.phone, user.roles) == ("Alice Ma", "1", ["manager", "rep"])
    assert user.edits["name"]["by"] == str(company.dora.id)


@pytest.mark.parametrize("field", ["name", "username", "roles", "locale"])
def test_required_fields_are_not_emptied(company: TestCompany, field: str) -> None:
    body = {"id": str(company.alice.id), "changes": {field: {"from": None, "to": None}}}
    assert error_of(company.dora.client(), "/api/v1/users/update", body) == (422, "core.invalid_input")


def test_an_edit_does_not_undo_a_new_password(company: TestCompany) -> None:
    """Rows are written whole, so they are locked first: an edit that waits sees the new password."""
    admin = company.dora.client()
    admin.call("POST", "/api/v1/users/set-password", {"id": company.alice.id, "password": "another long password"})
    company.dora.execute(
        "accounts.update_user", {"id": str(company.alice.id), "changes": {"phone": {"from": "", "to": "5"}}}
    )
    company.alice.password = "another long password"
    assert company.alice.sign_in().status_code == 200


def test_unknown_user_is_not_found(company: TestCompany) -> None:
    admin = company.dora.client()
    for id_ in (uuid7(), make_company().alice.id):
        assert admin.get(f"/api/v1/users/{id_}").json()["error"]["code"] == "accounts.user_not_found"
        for path, more in (("update", {"changes": {}}), ("deactivate", {}), ("set-password", {"password": "x" * 12})):
            assert error_of(admin, f"/api/v1/users/{path}", {"id": str(id_)} | more) == (404, "accounts.user_not_found")


def test_deactivated_user_is_out_at_once(company: TestCompany) -> None:
    client, admin = company.alice.client(), company.dora.client()
    refresh = {"refresh_token": client.session_tokens["refresh_token"]}
    assert error_of(admin, "/api/v1/users/deactivate", {"id": str(company.alice.id)}) == (200, None)
    response = client.call("GET", "/api/v1/me")
    assert (response.status_code, response.json()["error"]["code"]) == (401, "accounts.user_inactive")
    assert call(Client(), "POST", "/api/v1/auth/refresh", refresh).json()["error"]["code"] == "accounts.user_inactive"
    with company_fence(company.id):
        assert not Grant.objects.filter(user_id=company.alice.id, active=True).exists()
    assert error_of(admin, "/api/v1/users/reactivate", {"id": str(company.alice.id)}) == (200, None)
    assert call(Client(), "POST", "/api/v1/auth/refresh", refresh).json()["error"]["code"] == "accounts.refresh_invalid"
    assert company.alice.sign_in().status_code == 200


def test_last_administrator_stays(company: TestCompany) -> None:
    admin, dora = company.dora.client(), str(company.dora.id)
    demotion = {"id": dora, "changes": {"roles": {"from": ["admin"], "to": ["rep"]}}}
    assert error_of(admin, "/api/v1/users/deactivate", {"id": dora}) == (409, "accounts.last_admin")
    assert error_of(admin, "/api/v1/users/update", demotion) == (409, "accounts.last_admin")
    company.add_person("iris", ["admin"])
    assert error_of(admin, "/api/v1/users/update", demotion) == (200, None)
    response = admin.call("POST", "/api/v1/users/deactivate", {"id": str(company.iris.id)})
    assert response.status_code == 403  # no administrator any more, at once


@pytest.mark.parametrize("path", ["/api/v1/users", "/api/v1/org-units", "/api/v1/territories"])
def test_lists_have_pages_and_stay_inside_the_company(company: TestCompany, path: str) -> None:
    make_company()
    for number in range(3):
        payload = {"id": str(uuid7()), "code": f"T{number}", "name": f"Territory {number}"}
        assert company.dora.execute("accounts.create_territory", payload).settled
    client, seen, cursor = company.alice.client(), [], None
    whole = client.get(path).json()["items"]
    for _ in range(20):
        page = client.get(path, {"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == whole
    assert len({item["id"] for item in seen}) == len(seen) == {"users": 7, "org-units": 4, "territories": 3}[path[8:]]


def test_list_filters(company: TestCompany) -> None:
    client = company.alice.client()

    def names(**filters: str) -> list[str]:
        return [item["username"] for item in client.get("/api/v1/users", filters).json()["items"]]

    assert names(q="WANG") == ["alice"]
    assert names(role="rep") == ["alice", "bob", "zed"]
    assert names(org_unit_id=str(company.units["region"])) == ["alice", "bob", "carol", "dan", "erin"]
    assert names(is_active="false") == []
    assert names(org_unit_id=str(uuid7())) == []
    for bad in (
        {"q": "\u0000"},
        {"role": "king"},
        {"limit": "0"},
        {"limit": "501"},
        {"cursor": "x"},
        {"org_unit_id": "x"},
    ):
        assert client.get("/api/v1/users", bad).status_code == 422


def test_cursor_with_foreign_values_is_refused_typed(company: TestCompany) -> None:
    from core.rest import write_cursor

    client = company.alice.client()
    for values in (["a\u0000", str(uuid7())], [1, str(uuid7())], ["a", "b"], ["a"], []):
        response = client.get("/api/v1/users", {"cursor": write_cursor(values)})
        assert response.status_code in (200, 422), response.content


def test_ids_of_other_kinds_are_not_found(company: TestCompany) -> None:
    client = company.alice.client()
    for path in ("users", "org-units", "territories"):
        assert client.get(f"/api/v1/{path}/{UUID(int=0)}").status_code == 404
        assert client.get(f"/api/v1/{path}/garbage").status_code == 422
