"""Publishing plans through the public door: cycles become visits on phones, and what people do stays."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core.actor import Actor
from core.fence import company_fence
from core.ids import uuid7
from core.models import CommandRecord
from tests.customers.world import counted_queries
from tests.personas import TestCompany
from tests.visits.field import FIX, add_customer, applied, push, request
from tests.visits.planning import (
    DAWN,
    MONDAY,
    ZONE,
    at,
    day,
    dues_of,
    preview,
    publish,
    set_cycle,
    state_of,
    visits_of,
    with_cycle,
)
from visits.jobs import plans as jobs
from visits.models.visits import Visit


def test_a_cycle_becomes_visits_on_the_phone(company: TestCompany) -> None:
    customer = with_cycle(company, per_month=2, weekdays=[2, 3], purpose="Range check", dwell_minutes=45)[0]
    publish(company)
    visits = visits_of(company)
    assert len(visits) == 2, "in the second half of November, of which half is left, and the first of December"
    rows = company.client("alice").call("POST", "/api/v1/sync/pull", {}).json()["changes"]["rows"]
    on_phone = {row["id"]: row["data"] for row in rows if row["kind"] == "visit"}
    assert set(on_phone) == {str(visit.id) for visit in visits}
    first = on_phone[str(visits[0].id)]
    assert first["customer_id"] == str(customer) and first["rep_id"] == str(company.alice.id)
    assert (first["state"], first["origin"], first["purpose"], first["dwell_minutes"]) == (
        "planned", "cycle", "Range check", 45,
    )  # fmt: skip
    assert (first["due_from"], first["due_to"]) == ("2026-11-16", "2026-11-30")
    assert {visit.visit_date.isoweekday() for visit in visits} <= {2, 3}
    cycles = [row["data"] for row in rows if row["kind"] == "call_cycle"]
    assert [(cycle["customer_class"], cycle["per_month"]) for cycle in cycles] == [("A", 2)]


def test_publishing_again_changes_nothing(company: TestCompany) -> None:
    with_cycle(company, 7)
    publish(company)
    before = state_of(company)
    publish(company)
    publish(company, company.alice, company.bob)
    assert state_of(company) == before
    assert preview(company)["changes"] == []


def test_the_preview_tells_what_publishing_does_and_does_nothing(company: TestCompany) -> None:
    with_cycle(company, 3)
    shown = preview(company)
    assert state_of(company) == []
    assert (shown["added"], shown["changed"], shown["withdrawn"], shown["due"]) == (12, 0, 0, 12)
    publish(company)
    visits = {str(visit.id): visit for visit in visits_of(company)}
    assert {change["visit_id"] for change in shown["changes"]} == set(visits)
    for change in shown["changes"]:
        visit = visits[change["visit_id"]]
        assert (change["change"], change["origin"], change["was_date"]) == ("add", "cycle", None)
        assert change["planned_date"] == str(visit.planned_date)


def test_the_horizon_rolls(company: TestCompany) -> None:
    with_cycle(company, 2)
    publish(company)
    first = {visit.id for visit in visits_of(company)}
    publish(company, now=DAWN + timedelta(days=7))
    later = visits_of(company)
    assert first < {visit.id for visit in later}
    assert len(later) == 10
    assert max(visit.visit_date for visit in later) <= MONDAY + timedelta(days=34)


def test_the_reps_own_visit_is_kept_and_stands_for_the_due_one(company: TestCompany) -> None:
    customer = with_cycle(company)[0]
    publish(company)
    generated = visits_of(company)[0]
    own = uuid7()
    payload = {"id": own, "customer_id": customer, "planned_date": day(4)}
    applied(*push(company.alice, request("visits.plan", payload)))
    publish(company)
    week = visits_of(company, visit_date__lte=day(6))
    assert {(visit.id, visit.state, visit.withdrawn) for visit in week} == {
        (generated.id, "cancelled", "fulfilled"),
        (own, "planned", None),
    }
    assert dues_of(company)[0].due_on == MONDAY + timedelta(days=4)
    applied(*push(company.alice, request("visits.cancel", {"visit_id": own, "reason": "closed"})))
    publish(company)
    assert [visit.state for visit in visits_of(company, id=generated.id)] == ["planned"]


def test_a_walk_in_stands_for_the_due_visit(company: TestCompany) -> None:
    customer = with_cycle(company)[0]
    publish(company)
    generated = visits_of(company)[0]
    walk_in = request(
        "visits.check_in",
        {"visit_id": uuid7(), "customer_id": customer, "fix": FIX},
        occurred_at=DAWN + timedelta(hours=5),
    )
    applied(*push(company.alice, walk_in))
    if generated.visit_date > MONDAY:
        publish(company, now=DAWN + timedelta(hours=10))
        assert visits_of(company, id=generated.id)[0].withdrawn == "fulfilled"
    assert len(visits_of(company, state="planned", visit_date__lte=day(6))) == (generated.visit_date == MONDAY)


def test_moves_and_cancellations_of_the_rep_are_respected(company: TestCompany) -> None:
    with_cycle(company, 4)
    publish(company)
    moved, cancelled, *_ = visits_of(company, visit_date__lte=day(6))
    date = {"from": str(moved.planned_date), "to": day(30)}
    applied(
        *push(company.alice, request("visits.move", {"visit_id": moved.id, "planned_date": date})),
        *push(company.alice, request("visits.cancel", {"visit_id": cancelled.id, "reason": "holiday"})),
    )
    publish(company)
    after = {visit.id: (visit.state, str(visit.planned_date)) for visit in visits_of(company)}
    assert len(after) == 16
    assert (after[moved.id], after[cancelled.id][0]) == (("planned", day(30)), "cancelled")
    owed = {due.id: due for due in dues_of(company)}[moved.id]
    assert owed.due_on == owed.window_to, "it was moved out of its window, and stays due in it"
    before = state_of(company)
    publish(company)
    assert state_of(company) == before


def test_a_shift_about_to_begin_is_not_touched(company: TestCompany) -> None:
    customers = with_cycle(company, 5)
    publish(company)
    today = [visit.id for visit in visits_of(company, visit_date=MONDAY)]
    assert today
    for customer in customers:
        applied(*push(company.alice, request("customers.archive", {"id": customer})))
    publish(company, now=datetime(2026, 11, 23, 7, 1, tzinfo=ZONE))
    assert [visit.id for visit in visits_of(company, state="planned")] == today
    assert {visit.withdrawn for visit in visits_of(company, state="cancelled")} == {"not_due"}
    publish(company, now=datetime(2026, 11, 23, 6, 59, tzinfo=ZONE))
    assert visits_of(company, state="planned") == []


def test_holidays_and_make_up_days_are_respected(company: TestCompany) -> None:
    with_cycle(company, 6)
    publish(company)
    calendar, dora = str(uuid7()), company.dora
    assert dora.execute("calendars.set_calendar", {"id": calendar, "name": "Company"}).settled
    days = [{"day": day(number), "works": number == 12} for number in (7, 8, 9, 10, 12)]
    assert dora.execute("calendars.set_days", {"calendar_id": calendar, "days": days}).settled
    publish(company)
    second_week = visits_of(company, state="planned", visit_date__range=(day(7), day(13)))
    assert {visit.visit_date for visit in second_week} == {MONDAY + timedelta(days=11), MONDAY + timedelta(days=12)}
    assert len(second_week) == 6
    before = state_of(company)
    publish(company)
    assert state_of(company) == before


def test_a_reassigned_customers_visits_go_to_the_new_owner(company: TestCompany) -> None:
    customer = with_cycle(company)[0]
    publish(company)
    ids = {visit.id for visit in visits_of(company)}
    payload = {"customer_ids": [str(customer)], "owner_id": str(company.bob.id)}
    assert company.carol.execute("customers.reassign", payload).settled
    publish(company, company.alice, company.bob)
    visits = visits_of(company)
    assert ({visit.id for visit in visits}, {visit.rep_id for visit in visits}) == (ids, {company.bob.id})
    assert {visit.state for visit in visits} == {"planned"}
    assert {due.rep_id for due in dues_of(company)} == {company.bob.id}
    back = {"customer_ids": [str(customer)], "owner_id": str(company.alice.id)}
    assert company.carol.execute("customers.reassign", back).settled
    publish(company, company.bob)  # first him who loses it, then her who gets it
    assert {visit.withdrawn for visit in visits_of(company)} == {"not_due"}
    publish(company, company.alice)
    assert {(visit.rep_id, visit.state) for visit in visits_of(company)} == {(company.alice.id, "planned")}


def test_a_cycle_that_ends_takes_its_visits_back(company: TestCompany) -> None:
    customer = add_customer(company.alice)
    cycle = set_cycle(company.alice, customer_id=str(customer))
    publish(company)
    assert len(visits_of(company, state="planned")) == 4
    ended = {"id": str(cycle), "name": "Calls", "customer_id": str(customer), "every_weeks": 1}
    assert company.alice.execute("visits.set_cycle", ended | {"valid_from": "2026-01-05", "valid_to": day(6)}).settled
    publish(company)
    assert len(visits_of(company, state="planned")) == 1
    assert len(dues_of(company)) == 1


def test_nobody_plans_for_strangers(company: TestCompany) -> None:
    for who, rep, status, code in (
        ("alice", company.alice, 403, "core.forbidden"),
        ("carol", company.zed, 403, "visits.not_your_team"),
        ("dan", company.zed, 403, "visits.not_your_team"),
    ):
        response = company.client(who).call("POST", "/api/v1/visits/publish-plan", {"rep_ids": [str(rep.id)]})
        assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    unknown = company.client("dora").call("POST", "/api/v1/visits/publish-plan", {"rep_ids": [str(uuid7())]})
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (422, "core.reference_invalid")


def test_the_visits_of_who_left_are_taken_back(company: TestCompany) -> None:
    with_cycle(company, 2)
    publish(company)
    assert company.dora.execute("accounts.deactivate_user", {"id": str(company.alice.id)}).settled
    publish(company, who="dora")
    assert visits_of(company, state="planned") == []
    assert dues_of(company) == []


def test_today_can_be_filled_on_request(company: TestCompany) -> None:
    with_cycle(company, 10)
    noon = DAWN + timedelta(hours=7)
    publish(company, now=noon, include_today=True)
    assert len(visits_of(company, visit_date=MONDAY)) == 2
    before = state_of(company)
    publish(company, now=noon, include_today=True)
    publish(company, now=noon)
    assert state_of(company) == before


def test_the_job_publishes_every_company_as_nobodys_deed(company: TestCompany) -> None:
    with_cycle(company, 3)
    with at(DAWN):
        assert jobs.publish_company(company.id) == 1
    assert len(visits_of(company)) == 12
    assert {visit.created_by_id for visit in visits_of(company)} == {None}
    with company_fence(company.id):
        record = CommandRecord.objects.get(name="visits.publish_plan")
    assert (record.door, record.user_id, record.status) == ("job", company.id, "applied")
    with at(DAWN):
        assert jobs.publish_company(company.id) == 1
    assert len(visits_of(company)) == 12


def test_the_operator_publishes_by_hand(company: TestCompany) -> None:
    with_cycle(company, 1)
    printed = StringIO()
    call_command("publish_plans", company=company.code, stdout=printed)
    assert printed.getvalue() == f"{company.code}: 1 reps / 名业务员\n"
    assert visits_of(company)
    with pytest.raises(CommandError):
        call_command("publish_plans", company="nobody")


def test_the_number_of_statements_does_not_grow(company: TestCompany) -> None:
    """First one customer of one rep, then fifty of two; the first time, when everything is written."""
    counts = []
    set_cycle(company.dora, customer_class="A")
    for more, reps in ((1, [company.alice]), (50, [company.alice, company.bob])):
        for _ in range(more):
            add_customer(reps[-1], customer_class="A")
        add_customer(company.alice, customer_class="A")
        actor: Actor = company.carol.actor
        with at(DAWN), counted_queries() as captured:
            assert company.carol.execute("visits.publish_plan", {"rep_ids": [str(rep.id) for rep in reps]}).settled
        counts.append(len(captured))
        assert actor.has_role("manager")
    assert counts[0] == counts[1], counts
    with company_fence(company.id):
        assert Visit.objects.count() > 200
