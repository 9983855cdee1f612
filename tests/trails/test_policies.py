"""Policies: the nearest org unit decides, by the policy that was in force at the time; never backwards."""

from datetime import timedelta
from uuid import UUID

import pytest

from core.clock import now
from core.ids import uuid7
from tests.contract.wire import pull
from tests.personas import TestCompany
from tests.trails.field import PURPOSES, at_noon, batch, consent, fixes, publish_text, reasons, say, send, set_policy
from trails.grounds import Rule, Terms, timeline
from trails.purposes import Purpose, both, figure_days, point_days, position_days

MINUTE = timedelta(minutes=1)


def test_the_nearest_unit_decides(company: TestCompany) -> None:
    text = publish_text(company)
    for name in ("alice", "carol", "zed"):
        consent(company.people[name], text)
    set_policy(company, "company")
    set_policy(company, "north", tracks=False)
    sent = batch(fixes(at_noon(), 3))
    expected = {"alice": {"tracking_off": 3}, "carol": {}, "zed": {}}
    for name, discarded in expected.items():
        assert reasons(send(company.client(name), sent | {"id": str(uuid7())})) == discarded


def test_each_point_is_judged_by_the_policy_of_its_time(company: TestCompany) -> None:
    consent(company.alice, publish_text(company))
    noon = at_noon()
    set_policy(company, at=noon + 3 * MINUTE)
    set_policy(company, at=noon + 6 * MINUTE, tracks=False)
    receipt = send(company.client("alice"), batch(fixes(noon, 10, every_s=60)))
    assert (receipt["stored"], reasons(receipt)) == (3, {"tracking_off": 7})


def test_a_policy_may_begin_later_but_not_earlier(company: TestCompany) -> None:
    consent(company.alice, publish_text(company))
    payload = {"id": uuid7(), "org_unit_id": company.units["north"], "tracks": True, "purposes": PURPOSES}
    early = say(company.dora, "trails.set_policy", payload | {"effective_at": (now() - MINUTE).isoformat()})
    assert (early.code, early.field) == ("trails.policy_retroactive", "effective_at")
    set_policy(company, effective_at=(at_noon() + 5 * MINUTE).isoformat())
    receipt = send(company.client("alice"), batch(fixes(at_noon(), 10, every_s=60)))
    assert (receipt["stored"], reasons(receipt)) == (5, {"tracking_off": 5})


@pytest.mark.parametrize(
    "wrong",
    [
        {"purposes": []},
        {"purposes": [{"purpose": "curiosity", "days": 3}]},
        {"purposes": [{"purpose": "safety", "days": 731}]},
        {"purposes": [{"purpose": "safety", "days": 3}, {"purpose": "safety", "days": 4}]},
        {"hours": {"monday": [{"start": "18:00", "end": "09:00"}]}},
        {"viewer_roles": ["rep"]},
        {"gap_after_s": 5},
        {"live_s": 0},
    ],
    ids=str,
)
def test_policies_that_are_none(company: TestCompany, wrong: dict[str, object]) -> None:
    payload = {"id": uuid7(), "org_unit_id": company.units["north"], "tracks": True, "purposes": PURPOSES}
    assert say(company.dora, "trails.set_policy", payload | wrong).code == "core.invalid_input"


def test_who_makes_policies_and_who_knows_them(company: TestCompany) -> None:
    payload = {"id": uuid7(), "org_unit_id": company.units["north"], "tracks": False}
    assert say(company.carol, "trails.set_policy", payload).code == "core.forbidden"
    unknown = say(company.dora, "trails.set_policy", payload | {"org_unit_id": uuid7()})
    assert (unknown.code, unknown.field) == ("core.reference_invalid", "org_unit_id")
    first = set_policy(company)
    second = set_policy(company, "north", at=now())
    listed = company.client("zed").call("GET", "/api/v1/trails/policies").json()["items"]
    assert [item["id"] for item in listed] == [str(second), str(first)]
    held, _ = pull(company.client("zed"))
    (policy,) = (row["data"] for (_, kind, id_), row in held.items() if kind == "trail_policy" and id_ == str(first))
    assert policy["purposes"] == PURPOSES
    assert policy["viewer_roles"] == ["manager"]
    assert policy["hours"]["sunday"] == [{"start": "00:00", "end": "24:00"}]


TERMS = Terms(True, {}, frozenset(), 300)


def test_the_time_line_of_several_units() -> None:
    top, team = uuid7(), uuid7()

    def rule(effective_ms: int) -> Rule:
        return Rule(uuid7(), effective_ms, TERMS, None)  # type: ignore[arg-type]

    wide, wider, narrow = rule(10), rule(30), rule(20)
    found = timeline([top, team], {top: [wider, wide], team: [narrow], uuid7(): [rule(1)]})
    assert [(period.from_ms, period.rule) for period in found[1:]] == [(10, wide), (20, narrow), (30, narrow)]
    assert found[0].rule is None
    assert timeline([], {}) == timeline([UUID(int=1)], {})


def test_how_long_purposes_keep() -> None:
    kept = {Purpose.DISPATCH: 2, Purpose.SAFETY: 7, Purpose.MILEAGE: 365}
    assert (point_days(kept), figure_days(kept), position_days(kept)) == (7, 365, 7)
    assert (point_days({}), figure_days({}), position_days({})) == (-1, -1, -1)
    assert point_days({Purpose.MILEAGE: 365}) == 3
    assert point_days({Purpose.DISPATCH: 30}) == -1
    shorter = both(kept, {Purpose.SAFETY: 30, Purpose.MILEAGE: 10, Purpose.EVIDENCE: 90})
    assert shorter == {Purpose.SAFETY: 7, Purpose.MILEAGE: 10}
    assert both(kept, None) == kept
