"""What visits does on a clock: rolling plans are published, sight that was given for a visit runs out."""

import logging
from collections.abc import Callable
from uuid import UUID

from procrastinate.contrib.django import app

from accounts.queries import get_company_day, list_company_ids
from core.actor import Actor
from core.batches import Verdict
from core.clock import now
from core.commands import execute
from core.fence import company_fence
from visits.models.participants import VisitSight
from visits.queries.plans import list_planned_rep_ids

REPS_AT_ONCE = 25
"""So many plans are worked out together: with 50 customers each, some 6,000 visits in memory at a time."""
_log = logging.getLogger(__name__)


@app.periodic(cron="5 */4 * * *")
@app.task(queue="upkeep", queueing_lock="publish_plans")
def publish_plans(timestamp: int) -> int:
    """Bring the plans of every company up to date; returns of how many reps.

    Six times a day, so that one run falls into the night of every time zone; most of the time nothing is left to do.
    """
    return sum(publish_company(company_id) for company_id in list_company_ids())


@app.periodic(cron="23 * * * *")
@app.task(queue="upkeep", queueing_lock="lapse_sights")
def lapse_sights(timestamp: int) -> int:
    """Take back sight of customers that was given for a visit and has run out; returns how many."""
    gone = 0
    for company_id in list_company_ids():
        with company_fence(company_id):
            gone += VisitSight.objects.filter(until__lt=get_company_day(company_id, now())).delete()[0]
    return gone


def publish_company(company_id: UUID, tell: Callable[[int], None] = lambda done: None) -> int:
    """Bring the plans of a company's reps up to date, some at a time; returns of how many.

    tell: called with the number that are done. A refusal is logged, and the others go on.
    """
    with company_fence(company_id):
        rep_ids = list_planned_rep_ids()
    actor = Actor(company_id, company_id, frozenset({"admin"}))  # the company itself: nobody's deed
    for start in range(0, len(rep_ids), REPS_AT_ONCE):
        some = rep_ids[start : start + REPS_AT_ONCE]
        verdict = execute("visits.publish_plan", {"rep_ids": [str(id_) for id_ in some]}, actor=actor, door="job")
        _note(company_id, verdict)
        tell(start + len(some))
    return len(rep_ids)


def _note(company_id: UUID, verdict: Verdict) -> None:
    if not verdict.settled:
        _log.error("plans not published", extra={"company_id": str(company_id), "code": verdict.code})
