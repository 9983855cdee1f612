"""Joint visits: who comes along sees the customer, may write, and no longer does some days later."""

from core.ids import uuid7
from tests.customers.world import entries, sight
from tests.personas import TestCompany
from tests.visits.field import add_customer, applied, plan, push, request


def test_who_comes_along_has_the_customer_on_his_phone(company: TestCompany) -> None:
    alice = company.alice
    customer = add_customer(alice)
    visit = plan(alice, customer)
    body = {"user_id": str(company.zed.id)}
    assert alice.client().call("POST", f"/api/v1/visits/{visit}/participants", body).status_code == 200
    assert sight(company, customer)["zed*"] == {"joint_visit"}
    shown = company.client("zed").call("GET", f"/api/v1/visits/{visit}/participants").json()["items"]
    assert [(row["visit_id"], row["user_id"]) for row in shown] == [(str(visit), str(company.zed.id))]
    assert [key for key in entries(company, customer) if key[0] == "visit_participant"]
    log = {"id": uuid7(), "visit_id": visit, "result": "interested", "note": "I was there"}
    applied(*push(company.zed, request("visits.log", log)))
    amend = push(company.zed, request("visits.cancel", {"visit_id": visit, "reason": "no"}))[0]
    assert amend.code == "visits.not_yours", "who comes along does not decide"
    assert alice.client().call("POST", f"/api/v1/visits/{visit}/participants/remove", body).status_code == 200
    assert "zed*" not in sight(company, customer)


def test_adding_twice_and_removing_nobody_is_nothing(company: TestCompany) -> None:
    alice = company.alice
    visit = plan(alice, add_customer(alice))
    add = {"visit_id": visit, "user_id": company.bob.id}
    applied(*push(alice, request("visits.add_participant", add), request("visits.add_participant", add)))
    applied(*push(alice, request("visits.add_participant", add | {"user_id": alice.id})))
    rows = alice.client().call("GET", f"/api/v1/visits/{visit}/participants").json()["items"]
    assert [row["user_id"] for row in rows] == [str(company.bob.id)]
    applied(*push(alice, *[request("visits.remove_participant", add)] * 1, request("visits.remove_participant", add)))
    assert alice.client().call("GET", f"/api/v1/visits/{visit}/participants").json()["items"] == []


def test_a_superior_on_a_joint_visit_gets_it_on_his_phone(company: TestCompany) -> None:
    customer = add_customer(company.alice)
    visit = plan(company.alice, customer)
    assert sight(company, customer)["carol"] == {"superior"}
    applied(*push(company.alice, request("visits.add_participant", {"visit_id": visit, "user_id": company.carol.id})))
    assert sight(company, customer)["carol*"] == {"superior", "joint_visit"}
    applied(*push(company.alice, request("visits.cancel", {"visit_id": visit, "reason": "closed"})))
    assert sight(company, customer)["carol"] == {"superior"}


def test_who_may_invite_whom(company: TestCompany) -> None:
    visit = plan(company.alice, add_customer(company.alice))
    assert company.dora.execute("accounts.deactivate_user", {"id": str(company.erin.id)}).settled
    for who, whom, code in (
        ("zed", company.bob.id, "visits.not_found"),
        ("alice", uuid7(), "core.reference_invalid"),
        ("alice", company.erin.id, "customers.user_inactive"),
        ("carol", company.bob.id, None),
        ("bob", company.dan.id, "visits.not_yours"),
    ):
        payload = {"visit_id": visit, "user_id": whom}
        assert push(company.people[who], request("visits.add_participant", payload))[0].code == code, who
