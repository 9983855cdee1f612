"""GET /customers and what hangs on it: filters, pages, and nothing that the caller may not see."""

from typing import Any
from uuid import UUID

import pytest

from core.ids import uuid7
from tests.customers.world import counted_queries, create_customer, create_territory
from tests.personas import ApiClient, TestCompany, make_company

URL = "/api/v1/customers"


def names(client: ApiClient, query: str = "") -> list[str]:
    answer = client.call("GET", f"{URL}?{query}")
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["items"]]


def test_everybody_lists_what_he_sees(company: TestCompany) -> None:
    for who in ("alice", "bob", "zed"):
        create_customer(company.people[who], name=f"{who}'s")
    create_customer(make_company().alice, name="foreign")
    assert names(company.client("alice")) == ["alice's"]
    assert names(company.client("carol")) == ["alice's", "bob's"]
    assert names(company.client("dora")) == ["alice's", "bob's", "zed's"]
    assert names(company.client("erin")) == []


def test_filters(company: TestCompany) -> None:
    territory = create_territory(company)
    create_customer(company.alice, name="Lotus Tea", code="TEA-1", customer_class="A", phone="021-88")
    create_customer(company.alice, name="莲花茶行", stage="lead", territory_id=territory)
    create_customer(company.bob, name="100% Cotton_Shop", code="X")
    carol = company.client("carol")
    assert names(carol, "q=lotus") == names(carol, "q=tea-") == names(carol, "q=21-8") == ["Lotus Tea"]
    assert names(carol, "q=莲花") == ["莲花茶行"]
    assert names(carol, "q=%25") == names(carol, "q=n_s") == ["100% Cotton_Shop"]
    assert names(carol, f"owner_id={company.bob.id}") == ["100% Cotton_Shop"]
    assert names(carol, f"territory_id={territory}") == names(carol, "stage=lead") == ["莲花茶行"]
    assert names(carol, "customer_class=A") == ["Lotus Tea"]
    assert names(carol, "customer_class=A&stage=lead") == []
    assert len(names(carol, "updated_since=2026-01-01T00:00:00Z")) == 3
    assert names(carol, "updated_since=2099-01-01T00:00:00%2B08:00") == []


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=501", "limit=x", "owner_id=me", "stage=gone", "customer_class=E", "archived=maybe",
        "updated_since=yesterday", "updated_since=2026-01-01T00:00:00", "q=%00",
        "q=" + "x" * 201, "cursor=%00", "cursor=garbage", "cursor=WzEsIDJd", "cursor=bnVsbA", "cursor=" + "A" * 5000,
    ],
)  # fmt: skip
def test_what_does_not_fit(company: TestCompany, query: str) -> None:
    answer = company.client("alice").call("GET", f"{URL}?{query}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "core.invalid_input")


def test_pages_cover_everything_once_in_a_stable_order(company: TestCompany) -> None:
    made = {create_customer(company.alice, name=name) for name in ["B", "a", "A", "B", "ä", "中", "B", "c"]}
    client = company.client("alice")
    seen: list[str] = []
    path: str | None = f"{URL}?limit=3"
    while path:
        answer = client.call("GET", path).json()
        seen += [row["id"] for row in answer["items"]]
        path = f"{URL}?limit=3&cursor={answer['next']}" if answer["next"] else None
    assert len(seen) == len(made)
    assert {UUID(id_) for id_ in seen} == made


def test_a_foreign_cursor_shows_no_more(company: TestCompany) -> None:
    for n in range(3):
        create_customer(company.zed, name=f"z{n}")
    cursor = company.client("zed").call("GET", f"{URL}?limit=1").json()["next"]
    assert cursor
    assert names(company.client("alice"), f"cursor={cursor}") == []


def test_one_customer_and_what_hangs_on_it(company: TestCompany) -> None:
    lotus = create_customer(company.alice)
    for tail in ("", "/sites", "/contacts"):
        assert company.client("carol").call("GET", f"{URL}/{lotus}{tail}").status_code == 200
        for stranger in (company.client("zed"), company.client("erin"), make_company().client("dora")):
            answer = stranger.call("GET", f"{URL}/{lotus}{tail}")
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "customers.not_found")
        assert company.client("dora").call("GET", f"{URL}/{uuid7()}{tail}").status_code == 404
        assert company.client("dora").call("GET", f"{URL}/42{tail}").status_code == 422


def access(client: ApiClient, customer_id: UUID) -> Any:
    return client.call("GET", f"{URL}/{customer_id}/access")


def test_access_is_explained_to_managers(company: TestCompany) -> None:
    lotus = create_customer(company.alice)
    company.alice.execute("customers.share", {"customer_id": str(lotus), "user_id": str(company.zed.id)})
    company.client("alice")
    answer = access(company.client("carol"), lotus)
    assert answer.status_code == 200, answer.content
    rows = {row["username"]: (row["reasons"], row["phone"], row["devices"]) for row in answer.json()["items"]}
    assert rows == {
        "alice": (["owner"], True, 1), "carol": (["superior"], False, 1), "dan": (["superior"], False, 0),
        "dora": (["all"], False, 0), "zed": (["share"], True, 0),
    }  # fmt: skip
    assert access(company.client("alice"), lotus).status_code == 403
    assert access(company.client("dan"), lotus).status_code == 403
    assert access(company.client("dora"), uuid7()).status_code == 404
    south = create_customer(company.zed)
    assert access(company.client("carol"), south).status_code == 404


def test_a_page_costs_the_same_for_one_and_for_fifty(company: TestCompany) -> None:
    for _ in range(51):
        create_customer(company.alice)
    for who in ("alice", "carol", "dora"):
        client = company.client(who)
        counts = set()
        for limit in (1, 50):
            with counted_queries() as captured:
                assert len(names(client, f"limit={limit}")) == limit
            counts.add(len(captured))
        assert len(counts) == 1


def test_idempotency_key_is_the_command_s_id(company: TestCompany) -> None:
    client = company.client("alice")
    key, body = uuid7(), {"id": uuid7(), "name": "Lotus"}
    first = client.call("POST", URL, body, key=key)
    assert first.json()["verdict"]["id"] == str(key)
    assert client.call("POST", URL, body, key=key).json() == first.json()
    other = client.call("POST", URL, body | {"name": "Lily"}, key=key)
    assert (other.status_code, other.json()["error"]["code"]) == (409, "sync.id_reused")
    assert names(client) == ["Lotus"]
