"""Checking in: opens planned visits, makes new ones, keeps all evidence."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from core.ids import uuid7
from tests.personas import TestCompany
from tests.visits.field import (
    FAR,
    FIX,
    MORNING,
    SHOP,
    add_customer,
    add_site,
    check_in,
    evidence_row,
    plan,
    push,
    request,
    visit_row,
)


def test_an_ad_hoc_visit_by_rest(company: TestCompany) -> None:
    customer_id = add_customer(company.alice, SHOP)
    client, visit_id, key = company.client("alice"), uuid7(), uuid7()
    path = f"/api/v1/visits/{visit_id}/check-in"
    response = client.call("POST", path, {"customer_id": customer_id, "fix": FIX}, key=key)
    assert response.status_code == 200, response.content
    assert response.json()["id"] == str(visit_id)
    assert response.json()["verdict"]["status"] == "applied"

    visit = client.get(f"/api/v1/visits/{visit_id}").json()
    assert (visit["state"], visit["check_in_verdict"]) == ("open", "verified")
    assert (visit["rep_id"], visit["customer_id"]) == (str(company.alice.id), str(customer_id))
    assert visit["planned_date"] is None and visit["checked_in_at"] is not None
    [proof] = client.get(f"/api/v1/visits/{visit_id}/check-ins").json()["items"]
    assert proof["id"] == str(key)
    assert (proof["direction"], proof["verdict"], proof["distance_m"]) == ("in", "verified", 0)
    assert visit["site_id"] == proof["site_id"] is not None


def test_a_planned_visit_is_opened(company: TestCompany) -> None:
    customer_id = add_customer(company.alice, SHOP)
    visit_id = plan(company.alice, customer_id, planned_date="2026-11-19", purpose="stock count")
    check_in(company.alice, customer_id, visit_id)
    visit = visit_row(company.alice, visit_id)
    assert (visit.state, visit.purpose, visit.planned_date) == ("open", "stock count", date(2026, 11, 19))
    assert (visit.checked_in_at, visit.visit_date) == (MORNING, date(2026, 11, 20))


def test_the_day_is_the_companys(company: TestCompany) -> None:
    customer_id = add_customer(company.alice)
    visit_id = check_in(company.alice, customer_id, occurred_at=MORNING.replace(hour=23))  # 07:00 tomorrow in Shanghai
    assert visit_row(company.alice, visit_id).visit_date == date(2026, 11, 21)


@pytest.mark.parametrize("door", ["rest", "push"])
def test_twice_is_once(company: TestCompany, door: str) -> None:
    customer_id, visit_id, key = add_customer(company.alice, SHOP), uuid7(), uuid7()
    if door == "rest":
        client, path = company.client("alice"), f"/api/v1/visits/{visit_id}/check-in"
        answers = [client.call("POST", path, {"customer_id": customer_id, "fix": FIX}, key=key) for _ in range(2)]
        assert answers[0].status_code == answers[1].status_code == 200
        assert answers[0].json() == answers[1].json()
    else:
        payload = {"visit_id": visit_id, "customer_id": customer_id, "fix": FIX}
        first, second = (push(company.alice, request("visits.check_in", payload, id=key)) for _ in range(2))
        assert first[0].status == "applied" and first == second
    assert evidence_row(company.alice, visit_id).id == key


def test_a_second_check_in_is_refused(company: TestCompany) -> None:
    customer_id = add_customer(company.alice, SHOP)
    visit_id = check_in(company.alice, customer_id)
    again = request("visits.check_in", {"visit_id": visit_id, "customer_id": customer_id, "fix": FIX})
    [verdict] = push(company.alice, again)
    assert (verdict.status, verdict.code) == ("refused", "visits.already_open")
    close = request("visits.check_out", {"visit_id": visit_id, "fix": None})
    again = request("visits.check_in", {"visit_id": visit_id, "customer_id": customer_id, "fix": FIX})
    verdicts = push(company.alice, close, again)
    assert (verdicts[1].status, verdicts[1].code) == ("refused", "visits.already_closed")


def test_two_check_ins_of_one_visit_in_one_push(company: TestCompany) -> None:
    customer_id, visit_id = add_customer(company.alice, SHOP), uuid7()
    payload = {"visit_id": visit_id, "customer_id": customer_id, "fix": FIX}
    verdicts = push(company.alice, request("visits.check_in", payload), request("visits.check_in", payload))
    assert [verdict.code for verdict in verdicts] == [None, "visits.already_open"]


def test_a_check_in_outweighs_a_cancelled_plan(company: TestCompany) -> None:
    customer_id = add_customer(company.alice, SHOP)
    visit_id = plan(company.alice, customer_id)
    push(company.carol, request("visits.cancel", {"visit_id": visit_id, "reason": "closed today"}))
    assert visit_row(company.alice, visit_id).state == "cancelled"
    check_in(company.alice, customer_id, visit_id)
    visit = visit_row(company.alice, visit_id)
    assert (visit.state, visit.cancel_reason) == ("open", "closed today")
    assert visit.cancelled_at is not None


def test_another_reps_plan_is_not_opened(company: TestCompany) -> None:
    customer_id = add_customer(company.alice, SHOP)
    share = {"customer_id": str(customer_id), "user_id": str(company.bob.id)}
    assert company.alice.execute("customers.share", share).settled
    visit_id = plan(company.alice, customer_id)
    attempt = request("visits.check_in", {"visit_id": visit_id, "customer_id": customer_id, "fix": FIX})
    [verdict] = push(company.bob, attempt)
    assert (verdict.status, verdict.code) == ("refused", "visits.not_yours")
    assert visit_row(company.alice, visit_id).state == "planned"
    check_in(company.bob, customer_id)  # a visit of his own is his right


def test_the_plan_of_another_customer_is_not_opened(company: TestCompany) -> None:
    one, other = add_customer(company.alice, SHOP), add_customer(company.alice, SHOP)
    visit_id = plan(company.alice, one)
    [verdict] = push(
        company.alice, request("visits.check_in", {"visit_id": visit_id, "customer_id": other, "fix": FIX})
    )
    assert (verdict.code, verdict.field) == ("visits.other_customer", "customer_id")


def test_a_customer_out_of_sight(company: TestCompany) -> None:
    customer_id = add_customer(company.alice, SHOP)
    unseen = request("visits.check_in", {"visit_id": uuid7(), "customer_id": customer_id, "fix": FIX})
    missing = request("visits.check_in", {"visit_id": uuid7(), "customer_id": uuid7(), "fix": FIX})
    for verdict in push(company.zed, unseen, missing):
        assert (verdict.status, verdict.code, verdict.field) == ("refused", "customers.not_found", "customer_id")


def test_a_scope_that_is_no_customer_is_not_found(company: TestCompany) -> None:
    for persona in (company.alice, company.dora):
        for scope in (persona.id, company.id, company.units["north"]):
            payload = {"visit_id": uuid7(), "customer_id": scope, "fix": FIX}
            [verdict] = push(persona, request("visits.check_in", payload))
            assert verdict.code == "customers.not_found"


def test_a_plan_at_a_customer_out_of_sight_is_not_found(company: TestCompany) -> None:
    visit_id = plan(company.alice, add_customer(company.alice, SHOP))
    own = add_customer(company.zed, SHOP)
    [verdict] = push(company.zed, request("visits.check_in", {"visit_id": visit_id, "customer_id": own, "fix": FIX}))
    assert (verdict.code, verdict.field) == ("visits.not_found", "visit_id")


def test_a_lost_customer_parks_the_whole_visit(company: TestCompany) -> None:
    customer_id, visit_id = add_customer(company.alice, SHOP), uuid7()
    moved = {"customer_ids": [str(customer_id)], "owner_id": str(company.bob.id)}
    assert company.carol.execute("customers.reassign", moved).settled
    verdicts = push(
        company.alice,
        request("visits.check_in", {"visit_id": visit_id, "customer_id": customer_id, "fix": FIX}),
        request("visits.log", {"id": uuid7(), "visit_id": visit_id, "result": "ordered"}),
        request("visits.check_out", {"visit_id": visit_id, "fix": FIX}),
    )
    assert [verdict.status for verdict in verdicts] == ["parked"] * 3
    assert [verdict.code for verdict in verdicts] == ["sync.scope_lost", *["sync.dependency_waiting"] * 2]


def test_a_plan_at_a_lost_customer_parks(company: TestCompany) -> None:
    customer_id = add_customer(company.alice, SHOP)
    visit_id = plan(company.alice, customer_id)
    moved = {"customer_ids": [str(customer_id)], "owner_id": str(company.bob.id)}
    assert company.carol.execute("customers.reassign", moved).settled
    [verdict] = push(
        company.alice, request("visits.check_in", {"visit_id": visit_id, "customer_id": customer_id, "fix": FIX})
    )
    assert (verdict.status, verdict.code) == ("parked", "sync.scope_lost")


def test_all_raw_evidence_is_kept(company: TestCompany) -> None:
    customer_id = add_customer(company.alice, SHOP)
    fix = FIX | {
        "altitude_m": 43.5, "speed_mps": -1, "heading_deg": -1, "battery_pct": 81,
        "wifi": [{"bssid": "aa:bb", "rssi_dbm": -60}], "cells": [{"mcc": 460, "cid": 10**30}], "satellites": 9,
    }  # fmt: skip
    visit_id = check_in(
        company.alice, customer_id, fix=fix, claimed_at=MORNING, uptime_ms=123, boot_id="b1", occurred_verified=False
    )
    proof = evidence_row(company.alice, visit_id)
    assert proof.raw == {"fix": fix, "claimed_at": "2026-11-20T01:30:00.000Z", "uptime_ms": 123, "boot_id": "b1"}
    assert (proof.occurred_verified, proof.verdict, proof.rule_version) == (False, "clock_suspect", 1)


def test_doubtful_evidence_is_tagged_and_not_refused(company: TestCompany) -> None:
    customer_id = add_customer(company.alice, SHOP)
    cases: list[tuple[Any, str]] = [
        (FIX, "verified"),
        (FAR, "outside"),
        (FAR | {"accuracy_m": 50_000}, "inaccurate"),
        (FIX | {"age_ms": 3_600_000}, "stale_fix"),
        (FIX | {"is_mock": True}, "mock"),
        (FIX | {"provider": "manual"}, "no_fix"),
        (None, "no_fix"),
    ]
    for hour, (fix, verdict) in enumerate(cases):
        visit_id = check_in(company.alice, customer_id, fix=fix, occurred_at=MORNING + timedelta(hours=hour))
        assert visit_row(company.alice, visit_id).check_in_verdict == verdict
        assert evidence_row(company.alice, visit_id).verdict_details["findings"][:1] in ([verdict], [])


def test_several_sites_and_the_nearest_is_named(company: TestCompany) -> None:
    customer_id = add_customer(company.alice)
    add_site(company.alice, customer_id, 39.95, 116.40)
    near = add_site(company.alice, customer_id, 39.905, 116.4074)
    visit_id = check_in(company.alice, customer_id)
    proof = evidence_row(company.alice, visit_id)
    assert (proof.site_id, proof.verdict) == (near, "verified")
    assert proof.distance_m == pytest.approx(88.8, abs=0.1)
    assert visit_row(company.alice, visit_id).site_id == near


def test_the_planned_site_stays(company: TestCompany) -> None:
    customer_id = add_customer(company.alice, SHOP)
    planned = add_site(company.alice, customer_id, 40.1, 116.4)
    visit_id = plan(company.alice, customer_id, site_id=planned)
    check_in(company.alice, customer_id, visit_id)
    assert visit_row(company.alice, visit_id).site_id == planned
    assert evidence_row(company.alice, visit_id).site_id != planned


def test_a_distant_site_is_measured_but_not_taken_for_the_visits(company: TestCompany) -> None:
    customer_id = add_customer(company.alice, SHOP)
    visit_id = check_in(company.alice, customer_id, fix=FAR)
    assert visit_row(company.alice, visit_id).site_id is None
    assert evidence_row(company.alice, visit_id).distance_m == pytest.approx(9_993, abs=1)


def test_no_site_at_all(company: TestCompany) -> None:
    customer_id = add_customer(company.alice)
    without_position = {"id": str(uuid7()), "customer_id": str(customer_id), "name": "Somewhere"}
    assert company.alice.execute("customers.add_site", without_position).settled
    visit_id = check_in(company.alice, customer_id)
    proof = evidence_row(company.alice, visit_id)
    assert (proof.verdict, proof.site_id, proof.distance_m) == ("no_site", None, None)


def test_a_fix_in_gcj02(company: TestCompany) -> None:
    customer_id = add_customer(company.alice, {"lat": 39.911954, "lon": 116.377817, "fence_radius_m": 20})
    fix = FIX | {"lat": 39.91334545536069, "lon": 116.38404722455657, "datum": "GCJ-02"}
    visit_id = check_in(company.alice, customer_id, fix=fix)
    proof = evidence_row(company.alice, visit_id)
    assert proof.verdict == "verified" and proof.distance_m < 0.05
    assert proof.raw["fix"]["lon"] == 116.38404722455657
    later = MORNING + timedelta(hours=1)
    plain = check_in(company.alice, customer_id, fix=fix | {"datum": "WGS-84"}, occurred_at=later)
    assert evidence_row(company.alice, plain).verdict == "outside"


def test_an_open_visit_elsewhere_is_noted(company: TestCompany) -> None:
    one, other = add_customer(company.alice, SHOP), add_customer(company.alice, SHOP)
    first = check_in(company.alice, one)
    second = check_in(company.alice, other, occurred_at=MORNING + timedelta(minutes=5))
    proof = evidence_row(company.alice, second)
    assert (proof.verdict, proof.verdict_details["also_open"]) == ("verified", [str(first)])
    assert "also_open" not in evidence_row(company.alice, first).verdict_details


@pytest.mark.parametrize(
    ("odd", "field"),
    [
        ({"lat": 90.5}, "fix.lat"),
        ({"lon": -180.1}, "fix.lon"),
        ({"lat": "39.9"}, "fix.lat"),
        ({"lat": None}, "fix.lat"),
        ({"accuracy_m": -1}, "fix.accuracy_m"),
        ({"accuracy_m": None}, "fix.accuracy_m"),
        ({"datum": "MARS"}, "fix.datum"),
        ({"is_mock": 1}, "fix.is_mock"),
        ({"provider": "psychic"}, "fix.provider"),
        ({"age_ms": "old"}, "fix.age_ms"),
        ({"wifi": {}}, "fix.wifi"),
    ],
)
def test_odd_numbers_are_refused_with_their_field(company: TestCompany, odd: dict[str, Any], field: str) -> None:
    customer_id = add_customer(company.alice, SHOP)
    payload = {"visit_id": uuid7(), "customer_id": customer_id, "fix": FIX | odd}
    [verdict] = push(company.alice, request("visits.check_in", payload))
    assert (verdict.status, verdict.code, verdict.field) == ("refused", "core.invalid_input", field)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none_by_rest(company: TestCompany, number: str) -> None:
    customer_id = add_customer(company.alice)
    body = f'{{"customer_id": "{customer_id}", "fix": {{"lat": {number}, "lon": 1, "accuracy_m": 1}}}}'
    response = company.client("alice").post(f"/api/v1/visits/{uuid7()}/check-in", body, content_type="application/json")
    assert response.status_code in (400, 422)
    assert response.json()["error"]["code"] in ("core.invalid_input", "core.invalid_json")


def test_the_id_of_another_companys_visit_cannot_be_taken(company: TestCompany) -> None:
    from tests.personas import make_company

    stranger = make_company()
    visit_id = check_in(stranger.alice, add_customer(stranger.alice, SHOP))
    customer_id = add_customer(company.alice, SHOP)
    [verdict] = push(
        company.alice, request("visits.check_in", {"visit_id": visit_id, "customer_id": customer_id, "fix": FIX})
    )
    assert (verdict.status, verdict.code) == ("refused", "core.id_taken")


def test_ids_are_published_in_the_customers_scope(company: TestCompany) -> None:
    from core.fence import company_fence
    from core.models import Entry

    customer_id = add_customer(company.alice, SHOP)
    visit_id: UUID = check_in(company.alice, customer_id)
    with company_fence(company.id):
        kinds = set(Entry.objects.filter(scope_id=customer_id).values_list("kind", flat=True))
        body = Entry.objects.get(scope_id=customer_id, kind="visit", id=visit_id).body
    assert {"visit", "check_in"} <= kinds
    assert '"state":"open"' in body and '"checked_in_at":"2026-11-20T01:30:00.000Z"' in body
