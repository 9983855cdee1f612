"""Examples of the commands about alerts and notifications, and what has to stand before them."""

from core import notices
from core.fence import company_fence
from core.ids import uuid7
from core.notices import Notice
from tests.contract.example import Example
from tests.contract.world import World, new_id
from visits.notices import TASK_DUE


def notification(world: World, who: str = "alice") -> str:
    """What `who` is told when a manager gives him a task."""
    task = {"id": new_id(), "customer_id": world.customer(who), "text": world.text("call")}
    world.do("carol", "visits.add_task", task | {"assignee_id": world.person(who)})
    rows = world.client(who).call("GET", "/api/v1/notifications").json()["items"]
    return next(row["id"] for row in rows if row["subject_id"] == task["id"])


def told(world: World, who: str) -> None:
    """Something that `who` is told."""
    words = {"customer": world.text("Customer"), "task": world.text("call"), "day": "2026-12-01"}
    notice = Notice(world.persona(who).id, TASK_DUE.name, "task", uuid7(), new_id(), words)
    with company_fence(world.id):
        assert notices.send(world.id, [notice]) == 1


EXAMPLES: dict[str, Example] = {
    "visits.set_alert_rules": Example(
        "dora",
        lambda w: {"id": new_id(), "task_after_days": 5, "morning": 480},
        "/alert-rules",
    ),
    "notify.mark_read": Example("alice", lambda w: {"ids": [notification(w)]}, "/notifications/mark-read"),
}
