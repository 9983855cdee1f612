"""Notifications: each user's own, told once, in both languages, read offline, and forgotten in the end."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from core import notices
from core.clock import now
from core.fence import company_fence
from core.ids import uuid7
from core.notices import Notice
from notify.jobs import purge
from notify.models import Notification
from tests.personas import ApiClient, Persona, TestCompany
from tests.visits.field import MORNING, applied, push, request
from visits.notices import TASK_NEGLECTED, TASK_OVERDUE

PATH = "/api/v1/notifications"
WORDS = {"customer": "Red {task} 'Lantern'", "task": "Call {customer}", "day": "2026-12-01", "person": "Alice"}


def tell(user: Persona, key: str = "", **words: str) -> int:
    """Send a notice; how many were new."""
    notice = Notice(user.id, TASK_OVERDUE.name, "task", uuid7(), key or str(uuid7()), WORDS | words)
    with company_fence(user.actor.company_id):
        return notices.send(user.actor.company_id, [notice])


def listed(client: ApiClient, query: str = "") -> dict[str, Any]:
    """One page of the list."""
    answer = client.call("GET", f"{PATH}?{query}")
    assert answer.status_code == 200, answer.content
    page: dict[str, Any] = answer.json()
    return page


def pulled(client: ApiClient) -> dict[str, dict[str, Any]]:
    """The notifications on a fresh phone."""
    rows = client.call("POST", "/api/v1/sync/pull", {}).json()["changes"]["rows"]
    return {row["id"]: row["data"] for row in rows if row["kind"] == "notification"}


def test_one_is_shown_to_its_user_alone(company: TestCompany) -> None:
    """In both languages; what stands in a parameter is taken for nothing but text."""
    assert tell(company.alice) == 1
    client = company.client("alice")
    page = listed(client)
    [row] = page["items"]
    assert page["unread"] == 1 and row["read_at"] is None and row["kind"] == "visits.task_overdue"
    assert row["title"] == {"en": "Task overdue", "zh": "待办任务已逾期"}
    assert row["text"] == {
        "en": "Red {task} 'Lantern': Call {customer} was to be done by 2026-12-01",
        "zh": "Red {task} 'Lantern'：Call {customer}，应于 2026-12-01 前完成",
    }
    assert pulled(client) == {row["id"]: {name: row[name] for name in row if name not in ("id", "version")}}
    for who in ("bob", "carol", "dora"):
        other = company.client(who)
        assert listed(other)["items"] == [] and pulled(other) == {}


def test_the_same_key_is_told_once(company: TestCompany) -> None:
    """To each user; another key is another thing."""
    assert [tell(company.alice, "a"), tell(company.alice, "a"), tell(company.bob, "a"), tell(company.alice, "b")] == [
        1, 0, 1, 1
    ]  # fmt: skip
    assert listed(company.client("alice"))["unread"] == 2


def test_a_notice_has_all_that_its_texts_are_made_of(company: TestCompany) -> None:
    notice = Notice(company.alice.id, TASK_NEGLECTED.name, "task", uuid7(), "k", {"customer": "x"})
    with company_fence(company.id), pytest.raises(ValueError, match=r"lacks \['day', 'person', 'task'\]"):
        notices.send(company.id, [notice])


def test_a_hundred_are_one_statement(company: TestCompany) -> None:
    wanted = [Notice(company.alice.id, TASK_OVERDUE.name, "task", uuid7(), str(n), WORDS) for n in range(100)]
    seen: list[str] = []

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        seen.append(sql)
        return execute(sql, *rest)

    with company_fence(company.id), connection.execute_wrapper(watch):
        seen.clear()
        assert notices.send(company.id, wanted) == 100
        assert notices.send(company.id, []) == 0
        assert len(seen) == 1


def test_reading(company: TestCompany) -> None:
    """Unread ones come first; the earlier reading counts, whichever phone is heard first."""
    for key in ("one", "two", "three"):
        tell(company.alice, key)
    client = company.client("alice")
    newest = listed(client)["items"][0]["id"]
    answer = client.call("POST", f"{PATH}/mark-read", {"ids": [newest]})
    assert answer.status_code == 200, answer.content
    page = listed(client)
    assert page["unread"] == 2 and page["items"][-1]["id"] == newest
    assert [len(listed(client, f"unread={flag}")["items"]) for flag in ("true", "false")] == [2, 1]
    first = listed(client, "limit=2")
    second = listed(client, f"limit=2&cursor={first['next']}")
    assert [row["id"] for row in first["items"] + second["items"]] == [row["id"] for row in page["items"]]
    assert second["unread"] == 2 and second["next"] is None
    all_of_them = [row["id"] for row in page["items"]]
    applied(*push(company.alice, request("notify.mark_read", {"ids": all_of_them})))
    rows = {row["id"]: row["read_at"] for row in listed(client)["items"]}
    assert set(rows.values()) == {"2026-11-20T01:30:00.000Z"}
    later = request("notify.mark_read", {"ids": all_of_them}, occurred_at=MORNING + timedelta(hours=1))
    applied(*push(company.alice, later))
    assert {row["id"]: row["read_at"] for row in listed(client)["items"]} == rows


def test_others_are_not_ones_own(company: TestCompany) -> None:
    tell(company.alice)
    [row] = listed(company.client("alice"))["items"]
    refused = company.client("carol").call("POST", f"{PATH}/mark-read", {"ids": [row["id"]]})
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "notify.not_found")
    assert company.alice.execute("notify.mark_read", {"ids": []}).code == "core.invalid_input"
    assert listed(company.client("alice"))["unread"] == 1


def test_old_ones_go(company: TestCompany) -> None:
    """What was read 90 days ago, and what nobody read for a year; phones forget it as well."""

    def aged(raised: int, read: int | None) -> UUID:
        tell(company.alice)
        with company_fence(company.id):
            row = Notification.objects.order_by("-id")[0]
            row.raised_at = now() - timedelta(days=raised)
            row.read_at = None if read is None else now() - timedelta(days=read)
            row.save()
        return row.id

    kept = {aged(1, None), aged(364, None), aged(364, 89), aged(89, 89)}
    gone = {aged(366, None), aged(92, 91), aged(366, 1)}
    client = company.client("alice")
    assert len(pulled(client)) == len(kept | gone)
    assert purge(0) == len(gone)
    assert {UUID(id_) for id_ in pulled(client)} == kept
