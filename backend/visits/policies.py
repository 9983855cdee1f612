"""Who may do what with a visit. Each `may_` raises the refusal, or returns."""

from collections.abc import Sequence, Set
from uuid import UUID

from core.actor import Actor
from customers.policies import in_charge
from visits import errors
from visits.models.tasks import Task
from visits.models.visits import Visit

PLANNERS = frozenset({"dispatcher", "manager", "admin"})
TYPE_SETTERS = frozenset({"manager", "admin"})
CYCLE_SETTERS = frozenset({"rep", "manager", "admin"})
COMPETITOR_KEEPERS = frozenset({"manager", "admin"})
JUDGES = frozenset({"manager", "admin"})
RULE_SETTERS = frozenset({"manager", "admin"})


def may_plan_for(rep_id: UUID, team: Set[UUID]) -> None:
    """A visit is planned for oneself or for the people of one's teams. Raises NotYourTeam."""
    if rep_id not in team:
        raise errors.NotYourTeam("rep_id")


def may_check_in(actor: Actor, visit: Visit) -> None:
    """Only its own rep opens or closes a visit: nobody can be somewhere for somebody else. Raises NotYours."""
    if visit.rep_id != actor.author_id:
        raise errors.NotYours("visit_id", rep_id=str(visit.rep_id))


def may_amend(actor: Actor, visit: Visit, team: Set[UUID]) -> None:
    """Plans are moved and cancelled, and joined, by the rep, whoever planned it, and his superiors.

    Raises NotYours.
    """
    if visit.rep_id not in team and actor.author_id not in (visit.rep_id, visit.created_by_id):
        raise errors.NotYours("visit_id", rep_id=str(visit.rep_id))


def may_log(actor: Actor, visit: Visit, team: Set[UUID], participants: Set[UUID]) -> None:
    """Logs are written by whoever may amend a visit, and by who comes along. Raises NotYours."""
    if actor.author_id not in participants:
        may_amend(actor, visit, team)


def may_handle_task(actor: Actor, task: Task, team: Set[UUID]) -> None:
    """Tasks are edited and settled by who is to do them, by who noted them, and by the assignee's superiors.

    Raises TaskNotYours.
    """
    if task.assignee_id not in team and actor.author_id not in (task.assignee_id, task.created_by_id):
        raise errors.TaskNotYours("id", assignee_id=str(task.assignee_id))


def may_set_cycle(actor: Actor, unit_path: Sequence[UUID] | None, reasons: Set[str] | None) -> None:
    """Whether the actor may say how often is visited: a customer whom he is in charge of, or reps of his org units.

    unit_path: of the org unit to which a class's cycle is limited, None for the whole company. reasons: why he sees the
    customer of a customer's cycle. Raises CycleOutOfReach.
    """
    if actor.has_role("admin") or (reasons is not None and in_charge(actor, reasons)):
        return
    if not (actor.has_role("manager") and unit_path is not None and actor.org_unit_id in unit_path):
        raise errors.CycleOutOfReach("org_unit_id" if reasons is None else "customer_id")


def may_judge(actor: Actor, rep_id: UUID, team: Set[UUID]) -> None:
    """A superior decides about a rep's evidence, nobody about his own. Raises NotYourSubordinate."""
    if rep_id == actor.author_id or (rep_id not in team and not actor.has_role("admin")):
        raise errors.NotYourSubordinate("check_in_id")
