"""Alerts: in the morning of working days people are told of what is due, overdue and left undone; of each once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import StringIO
from threading import Barrier
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from core.ids import uuid7
from tests.personas import Persona, TestCompany, make_company
from tests.visits.field import SHOP, add_customer, applied, check_in, plan, push, request
from tests.visits.planning import publish, set_cycle
from tests.visits.test_tasks import add_task, edit, send
from visits.jobs.alerts import alert_company, raise_alerts

SUNDAY = "2026-11-22"


def shanghai(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026; the 20th is a Friday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def run(company: TestCompany, *moments: datetime) -> list[int]:
    """How many notices were new, each time that the job came to the company."""
    return [alert_company(company.id, moment) for moment in moments]


def told(persona: Persona) -> list[tuple[str, str]]:
    """The kinds and English texts of what a user was told, the first first; of what he was given, nothing."""
    rows = persona.client().call("GET", "/api/v1/notifications").json()["items"]
    return [(row["kind"].partition(".")[2], row["text"]["en"]) for row in reversed(rows)]


def test_a_task_from_reminder_to_superior(company: TestCompany) -> None:
    """Due on a Sunday: Friday morning, Monday morning, and on the third working day the manager."""
    task = add_task(company.alice, add_customer(company.alice, SHOP, name="Shop"), due_date=SUNDAY)
    assert run(company, shanghai(20, 6, 59), shanghai(20, 7), shanghai(20, 7), shanghai(22, 23, 59)) == [0, 1, 0, 0]
    assert told(company.alice) == [("task_due", "Shop: Call (by 2026-11-22)")]
    assert run(company, shanghai(23, 0, 1), shanghai(23, 7), shanghai(23, 7, 15), shanghai(25, 6)) == [0, 1, 0, 0]
    assert told(company.alice)[1:] == [("task_overdue", "Shop: Call was to be done by 2026-11-22")]
    assert told(company.carol) == []
    assert run(company, shanghai(25, 7), shanghai(25, 7)) == [1, 0]
    [row] = company.client("carol").call("GET", "/api/v1/notifications").json()["items"]
    assert (row["kind"], row["subject_kind"], row["subject_id"]) == ("visits.task_neglected", "task", str(task))
    assert row["title"] == {"en": "Task of Alice Wang overdue", "zh": "Alice Wang 的待办任务逾期未办"}
    assert told(company.bob) == told(company.dora) == told(company.zed) == []


def test_what_is_settled_raises_nothing(company: TestCompany) -> None:
    customer = add_customer(company.alice, SHOP)
    done, cancelled, moved, _ = (add_task(company.alice, customer, due_date=day) for day in [SUNDAY] * 3 + [None])
    applied(send(company.alice, "complete_task", done), send(company.alice, "cancel_task", cancelled, reason="x"))
    applied(edit(company.alice, moved, due_date=(SUNDAY, "2026-12-31")))
    assert run(company, shanghai(20, 9), shanghai(23, 9), shanghai(25, 9)) == [0, 0, 0]


def test_another_day_is_another_matter(company: TestCompany) -> None:
    task = add_task(company.alice, add_customer(company.alice, SHOP), due_date="2026-11-20")
    assert run(company, shanghai(20, 9)) == [1]
    applied(edit(company.alice, task, due_date=("2026-11-20", "2026-11-24")))
    assert run(company, shanghai(23, 9), shanghai(24, 9), shanghai(25, 9)) == [0, 1, 1]
    assert [kind for kind, _ in told(company.alice)] == ["task_due", "task_due", "task_overdue"]


def test_what_nobody_could_tell_in_time_is_not_told(company: TestCompany) -> None:
    """Such as of the tasks that logs of before became."""
    add_task(company.alice, add_customer(company.alice, SHOP), due_date="2026-09-01")
    assert run(company, shanghai(20, 9)) == [0]


def test_planned_visits(company: TestCompany) -> None:
    """The rep on the next working day, his manager one later; not of a visit that was made or given up."""
    missed, made, given_up = (
        plan(company.alice, add_customer(company.alice, SHOP, name=name)) for name in ("Missed", "Made", "Given up")
    )
    assert run(company, shanghai(20, 9), shanghai(20, 23)) == [0, 0]
    check_in(company.alice, _customer_of(company, made), made)
    applied(*push(company.alice, request("visits.cancel", {"visit_id": given_up, "reason": "x"})))
    assert run(company, shanghai(23, 6), shanghai(23, 9), shanghai(24, 9), shanghai(24, 9)) == [0, 1, 1, 0]
    assert told(company.alice) == [("visit_overdue", "Missed was to be visited by 2026-11-20")]
    assert told(company.carol) == [("visit_neglected", "Missed was to be visited by 2026-11-20")]
    rows = company.client("alice").call("GET", "/api/v1/notifications").json()["items"]
    assert [(row["subject_kind"], row["subject_id"]) for row in rows] == [("visit", str(missed))]


def test_a_window_that_ends(company: TestCompany) -> None:
    """A cycle's visit is in time until its window ends, whatever day it was planned for."""
    customer = add_customer(company.alice, SHOP, name="Shop")
    set_cycle(company.alice, customer_id=str(customer), weekdays=[3], valid_to="2026-11-29")
    publish(company)  # on Monday the 23rd
    assert run(company, shanghai(26, 9), shanghai(27, 6), shanghai(27, 7), shanghai(29, 9)) == [0, 0, 1, 0]
    assert told(company.alice) == [("visit_due", "Shop is to be visited by 2026-11-29")]
    assert run(company, shanghai(30, 9)) == [1]
    assert told(company.alice)[1:] == [("visit_overdue", "Shop was to be visited by 2026-11-29")]


def test_the_morning_and_the_holidays_of_the_reps_own_team(company: TestCompany) -> None:
    """In Berlin, where the 23rd is a holiday."""
    calendar = str(uuid7())
    unit = str(company.units["north"])
    new = {"id": calendar, "name": "Berlin", "org_unit_id": unit, "time_zone": "Europe/Berlin"}
    applied(company.dora.execute("calendars.set_calendar", new))
    holiday = {"calendar_id": calendar, "days": [{"day": "2026-11-23", "works": False, "name": "Holiday"}]}
    applied(company.dora.execute("calendars.set_days", holiday))
    add_task(company.alice, add_customer(company.alice, SHOP), due_date="2026-11-20")
    add_task(company.zed, add_customer(company.zed, SHOP), due_date="2026-11-20")
    assert run(company, shanghai(20, 7), shanghai(20, 13, 45), shanghai(20, 14)) == [1, 0, 1]
    assert run(company, shanghai(23, 7), shanghai(23, 23), shanghai(24, 14)) == [1, 0, 1]
    assert [kind for kind, _ in told(company.alice)] == ["task_due", "task_overdue"]


def test_a_company_has_its_own_rules(company: TestCompany) -> None:
    dora = company.client("dora")
    assert dora.call("GET", "/api/v1/alert-rules").json() == {
        "task_after_days": 3, "visit_after_days": 2, "morning": 420
    }  # fmt: skip
    for days in (1, None):  # the newest counts
        rules = {"id": uuid7(), "task_after_days": days, "visit_after_days": 1, "morning": 600}
        assert dora.call("POST", "/api/v1/alert-rules", rules).status_code == 200
    assert dora.call("GET", "/api/v1/alert-rules").json()["task_after_days"] is None
    assert dora.call("POST", "/api/v1/alert-rules", {"id": uuid7()}).status_code == 200
    never = {"task_after_days": None, "visit_after_days": None, "morning": 420}
    assert dora.call("GET", "/api/v1/alert-rules").json() == never, "what is left out is never told"
    assert dora.call("POST", "/api/v1/alert-rules", rules | {"id": uuid7()}).status_code == 200
    refused = company.client("carol").call("POST", "/api/v1/alert-rules", {"id": uuid7()})
    assert refused.json()["error"]["code"] == "core.forbidden"
    for wrong in ({"task_after_days": 0}, {"visit_after_days": 21}, {"morning": 1440}, {"morning": -1}):
        answer = dora.call("POST", "/api/v1/alert-rules", {"id": uuid7()} | wrong)
        assert answer.json()["error"]["code"] == "core.invalid_input"
    customer = add_customer(company.alice, SHOP)
    add_task(company.alice, customer, due_date="2026-11-20")
    plan(company.alice, customer)
    assert run(company, shanghai(23, 9, 59), shanghai(23, 10), shanghai(27, 10)) == [0, 3, 0]
    assert [kind for kind, _ in told(company.carol)] == ["visit_neglected"]


def test_the_nearest_superior_who_may_see_it(company: TestCompany) -> None:
    """Not those further up; a manager's own task goes to the manager above him."""
    near = company.add_person("nina", ["manager"], "north")
    add_task(company.alice, add_customer(company.alice, SHOP), due_date="2026-11-20")
    add_task(near, add_customer(near, SHOP), due_date="2026-11-20")
    run(company, shanghai(25, 9))
    assert sorted(kind for kind, _ in told(near)) == ["task_neglected", "task_overdue"]
    assert [kind for kind, _ in told(company.carol)] == ["task_neglected"]


def test_who_lost_sight_of_a_customer_is_not_told_of_it(company: TestCompany) -> None:
    customer = add_customer(company.zed, SHOP)
    share = {"customer_id": str(customer), "user_id": str(company.alice.id)}
    applied(company.zed.execute("customers.share", share))
    add_task(company.alice, customer, due_date="2026-11-20")
    assert run(company, shanghai(20, 9)) == [1]
    applied(company.zed.execute("customers.unshare", share))
    assert run(company, shanghai(23, 9), shanghai(25, 9)) == [0, 0]  # carol never saw it


def test_what_somebody_leaves_undone_who_left_is_told_to_his_superiors(company: TestCompany) -> None:
    left = company.add_person("lee", ["rep"], "north")
    customer = add_customer(left, SHOP)
    add_task(left, customer, due_date="2026-11-20")
    plan(left, customer)
    applied(company.dora.execute("accounts.deactivate_user", {"id": str(left.id)}))
    assert run(company, shanghai(23, 9), shanghai(24, 9), shanghai(25, 9)) == [0, 1, 1]
    assert [kind for kind, _ in told(company.carol)] == ["visit_neglected", "task_neglected"]


def test_who_is_given_a_task_is_told_at_once(company: TestCompany) -> None:
    """By somebody else; in the transaction of the task, so of none that is refused."""
    customer = add_customer(company.alice, SHOP, name="Shop")
    to_alice: dict[str, Any] = {"assignee_id": str(company.alice.id), "text": "Check"}
    given = {"id": uuid7(), "customer_id": customer} | to_alice
    twice = [request("visits.add_task", given), request("visits.add_task", given | {"due_date": "2026-12-01"})]
    assert [verdict.code for verdict in push(company.carol, *twice)] == [None, "core.id_taken"]
    assert told(company.alice) == [("task_assigned", "Shop: Check (by –)")]
    own = add_task(company.carol, customer, due_date="2026-12-01")
    applied(edit(company.carol, own, assignee_id=(str(company.carol.id), str(company.alice.id))))
    applied(edit(company.carol, own, text=("Call", "Call again")))
    assert told(company.alice)[1:] == [("task_assigned", "Shop: Call (by 2026-12-01)")]
    assert told(company.carol) == []


def test_two_runs_at_once_tell_everything_once(company: TestCompany) -> None:
    customer = add_customer(company.alice, SHOP)
    for _ in range(20):
        add_task(company.alice, customer, due_date="2026-11-20")
    start = Barrier(4)

    def one_run(_: int) -> int:
        start.wait()
        try:
            return alert_company(company.id, shanghai(20, 9))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as runs:
        assert sum(runs.map(one_run, range(4))) == 20
    assert len(told(company.alice)) == 20


def test_as_many_statements_for_one_as_for_many(company: TestCompany) -> None:
    seen: list[str] = []

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        seen.append(sql)
        return execute(sql, *rest)

    counts = []
    for count in (1, 40):
        for _ in range(count):
            customer = add_customer(company.alice, SHOP)
            add_task(company.alice, customer, due_date="2026-11-20")
            plan(company.alice, customer)
        seen.clear()
        with connection.execute_wrapper(watch):
            assert alert_company(company.id, shanghai(25, 9)) == 4 * count
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 14, seen


def test_the_job_takes_every_company(company: TestCompany) -> None:
    other = make_company()
    for persona in (company.alice, other.alice):
        add_task(persona, add_customer(persona, SHOP), due_date="2026-11-20")
    with patch("visits.jobs.alerts.now", lambda: shanghai(20, 9)):
        assert raise_alerts(0) >= 2
        assert raise_alerts(0) == 0
    assert len(told(company.alice)) == len(told(other.alice)) == 1


def test_by_hand(company: TestCompany) -> None:
    add_task(company.alice, add_customer(company.alice, SHOP), due_date="2026-11-20")
    out = StringIO()
    with patch("visits.management.commands.raise_alerts.now", lambda: shanghai(20, 9)):
        call_command("raise_alerts", company=company.code, stdout=out)
    assert out.getvalue() == f"{company.code}: 1 notifications / 条通知\n"
    with pytest.raises(CommandError):
        call_command("raise_alerts", company="nobody")


def _customer_of(company: TestCompany, visit: UUID) -> UUID:
    row = company.client("alice").call("GET", f"/api/v1/visits/{visit}").json()
    return UUID(row["customer_id"])
