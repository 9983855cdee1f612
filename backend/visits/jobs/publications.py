"""Publishing the plans of many reps in the background, for whoever asked for it at the console."""

from collections.abc import Sequence
from uuid import UUID, uuid5

from procrastinate.contrib.django import app

from core.actor import Actor, load_actor
from core.commands import execute
from core.fence import company_fence
from visits.commands import publications
from visits.jobs.plans import REPS_AT_ONCE
from visits.queries import publications as queries

QUEUE = "visits"


def publish_later(actor: Actor, id_: UUID, rep_ids: Sequence[UUID], *, include_today: bool) -> None:
    """Have the plans of these reps published by a worker, one publication of a company at a time.

    Under the same id once. Raises core.reference_invalid, visits.not_your_team.
    """
    if publications.begin(actor, id_, rep_ids, include_today=include_today):
        whose = {"company_id": str(actor.company_id), "user_id": str(actor.user_id)}
        publish.configure(lock=f"visits.publish:{actor.company_id}").defer(**whose, publication_id=str(id_))


@app.task(queue=QUEUE, name="visits.publish")
def publish(company_id: str, user_id: str, publication_id: str) -> None:
    """Publish part by part, each in a transaction of its own. Run again, it changes nothing more."""
    actor = load_actor(UUID(company_id), UUID(user_id))
    with company_fence(actor.company_id):
        publication = queries.get_publication(actor, UUID(publication_id))
    for start in range(0, len(publication.rep_ids), REPS_AT_ONCE):
        some = publication.rep_ids[start : start + REPS_AT_ONCE]
        payload = {"rep_ids": [str(id_) for id_ in some], "include_today": publication.include_today}
        part = uuid5(publication.id, str(start))
        verdict = execute("visits.publish_plan", payload, actor=actor, command_id=part, door="job")
        if not verdict.settled:
            error = {"code": verdict.code, "field": verdict.field, "details": verdict.details}
            return publications.note_refused(publication, error)
        publications.note_done(publication, start + len(some))
    return None
