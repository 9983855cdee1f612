"""customers.create: who may, what is refused, and that a set costs the same however large it is."""

from typing import Any

import pytest

from core.fence import company_fence
from core.ids import uuid7
from customers.models import Customer
from tests.customers.world import NOON, counted_queries, create_customer, create_territory, entries, run_at, run_many
from tests.personas import TestCompany, make_company


def test_rep_creates_his_own_customer_over_http(company: TestCompany) -> None:
    client = company.client("alice")
    customer_id = uuid7()
    body = {
        "id": customer_id, "name": "  莲花茶行 ", "code": "C-1", "external_id": "SAP-9", "customer_class": "A",
        "channel": "tea-shop", "stage": "lead", "phone": "021-5555", "address": "Nanjing Road 1",
        "notes": "Ring twice", "credit_hold": True, "unheard_of": {"by": "this server"},
    }  # fmt: skip
    made = client.call("POST", "/api/v1/customers", body)
    assert made.status_code == 200, made.content
    assert made.json()["verdict"]["status"] == "applied"
    row = client.call("GET", f"/api/v1/customers/{customer_id}").json()
    assert row.pop("created_at").endswith("Z")
    assert row == {
        "id": str(customer_id), "version": 1, "name": "莲花茶行", "code": "C-1", "external_id": "SAP-9",
        "customer_class": "A", "channel": "tea-shop", "stage": "lead", "owner_id": str(company.alice.id),
        "territory_id": None, "phone": "021-5555", "address": "Nanjing Road 1", "notes": "Ring twice",
        "credit_hold": True, "archived_at": None, "created_by_id": str(company.alice.id),
    }  # fmt: skip


def test_created_when_it_happened_in_the_field(company: TestCompany) -> None:
    customer_id = uuid7()
    assert run_at(company.alice, "customers.create", {"id": str(customer_id), "name": "Lotus"}, NOON).settled
    body = entries(company, customer_id)["customer", customer_id]
    assert body and body["created_at"] == "2026-11-20T12:00:00.000Z"


def test_owner_may_be_a_subordinate_of_the_manager_who_creates(company: TestCompany) -> None:
    for owner, code in [("bob", None), ("zed", "customers.not_superior"), ("dora", "customers.not_superior")]:
        payload = {"id": str(uuid7()), "name": "Lotus", "owner_id": str(company.people[owner].id)}
        assert company.carol.execute("customers.create", payload).code == code
    payload = {"id": str(uuid7()), "name": "Lotus", "owner_id": str(company.zed.id)}
    assert company.dora.execute("customers.create", payload).settled
    payload = {"id": str(uuid7()), "name": "Lotus", "owner_id": str(company.bob.id)}
    assert company.alice.execute("customers.create", payload).code == "customers.not_superior"


def test_without_an_owner_only_by_a_superior(company: TestCompany) -> None:
    assert company.dora.execute("customers.create", {"id": str(uuid7()), "name": "L", "owner_id": None}).settled
    refused = company.alice.execute("customers.create", {"id": str(uuid7()), "name": "L", "owner_id": None})
    assert refused.code == "customers.not_superior"


def test_an_inactive_owner_is_refused(company: TestCompany) -> None:
    assert company.dora.execute("accounts.deactivate_user", {"id": str(company.bob.id)}).settled
    payload = {"id": str(uuid7()), "name": "Lotus", "owner_id": str(company.bob.id)}
    refused = company.carol.execute("customers.create", payload)
    assert (refused.code, refused.field) == ("customers.user_inactive", "owner_id")


@pytest.mark.parametrize("member", ["owner_id", "territory_id"])
def test_another_company_s_rows_do_not_exist(company: TestCompany, member: str) -> None:
    other = make_company()
    foreign = {"owner_id": other.alice.id, "territory_id": create_territory(other)}[member]
    refused = company.dora.execute("customers.create", {"id": str(uuid7()), "name": "Lotus", member: str(foreign)})
    assert (refused.code, refused.field) == ("core.reference_invalid", member)


def test_engineers_do_not_create_customers(company: TestCompany) -> None:
    refused = company.client("erin").call("POST", "/api/v1/customers", {"id": uuid7(), "name": "Lotus"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "core.forbidden")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"name": "   "}, {"name": None}, {"name": "x" * 201}, {"code": ""}, {"stage": "gone"},
        {"stage": None}, {"customer_class": "E"}, {"credit_hold": "yes"}, {"credit_hold": 1}, {"phone": None},
        {"id": "42"}, {"owner_id": "nobody"}, {"notes": "x" * 10_001}, {"name": "half \ud800"}, {"name": "nul \u0000"},
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_and_kept(company: TestCompany, wrong: dict[str, Any]) -> None:
    verdict = company.alice.execute("customers.create", {"id": str(uuid7()), "name": "Lotus"} | wrong)
    assert (verdict.status, verdict.code) in {("refused", "core.invalid_input"), ("refused", "core.invalid_text")}


@pytest.mark.parametrize(
    ("member", "code"), [("code", "customers.code_taken"), ("external_id", "customers.external_id_taken")]
)
def test_a_taken_name_refuses_the_guilty_one_alone(company: TestCompany, member: str, code: str) -> None:
    create_customer(company.bob, **{member: "X-7"})
    payloads = [{"id": str(uuid7()), "name": f"Lotus {n}", member: f"X-{n}"} for n in range(40)]
    verdicts = run_many(company.alice, "customers.create", payloads)
    assert [n for n, verdict in enumerate(verdicts) if not verdict.settled] == [7]
    assert verdicts[7].code == code
    with company_fence(company.id):
        assert Customer.objects.count() == 40


def test_twins_in_one_set(company: TestCompany) -> None:
    payloads = [{"id": str(uuid7()), "name": "Lotus", "code": "SAME"} for _ in range(3)]
    verdicts = run_many(company.alice, "customers.create", payloads)
    assert [verdict.code for verdict in verdicts] == [None, "customers.code_taken", "customers.code_taken"]
    same_id = str(uuid7())
    verdicts = run_many(company.alice, "customers.create", [{"id": same_id, "name": name} for name in "AB"])
    assert [verdict.code for verdict in verdicts] == [None, "core.id_taken"]


@pytest.mark.parametrize("scope", ["company", "bob", "unit"])
def test_nobody_chooses_another_s_scope_as_id(company: TestCompany, scope: str) -> None:
    """A customer's id is its scope: with a colleague's id its owner would be granted that colleague's own scope."""
    chosen = {"company": company.id, "bob": company.bob.id, "unit": company.units["south"]}[scope]
    refused = company.alice.execute("customers.create", {"id": str(chosen), "name": "Trojan"})
    assert (refused.code, refused.field) == ("core.id_taken", "id")


def test_codes_are_unique_within_a_company_only(company: TestCompany) -> None:
    create_customer(company.alice, code="C-1")
    create_customer(make_company().alice, code="C-1")


def test_the_number_of_statements_does_not_grow(company: TestCompany) -> None:
    territory = create_territory(company, company.bob)

    def statements(size: int) -> int:
        payloads = [
            {"id": str(uuid7()), "name": "L", "owner_id": str(company.bob.id), "territory_id": str(territory)}
            for _ in range(size)
        ]
        with counted_queries() as captured:
            assert all(verdict.settled for verdict in run_many(company.carol, "customers.create", payloads))
        return len(captured)

    statements(1)
    assert statements(1) == statements(50)
