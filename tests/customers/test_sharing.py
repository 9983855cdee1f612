"""customers.share and customers.unshare."""

import pytest

from core.fence import company_fence
from core.ids import uuid7
from customers.models import Share
from tests.customers.world import counted_queries, create_customer, run_many, sight
from tests.personas import TestCompany, make_company


def test_owner_shares_and_takes_back_over_http(company: TestCompany) -> None:
    lotus = create_customer(company.alice)
    client = company.client("alice")
    body = {"customer_id": lotus, "user_id": company.zed.id}
    assert client.call("POST", "/api/v1/customers/share", body).status_code == 200
    assert client.call("POST", "/api/v1/customers/share", body).status_code == 200
    assert sight(company, lotus)["zed*"] == {"share"}
    assert client.call("POST", "/api/v1/customers/unshare", body).status_code == 200
    assert client.call("POST", "/api/v1/customers/unshare", body).status_code == 200
    assert "zed*" not in sight(company, lotus)


@pytest.mark.parametrize(
    ("who", "code"),
    [("carol", None), ("dora", None), ("dan", "customers.not_in_charge"), ("bob", "customers.not_in_charge")],
)
def test_who_may(company: TestCompany, who: str, code: str | None) -> None:
    lotus = create_customer(company.alice)
    assert company.alice.execute("customers.share", {"customer_id": str(lotus), "user_id": str(company.bob.id)}).settled
    payload = {"customer_id": str(lotus), "user_id": str(company.zed.id)}
    for name in ("customers.share", "customers.unshare"):
        assert company.people[who].execute(name, payload).code == code


def test_with_whom(company: TestCompany) -> None:
    lotus = create_customer(company.alice)
    for user_id in (make_company().alice.id, uuid7()):
        refused = company.alice.execute("customers.share", {"customer_id": str(lotus), "user_id": str(user_id)})
        assert (refused.code, refused.field) == ("core.reference_invalid", "user_id")
    assert company.dora.execute("accounts.deactivate_user", {"id": str(company.bob.id)}).settled
    refused = company.alice.execute("customers.share", {"customer_id": str(lotus), "user_id": str(company.bob.id)})
    assert refused.code == "customers.user_inactive"


def test_out_of_sight_and_lost(company: TestCompany) -> None:
    lotus = create_customer(company.alice)
    payload = {"customer_id": str(lotus), "user_id": str(company.erin.id)}
    assert company.zed.execute("customers.share", payload).code == "customers.not_found"
    moved = {"customer_ids": [str(lotus)], "owner_id": str(company.bob.id)}
    assert company.carol.execute("customers.reassign", moved).settled
    assert company.alice.execute("customers.share", payload).code == "sync.scope_lost"


def test_twice_in_one_set_is_once(company: TestCompany) -> None:
    lotus = create_customer(company.alice)
    payload = {"customer_id": str(lotus), "user_id": str(company.zed.id)}
    assert all(verdict.settled for verdict in run_many(company.alice, "customers.share", [payload] * 3))
    with company_fence(company.id):
        assert Share.objects.count() == 1
    assert all(verdict.settled for verdict in run_many(company.alice, "customers.unshare", [payload] * 3))
    with company_fence(company.id):
        assert Share.objects.count() == 0


def test_the_number_of_statements_does_not_grow(company: TestCompany) -> None:
    ids = [create_customer(company.alice) for _ in range(50)]

    def statements(name: str, size: int, user: str) -> int:
        payloads = [{"customer_id": str(id_), "user_id": str(company.people[user].id)} for id_ in ids[:size]]
        with counted_queries() as captured:
            assert all(verdict.settled for verdict in run_many(company.alice, name, payloads))
        return len(captured)

    assert statements("customers.share", 1, "zed") == statements("customers.share", 50, "erin")
    assert statements("customers.unshare", 1, "zed") == statements("customers.unshare", 50, "erin")
