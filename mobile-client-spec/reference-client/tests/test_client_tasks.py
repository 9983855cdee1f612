"""Tasks on the phone before the server has heard of them: with its ids, members and states."""

from uuid import UUID, uuid5

from fake_server import USER

from roundsman_client.client import Client
from roundsman_client.clock import FakeClock

LOG = "01a20250-0000-7000-8000-000000000001"
OPEN = {
    "customer_id": "c1", "visit_id": "v1", "log_id": LOG, "assignee_id": USER, "text": "Call", "due_date": "2026-12-01",
    "state": "open", "done_at": None, "done_by_id": None, "done_note": "", "cancelled_at": None,
    "cancelled_by_id": None, "cancel_reason": "", "created_at": "2026-11-21T01:00:00.000Z", "created_by_id": USER,
}  # fmt: skip


def shown(phone: Client, id_: str) -> dict[str, object]:
    row = phone.row("task", id_)
    assert row is not None and row.state == "pending"
    return row.data


def test_next_steps_are_tasks_at_once(phone: Client) -> None:
    phone.do("visits.plan", {"id": "v1", "customer_id": "c1", "planned_date": "2026-11-21"})
    steps = [{"text": "Call", "due_date": "2026-12-01"}, {"text": "Samples"}]
    phone.do("visits.log", {"id": LOG, "visit_id": "v1", "result": "other", "next_steps": steps})
    first, second = (str(uuid5(UUID(LOG), f"next_step/{place}")) for place in (0, 1))
    assert shown(phone, first) == OPEN
    assert shown(phone, second) == OPEN | {"text": "Samples", "due_date": None}


def test_a_log_without_a_usable_id_breaks_nothing(phone: Client) -> None:
    phone.do("visits.plan", {"id": "v1", "customer_id": "c1", "planned_date": "2026-11-21"})
    log = {"id": "l1", "visit_id": "v1", "result": "other", "next_steps": [{"text": "Call"}]}
    phone.do("visits.log", log)
    assert phone.row("visit_log", "l1") is not None and list(phone.rows("task")) == []


def test_from_open_to_done_and_back(phone: Client, clock: FakeClock) -> None:
    phone.do("visits.add_task", {"id": "t1", "customer_id": "c1", "text": "Call", "due_date": "2026-12-01"})
    added = OPEN | {"visit_id": None, "log_id": None}
    assert shown(phone, "t1") == added
    clock.advance(60)
    phone.do("visits.complete_task", {"id": "t1", "note": "agreed"})
    done = {"state": "done", "done_at": "2026-11-21T01:01:00.000Z", "done_by_id": USER, "done_note": "agreed"}
    assert shown(phone, "t1") == added | done
    phone.do("visits.cancel_task", {"id": "t1", "reason": "late"})  # which the server refuses
    assert shown(phone, "t1") == added | done
    phone.do("visits.reopen_task", {"id": "t1"})
    assert shown(phone, "t1") == added
    phone.do("visits.cancel_task", {"id": "t1", "reason": "closed"})
    assert shown(phone, "t1")["cancel_reason"] == "closed"
    phone.do("visits.update_task", phone.changes("task", "t1", due_date=None, text="Call Mr Wu"))
    assert (shown(phone, "t1")["text"], shown(phone, "t1")["due_date"]) == ("Call Mr Wu", None)
    phone.do("visits.complete_task", {"id": "unknown"})
    assert phone.row("task", "unknown") is None
