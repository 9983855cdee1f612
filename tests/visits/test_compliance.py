"""Compliance through the public door: what counts, what leaves the denominator, whose it is, who sees it."""

from datetime import date, datetime, time, timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from django.http import HttpResponse

from core.ids import uuid7
from tests.customers.world import counted_queries
from tests.personas import Persona, TestCompany
from tests.visits.field import FAR, FIX, SHOP, add_customer, applied, evidence_row, push, request
from tests.visits.planning import DAWN, MONDAY, ZONE, day, dues_of, publish, set_cycle, visits_of

PATH = "/api/v1/visits/compliance"
AFTERWARDS = MONDAY + timedelta(days=60)
NOTHING = {"due": 0, "valid": 0, "late": 0, "missed": 0, "excluded": 0, "pending": 0, "pending_made": 0, "rate": None}


def get(company: TestCompany, who: str, path: str = "", on: date = AFTERWARDS, **asked: Any) -> HttpResponse:
    """An answer as of a day, by default when all windows have ended. Asks for the first week unless told otherwise."""
    query = {"from_date": MONDAY, "to_date": day(6)} | asked
    with patch("visits.api.compliance.now", lambda: datetime.combine(on, time(12), ZONE)):
        address = f"{PATH}{path}?" + "&".join(f"{name}={value}" for name, value in query.items())
        return company.client(who).call("GET", address)


def figures(company: TestCompany, who: str = "alice", **asked: Any) -> dict[str, Any]:
    """The total, without what is nothing."""
    answer = get(company, who, **asked)
    assert answer.status_code == 200, answer.content
    return {name: count for name, count in answer.json()["total"].items() if count}


def due_visits(company: TestCompany, who: str = "alice", **asked: Any) -> list[dict[str, Any]]:
    answer = get(company, who, "/due-visits", **asked)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def reasons(company: TestCompany, who: str = "alice", **asked: Any) -> list[str]:
    return [row["reason"] for row in due_visits(company, who, **asked)]


def set_rule(company: TestCompany, who: str = "carol", applies_from: Any = "2026-01-01", **rules: Any) -> HttpResponse:
    payload = {"id": uuid7(), "applies_from": applies_from, "rules": rules}
    return company.client(who).call("POST", "/api/v1/visits/compliance-rules", payload)


def with_due_visits(company: TestCompany, *owners: Persona, **fields: Any) -> list[UUID]:
    """A customer of each (alice, unless named), who is due in every week from the Monday on."""
    reps = owners or (company.alice,)
    set_cycle(company.dora, customer_class="A", **fields)
    found = [add_customer(rep, SHOP, customer_class="A") for rep in reps]
    publish(company, *{rep.id: rep for rep in reps}.values(), who="dora")
    return found


def arrive(persona: Persona, customer_id: UUID, at: datetime, visit_id: UUID | None = None, fix: Any = FIX) -> UUID:
    visit_id = visit_id or uuid7()
    payload = {"visit_id": visit_id, "customer_id": customer_id, "fix": fix}
    applied(*push(persona, request("visits.check_in", payload, occurred_at=at)))
    return visit_id


def leave(persona: Persona, visit_id: UUID, at: datetime, fix: Any = FIX) -> None:
    applied(*push(persona, request("visits.check_out", {"visit_id": visit_id, "fix": fix}, occurred_at=at)))


def log(persona: Persona, visit_id: UUID, result: str, at: datetime) -> None:
    payload = {"id": uuid7(), "visit_id": visit_id, "result": result}
    applied(*push(persona, request("visits.log", payload, occurred_at=at)))


def noon(number: int) -> datetime:
    """Twelve o'clock, so many days after the Monday."""
    return datetime.combine(MONDAY + timedelta(days=number), time(12), ZONE)


def test_valid_divided_by_due(company: TestCompany) -> None:
    shops = with_due_visits(company, *[company.alice] * 4)
    for shop in shops[:3]:
        arrive(company.alice, shop, noon(2))
    assert figures(company) == {"due": 4, "valid": 3, "missed": 1, "rate": 0.75}
    assert sorted(reasons(company)) == ["in_time"] * 3 + ["not_visited"]
    assert get(company, "alice", from_date="2025-01-01", to_date="2025-12-31").json()["total"] == NOTHING


def test_a_window_that_has_not_ended_is_no_miss(company: TestCompany) -> None:
    shops = with_due_visits(company, company.alice, company.alice)
    arrive(company.alice, shops[0], noon(0))
    sunday = MONDAY + timedelta(days=6)
    assert figures(company, on=sunday) == {"pending": 2, "pending_made": 1}
    assert {row["outcome"] for row in due_visits(company, on=sunday)} == {"pending"}
    assert figures(company, on=sunday + timedelta(days=1)) == {"due": 2, "valid": 1, "missed": 1, "rate": 0.5}


def test_verdicts_count_and_a_superiors_word_before_the_rules(company: TestCompany) -> None:
    (shop,) = with_due_visits(company)
    visit = arrive(company.alice, shop, noon(1), fix=FAR)
    assert figures(company)["valid"] == 1, "the built-in rules take any check-in"
    assert set_rule(company, check_in_verdicts=["verified", "inaccurate"]).status_code == 200
    assert reasons(company) == ["verdict"]
    override = {"verdict": "verified", "reason": "They moved to the other gate"}
    path = f"/api/v1/visits/evidence/{evidence_row(company.alice, visit).id}/override"
    assert company.client("carol").call("POST", path, override).status_code == 200
    assert reasons(company) == ["in_time"]


def test_check_out_dwell_and_log_as_the_rules_ask(company: TestCompany) -> None:
    (shop,) = with_due_visits(company)
    visit = arrive(company.alice, shop, noon(1))
    set_rule(company, check_out_required=True)
    assert reasons(company) == ["not_checked_out"]
    leave(company.alice, visit, noon(1) + timedelta(minutes=9), fix=FAR)
    assert reasons(company) == ["in_time"]
    set_rule(company, min_dwell_minutes=10)
    assert reasons(company) == ["too_short"]
    set_rule(company, min_dwell_minutes=9, check_out_verdicts=["verified"])
    assert reasons(company) == ["verdict"]
    set_rule(company, log_required=True)
    assert reasons(company) == ["no_log"]
    log(company.alice, visit, "ordered", noon(1))
    assert reasons(company) == ["in_time"]


def test_days_of_grace_and_a_visit_that_the_next_window_needs(company: TestCompany) -> None:
    (shop,) = with_due_visits(company)
    late = arrive(company.alice, shop, noon(8))
    assert reasons(company) == ["not_visited"]
    set_rule(company, grace_days=2)
    assert reasons(company) == ["needed_elsewhere"], "it stands for its own week"
    arrive(company.alice, shop, noon(11))
    assert figures(company) == {"due": 1, "valid": 1, "late": 1, "rate": 1}
    (row,) = due_visits(company)
    assert (row["reason"], row["visit_id"], row["made_on"]) == ("late", str(late), day(8))
    assert figures(company, from_date=day(7), to_date=day(13)) == {"due": 1, "valid": 1, "rate": 1}
    set_rule(company, grace_days=1)
    assert reasons(company) == ["not_visited"]
    assert reasons(company, on=MONDAY + timedelta(days=7)) == ["open"], "a day of grace is left"


def test_a_closed_outlet_leaves_the_denominator(company: TestCompany) -> None:
    (shop,) = with_due_visits(company)
    visit = arrive(company.alice, shop, noon(1))
    log(company.alice, visit, "closed", noon(1))
    assert figures(company) == {"excluded": 1}
    assert reasons(company) == ["closed"]
    log(company.alice, visit, "ordered", noon(1) + timedelta(minutes=5))
    assert reasons(company) == ["in_time"], "the last log counts"
    log(company.alice, visit, "closed", noon(1) + timedelta(minutes=9))
    set_rule(company, leave_out=[])
    assert reasons(company) == ["in_time"]
    set_rule(company)
    arrive(company.alice, shop, noon(3))
    assert reasons(company) == ["in_time"], "he came again"


def test_nobody_finds_an_outlet_closed_from_afar(company: TestCompany) -> None:
    (shop,) = with_due_visits(company)
    visit = arrive(company.alice, shop, noon(1), fix=FAR)
    log(company.alice, visit, "closed", noon(1))
    set_rule(company, check_in_verdicts=["verified"])
    assert reasons(company) == ["verdict"]


@pytest.mark.parametrize("how", ["archived", "lost"])
def test_a_customer_that_is_gone_by_the_end_of_the_window(company: TestCompany, how: str) -> None:
    (shop,) = with_due_visits(company)
    edit = {"id": shop, "changes": {"stage": {"from": "active", "to": "lost"}}}
    command = ("customers.archive", {"id": shop}) if how == "archived" else ("customers.update", edit)
    applied(*push(company.alice, request(*command, occurred_at=noon(8))))
    everything = {"to_date": day(27)}
    assert reasons(company, **everything) == ["not_visited", *["customer_gone"] * 3]
    arrive(company.alice, shop, noon(9))
    assert reasons(company, **everything) == ["not_visited", "in_time", *["customer_gone"] * 2]
    set_rule(company, leave_out=["closed"])
    assert figures(company, **everything) == {"due": 4, "valid": 1, "missed": 3, "rate": 0.25}


def test_an_absence_without_a_substitute(company: TestCompany) -> None:
    with_due_visits(company)
    due = dues_of(company)[0]
    days = {"from_date": str(due.due_on), "to_date": str(due.due_on)}
    absence = {"id": str(uuid7()), "rep_id": str(company.alice.id)} | days
    applied(company.carol.execute("visits.record_absence", absence))
    assert reasons(company) == ["rep_absent"]
    set_rule(company, leave_out=["closed", "customer_gone"])
    assert reasons(company) == ["not_visited"]


@pytest.mark.parametrize("made", [True, False])
def test_whose_a_substituted_visit_is(company: TestCompany, made: bool) -> None:
    (shop,) = with_due_visits(company)
    due = dues_of(company)[0]
    absence = {"id": str(uuid7()), "rep_id": str(company.alice.id), "substitute_id": str(company.bob.id)}
    absence |= {"from_date": str(due.due_on), "to_date": str(due.due_on)}
    applied(company.carol.execute("visits.record_absence", absence))
    if made:
        at = datetime.combine(due.due_on, time(12), ZONE)
        arrive(company.bob, shop, at, due.id)
    outcome = {"valid": 1, "rate": 1} if made else {"missed": 1}
    assert figures(company, "alice") == {"due": 1} | outcome and figures(company, "bob") == {}
    set_rule(company, credit="made_by")
    assert figures(company, "bob") == {"due": 1} | outcome and figures(company, "alice") == {}
    (row,) = due_visits(company, "carol", rep_id=company.bob.id)
    assert (row["rep_id"], row["owed_by_id"]) == (str(company.bob.id), str(company.alice.id))


def test_each_sees_his_own_and_his_peoples(company: TestCompany) -> None:
    with_due_visits(company, company.alice, company.bob, company.zed)
    north, south = company.units["north"], company.units["south"]
    for who, reps in {
        "alice": ["alice"], "zed": ["zed"], "carol": ["alice", "bob"], "dan": ["alice", "bob"], "erin": [],
        "dora": ["alice", "bob", "zed"],
    }.items():  # fmt: skip
        ids = {str(company.people[name].id) for name in reps}
        assert {row["rep_id"] for row in get(company, who, by="rep").json()["rows"]} == ids
        assert {row["rep_id"] for row in due_visits(company, who)} == ids
        assert figures(company, who).get("due", 0) == len(reps)
        assert figures(company, who, org_unit_id=north).get("due", 0) == len(ids & set(_ids(company, "alice", "bob")))
        assert figures(company, who, org_unit_id=south).get("due", 0) == len(ids & set(_ids(company, "zed")))
    assert figures(company, "carol", rep_id=company.zed.id) == {}
    units = {row["org_unit_id"]: row["due"] for row in get(company, "carol", by="org_unit").json()["rows"]}
    assert units == {str(company.units["region"]): 2, str(north): 2}
    units = {row["org_unit_id"]: row["due"] for row in get(company, "dora", by="org_unit").json()["rows"]}
    assert units[str(company.units["company"])] == 3 and units[str(south)] == 1


def _ids(company: TestCompany, *names: str) -> list[str]:
    return [str(company.people[name].id) for name in names]


def test_figures_by_class_cycle_and_period(company: TestCompany) -> None:
    (shop,) = with_due_visits(company)
    own = add_customer(company.alice, SHOP)
    cycle = set_cycle(company.alice, customer_id=own)
    publish(company)
    arrive(company.alice, shop, noon(1))
    by_class = get(company, "alice", by="customer_class", to_date=day(27)).json()["rows"]
    assert [(row["customer_class"], row["due"], row["valid"]) for row in by_class] == [("A", 4, 1), (None, 4, 0)]
    assert figures(company, customer_class="A") == {"due": 1, "valid": 1, "rate": 1}
    assert figures(company, customer_class="none") == {"due": 1, "missed": 1}
    assert figures(company, cycle_id=cycle) == figures(company, customer_id=own) == {"due": 1, "missed": 1}
    weeks = get(company, "alice", period="week", to_date=day(27)).json()["rows"]
    assert [(row["period"], row["due"], row["valid"]) for row in weeks] == [
        (day(0), 2, 1), (day(7), 2, 0), (day(14), 2, 0), (day(21), 2, 0),
    ]  # fmt: skip
    days = get(company, "alice", period="day", by="cycle").json()["rows"]
    assert sum(row["due"] for row in days) == 2 and {row["cycle_id"] for row in days} >= {str(cycle)}
    months = get(company, "alice", period="month", to_date=day(27)).json()["rows"]
    assert [row["period"] for row in months] == ["2026-11-01", "2026-12-01"]


def test_pages_of_due_visits(company: TestCompany) -> None:
    with_due_visits(company, *[company.alice] * 5)
    whole, cursor = due_visits(company, to_date=day(27)), None
    found: list[Any] = []
    while True:
        asked = {"cursor": cursor} if cursor else {}
        page = get(company, "alice", "/due-visits", to_date=day(27), limit=3, **asked).json()
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == whole and len(whole) == 20
    assert due_visits(company, outcome="valid") == []
    assert len(due_visits(company, outcome="missed")) == 5


def test_the_number_of_statements_does_not_grow(company: TestCompany) -> None:
    counts = []
    client = company.client("carol")
    for owners in ([company.alice], [company.alice, company.bob] * 4):
        with_due_visits(company, *owners)
        for address in (
            f"{PATH}?from_date={MONDAY}&to_date={day(6)}",
            f"{PATH}?from_date={MONDAY}&to_date={day(300)}&by=org_unit&period=week",
            f"{PATH}/due-visits?from_date={MONDAY}&to_date={day(27)}",
        ):
            client.call("GET", address)
            with counted_queries() as sent:
                assert client.call("GET", address).status_code == 200
            counts.append(len(sent))
    assert len(set(counts)) == 1, counts


def test_a_rule_holds_from_its_day_on(company: TestCompany) -> None:
    (shop,) = with_due_visits(company)
    for number in (1, 8):
        arrive(company.alice, shop, noon(number), fix=FAR)
    publish(company, now=DAWN + timedelta(days=14))
    assert set_rule(company, applies_from=day(7), check_in_verdicts=["verified"]).status_code == 200
    assert reasons(company, to_date=day(13)) == ["in_time", "verdict"]
    answer = get(company, "alice", to_date=day(13)).json()
    assert [(one["version"], one["from_date"], one["to_date"]) for one in answer["rules"]] == [
        (1, day(0), day(6)), (2, day(7), day(13)),
    ]  # fmt: skip
    assert set_rule(company, applies_from=day(0)).status_code == 200
    assert reasons(company, to_date=day(13)) == ["in_time", "in_time"], "the highest version that applies"
    listed = company.client("alice").call("GET", "/api/v1/visits/compliance-rules").json()["items"]
    assert [one["version"] for one in listed] == [3, 2, 1]
    assert listed[1]["created_by_id"] == str(company.carol.id) and listed[1]["applies_from"] == day(7)
    assert listed[2]["created_by_id"] is None


@pytest.mark.parametrize("who", ["alice", "dan", "erin"])
def test_who_may_not_set_or_try_rules(company: TestCompany, who: str) -> None:
    assert set_rule(company, who).json()["error"]["code"] == "core.forbidden"
    tried = {"rules": {}, "applies_from": day(0), "from_date": day(0), "to_date": day(6)}
    answer = company.client(who).call("POST", "/api/v1/visits/compliance-rules/preview", tried)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "core.forbidden")


def test_a_preview_changes_nothing(company: TestCompany) -> None:
    shops = with_due_visits(company, company.alice, company.bob, company.zed)
    arrive(company.alice, shops[0], noon(1), fix=FAR)
    arrive(company.bob, shops[1], noon(1))
    tried = {"rules": {"check_in_verdicts": ["verified"]}, "from_date": day(0), "to_date": day(6)}
    with patch("visits.api.compliance.now", lambda: datetime.combine(AFTERWARDS, time(12), ZONE)):
        preview = "/api/v1/visits/compliance-rules/preview"
        answer = company.client("carol").call("POST", preview, tried | {"applies_from": day(0)}).json()
        later = company.client("carol").call("POST", preview, tried | {"applies_from": day(7)}).json()
    assert (answer["before"]["rate"], answer["after"]["rate"]) == (1, 0.5), "zed is none of carol's people"
    assert [(one["rep_id"], one["before"]["valid"], one["after"]["missed"]) for one in answer["reps"]] == [
        (str(company.alice.id), 1, 1)
    ]
    assert later["reps"] == [] and later["before"] == later["after"]
    assert figures(company)["valid"] == 1
    assert len(company.client("carol").call("GET", "/api/v1/visits/compliance-rules").json()["items"]) == 1


@pytest.mark.parametrize(
    "asked",
    [
        {"from_date": day(6), "to_date": day(0)}, {"to_date": day(400)}, {"from_date": "monday"}, {"by": "moon"},
        {"period": "day", "to_date": day(62)}, {"period": "year"}, {"rep_id": "alice"}, {"customer_class": "Z"},
    ],
)  # fmt: skip
def test_what_cannot_be_asked(company: TestCompany, asked: dict[str, str]) -> None:
    answer = get(company, "alice", **asked)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "core.invalid_input"), answer.content


@pytest.mark.parametrize(
    "cursor",
    ["x", "WyJhIiwiYiJd", "WyIyMDI2LTExLTIzIiwieCJd", "WzEsIjAxOGYwMDAwLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMCJd"],
)
def test_a_cursor_of_another_list(company: TestCompany, cursor: str) -> None:
    answer = get(company, "alice", "/due-visits", cursor=cursor)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "core.invalid_input"), answer.content


@pytest.mark.parametrize(
    "rules",
    [
        {"grace_days": -1}, {"grace_days": 32}, {"min_dwell_minutes": 1.5}, {"check_in_verdicts": []},
        {"check_in_verdicts": ["splendid"]}, {"leave_out": ["holidays"]}, {"credit": "nobody"}, {"log_required": 1},
    ],
)  # fmt: skip
def test_rules_that_cannot_be(company: TestCompany, rules: dict[str, Any]) -> None:
    answer = set_rule(company, **rules)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "core.invalid_input"), answer.content
    assert visits_of(company) == []
