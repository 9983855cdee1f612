"""customers.reassign, and its dry run: what it says is what then happens."""

from typing import Any
from uuid import UUID

import pytest

from core.fence import company_fence
from core.ids import uuid7
from core.models import CommandRecord
from customers import queries
from customers.models import Customer
from customers.sight import compare
from tests.customers.world import (
    NOON,
    counted_queries,
    create_customer,
    create_territory,
    entries,
    run_at,
    run_many,
    sight,
)
from tests.personas import TestCompany, make_company


def to(company: TestCompany, owner: str, *customers: UUID, **more: Any) -> dict[str, Any]:
    """The payload that gives customers to a person."""
    return {"customer_ids": [str(id_) for id_ in customers], "owner_id": str(company.people[owner].id)} | more


def test_manager_moves_customers_within_his_subtree(company: TestCompany) -> None:
    mine = [create_customer(company.alice) for _ in range(3)]
    answer = company.client("carol").call("POST", "/api/v1/customers/reassign", to(company, "bob", *mine))
    assert answer.status_code == 200, answer.content
    for id_ in mine:
        assert sight(company, id_) == {"bob*": {"owner"}, "carol": {"superior"}, "dan": {"superior"}}
        assert (entries(company, id_)["customer", id_] or {})["owner_id"] == str(company.bob.id)


def test_edits_name_who_reassigned_and_when(company: TestCompany) -> None:
    lotus = create_customer(company.alice)
    assert run_at(company.carol, "customers.reassign", to(company, "bob", lotus), NOON).settled
    with company_fence(company.id):
        edits = Customer.objects.get(id=lotus).edits
    assert edits == {"owner_id": {"at": "2026-11-20T12:00:00.000Z", "by": str(company.carol.id)}}


def test_territory_goes_along_only_when_it_is_named(company: TestCompany) -> None:
    old, new = create_territory(company, company.erin), create_territory(company, company.zed)
    lotus = create_customer(company.alice, territory_id=old)

    def held() -> set[str]:
        return {name for name, reasons in sight(company, lotus).items() if "territory" in reasons}

    assert company.carol.execute("customers.reassign", to(company, "bob", lotus)).settled
    assert held() == {"erin*"}
    assert company.carol.execute("customers.reassign", to(company, "bob", lotus, territory_id=str(new))).settled
    assert held() == {"zed*"}
    assert company.carol.execute("customers.reassign", to(company, "bob", lotus, territory_id=None)).settled
    assert held() == set()


@pytest.mark.parametrize(
    ("who", "old", "new", "code"),
    [
        ("carol", "alice", "bob", None), ("carol", "alice", "carol", None), ("dora", "alice", "zed", None),
        ("carol", "alice", "zed", "customers.not_superior"), ("carol", "zed", "alice", "customers.not_found"),
        ("alice", "alice", "bob", "core.forbidden"), ("dan", "alice", "bob", "core.forbidden"),
    ],
)  # fmt: skip
def test_who_may(company: TestCompany, who: str, old: str, new: str, code: str | None) -> None:
    lotus = create_customer(company.people[old])
    verdict = company.people[who].execute("customers.reassign", to(company, new, lotus))
    assert verdict.code == code


def test_sight_by_sharing_is_not_authority(company: TestCompany) -> None:
    south = create_customer(company.zed)
    assert company.zed.execute("customers.share", {"customer_id": str(south), "user_id": str(company.carol.id)}).settled
    refused = company.carol.execute("customers.reassign", to(company, "bob", south))
    assert (refused.code, refused.details) == ("customers.not_superior", {"customer_id": str(south)})


def test_a_customer_without_owner_is_given_by_the_superior_of_its_territory(company: TestCompany) -> None:
    territory = create_territory(company, unit="north")
    pool = create_customer(company.dora, owner_id=None, territory_id=territory)
    assert company.carol.execute("customers.reassign", to(company, "bob", pool)).settled


def test_all_of_them_or_none(company: TestCompany) -> None:
    mine, theirs = create_customer(company.alice), create_customer(company.zed)
    assert company.carol.execute("customers.reassign", to(company, "bob", mine, theirs)).code == "customers.not_found"
    assert "alice*" in sight(company, mine)


def test_to_whom(company: TestCompany) -> None:
    lotus = create_customer(company.alice)
    for owner in (make_company().alice.id, uuid7()):
        payload = {"customer_ids": [str(lotus)], "owner_id": str(owner)}
        assert company.dora.execute("customers.reassign", payload).code == "core.reference_invalid"
    foreign = str(create_territory(make_company()))
    refused = company.dora.execute("customers.reassign", to(company, "bob", lotus, territory_id=foreign))
    assert (refused.code, refused.field) == ("core.reference_invalid", "territory_id")
    assert company.dora.execute("accounts.deactivate_user", {"id": str(company.bob.id)}).settled
    assert company.dora.execute("customers.reassign", to(company, "bob", lotus)).code == "customers.user_inactive"


@pytest.mark.parametrize("ids", [[], None, ["x"], "all"])
def test_what_does_not_fit(company: TestCompany, ids: Any) -> None:
    payload = {"customer_ids": ids, "owner_id": str(company.bob.id)}
    assert company.carol.execute("customers.reassign", payload).code == "core.invalid_input"


def test_a_manager_who_lost_sight_has_it_parked(company: TestCompany) -> None:
    lotus = create_customer(company.alice)
    assert company.dora.execute("customers.reassign", to(company, "zed", lotus)).settled
    assert company.carol.execute("customers.reassign", to(company, "bob", lotus)).code == "sync.scope_lost"


def test_the_number_of_statements_does_not_grow(company: TestCompany) -> None:
    ids = [create_customer(company.alice) for _ in range(50)]

    def statements(payloads: list[dict[str, Any]]) -> int:
        with counted_queries() as captured:
            assert all(verdict.settled for verdict in run_many(company.carol, "customers.reassign", payloads))
        return len(captured)

    one = statements([to(company, "bob", ids[0])])
    assert one == statements([to(company, "bob", *ids)])
    assert one == statements([to(company, "alice", id_) for id_ in ids])


def rehearse(company: TestCompany, who: str, payload: dict[str, Any]) -> Any:
    return company.client(who).call("POST", "/api/v1/customers/reassign/dry-run", payload)


def test_the_dry_run_says_what_then_happens(company: TestCompany) -> None:
    north = create_territory(company, company.erin, unit="north")
    south = create_territory(company, company.zed, unit="south")
    plain, shared, in_territory = (
        create_customer(company.alice), create_customer(company.alice), create_customer(company.bob, territory_id=north)
    )  # fmt: skip
    company.alice.execute("customers.share", {"customer_id": str(shared), "user_id": str(company.bob.id)})
    company.carol.execute("customers.follow", {"customer_id": str(plain)})
    company.dora.execute("customers.follow", {"customer_id": str(plain)})
    phones = {name: [company.client(name).device_id for _ in range(n)] for name, n in {"alice": 2, "bob": 1}.items()}
    payload = to(company, "zed", plain, shared, in_territory, territory_id=str(south))

    with company_fence(company.id):
        before = queries.get_sight([plain, shared, in_territory])
        records = CommandRecord.objects.count()
    answer = rehearse(company, "dora", payload)
    assert answer.status_code == 200, answer.content
    foreseen = answer.json()
    with company_fence(company.id):
        assert queries.get_sight([plain, shared, in_territory]) == before
        assert CommandRecord.objects.count() == records

    assert company.dora.execute("customers.reassign", payload).settled
    with company_fence(company.id):
        after = queries.get_sight([plain, shared, in_territory])
    happened = compare(before, after)
    assert {UUID(user["user_id"]) for user in foreseen["users"]} == happened.keys()
    for user in foreseen["users"]:
        difference = happened[UUID(user["user_id"])]
        for what in ("gains", "loses", "sees", "no_longer_sees"):
            assert [UUID(id_) for id_ in user[what]] == getattr(difference, what)

    by_name = {user["username"]: user for user in foreseen["users"]}
    assert by_name["alice"]["loses"] == [str(id_) for id_ in sorted([plain, shared])]
    assert by_name["bob"]["loses"] == [str(in_territory)]  # the shared one stays
    assert by_name["zed"]["gains"] == [str(id_) for id_ in sorted([plain, shared, in_territory])]
    assert by_name["erin"]["loses"] == [str(in_territory)]
    assert (by_name["carol"]["loses"], len(by_name["carol"]["no_longer_sees"])) == ([str(plain)], 3)
    assert "dora" not in by_name  # sees everything before and after, and goes on following
    assert {device["id"] for device in by_name["alice"]["devices"]} == {str(id_) for id_ in phones["alice"]}
    assert foreseen["customers"] == 3
    assert foreseen["devices"] == 3  # alice's two and bob's; nobody else ever signed in
    assert "zed*" in sight(company, plain)


def test_revoked_devices_are_not_counted(company: TestCompany) -> None:
    lotus = create_customer(company.alice)
    phone = company.client("alice")
    assert company.alice.execute("accounts.revoke_device", {"id": str(phone.device_id)}).settled
    assert rehearse(company, "carol", to(company, "bob", lotus)).json()["devices"] == 0


def test_the_dry_run_refuses_what_the_command_refuses(company: TestCompany) -> None:
    lotus, south = create_customer(company.alice), create_customer(company.zed)
    for who, payload, status in [
        ("alice", to(company, "bob", lotus), 403), ("dan", to(company, "bob", lotus), 403),
        ("carol", to(company, "zed", lotus), 403), ("carol", to(company, "bob", south), 404),
        ("carol", to(company, "bob"), 422), ("carol", to(company, "bob", uuid7()), 404),
    ]:  # fmt: skip
        answer = rehearse(company, who, payload)
        assert answer.status_code == status, answer.content
        assert answer.json()["error"]["code"]
    assert company.dora.execute("customers.reassign", to(company, "zed", lotus)).settled
    answer = rehearse(company, "carol", to(company, "bob", lotus))
    assert (answer.status_code, answer.json()["error"]["code"]) == (202, "sync.scope_lost")


def test_the_dry_run_costs_the_same_for_one_and_for_fifty(company: TestCompany) -> None:
    ids = [create_customer(company.alice) for _ in range(50)]
    client = company.client("carol")

    def statements(*customers: UUID) -> int:
        with counted_queries() as captured:
            answer = client.call("POST", "/api/v1/customers/reassign/dry-run", to(company, "bob", *customers))
            assert answer.status_code == 200
        return len(captured)

    assert statements(ids[0]) == statements(*ids)
