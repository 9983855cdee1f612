"""Judging again: neighbours that arrive late, new rules, overrides, moved sites. History is never overwritten."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from core.clock import now
from core.fence import company_fence
from core.ids import uuid7
from tests.personas import TestCompany
from tests.visits.field import (
    FAR,
    FIX,
    MORNING,
    SHOP,
    add_customer,
    applied,
    check_in,
    evidence_row,
    push,
    request,
    visit_row,
)  # fmt: skip
from visits.jobs import evidence as jobs
from visits.models.evidence import Judgement, Recomputation

SHANGHAI = FIX | {"lat": 31.2304, "lon": 121.4737}
MINUTE = timedelta(minutes=1)
DAY = {"from_date": "2026-11-20", "to_date": "2026-11-20"}


def verdicts(company: TestCompany, *visits: UUID) -> list[str | None]:
    return [visit_row(company.alice, visit_id).check_in_verdict for visit_id in visits]


def set_rules(company: TestCompany, **rules: Any) -> None:
    applied(company.dora.execute("visits.set_evidence_rules", {"id": str(uuid7()), "rules": rules}))


def evidence(company: TestCompany, persona: str, visit_id: UUID) -> dict[str, Any]:
    row = evidence_row(company.alice, visit_id)
    answer = company.client(persona).call("GET", f"/api/v1/visits/evidence/{row.id}")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


# Journeys


def test_a_jump_is_tagged_with_its_numbers(company: TestCompany) -> None:
    north = add_customer(company.alice, SHOP)
    south = add_customer(company.alice, {"lat": SHANGHAI["lat"], "lon": SHANGHAI["lon"]})
    first = check_in(company.alice, north)
    second = check_in(company.alice, south, fix=SHANGHAI, occurred_at=MORNING + 30 * MINUTE)
    assert verdicts(company, first, second) == ["verified", "impossible_speed"]
    jump = evidence_row(company.alice, second).verdict_details["jump"]
    assert jump["from"] == str(evidence_row(company.alice, first).id)
    assert jump["speed_mps"] > jump["max_speed_mps"] == 100


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_the_order_of_arrival_changes_no_verdict(company: TestCompany, order: tuple[int, ...], together: bool) -> None:
    shops = [add_customer(company.alice, SHOP), add_customer(company.alice, SHOP), add_customer(company.alice, SHOP)]
    fixes = [FIX, FIX | {"lat": 41.5}, FIX]
    visits = [uuid7() for _ in shops]
    requests = [
        request(
            "visits.check_in",
            {"visit_id": visits[n], "customer_id": shops[n], "fix": fixes[n]},
            occurred_at=MORNING + n * 10 * MINUTE,
        )
        for n in order
    ]
    if together:
        applied(*push(company.alice, *requests))
    else:
        for one in requests:
            applied(*push(company.alice, one))
    assert verdicts(company, *visits) == ["verified", "impossible_speed", "verified"]


def test_a_late_neighbour_keeps_the_history_of_the_verdict_it_changes(company: TestCompany) -> None:
    shop = add_customer(company.alice, SHOP)
    later = check_in(company.alice, shop, occurred_at=MORNING + 10 * MINUTE)
    assert verdicts(company, later) == ["verified"]
    check_in(company.alice, shop, fix=SHANGHAI)
    assert verdicts(company, later) == ["impossible_speed"]
    judgements = evidence(company, "alice", later)["judgements"]
    assert [(one["verdict"], one["cause"]) for one in judgements] == [
        ("impossible_speed", "neighbour"),
        ("verified", "arrival"),
    ]
    assert judgements[0]["replaced_at"] is None and judgements[1]["replaced_at"] == judgements[0]["judged_at"]


def test_another_rep_elsewhere_is_no_jump(company: TestCompany) -> None:
    mine, his = add_customer(company.alice, SHOP), add_customer(company.bob, SHOP)
    first = check_in(company.alice, mine)
    check_in(company.bob, his, fix=SHANGHAI, occurred_at=MORNING + MINUTE)
    last = check_in(company.alice, mine, occurred_at=MORNING + 2 * MINUTE)
    assert verdicts(company, first, last) == ["verified", "verified"]


def test_mocked_and_hand_set_positions_tell_nothing_of_the_way(company: TestCompany) -> None:
    shop = add_customer(company.alice, SHOP)
    check_in(company.alice, shop, fix=SHANGHAI | {"is_mock": True})
    check_in(company.alice, shop, fix=SHANGHAI | {"provider": "manual"}, occurred_at=MORNING + MINUTE)
    assert verdicts(company, check_in(company.alice, shop, occurred_at=MORNING + 2 * MINUTE)) == ["verified"]


def test_the_age_of_a_fix_counts(company: TestCompany) -> None:
    """A fix of the station, taken an hour before the message that carries it."""
    shop = add_customer(company.alice, SHOP)
    check_in(company.alice, shop, fix=FIX | {"lat": 41.5, "age_ms": 3_600_000})
    assert verdicts(company, check_in(company.alice, shop, occurred_at=MORNING + MINUTE)) == ["verified"]


def test_overlapping_visits_name_each_other_whichever_came_first(company: TestCompany) -> None:
    shop = add_customer(company.alice, SHOP)
    long, short = uuid7(), uuid7()
    for visit_id, begin, end in ((short, 10, 20), (long, 0, 30)):
        check_in(company.alice, shop, visit_id, occurred_at=MORNING + begin * MINUTE)
        out = request("visits.check_out", {"visit_id": visit_id, "fix": FIX}, occurred_at=MORNING + end * MINUTE)
        applied(*push(company.alice, out))
    assert evidence(company, "alice", long)["overlaps"] == [str(short)]
    assert evidence(company, "alice", short)["overlaps"] == [str(long)]


# Fences


def test_a_hard_fence_refuses_online_and_tags_what_comes_from_offline(company: TestCompany) -> None:
    shop = add_customer(company.alice, SHOP)
    set_rules(company, fences=[{"direction": "in", "mode": "hard"}])
    payload = {"visit_id": uuid7(), "customer_id": shop, "fix": FAR}
    online = push(company.alice, request("visits.check_in", payload, occurred_at=now()))[0]
    assert (online.status, online.code) == ("refused", "visits.outside_fence")
    assert online.details["distance_m"] == pytest.approx(9_993, abs=1) and online.details["fence_radius_m"] == 200
    offline = check_in(company.alice, shop, fix=FAR)
    assert verdicts(company, offline) == ["outside"]
    assert evidence_row(company.alice, offline).verdict_details["fence"] == "hard"
    without_fix = payload | {"visit_id": uuid7(), "fix": None}
    applied(*push(company.alice, request("visits.check_in", without_fix, occurred_at=now())))


def test_the_first_fence_rule_that_fits_decides(company: TestCompany) -> None:
    big = add_customer(company.alice, SHOP, customer_class="A")
    small = add_customer(company.alice, SHOP, customer_class="C")
    set_rules(company, fences=[{"customer_class": "A", "mode": "soft"}, {"mode": "off"}])
    visits = [check_in(company.alice, big, fix=FAR), check_in(company.alice, small, fix=FAR)]
    assert verdicts(company, *visits) == ["outside", "verified"]
    assert evidence_row(company.alice, visits[1]).distance_m == pytest.approx(9_993, abs=1)


# Rules


def test_new_rules_judge_new_evidence_and_leave_the_old_alone(company: TestCompany) -> None:
    shop = add_customer(company.alice, SHOP)
    coarse = FIX | {"accuracy_m": 60}
    old = check_in(company.alice, shop, fix=coarse)
    set_rules(company, max_accuracy_m=50)
    new = check_in(company.alice, shop, fix=coarse, occurred_at=MORNING + MINUTE)
    assert verdicts(company, old, new) == ["verified", "inaccurate"]
    assert [evidence_row(company.alice, id_).rule_version for id_ in (old, new)] == [1, 2]
    listed = company.client("dora").call("GET", "/api/v1/visits/evidence-rules").json()["items"]
    assert [(item["version"], item["rules"]["max_accuracy_m"]) for item in listed] == [(2, 50), (1, None)]


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ({"max_age_ms": -1}, "rules.max_age_ms"),
        ({"max_speed_mps": float("1e9")}, "rules.max_speed_mps"),
        ({"fences": [{"mode": "iron"}]}, "rules.fences.0.mode"),
    ],
)
def test_rules_out_of_range_are_refused(company: TestCompany, rules: dict[str, Any], field: str) -> None:
    verdict = company.dora.execute("visits.set_evidence_rules", {"id": str(uuid7()), "rules": rules})
    assert (verdict.status, verdict.code, verdict.field) == ("refused", "core.invalid_input", field)


def test_only_administrators_set_rules(company: TestCompany) -> None:
    verdict = company.carol.execute("visits.set_evidence_rules", {"id": str(uuid7()), "rules": {}})
    assert verdict.code == "core.forbidden"


def test_the_preview_is_what_recomputing_then_does(company: TestCompany) -> None:
    shop = add_customer(company.alice, SHOP)
    visits = [
        check_in(company.alice, shop, fix=FIX | {"accuracy_m": 60}),
        check_in(company.alice, shop, occurred_at=MORNING + MINUTE),
        check_in(company.alice, shop, fix=FIX | {"accuracy_m": 70}, occurred_at=MORNING + 2 * MINUTE),
    ]
    kept = evidence_row(company.alice, visits[2]).id
    overriding = {"check_in_id": str(kept), "verdict": "verified", "reason": "I was there"}
    applied(company.carol.execute("visits.override_verdict", overriding))
    set_rules(company, max_accuracy_m=50)
    difference = company.client("carol").call("POST", "/api/v1/visits/verdicts/preview", DAY).json()
    assert difference["changes"] == [{"before": "verified", "after": "inaccurate", "count": 1}]
    assert (difference["total"], difference["unchanged"], difference["overridden"]) == (3, 1, 1)
    assert [one["visit_id"] for one in difference["examples"]] == [str(visits[0])]
    assert verdicts(company, *visits) == ["verified"] * 3  # nothing has changed yet

    run = str(uuid7())
    answer = company.client("carol").call("POST", "/api/v1/visits/verdicts/recompute", DAY | {"id": run})
    assert answer.status_code == 200, answer.content
    for _ in range(2):  # a worker that is lost and started again changes nothing more
        jobs.recompute(str(company.id), str(company.carol.actor.user_id), run)
    assert verdicts(company, *visits) == ["inaccurate", "verified", "verified"]
    progress = company.client("carol").call("GET", f"/api/v1/visits/verdicts/recompute/{run}").json()
    assert (progress["state"], progress["total"], progress["done"]) == ("done", 3, 3)
    judgements = evidence(company, "carol", visits[0])["judgements"]
    assert [(one["verdict"], one["rule_version"], one["cause"]) for one in judgements] == [
        ("inaccurate", 2, "rules"),
        ("verified", 1, "arrival"),
    ]
    with company_fence(company.id):
        assert Recomputation.objects.get(id=run).requested_by_id == company.carol.actor.user_id
        assert Judgement.objects.filter(check_in_id=kept, cause="arrival").count() == 1


def test_rules_can_be_tried_before_they_are_in_force(company: TestCompany) -> None:
    shop = add_customer(company.alice, SHOP)
    check_in(company.alice, shop)
    tried = company.client("carol").call(
        "POST", "/api/v1/visits/verdicts/preview", DAY | {"rules": {"max_accuracy_m": 1}}
    )
    assert tried.json()["changes"] == [{"before": "verified", "after": "inaccurate", "count": 1}]
    unknown = company.client("carol").call("POST", "/api/v1/visits/verdicts/preview", DAY | {"version": 7})
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "visits.rules_not_found")


def test_a_manager_of_another_team_changes_and_sees_nothing(company: TestCompany) -> None:
    shop = add_customer(company.zed, SHOP)
    check_in(company.zed, shop)
    difference = company.client("alice").call("POST", "/api/v1/visits/verdicts/preview", DAY)
    assert difference.status_code == 403


# Overrides


def test_an_override_is_attributed_and_can_be_lifted(company: TestCompany) -> None:
    shop = add_customer(company.alice, SHOP)
    visit_id = check_in(company.alice, shop, fix=FAR)
    id_ = evidence_row(company.alice, visit_id).id
    address = f"/api/v1/visits/evidence/{id_}"
    body = {"verdict": "verified", "reason": "The shop moved last week"}
    assert company.client("carol").call("POST", f"{address}/override", body).status_code == 200
    assert verdicts(company, visit_id) == ["verified"]
    top = evidence(company, "carol", visit_id)["judgements"][0]
    assert (top["cause"], top["reason"], top["decided_by_id"]) == (
        "override",
        body["reason"],
        str(company.carol.actor.user_id),
    )
    assert company.client("carol").call("POST", f"{address}/lift-override").status_code == 200
    assert verdicts(company, visit_id) == ["outside"]
    again = company.client("carol").call("POST", f"{address}/lift-override")
    assert again.json()["error"]["code"] == "visits.not_overridden"


@pytest.mark.parametrize("persona", ["alice", "bob"])
def test_reps_override_nothing(company: TestCompany, persona: str) -> None:
    visit_id = check_in(company.alice, add_customer(company.alice, SHOP), fix=FAR)
    id_ = str(evidence_row(company.alice, visit_id).id)
    verdict = getattr(company, persona).execute(
        "visits.override_verdict", {"check_in_id": id_, "verdict": "verified", "reason": "x"}
    )
    assert verdict.code == "core.forbidden"


def test_nobody_decides_about_his_own_evidence(company: TestCompany) -> None:
    shop = add_customer(company.carol, SHOP)
    visit_id = check_in(company.carol, shop, fix=FAR)
    id_ = str(evidence_row(company.carol, visit_id).id)
    verdict = company.carol.execute(
        "visits.override_verdict", {"check_in_id": id_, "verdict": "verified", "reason": "x"}
    )
    assert verdict.code == "visits.not_your_subordinate"


def test_a_late_neighbour_does_not_undo_an_override(company: TestCompany) -> None:
    shop = add_customer(company.alice, SHOP)
    visit_id = check_in(company.alice, shop, occurred_at=MORNING + 10 * MINUTE)
    id_ = str(evidence_row(company.alice, visit_id).id)
    word = {"check_in_id": id_, "verdict": "outside", "reason": "Seen elsewhere"}
    applied(company.carol.execute("visits.override_verdict", word))
    check_in(company.alice, shop, fix=SHANGHAI)
    assert verdicts(company, visit_id) == ["outside"]


# Sites


def test_evidence_is_judged_again_when_its_site_is_placed(company: TestCompany) -> None:
    shop = add_customer(company.alice)
    visit_id = check_in(company.alice, shop)
    assert verdicts(company, visit_id) == ["no_site"]
    site = {"id": str(uuid7()), "customer_id": str(shop), "name": "Door", "position": SHOP}
    applied(company.carol.execute("customers.add_site", site))
    jobs.rescore(str(company.id), str(company.carol.actor.user_id), [site["id"]])
    assert verdicts(company, visit_id) == ["verified"]
    assert evidence(company, "alice", visit_id)["judgements"][0]["cause"] == "site"


def test_a_site_that_only_a_rep_placed_counts_unless_the_rules_say_otherwise(company: TestCompany) -> None:
    shop = add_customer(company.alice, SHOP)
    before = check_in(company.alice, shop)
    assert evidence_row(company.alice, before).verdict_details["site_confirmed"] is False
    set_rules(company, unconfirmed_sites_count=False)
    after = check_in(company.alice, shop, occurred_at=MORNING + MINUTE)
    assert verdicts(company, before, after) == ["verified", "no_site"]
