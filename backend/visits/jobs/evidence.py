"""What happens to evidence in the background: it is judged again."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from procrastinate.contrib.django import app

from core.actor import Actor, load_actor
from core.commands import execute
from core.fence import company_fence
from core.registry import after
from customers import queries as customer_queries
from customers.pin_schemas import ApprovePin
from customers.schemas import AddSite
from visits.commands import judgements
from visits.models.visits import CheckIn
from visits.queries import evidence as queries

QUEUE = "visits"
_CHUNK = 200


@after("visits.recompute_verdicts")
def recompute_later(actor: Actor, payloads: list[Any]) -> None:
    """Have the recomputations done by a worker, one of a company at a time."""
    whose: dict[str, Any] = {"company_id": str(actor.company_id), "user_id": str(actor.user_id)}
    task = recompute.configure(lock=f"visits.recompute:{actor.company_id}")
    task.batch_defer(*(whose | {"run_id": str(payload.id)} for payload in payloads))


@after("customers.add_site", "customers.update_site", "customers.approve_pin")
def rescore_later(actor: Actor, payloads: list[Any]) -> None:
    """Have the evidence at customers whose sites were placed or moved judged again by a worker."""
    placed = [payload.id for payload in payloads if _moves(payload)]
    if placed:
        ids = [str(id_) for id_ in placed]
        rescore.defer(company_id=str(actor.company_id), user_id=str(actor.user_id), placed=ids)


@app.task(queue=QUEUE, name="visits.recompute")
def recompute(company_id: str, user_id: str, run_id: str) -> None:
    """Judge the evidence of a recomputation, a chunk a transaction. Run again, it changes nothing more."""
    actor = load_actor(UUID(company_id), UUID(user_id))
    with company_fence(actor.company_id):
        run = queries.get_recomputation(actor, UUID(run_id))
        evidence = queries.list_evidence(actor, from_date=run.from_date, to_date=run.to_date, rep_id=run.rep_id)
        judgements.note_started(run.id, evidence.order_by().count())
    for chunk in _chunks(actor, evidence):
        _rejudge(actor, chunk, "rules")
        with company_fence(actor.company_id):
            judgements.note_progress(run.id, len(chunk), queries.count_judged_since(run.requested_at, chunk))
    with company_fence(actor.company_id):
        judgements.note_finished(run.id)


@app.task(queue=QUEUE, name="visits.rescore")
def rescore(company_id: str, user_id: str, placed: list[str]) -> None:
    """Judge the evidence at the customers of these sites, or proposals of pins, again."""
    actor = load_actor(UUID(company_id), UUID(user_id))
    with company_fence(actor.company_id):
        customers = customer_queries.list_customers_placed([UUID(id_) for id_ in placed])
    for chunk in _chunks(actor, queries.list_customer_evidence(customers)):
        _rejudge(actor, chunk, "site")


def _rejudge(actor: Actor, chunk: list[UUID], cause: str) -> None:
    payload = {"check_in_ids": [str(id_) for id_ in chunk], "cause": cause}
    verdict = execute("visits.rejudge", payload, actor=actor, door="job")
    if not verdict.settled:
        raise RuntimeError(f"visits.rejudge: {verdict.code} {verdict.message}")


def _chunks(actor: Actor, evidence: QuerySet[CheckIn]) -> Iterator[list[UUID]]:
    """The ids of the evidence, rep by rep and in the order of time, never all of them at once."""
    last: tuple[UUID, datetime, UUID] | None = None
    while True:
        with company_fence(actor.company_id):
            rows = list(queries.behind(evidence, last).values_list("rep_id", "occurred_at", "id")[:_CHUNK])
        if not rows:
            return
        last = rows[-1]
        yield [id_ for _, _, id_ in rows]


def _moves(payload: Any) -> bool:
    """Whether the payload of one of these commands says where a site is."""
    if isinstance(payload, ApprovePin):
        return True
    if isinstance(payload, AddSite):
        return payload.position is not None
    changes = payload.changes
    return changes.position is not None or changes.fence_radius_m is not None
