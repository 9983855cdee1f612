"""Who may do what with a visit. Each `may_` raises the refusal, or returns."""

from collections.abc import Set
from uuid import UUID

from core.actor import Actor
from visits import errors
from visits.models.visits import Visit


def may_plan_for(rep_id: UUID, team: Set[UUID]) -> None:
    """A visit is planned for oneself or for the people of one's teams. Raises NotYourTeam."""
    if rep_id not in team:
        raise errors.NotYourTeam("rep_id")


def may_check_in(actor: Actor, visit: Visit) -> None:
    """Only its own rep opens or closes a visit: nobody can be somewhere for somebody else. Raises NotYours."""
    if visit.rep_id != actor.author_id:
        raise errors.NotYours("visit_id", rep_id=str(visit.rep_id))


def may_amend(actor: Actor, visit: Visit, team: Set[UUID]) -> None:
    """Logs are written, and plans cancelled, by the rep, whoever planned it, and his superiors. Raises NotYours."""
    if visit.rep_id not in team and actor.author_id not in (visit.rep_id, visit.created_by_id):
        raise errors.NotYours("visit_id", rep_id=str(visit.rep_id))
