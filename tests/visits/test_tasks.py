"""Tasks: next steps of visit logs and what people add, on the phones of all who hold the customer."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest

from core.batches import Verdict
from core.ids import uuid7
from tests.personas import ApiClient, Persona, TestCompany
from tests.visits.field import MORNING, SHOP, add_customer, applied, check_in, push, request
from visits.next_steps import task_id

STEPS = [{"text": "Call", "due_date": "2026-12-01"}, {"text": "带样品"}, {"due_date": "2026-11-30"}]


def log(persona: Persona, visit: UUID, steps: list[dict[str, str]] = STEPS, log_id: UUID | None = None) -> UUID:
    """A log with next steps."""
    log_id = log_id or uuid7()
    payload = {"id": log_id, "visit_id": visit, "result": "follow_up", "next_steps": steps}
    applied(*push(persona, request("visits.log", payload)))
    return log_id


def add_task(persona: Persona, customer: UUID, **members: Any) -> UUID:
    """A task of `persona`'s own, if nobody else is named."""
    id_ = uuid7()
    applied(*push(persona, request("visits.add_task", {"id": id_, "customer_id": customer, "text": "Call"} | members)))
    return id_


def send(persona: Persona, name: str, task: UUID, minutes: int = 0, **members: Any) -> Verdict:
    """One command about a task."""
    at = MORNING + timedelta(minutes=minutes)
    return push(persona, request(f"visits.{name}", {"id": task} | members, occurred_at=at))[0]


def edit(persona: Persona, task: UUID, minutes: int = 0, **changes: tuple[Any, Any]) -> Verdict:
    """One edit of a task."""
    sent = {name: {"from": old, "to": new} for name, (old, new) in changes.items()}
    return send(persona, "update_task", task, minutes, changes=sent)


def tasks(client: ApiClient, query: str = "") -> dict[str, dict[str, Any]]:
    """The tasks that fit, by id, in their order."""
    answer = client.call("GET", f"/api/v1/tasks?{query}")
    assert answer.status_code == 200, answer.content
    return {row["id"]: row for row in answer.json()["items"]}


def pulled(client: ApiClient) -> dict[str, dict[str, Any]]:
    """The tasks on a fresh phone."""
    rows = client.call("POST", "/api/v1/sync/pull", {}).json()["changes"]["rows"]
    return {row["id"]: row["data"] | {"scope": row["scope"]} for row in rows if row["kind"] == "task"}


def test_next_steps_become_tasks(company: TestCompany) -> None:
    """With ids that a phone can know before: the same however often the log is sent."""
    customer = add_customer(company.alice, SHOP)
    visit, log_id = check_in(company.alice, customer), uuid7()
    assert task_id(log_id, 1) == uuid5(log_id, "next_step/1")
    sent = request("visits.log", {"id": log_id, "visit_id": visit, "result": "follow_up", "next_steps": STEPS})
    applied(*push(company.alice, sent), *push(company.alice, sent))
    client = company.client("alice")
    rows = tasks(client)
    assert list(rows) == [str(task_id(log_id, place)) for place in (2, 0, 1)]  # by the day, those without one last
    assert [(row["text"], row["due_date"]) for row in rows.values()] == [
        ("", "2026-11-30"), ("Call", "2026-12-01"), ("带样品", None)
    ]  # fmt: skip
    phone = pulled(client)
    for id_, row in rows.items():
        assert (row["state"], row["assignee_id"], row["visit_id"]) == ("open", str(company.alice.id), str(visit))
        assert row["log_id"] == str(log_id)
        assert phone[id_] == {name: row[name] for name in row if name not in ("id", "version")} | {
            "scope": str(customer)
        }


def test_what_an_app_of_before_sends_becomes_a_task_too(company: TestCompany) -> None:
    visit, log_id = check_in(company.alice, add_customer(company.alice, SHOP)), uuid7()
    payload = {"id": log_id, "visit_id": visit, "result": "other", "next_step": "Call", "next_step_date": "2026-12-01"}
    applied(*push(company.alice, request("visits.log", payload, schema=1)))
    assert [(id_, row["text"]) for id_, row in tasks(company.client("alice")).items()] == [
        (str(task_id(log_id, 0)), "Call")
    ]


def test_done_and_not_done(company: TestCompany) -> None:
    task = add_task(company.alice, add_customer(company.alice, SHOP), due_date="2026-11-20")
    client, path = company.client("alice"), f"/api/v1/tasks/{task}"
    assert client.call("POST", f"{path}/complete", {"note": "谈妥"}).status_code == 200
    row = client.call("GET", path).json()
    assert (row["state"], row["done_note"], row["done_by_id"]) == ("done", "谈妥", str(company.alice.id))
    assert send(company.alice, "complete_task", task).code == "visits.task_done"
    assert send(company.alice, "cancel_task", task, reason="late").code == "visits.task_done"
    assert client.call("POST", f"{path}/reopen").status_code == 200
    assert send(company.alice, "reopen_task", task).code == "visits.task_open"
    row = client.call("GET", path).json()
    assert (row["state"], row["done_at"], row["done_note"]) == ("open", None, "")
    assert client.call("POST", f"{path}/cancel", {"reason": "closed for good"}).status_code == 200
    assert send(company.alice, "cancel_task", task, reason="x").code == "visits.task_cancelled"
    row = client.call("GET", path).json()
    assert (row["state"], row["cancel_reason"]) == ("cancelled", "closed for good")
    applied(send(company.alice, "complete_task", task))  # somebody did it all the same
    row = client.call("GET", path).json()
    assert (row["state"], row["cancelled_at"], row["cancel_reason"]) == ("done", None, "")
    assert send(company.alice, "complete_task", uuid7()).code == "visits.task_not_found"


def test_edits_merge(company: TestCompany) -> None:
    """Who set the day without knowing of the other's loses by time, and can have it back."""
    task = add_task(company.alice, add_customer(company.alice, SHOP), due_date="2026-11-25")
    applied(edit(company.carol, task, minutes=5, due_date=("2026-11-25", "2026-11-27")))
    both = edit(company.alice, task, minutes=9, text=("Call", "Call Mr Wu"), due_date=("2026-11-25", None))
    assert (both.status, [conflict["kept"] for conflict in both.conflicts]) == ("merged", ["yours"])
    row = tasks(company.client("alice"))[str(task)]
    assert (row["text"], row["due_date"]) == ("Call Mr Wu", None)
    assert edit(company.alice, task, text=("Call Mr Wu", "")).code == "core.invalid_input"
    restored = company.carol.execute("sync.restore_value", {"conflict_id": both.conflicts[0]["conflict_id"]})
    applied(restored)
    assert tasks(company.client("alice"))[str(task)]["due_date"] == "2026-11-27"


def test_superiors_assign(company: TestCompany) -> None:
    customer = add_customer(company.alice, SHOP)
    to_bob = {"assignee_id": str(company.bob.id)}
    new = {"id": uuid7(), "customer_id": customer, "text": "Check the shelf"}
    [refused] = push(company.carol, request("visits.add_task", new | to_bob))
    assert (refused.code, refused.field) == ("visits.rep_lacks_customer", "assignee_id")
    applied(company.alice.execute("customers.share", {"customer_id": str(customer), "user_id": str(company.bob.id)}))
    applied(*push(company.carol, request("visits.add_task", new | to_bob | {"id": uuid7()})))
    assert len(tasks(company.client("bob"), f"assignee_id={company.bob.id}")) == 1
    mine = add_task(company.alice, customer)
    handed = edit(company.alice, mine, assignee_id=(str(company.alice.id), str(company.bob.id)))
    assert (handed.code, handed.field) == ("visits.not_your_team", "changes.assignee_id.to")
    applied(edit(company.carol, mine, assignee_id=(str(company.alice.id), str(company.bob.id))))
    assert tasks(company.client("alice"))[str(mine)]["assignee_id"] == str(company.bob.id)
    applied(send(company.alice, "complete_task", mine))  # who noted it may settle it
    assert send(company.bob, "reopen_task", mine).settled


def test_who_sees_and_who_may(company: TestCompany) -> None:
    customer = add_customer(company.alice, SHOP)
    applied(company.alice.execute("customers.share", {"customer_id": str(customer), "user_id": str(company.bob.id)}))
    task = add_task(company.alice, customer)
    assert {who: str(task) in tasks(company.client(who)) for who in ("alice", "bob", "carol", "dora", "zed")} == {
        "alice": True, "bob": True, "carol": True, "dora": True, "zed": False
    }  # fmt: skip
    assert str(task) in pulled(company.client("bob"))
    assert send(company.bob, "complete_task", task).code == "visits.task_not_yours"
    assert send(company.zed, "complete_task", task).code == "visits.task_not_found"
    assert company.client("zed").call("GET", f"/api/v1/tasks/{task}").status_code == 404
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    wrong = {"id": uuid7(), "customer_id": customer, "visit_id": visit, "text": "x"}
    [refused] = push(company.alice, request("visits.add_task", wrong))
    assert (refused.code, refused.field) == ("core.reference_invalid", "visit_id")
    applied(send(company.carol, "complete_task", task))


def test_a_new_owner_takes_the_open_tasks_of_the_old_one_on(company: TestCompany) -> None:
    """What was settled stays his who did it; what others are to do stays theirs."""
    customer, elsewhere = add_customer(company.alice, SHOP), add_customer(company.alice, SHOP)
    applied(company.alice.execute("customers.share", {"customer_id": str(customer), "user_id": str(company.bob.id)}))
    kept = add_task(company.alice, elsewhere)
    mine, done = add_task(company.alice, customer), add_task(company.alice, customer)
    carols = add_task(company.carol, customer)
    applied(send(company.alice, "complete_task", done))
    moved = {"customer_ids": [str(customer)], "owner_id": str(company.bob.id)}
    applied(company.carol.execute("customers.reassign", moved))
    rows = tasks(company.client("carol"))
    whose = {id_: rows[str(id_)]["assignee_id"] for id_ in (mine, done, carols, kept)}
    alice, bob, carol = str(company.alice.id), str(company.bob.id), str(company.carol.id)
    assert whose == {mine: bob, done: alice, carols: carol, kept: alice}
    assert str(mine) in pulled(company.client("bob"))
    assert set(tasks(company.client("alice"))) == {str(kept)}
    late = send(company.alice, "complete_task", mine)  # recorded before she heard of it: a manager decides
    assert (late.status, late.code) == ("parked", "sync.scope_lost")


def test_lists(company: TestCompany) -> None:
    customer, other = add_customer(company.alice, SHOP), add_customer(company.bob, SHOP)
    late = add_task(company.alice, customer, due_date="2026-11-01")
    later = add_task(company.alice, customer, due_date="2099-11-01")
    whenever = add_task(company.alice, customer)
    bobs = add_task(company.bob, other, due_date="2026-10-01")
    done = add_task(company.bob, other, due_date="2026-10-02")
    applied(send(company.bob, "complete_task", done))
    carol = company.client("carol")

    def found(query: str) -> list[UUID]:
        return [UUID(id_) for id_ in tasks(carol, query)]

    assert found("") == [bobs, done, late, later, whenever]
    assert found("overdue=true") == [bobs, late]
    assert found("overdue=false") == [done, later, whenever]
    assert found("state=done") == [done] and found(f"assignee_id={company.bob.id}") == [bobs, done]
    assert found(f"customer_id={customer}&state=open") == [late, later, whenever]
    assert found("due_from=2026-10-02&due_to=2026-11-01") == [done, late]
    assert found(f"org_unit_id={company.units['region']}") == [bobs, done, late, later, whenever]
    assert found(f"org_unit_id={company.units['south']}") == []
    pages, cursor = [], ""
    while True:
        page = carol.call("GET", f"/api/v1/tasks?limit=2{cursor}").json()
        pages += [UUID(row["id"]) for row in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert pages == found("")
    assert carol.call("GET", "/api/v1/tasks?due_from=soon").status_code == 422


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"text": " "}, "text"), ({"text": "x" * 501}, "text"), ({"due_date": "1999-01-01"}, "due_date"),
        ({"due_date": "2026-02-30"}, "due_date"), ({"assignee_id": "bob"}, "assignee_id"),
    ],
)  # fmt: skip
def test_what_is_no_task(company: TestCompany, members: dict[str, Any], field: str) -> None:
    new = {"id": uuid7(), "customer_id": uuid7(), "text": "x"} | members
    [verdict] = push(company.alice, request("visits.add_task", new))
    assert (verdict.code, verdict.field) == ("core.invalid_input", field)
