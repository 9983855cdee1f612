"""Devices: who sees, renames and revokes which, and what becomes of a revoked one."""

from uuid import UUID

import pytest
from django.test import Client

from core.ids import uuid7
from tests.personas import ApiClient, TestCompany, call, make_company


def ids(client: ApiClient, **filters: str) -> set[UUID]:
    response = client.get("/api/v1/devices", filters)
    assert response.status_code == 200, response.content
    return {UUID(item["id"]) for item in response.json()["items"]}


def test_everybody_sees_what_is_his(company: TestCompany) -> None:
    clients = {name: company.client(name) for name in ("alice", "bob", "carol", "dora", "dan", "zed")}
    make_company().client("alice")
    devices = {name: client.device_id for name, client in clients.items()}
    for name in ("alice", "bob", "dan", "zed"):
        assert ids(clients[name]) == {devices[name]}
    assert ids(clients["carol"]) == {devices[name] for name in ("alice", "bob", "carol", "dan")}
    assert ids(clients["dora"]) == set(devices.values())
    assert ids(clients["dora"], user_id=str(company.zed.id)) == {devices["zed"]}
    assert ids(clients["alice"], user_id=str(company.zed.id)) == set()


def test_list_has_pages(company: TestCompany) -> None:
    clients = [company.alice.client() for _ in range(5)]
    seen, cursor = [], ""
    while cursor is not None:
        page = clients[0].get("/api/v1/devices", {"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert seen == sorted((str(client.device_id) for client in clients), reverse=True)


@pytest.mark.parametrize("cursor", ["x", "WyJ4Il0", "W10", "WzFd", "é"])
def test_garbage_cursor_is_refused_typed(company: TestCompany, cursor: str) -> None:
    response = company.alice.client().get("/api/v1/devices", {"cursor": cursor})
    assert (response.status_code, response.json()["error"]["code"]) == (422, "core.invalid_input")


def test_own_device_is_renamed(company: TestCompany) -> None:
    client = company.alice.client()
    response = client.call("POST", "/api/v1/devices/rename", {"id": client.device_id, "name": "Mine"})
    assert response.json()["verdict"]["status"] == "applied"
    assert client.get("/api/v1/devices").json()["items"][0]["name"] == "Mine"


def test_others_devices_are_not_there(company: TestCompany) -> None:
    zeds = company.zed.client()
    foreign = make_company().alice.client()
    for name in ("alice", "carol", "dan"):
        client = company.client(name)
        for device_id in (zeds.device_id, foreign.device_id, uuid7()):
            for verb, more in (("rename", {"name": "x"}), ("revoke", {})):
                response = client.call("POST", f"/api/v1/devices/{verb}", {"id": device_id} | more)
                assert response.status_code == 404
                assert response.json()["error"]["code"] == "accounts.device_not_found"
    assert zeds.call("GET", "/api/v1/me").status_code == 200
    assert foreign.call("GET", "/api/v1/me").status_code == 200


@pytest.mark.parametrize("by", ["alice", "carol", "dora"])
def test_revoked_device_is_told_to_wipe(company: TestCompany, by: str) -> None:
    lost, kept = company.alice.client(), company.alice.client()
    assert lost.call("GET", "/api/v1/me").status_code == 200
    response = company.client(by).call("POST", "/api/v1/devices/revoke", {"id": lost.device_id})
    assert response.status_code == 200, response.content
    for response in (
        lost.call("GET", "/api/v1/me"),
        call(Client(), "POST", "/api/v1/auth/refresh", {"refresh_token": lost.session_tokens["refresh_token"]}),
    ):
        assert response.status_code == 401
        assert response.json()["error"] == {
            "code": "accounts.device_revoked",
            "message": "This device was revoked. Its data has to be removed.",
            "field": None,
            "details": {"wipe": True},
        }
    assert kept.call("GET", "/api/v1/me").status_code == 200
    shown = company.dora.client().get("/api/v1/devices", {"is_revoked": "true"}).json()["items"]
    assert [(item["id"], item["revoked_by_id"]) for item in shown] == [
        (str(lost.device_id), str(company.people[by].id))
    ]


def test_device_that_the_database_does_not_know_signs_in_again_and_keeps_its_data(company: TestCompany) -> None:
    """After a restore from a backup older than the device: to say `revoked` would wipe what was not sent yet."""
    from accounts.models import Device
    from core.fence import company_fence

    client = company.alice.client()
    with company_fence(company.id):
        Device.objects.filter(id=client.device_id).delete()
    response = client.call("GET", "/api/v1/me")
    assert (response.status_code, response.json()["error"]["code"]) == (401, "accounts.unauthenticated")
    assert company.alice.client(client.device_id).call("GET", "/api/v1/me").status_code == 200
