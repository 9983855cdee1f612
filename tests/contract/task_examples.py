"""Examples of the commands about tasks, and what has to stand before them."""

from tests.contract.example import Example, Payload
from tests.contract.world import World, new_id


def task(world: World, customer: str | None = None, who: str = "alice") -> str:
    """A task of `who`."""
    payload = {"id": new_id(), "customer_id": customer or world.customer(who), "text": world.text("call")}
    world.do(who, "visits.add_task", payload | {"due_date": "2026-12-01"})
    return str(payload["id"])


def _settled(world: World) -> Payload:
    payload = {"id": task(world)}
    world.do("alice", "visits.complete_task", payload)
    return payload


def _edit(world: World) -> Payload:
    changes = {"due_date": {"from": "2026-12-01", "to": "2026-12-08"}}
    return {"id": task(world), "changes": changes}


EXAMPLES: dict[str, Example] = {
    "visits.add_task": Example(
        "alice",
        lambda w: {
            "id": new_id(), "customer_id": w.customer(), "text": w.text("call"), "due_date": "2026-12-01",
        },
        "/tasks",
    ),
    "visits.update_task": Example("alice", _edit, "/tasks/update"),
    "visits.complete_task": Example(
        "alice", lambda w: {"id": task(w), "note": w.text("done")}, "/tasks/{id}/complete"
    ),
    "visits.reopen_task": Example("alice", _settled, "/tasks/{id}/reopen"),
    "visits.cancel_task": Example(
        "alice", lambda w: {"id": task(w), "reason": w.text("reason")}, "/tasks/{id}/cancel"
    ),
}  # fmt: skip
