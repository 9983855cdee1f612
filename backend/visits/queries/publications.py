"""Reads of publications that run in the background. All need the company's fence."""

from datetime import timedelta
from uuid import UUID

from core.actor import Actor
from core.clock import now
from core.errors import NotFound
from visits.models.publications import PlanPublication

_SILENT = timedelta(minutes=5)
"""What gave no sign of life for so long has lost its worker."""


def get_publication(actor: Actor, id_: UUID) -> PlanPublication:
    """A publication that the actor asked for, an administrator any. Raises core.not_found."""
    rows = PlanPublication.objects.filter(id=id_)
    row = (rows if actor.has_role("admin") else rows.filter(requested_by_id=actor.user_id)).first()
    if row is None:
        raise NotFound
    return row


def find_running(actor: Actor) -> PlanPublication | None:
    """The latest publication that the actor asked for, if it still runs."""
    rows = PlanPublication.objects.filter(requested_by_id=actor.user_id, state="running")
    return rows.filter(beat_at__gt=now() - _SILENT).order_by("-requested_at").first()


def is_lost(publication: PlanPublication) -> bool:
    """Whether it runs no longer although nobody ended it."""
    return publication.state == "running" and publication.beat_at < now() - _SILENT
