"""Product categories: a tree that stays one."""

from typing import Any
from uuid import UUID

from core.batches import CommandRequest
from core.commands import execute_all
from core.ids import uuid7
from sync.proof import check_company
from tests.personas import TestCompany, make_company


def create(company: TestCompany, name: str, parent: UUID | None = None) -> UUID:
    category_id = uuid7()
    payload = {"id": str(category_id), "name": name, "parent_id": parent and str(parent)}
    assert company.dora.execute("catalog.create_category", payload).settled
    return category_id


def move(company: TestCompany, category: UUID, old: UUID | None, new: Any) -> str | None:
    changes = {"parent_id": {"from": old and str(old), "to": new and str(new)}}
    return company.carol.execute("catalog.update_category", {"id": str(category), "changes": changes}).code


def test_over_http(company: TestCompany) -> None:
    client = company.client("carol")
    body = {"id": str(uuid7()), "name": "茶"}
    assert client.call("POST", "/api/v1/product-categories", body).status_code == 200
    child = {"id": str(uuid7()), "name": "Green", "parent_id": body["id"]}
    assert client.call("POST", "/api/v1/product-categories", child).status_code == 200
    shown = company.client("alice").call("GET", "/api/v1/product-categories").json()
    assert shown == {"items": [child | {"version": 1}, body | {"parent_id": None, "version": 1}], "next": None}
    changes = {"name": {"from": "Green", "to": "绿茶"}, "parent_id": {"from": body["id"], "to": None}}
    edited = client.call("POST", "/api/v1/product-categories/update", {"id": child["id"], "changes": changes})
    assert edited.json()["verdict"]["status"] == "applied"
    row = client.call("GET", f"/api/v1/product-categories/{child['id']}").json()
    assert (row["name"], row["parent_id"], row["version"]) == ("绿茶", None, 2)
    assert client.call("GET", f"/api/v1/product-categories/{uuid7()}").status_code == 404
    assert [difference for difference in check_company(company.id) if difference.total] == []


def test_reps_read_only(company: TestCompany) -> None:
    body = {"id": uuid7(), "name": "Tea"}
    assert company.client("alice").call("POST", "/api/v1/product-categories", body).status_code == 403


def test_no_circles(company: TestCompany) -> None:
    top = create(company, "Top")
    middle = create(company, "Middle", top)
    leaf = create(company, "Leaf", middle)
    assert move(company, top, None, leaf) == "catalog.category_cycle"
    assert move(company, top, None, top) == "catalog.category_cycle"
    assert move(company, leaf, middle, top) is None
    assert move(company, middle, top, leaf) is None
    assert move(company, leaf, top, middle) == "catalog.category_cycle"


def test_no_circle_within_one_set(company: TestCompany) -> None:
    one, two = create(company, "One"), create(company, "Two")
    requests = [
        CommandRequest(
            "catalog.update_category", {"id": str(a), "changes": {"parent_id": {"from": None, "to": str(b)}}}
        )
        for a, b in [(one, two), (two, one)]
    ]
    verdicts = execute_all(requests, actor=company.dora.actor, door="push")
    assert [verdict.code for verdict in verdicts] == [None, "catalog.category_cycle"]


def test_parents_exist_here(company: TestCompany) -> None:
    foreign = create(make_company(), "Foreign")
    own = create(company, "Own")
    assert move(company, own, None, foreign) == "core.reference_invalid"
    assert move(company, uuid7(), None, None) == "catalog.category_not_found"
    assert move(company, foreign, None, None) == "catalog.category_not_found"
    payload = {"id": str(uuid7()), "name": "X", "parent_id": str(foreign)}
    assert company.dora.execute("catalog.create_category", payload).code == "core.reference_invalid"


def test_parent_and_child_in_one_set(company: TestCompany) -> None:
    parent, child = str(uuid7()), str(uuid7())
    requests = [
        CommandRequest("catalog.create_category", {"id": parent, "name": "Parent"}),
        CommandRequest("catalog.create_category", {"id": child, "name": "Child", "parent_id": parent}),
    ]
    verdicts = execute_all(requests, actor=company.dora.actor, door="push")
    assert [verdict.status for verdict in verdicts] == ["applied", "applied"]
