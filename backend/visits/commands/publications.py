"""The writers of publications themselves: that one begins, how far it is, how it ends.

What a publication does to visits is done by `visits.publish_plan`, part by part.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models.functions import Now

from core.actor import Actor
from core.clock import now
from core.fence import company_fence
from visits.commands.plans import may_publish_for, people
from visits.models.publications import PlanPublication

KEPT = timedelta(days=30)


def begin(actor: Actor, id_: UUID, rep_ids: Sequence[UUID], *, include_today: bool) -> bool:
    """Note a publication of the plans of these reps; False when it was noted before. Those of last month are forgotten.

    Raises core.reference_invalid, visits.not_your_team.
    """
    with company_fence(actor.company_id):
        may_publish_for(rep_ids, *people(actor, set(rep_ids)))
        PlanPublication.objects.filter(requested_at__lt=now() - KEPT).delete()
        _, is_new = PlanPublication.objects.get_or_create(
            id=id_,
            defaults={
                "company_id": actor.company_id,
                "rep_ids": list(rep_ids),
                "include_today": include_today,
                "state": "running",
                "requested_at": now(),
                "requested_by_id": actor.user_id,
                "beat_at": now(),
            },
        )
    return is_new


def note_done(publication: PlanPublication, done: int) -> None:
    """So many of its reps are behind it."""
    _note(publication, done=done, state="done" if done >= len(publication.rep_ids) else "running")


def note_refused(publication: PlanPublication, error: dict[str, Any]) -> None:
    """It stops here. error: code, field and details of what the command refused."""
    _note(publication, state="refused", error=error)


def _note(publication: PlanPublication, **members: Any) -> None:
    with company_fence(publication.company_id):
        PlanPublication.objects.filter(id=publication.id).update(**members, beat_at=Now())
