"""Competitors: who keeps them, what is seen of them on visits, and what becomes of prices."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from core.batches import Verdict
from core.fence import company_fence
from core.ids import uuid7
from tests.files import makers, phone
from tests.personas import ApiClient, Persona, TestCompany, make_company
from tests.visits.field import MORNING, SHOP, add_customer, applied, check_in, push, request
from visits.queries.competitors import count_observations, list_observed_visit_ids

PRICES = "/api/v1/competitor-prices"
SEEN = "/api/v1/competitor-observations"


def add_product(company: TestCompany, name: str = "Rival tea", **fields: Any) -> UUID:
    """A product of a competitor of its own."""
    competitor, product = uuid7(), uuid7()
    applied(company.carol.execute("visits.create_competitor", {"id": str(competitor), "name": f"Rival {competitor}"}))
    payload = {"id": str(product), "competitor_id": str(competitor), "name": name, "unit": "box"} | fields
    applied(company.carol.execute("visits.create_competitor_product", payload))
    return product


def observe(persona: Persona, visit: UUID, product: UUID | None = None, *, days: int = 0, **members: Any) -> Verdict:
    """Something seen on a visit, so many days after the morning."""
    what = {"competitor_product_id": str(product)} if product else {"product_name": "No name"}
    payload = {"id": uuid7(), "visit_id": visit} | what | members
    [verdict] = push(persona, request("visits.observe_competitor", payload, occurred_at=MORNING + timedelta(days=days)))
    return verdict


def items(client: ApiClient, path: str) -> list[dict[str, Any]]:
    """The rows of a list, which fit on one page."""
    answer = client.call("GET", path)
    assert answer.status_code == 200, answer.content
    assert answer.json()["next"] is None
    rows: list[dict[str, Any]] = answer.json()["items"]
    return rows


def test_by_rest_and_as_phones_get_it(company: TestCompany) -> None:
    customer = add_customer(company.alice, SHOP)
    visit, product = check_in(company.alice, customer), add_product(company)
    photo = phone.add_photo(company.alice, visit, makers.jpeg())
    client = company.client("alice")
    body = {
        "id": uuid7(), "competitor_product_id": product, "price": "12345678901234.5678", "currency": "CNY",
        "facings": 0, "note": "售罄", "photo_ids": [photo],
        "promotion": {"kind": "bundle", "text": "3 for 2", "from_date": "2026-11-01", "to_date": "2026-11-30"},
    }  # fmt: skip
    answer = client.call("POST", f"/api/v1/visits/{visit}/competitor-observations", body)
    assert (answer.status_code, answer.json()["id"]) == (200, str(body["id"])), answer.content
    [row] = items(client, f"{SEEN}?customer_id={customer}&competitor_product_id={product}")
    assert (row["price"], row["currency"], row["unit"]) == ("12345678901234.5678", "CNY", "box")
    assert row["promotion"] == body["promotion"] and row["facings"] == 0 and row["note"] == "售罄"
    assert row["photo_ids"] == [str(photo)] and row["author_id"] == str(company.alice.id)
    page = client.call("POST", "/api/v1/sync/pull", {}).json()["changes"]["rows"]
    rows = {entry["kind"]: entry for entry in page}
    assert rows["competitor_observation"]["scope"] == str(customer)
    assert rows["competitor_observation"]["data"] == {key: row[key] for key in row if key not in ("id", "version")}
    assert rows["competitor"]["scope"] == rows["competitor_product"]["scope"] == str(company.id)


def test_everybody_holds_the_competitors_and_managers_keep_them(company: TestCompany) -> None:
    product = add_product(company, barcode="690123")
    carol, zed = company.client("carol"), company.client("zed")
    changes = {"name": {"from": "Rival tea", "to": "Rival green tea"}, "archived": {"from": False, "to": True}}
    edited = carol.call("POST", "/api/v1/competitor-products/update", {"id": product, "changes": changes})
    assert edited.json()["verdict"]["status"] == "applied"
    [row] = items(zed, "/api/v1/competitor-products?q=690123")
    assert (row["name"], row["archived"]) == ("Rival green tea", True)
    assert items(zed, "/api/v1/competitor-products?archived=false") == []
    competitor = items(zed, "/api/v1/competitors?q=rival")[0]
    assert zed.call("GET", f"/api/v1/competitors/{competitor['id']}").json() == competitor
    refused = zed.call("POST", "/api/v1/competitors", {"id": uuid7(), "name": "Other"})
    assert refused.json()["error"]["code"] == "core.forbidden"
    assert add_product(company, "Same shelf", barcode="") != add_product(company, "Also unknown", barcode="")


def test_names_and_barcodes_are_taken_once(company: TestCompany) -> None:
    add_product(company, barcode="690123")
    [row] = items(company.client("dora"), "/api/v1/competitors")
    again = company.carol.execute("visits.create_competitor", {"id": str(uuid7()), "name": row["name"]})
    assert again.code == "visits.competitor_name_taken"
    payload = {"id": str(uuid7()), "competitor_id": row["id"], "name": "Twin", "unit": "box", "barcode": "690123"}
    assert company.carol.execute("visits.create_competitor_product", payload).code == "visits.barcode_taken"


def test_the_newest_price_and_its_change(company: TestCompany) -> None:
    """By customer, product, unit and currency; withdrawn ones do not count, late ones are put in their place."""
    shop, other = add_customer(company.alice, SHOP), add_customer(company.alice, SHOP)
    visit, elsewhere = check_in(company.alice, shop), check_in(company.alice, other)
    product, second = add_product(company), add_product(company)
    applied(
        observe(company.alice, visit, product, days=2, price="9.95", currency="CNY"),
        observe(company.alice, visit, product, days=0, price="12.10", currency="CNY"),
        observe(company.alice, visit, product, days=1, price="10", currency="CNY"),
        observe(company.alice, visit, product, days=3, price="70", currency="CNY", unit="carton"),
        observe(company.alice, visit, product, days=4, price="1.5", currency="USD"),
        observe(company.alice, visit, product, days=5, facings=3),
        observe(company.alice, elsewhere, product, days=0, price="11", currency="CNY"),
        observe(company.alice, visit, second, days=0, price="3", currency="CNY"),
    )
    client = company.client("alice")
    rows = items(client, f"{PRICES}?customer_id={shop}&competitor_product_id={product}")
    found = [(row["price"], row["currency"], row["unit"], row["before_price"], row["change"]) for row in rows]
    assert found == [
        ("1.5000", "USD", "box", None, None),
        ("70.0000", "CNY", "carton", None, None),
        ("9.9500", "CNY", "box", "10.0000", "-0.0500"),
    ]
    assert rows[2]["before_at"] == "2026-11-21T01:30:00.000Z"
    newest = rows[2]["id"]
    withdrawn = client.call("POST", f"{SEEN}/{newest}/withdraw", {"reason": "read wrong"})
    assert withdrawn.status_code == 200, withdrawn.content
    rows = items(client, f"{PRICES}?customer_id={shop}&competitor_product_id={product}")
    assert (rows[2]["price"], rows[2]["change"]) == ("10.0000", "-2.1000")
    assert len(items(client, PRICES)) == 5
    first = client.call("GET", f"{PRICES}?limit=2").json()
    rest = client.call("GET", f"{PRICES}?limit=5&cursor={first['next']}").json()
    assert [row["id"] for row in first["items"] + rest["items"]] == [row["id"] for row in items(client, PRICES)]


def test_filters(company: TestCompany) -> None:
    own = uuid7()
    made = {"id": str(own), "code": "T-1", "name": "Our tea", "unit": "box", "price": "1", "currency": "CNY"}
    applied(company.carol.execute("catalog.create_product", made))
    product, other = add_product(company, product_id=str(own)), add_product(company)
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    second = check_in(company.alice, add_customer(company.alice, SHOP))
    applied(
        observe(company.alice, visit, product),
        observe(company.alice, visit, other, days=1),
        observe(company.alice, second, days=2),
    )
    client = company.client("carol")

    def count(query: str) -> int:
        return len(items(client, f"{SEEN}?{query}"))

    [competitor] = {row["competitor_id"] for row in items(client, f"/api/v1/competitor-products?product_id={own}")}
    assert count("") == 3
    assert count(f"product_id={own}") == count(f"competitor_id={competitor}") == 1
    assert count(f"visit_id={visit}") == 2 and count("linked=false") == 1 and count(f"author_id={company.bob.id}") == 0
    assert count("from_date=2026-11-21&to_date=2026-11-22") == 2
    assert client.call("GET", f"{SEEN}?from_date=2026-11-21").status_code == 422


def test_something_unknown_is_recognised_later(company: TestCompany) -> None:
    visit, product = check_in(company.alice, add_customer(company.alice, SHOP)), add_product(company)
    names = {"competitor_name": "Unheard", "product_name": "Mystery tea"}
    verdict = observe(company.alice, visit, **names, price="5", currency="CNY")
    applied(verdict)
    carol, alice = company.client("carol"), company.client("alice")
    [row] = items(carol, f"{SEEN}?linked=false")
    path = f"{SEEN}/{row['id']}/link"
    assert alice.call("POST", path, {"competitor_product_id": product}).json()["error"]["code"] == "core.forbidden"
    assert carol.call("POST", path, {"competitor_product_id": uuid7()}).json()["error"]["code"] == (
        "core.reference_invalid"
    )
    assert carol.call("POST", path, {"competitor_product_id": product}).status_code == 200
    [row] = items(alice, f"{SEEN}?linked=true")
    assert (row["product_name"], row["unit"], row["linked_by_id"]) == ("Mystery tea", "box", str(company.carol.id))
    assert [price["price"] for price in items(alice, PRICES)] == ["5.0000"]
    applied(observe(company.alice, visit, product))
    [listed] = [row for row in items(carol, SEEN) if not row["product_name"]]
    refused = carol.call("POST", f"{SEEN}/{listed['id']}/link", {"competitor_product_id": product})
    assert refused.json()["error"]["code"] == "visits.observation_listed"


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"price": "-1", "currency": "CNY"}, "price"),
        ({"price": "1.23456", "currency": "CNY"}, "price"),
        ({"price": "NaN", "currency": "CNY"}, "price"),
        ({"price": "1"}, "payload"),
        ({"price": "1", "currency": "yuan"}, "currency"),
        ({"facings": -1}, "facings"),
        ({"facings": 10_001}, "facings"),
        ({"facings": 1.5}, "facings"),
        ({"promotion": {"kind": "gift", "from_date": "2026-12-02", "to_date": "2026-12-01"}}, "payload"),
        ({"promotion": {"kind": "bribe"}}, "promotion.kind"),
        ({"competitor_product_id": "019aa11a-0000-7000-8000-000000000000"}, "payload"),
        ({"product_name": " "}, "product_name"),
        ({"product_name": None}, "payload"),
        ({"photo_ids": [str(uuid7())] * 11}, "photo_ids"),
    ],
)
def test_what_cannot_have_been_seen(company: TestCompany, members: dict[str, Any], field: str) -> None:
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    verdict = observe(company.alice, visit, **members)
    assert (verdict.code, verdict.field) == ("core.invalid_input", field)


def test_what_is_not_there(company: TestCompany) -> None:
    """An unknown visit, somebody else's, a product or a photo that does not belong here."""
    stranger = make_company()
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    foreign = add_product(stranger)
    other = check_in(company.alice, add_customer(company.alice, SHOP))
    photo = phone.add_photo(company.alice, other, makers.jpeg())
    assert observe(company.alice, uuid7()).code == "visits.not_found"
    assert observe(company.zed, visit).code == "visits.not_found"
    refused = observe(company.alice, visit, foreign)
    assert (refused.code, refused.field) == ("core.reference_invalid", "competitor_product_id")
    refused = observe(company.alice, visit, photo_ids=[str(photo)])
    assert (refused.code, refused.field) == ("core.reference_invalid", "photo_ids")
    assert observe(company.alice, visit, photo_ids=[str(uuid7())]).settled  # it may come later
    withdrawn = company.alice.execute("visits.withdraw_observation", {"id": str(uuid7()), "reason": ""})
    assert withdrawn.code == "visits.observation_not_found"


def test_another_reps_visit(company: TestCompany) -> None:
    """A colleague who sees the customer sees the observation, but does not write it, nor take it back."""
    customer = add_customer(company.alice, SHOP)
    visit = check_in(company.alice, customer)
    applied(company.alice.execute("customers.share", {"customer_id": str(customer), "user_id": str(company.bob.id)}))
    assert observe(company.bob, visit).code == "visits.not_yours"
    applied(observe(company.alice, visit), observe(company.carol, visit))
    rows = items(company.client("bob"), SEEN)
    assert len(rows) == 2 and items(company.client("zed"), SEEN) == []
    payload = {"id": rows[0]["id"], "reason": "no"}
    assert company.bob.execute("visits.withdraw_observation", payload).code == "visits.not_yours"
    assert company.zed.execute("visits.withdraw_observation", payload).code == "visits.observation_not_found"
    assert company.carol.execute("visits.withdraw_observation", payload).settled
    assert company.carol.execute("visits.withdraw_observation", payload).code == "visits.observation_withdrawn"


def test_what_is_late_is_still_true(company: TestCompany) -> None:
    """On a closed visit; and once for a command that is sent twice."""
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    applied(company.alice.execute("visits.check_out", {"visit_id": str(visit)}))
    seen = request("visits.observe_competitor", {"id": uuid7(), "visit_id": visit, "product_name": "Tea"})
    applied(*push(company.alice, seen), *push(company.alice, seen))
    assert len(items(company.client("alice"), SEEN)) == 1


def test_which_visits_have_an_observation(company: TestCompany) -> None:
    """What is withdrawn does not count."""
    visits = [check_in(company.alice, add_customer(company.alice, SHOP)) for _ in range(3)]
    applied(observe(company.alice, visits[0]), observe(company.alice, visits[0]), observe(company.alice, visits[1]))
    [row] = items(company.client("alice"), f"{SEEN}?visit_id={visits[1]}")
    applied(company.alice.execute("visits.withdraw_observation", {"id": row["id"], "reason": "wrong shop"}))
    with company_fence(company.id):
        assert list_observed_visit_ids(visits) == {visits[0]}
        assert count_observations(visits) == {visits[0]: 2}
