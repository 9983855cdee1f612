"""Reading visits by REST: filters, pages, and nothing that one may not see."""

from typing import Any

import pytest

from core.ids import uuid7
from tests.personas import ApiClient, TestCompany
from tests.visits.field import SHOP, add_customer, check_in, plan


def ids(client: ApiClient, query: str = "") -> list[str]:
    answer = client.get(f"/api/v1/visits{query}")
    assert answer.status_code == 200, answer.content
    return [item["id"] for item in answer.json()["items"]]


def test_filters(company: TestCompany) -> None:
    one, other = add_customer(company.alice, SHOP), add_customer(company.bob, SHOP)
    early = plan(company.alice, one, planned_date="2026-11-01")
    late = plan(company.alice, one, planned_date="2026-12-24")
    bobs = plan(company.carol, other, planned_date="2026-11-05", rep_id=company.bob.id)
    opened = check_in(company.alice, one)  # 2026-11-20
    client = company.client("carol")
    assert ids(client) == [str(visit) for visit in (late, opened, bobs, early)]
    assert ids(client, f"?rep_id={company.bob.id}") == [str(bobs)]
    assert ids(client, f"?customer_id={one}&state=planned") == [str(late), str(early)]
    assert ids(client, "?state=open") == [str(opened)]
    assert ids(client, "?from_date=2026-11-05&to_date=2026-11-20") == [str(opened), str(bobs)]
    assert ids(company.client("alice")) == [str(visit) for visit in (late, opened, early)]
    assert ids(company.client("zed")) == []
    assert ids(company.client("dora"), "?to_date=2026-11-05") == [str(bobs), str(early)]


def test_pages_are_stable(company: TestCompany) -> None:
    customer_id = add_customer(company.alice)
    planned = {str(plan(company.alice, customer_id, planned_date=f"2026-12-{day:02}")) for day in (1, 1, 1, 2, 2, 3, 4)}
    client, seen, cursor = company.client("alice"), [], ""
    while True:
        page = client.get(f"/api/v1/visits?limit=2{cursor}").json()
        seen += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert {item["id"] for item in seen} == planned and len(seen) == len(planned)
    days = [item["planned_date"] for item in seen]
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize("path", ["", "/check-ins", "/logs"])
def test_a_visit_out_of_sight_is_not_found(company: TestCompany, path: str) -> None:
    visit_id = check_in(company.alice, add_customer(company.alice, SHOP))
    for who, wanted in (("alice", visit_id), ("zed", visit_id), ("alice", uuid7())):
        answer = company.client(who).get(f"/api/v1/visits/{wanted}{path}")
        seen = who == "alice" and wanted == visit_id
        assert answer.status_code == (200 if seen else 404)
        if not seen:
            assert answer.json()["error"]["code"] == "visits.not_found"


@pytest.mark.parametrize(
    "query",
    [
        "state=lost",
        "rep_id=1",
        "from_date=1796000000",
        "to_date=2026-02-30",
        "limit=0",
        "limit=501",
        "cursor=!",
        "cursor=eA",
        "cursor=WyJ0b2RheSIsIjAxOTNhMDAwLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMCJd",  # ["today", a uuid]
    ],
)
def test_what_cannot_be_asked(company: TestCompany, query: str) -> None:
    answer: Any = company.client("alice").get(f"/api/v1/visits?{query}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "core.invalid_input")
    assert answer.json()["error"]["field"] == query.split("=")[0]
