"""Territories and who covers them."""

from typing import Any
from uuid import UUID

import pytest

from accounts.models import TerritoryMember
from core.fence import company_fence
from core.ids import uuid7
from tests.personas import TestCompany, make_company


@pytest.fixture
def territory(company: TestCompany) -> UUID:
    id_ = uuid7()
    assert company.dora.execute("accounts.create_territory", {"id": str(id_), "code": "N1", "name": "North 1"}).settled
    return id_


def post(company: TestCompany, path: str, **body: Any) -> tuple[int, str | None]:
    response = company.dora.client().call("POST", f"/api/v1/territories{path}", body)
    return response.status_code, response.json().get("error", {}).get("code")


def members(company: TestCompany, territory: UUID) -> set[UUID]:
    with company_fence(company.id):
        return set(TerritoryMember.objects.filter(territory_id=territory).values_list("user_id", flat=True))


def test_created_and_edited(company: TestCompany) -> None:
    id_ = uuid7()
    unit = company.units["north"]
    assert post(company, "", id=id_, code="S1", name="South 1", org_unit_id=unit) == (200, None)
    changes = {"name": {"from": "South 1", "to": "South"}, "org_unit_id": {"from": str(unit), "to": None}}
    assert post(company, "/update", id=id_, changes=changes) == (200, None)
    shown = company.zed.client().get(f"/api/v1/territories/{id_}").json()
    assert shown == {"id": str(id_), "version": 2, "code": "S1", "name": "South", "org_unit_id": None}


def test_code_is_taken_once(company: TestCompany, territory: UUID) -> None:
    id_ = uuid7()
    assert post(company, "", id=id_, code="N1", name="x") == (409, "accounts.territory_code_taken")
    assert post(company, "", id=id_, code="N2", name="x") == (200, None)
    changes = {"code": {"from": "N2", "to": "N1"}}
    assert post(company, "/update", id=id_, changes=changes) == (409, "accounts.territory_code_taken")


def test_members_come_and_go(company: TestCompany, territory: UUID) -> None:
    both = {"territory_id": territory, "user_id": company.zed.id}
    for _ in range(2):  # who covers it already goes on
        assert post(company, "/add-member", **both) == (200, None)
    assert members(company, territory) == {company.zed.id}
    assert company.zed.client().get("/api/v1/me").json()["territory_ids"] == [str(territory)]
    listed = company.alice.client().get("/api/v1/territories", {"member_id": str(company.zed.id)}).json()["items"]
    assert [item["code"] for item in listed] == ["N1"]
    for _ in range(2):
        assert post(company, "/remove-member", **both) == (200, None)
    assert members(company, territory) == set()


def test_nothing_of_another_company_comes_in(company: TestCompany, territory: UUID) -> None:
    other = make_company()
    assert post(company, "/add-member", territory_id=territory, user_id=other.bob.id) == (
        404,
        "accounts.user_not_found",
    )
    not_found = (404, "accounts.territory_not_found")
    assert post(other, "/add-member", territory_id=territory, user_id=other.bob.id) == not_found
    assert post(other, "/remove-member", territory_id=territory, user_id=other.bob.id) == not_found
    assert post(other, "/update", id=territory, changes={}) == not_found
    expected = (422, "core.reference_invalid")
    assert post(company, "", id=uuid7(), code="X", name="x", org_unit_id=other.units["north"]) == expected


@pytest.mark.parametrize("name", ["alice", "carol", "erin", "dan"])
def test_only_administrators_write(company: TestCompany, territory: UUID, name: str) -> None:
    client = company.client(name)
    for path, body in (
        ("", {"id": uuid7(), "code": "X", "name": "x"}),
        ("/update", {"id": territory, "changes": {}}),
        ("/add-member", {"territory_id": territory, "user_id": company.bob.id}),
        ("/remove-member", {"territory_id": territory, "user_id": company.bob.id}),
    ):
        assert client.call("POST", f"/api/v1/territories{path}", body).status_code == 403
