"""Telling people of tasks and visits that are due, overdue, or left undone: once of each, however often it runs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from procrastinate.contrib.django import app

from accounts import queries as accounts
from calendars.queries import working_times
from calendars.working_time import WorkingTime
from core import grants, notices
from core.clock import now
from core.fence import company_fence
from core.notices import Notice, NoticeKind
from visits import notices as kinds
from visits.alerting import AFTER, BEFORE, Rules, Stage, stage_at
from visits.queries import alerts as queries
from visits.queries.alerts import Matter

_TASK = {
    Stage.DUE: kinds.TASK_DUE,
    Stage.OVERDUE: kinds.TASK_OVERDUE,
    Stage.NEGLECTED: kinds.TASK_NEGLECTED,
}
_VISIT = {
    Stage.DUE: kinds.VISIT_DUE,
    Stage.OVERDUE: kinds.VISIT_OVERDUE,
    Stage.NEGLECTED: kinds.VISIT_NEGLECTED,
}


@app.periodic(cron="*/15 * * * *")
@app.task(queue="upkeep", queueing_lock="visits.raise_alerts", name="visits.raise_alerts")
def raise_alerts(timestamp: int) -> int:
    """Tell the people of every company what they have to be told of by now; returns how many notices are new.

    Every quarter of an hour: then it is morning somewhere.
    """
    return sum(alert_company(company_id, now()) for company_id in accounts.list_company_ids())


def alert_company(company_id: UUID, at: datetime) -> int:
    """Tell the people of a company what they have to be told of at `at`; returns how many notices are new.

    As many statements as there are sorts of facts, whatever their number; two runs at once tell everything once.
    """
    with company_fence(company_id):
        today = accounts.get_company_day(company_id, at)
        tasks = queries.list_open_tasks(today)
        visits, with_window = queries.list_planned_visits(today)
        if not tasks and not visits:
            return 0
        units = {matter.org_unit_id for matter in (*tasks, *visits)}
        round_ = _Round(
            at,
            queries.get_alert_rules(),
            working_times(company_id, units, today - AFTER - BEFORE, today + AFTER),
        )
        reached = [*round_.of_tasks(tasks), *round_.of_visits(visits, with_window)]
        return notices.send(company_id, _told(company_id, reached))


@dataclass(frozen=True, slots=True)
class _Reached:
    """A matter that has reached a stage. subject: the kind of its row."""

    matter: Matter
    subject: str
    stage: Stage
    kind: NoticeKind

    def to(self, user_id: UUID) -> Notice:
        """What a user is told of it; once for each day that it was ever due on."""
        matter = self.matter
        return Notice(
            user_id,
            self.kind.name,
            self.subject,
            matter.id,
            key=f"{self.kind.name}/{matter.id}/{matter.due}",
            parameters={
                "customer": matter.customer, "task": matter.text or "–", "day": str(matter.due), "person": matter.user,
            },
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Round:
    """One look at what is due. times: the working time of each org unit."""

    at: datetime
    rules: Rules
    times: dict[UUID | None, WorkingTime]

    def of_tasks(self, matters: Iterable[Matter]) -> Iterator[_Reached]:
        """The stages that tasks have reached."""
        for matter in matters:
            for stage in self._stages(matter, self.rules.task_after_days, reminds=True):
                yield _Reached(matter, "task", stage, _TASK[stage])

    def of_visits(self, matters: Iterable[Matter], with_window: set[UUID]) -> Iterator[_Reached]:
        """The stages that visits have reached. with_window: those whose last day is not the planned one.

        Of a visit that is planned for today its rep need not be told: it stands in his day.
        """
        for matter in matters:
            for stage in self._stages(matter, self.rules.visit_after_days, reminds=matter.id in with_window):
                yield _Reached(matter, "visit", stage, _VISIT[stage])

    def _stages(self, matter: Matter, after_days: int | None, *, reminds: bool) -> list[Stage]:
        time, morning = self.times[matter.org_unit_id], self.rules.morning
        return stage_at(matter.due, time, self.at, after_days=after_days, morning=morning, reminds=reminds)


def _told(company_id: UUID, reached: list[_Reached]) -> list[Notice]:
    """Who is told: whose it is, of what is left undone the nearest superiors; each of what he may see.

    Who has left sees nothing any more; his superiors hear of what he left.
    """
    neglected = {one.matter.user_id for one in reached if one.stage == Stage.NEGLECTED}
    above = accounts.list_nearest_managers(neglected) if neglected else {}
    asked = [
        (one, user_id)
        for one in reached
        for user_id in (above.get(one.matter.user_id, ()) if one.stage == Stage.NEGLECTED else [one.matter.user_id])
    ]
    users, customers = {user_id for _, user_id in asked}, {one.matter.customer_id for one, _ in asked}
    seen = grants.list_held(company_id, users, customers)
    return [one.to(user_id) for one, user_id in asked if (user_id, one.matter.customer_id) in seen]
