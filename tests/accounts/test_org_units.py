"""Org units: a tree whose paths stay right, whatever is moved."""

from typing import Any
from uuid import UUID

import pytest

from accounts.models import OrgUnit
from core.batches import CommandRequest
from core.commands import execute_all
from core.fence import company_fence
from core.ids import uuid7
from core.models import Grant
from tests.personas import TestCompany, make_company


def paths(company: TestCompany) -> dict[UUID, list[UUID]]:
    with company_fence(company.id):
        return dict(OrgUnit.objects.values_list("id", "path"))


def computed_paths(company: TestCompany) -> dict[UUID, list[UUID]]:
    """The paths that follow from the parents."""
    with company_fence(company.id):
        parents: dict[UUID, UUID | None] = dict(OrgUnit.objects.values_list("id", "parent_id"))

    def path(id_: UUID | None) -> list[UUID]:
        return [] if id_ is None else [*path(parents[id_]), id_]

    return {id_: path(id_) for id_ in parents}


def move(company: TestCompany, unit: UUID, to: UUID | None, **more: Any) -> Any:
    with company_fence(company.id):
        before = OrgUnit.objects.get(id=unit).parent_id
    changes = {"parent_id": {"from": before and str(before), "to": to and str(to)}} | more
    return company.dora.client().call("POST", "/api/v1/org-units/update", {"id": unit, "changes": changes})


def team_of(company: TestCompany, name: str) -> set[UUID]:
    """The org units whose scope a persona may see."""
    with company_fence(company.id):
        held = Grant.objects.filter(user_id=company.people[name].id, active=True)
        return set(held.values_list("scope_id", flat=True)) & set(company.units.values())


def test_paths_begin_at_the_root(company: TestCompany) -> None:
    units = company.units
    assert paths(company)[units["north"]] == [units["company"], units["region"], units["north"]]
    assert paths(company) == computed_paths(company)


def test_move_takes_everything_below_along(company: TestCompany) -> None:
    units = company.units
    assert team_of(company, "carol") == {units["region"], units["north"]}
    sub = str(uuid7())
    body = {"id": sub, "name": "North 1", "parent_id": str(units["north"])}
    assert company.dora.client().call("POST", "/api/v1/org-units", body).status_code == 200
    assert move(company, units["region"], units["south"]).json()["verdict"]["status"] == "applied"
    assert paths(company)[UUID(sub)] == [units[name] for name in ("company", "south", "region", "north")] + [UUID(sub)]
    assert paths(company) == computed_paths(company)
    assert move(company, units["north"], units["company"]).status_code == 200
    assert team_of(company, "carol") == {units["region"]}  # grants follow
    assert move(company, units["region"], None, name={"from": "Region", "to": "East"}).status_code == 200
    assert paths(company) == computed_paths(company)
    shown = company.alice.client().get(f"/api/v1/org-units/{units['region']}").json()
    assert (shown["name"], shown["parent_id"]) == ("East", None)


def test_no_unit_stands_below_itself(company: TestCompany) -> None:
    for below in ("region", "north"):
        response = move(company, company.units["region"], company.units[below])
        assert (response.status_code, response.json()["error"]["code"]) == (409, "accounts.org_unit_cycle")
    assert paths(company) == computed_paths(company)


def test_moves_of_one_set_follow_each_other(company: TestCompany) -> None:
    """Each is judged by what the one before made of the tree: the last would close a circle."""
    units = company.units

    def request(unit: str, before: str | None, to: str) -> CommandRequest:
        change = {"from": before and str(units[before]), "to": str(units[to])}
        return CommandRequest("accounts.update_org_unit", {"id": str(units[unit]), "changes": {"parent_id": change}})

    verdicts = execute_all(
        [
            request("south", "company", "north"),
            request("north", "region", "company"),
            request("company", None, "south"),
        ],
        actor=company.dora.actor,
        door="rest",
    )
    assert [verdict.code for verdict in verdicts] == [None, None, "accounts.org_unit_cycle"]
    assert paths(company) == computed_paths(company)


def test_parent_has_to_be_of_the_company(company: TestCompany) -> None:
    admin = company.dora.client()
    for parent in (uuid7(), make_company().units["north"]):
        body = {"id": uuid7(), "name": "x", "parent_id": parent}
        response = admin.call("POST", "/api/v1/org-units", body)
        assert (response.status_code, response.json()["error"]["code"]) == (422, "core.reference_invalid")
        response = move(company, company.units["north"], parent)
        assert (response.status_code, response.json()["error"]["code"]) == (422, "core.reference_invalid")


@pytest.mark.parametrize("name", ["alice", "carol", "erin", "dan"])
def test_only_administrators_write(company: TestCompany, name: str) -> None:
    client = company.client(name)
    for path, body in (
        ("/api/v1/org-units", {"id": uuid7(), "name": "x"}),
        ("/api/v1/org-units/update", {"id": company.units["north"], "changes": {}}),
    ):
        assert client.call("POST", path, body).status_code == 403


def test_unknown_unit_is_not_found(company: TestCompany) -> None:
    body = {"id": uuid7(), "changes": {"name": {"from": "x", "to": "y"}}}
    response = company.dora.client().call("POST", "/api/v1/org-units/update", body)
    assert (response.status_code, response.json()["error"]["code"]) == (404, "accounts.org_unit_not_found")


def test_list_below_a_unit(company: TestCompany) -> None:
    items = company.alice.client().get("/api/v1/org-units", {"under": str(company.units["region"])}).json()["items"]
    assert [item["name"] for item in items] == ["North", "Region"]
