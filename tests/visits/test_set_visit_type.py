"""`visits.set_visit_type`: types of visits on every phone, and on the visits that say one."""

from typing import Any

import pytest

from core.ids import uuid7
from tests.forms.questionnaires import client_rows, make_form
from tests.personas import TestCompany, make_company
from tests.visits.field import add_customer, applied, check_in, plan, push, request, visit_row
from tests.visits.planning import publish, visits_of, with_cycle

Json = dict[str, Any]


@pytest.fixture(scope="module")
def company() -> TestCompany:
    return make_company()


def set_type(company: TestCompany, **more: Any) -> str:
    """A visit type."""
    id_ = str(uuid7())
    payload = {"id": id_, "code": id_[-12:], "names": {"en": "Audit", "zh": "检查"}} | more
    applied(company.dora.execute("visits.set_visit_type", payload))
    return id_


def test_a_type_reaches_every_phone_with_its_rules(company: TestCompany) -> None:
    form = make_form(company)
    action = {"id": "audit", "kind": "form", "names": {"en": "Audit", "zh": "检查"}, "form_id": form}
    audience = {"customer_classes": ["A"], "channels": ["tea-shop"], "roles": ["rep"]}
    type_ = set_type(company, chosen_for=audience, actions=[action | {"only_for": {"channels": ["tea-shop"]}}])
    data = next(row["data"] for row in client_rows(company, "zed") if row["id"] == type_)
    assert data["chosen_for"] == audience
    assert data["actions"] == [
        action
        | {"min_count": 1, "label": "", "only_for": {"customer_classes": [], "channels": ["tea-shop"], "roles": []}}
    ]


def test_types_are_listed_in_their_order(company: TestCompany) -> None:
    late, early = set_type(company, position=900), set_type(company, position=899)
    gone = set_type(company, position=901, archived=True)
    client = company.client("alice")
    shown = [item["id"] for item in client.call("GET", "/api/v1/visit-types").json()["items"]]
    assert shown[-2:] == [early, late]
    shown = [item["id"] for item in client.call("GET", "/api/v1/visit-types?archived=true").json()["items"]]
    assert shown[-3:] == [early, late, gone]


WORDS = {"en": "It", "zh": ""}


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("actions", [{"id": "a", "kind": "form", "names": WORDS}]),
        ("actions", [{"id": "a", "kind": "log", "names": WORDS, "form_id": str(uuid7())}]),
        ("actions", [{"id": "a", "kind": "log", "names": WORDS, "label": "x"}]),
        ("actions", [{"id": "a", "kind": "log", "names": WORDS, "min_count": 2}]),
        ("actions", [{"id": "a", "kind": "log", "names": WORDS}] * 2),
        ("actions", [{"id": "a", "kind": "dance", "names": WORDS}]),
        ("names", {}),
        ("chosen_for", {"customer_classes": ["E"]}),
    ],
)
def test_what_is_no_type_is_refused(company: TestCompany, member: str, value: Any) -> None:
    payload = {"id": str(uuid7()), "code": "x", "names": WORDS, member: value}
    answer = company.client("dora").call("POST", "/api/v1/visit-types", payload)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "core.invalid_input")


def test_a_code_is_given_once_and_a_form_has_to_exist(company: TestCompany) -> None:
    set_type(company, code="audit")
    client = company.client("carol")
    payload: Json = {"id": str(uuid7()), "code": "audit", "names": WORDS}
    answer = client.call("POST", "/api/v1/visit-types", payload)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "visits.type_code_taken")
    payload |= {"code": "y", "actions": [{"id": "a", "kind": "form", "names": WORDS, "form_id": str(uuid7())}]}
    answer = client.call("POST", "/api/v1/visit-types", payload)
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "actions.0.form_id")
    assert company.client("alice").call("POST", "/api/v1/visit-types", payload).status_code == 403


def test_a_visit_is_of_the_type_that_its_plan_says_else_of_the_one_said_on_arrival(company: TestCompany) -> None:
    planned, said = set_type(company), set_type(company)
    customer = add_customer(company.alice)
    with_plan = plan(company.alice, customer, visit_type_id=planned)
    for visit in (with_plan, uuid7()):
        payload = {"visit_id": visit, "customer_id": customer, "fix": None, "visit_type_id": said}
        applied(*push(company.alice, request("visits.check_in", payload)))
        row = company.client("alice").call("GET", f"/api/v1/visits/{visit}").json()
        assert row["visit_type_id"] == (planned if visit == with_plan else said)
    assert visit_row(company.alice, check_in(company.alice, customer)).visit_type_id is None


@pytest.mark.parametrize("name", ["visits.plan", "visits.check_in", "visits.set_cycle", "visits.set_route"])
def test_a_type_of_another_company_is_none(company: TestCompany, name: str) -> None:
    customer = str(add_customer(company.alice))
    foreign = set_type(make_company())
    payloads: dict[str, Json] = {
        "visits.plan": {"id": uuid7(), "customer_id": customer, "planned_date": "2026-11-20"},
        "visits.check_in": {"visit_id": uuid7(), "customer_id": customer, "fix": None},
        "visits.set_cycle": {"name": "x", "customer_id": customer, "every_weeks": 1, "valid_from": "2026-11-20"},
        "visits.set_route": {"name": "x", "customer_ids": [customer], "weekdays": [1], "valid_from": "2026-11-20"},
    }
    payload = {"id": uuid7(), "visit_type_id": foreign} | payloads[name]
    (verdict,) = push(company.alice, request(name, payload))
    assert (verdict.status, verdict.code, verdict.field) == ("refused", "core.reference_invalid", "visit_type_id")


def test_cycles_and_routes_say_of_which_type_their_visits_are() -> None:
    company = make_company()
    audit, tour = set_type(company), set_type(company)
    by_cycle = with_cycle(company, visit_type_id=audit)[0]
    on_route = add_customer(company.alice)
    route = {"id": uuid7(), "name": "Tour", "customer_ids": [str(on_route)], "weekdays": [3], "visit_type_id": tour}
    applied(*push(company.alice, request("visits.set_route", route | {"valid_from": "2026-11-23"})))
    publish(company)
    for customer, type_ in ((by_cycle, audit), (on_route, tour)):
        planned = visits_of(company, customer_id=customer)
        assert planned and {str(visit.visit_type_id) for visit in planned} == {type_}
