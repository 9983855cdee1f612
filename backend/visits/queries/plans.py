"""Reads for call cycles and the rolling plan. All need the company's fence."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from accounts import queries as accounts
from calendars import queries as calendars
from core import grants
from core.actor import Actor
from customers import queries as customers
from visits.call_cycles import LONGEST_WEEKS, applicable
from visits.models.plans import CallCycle, DueVisit
from visits.models.routes import VisitRoute
from visits.queries import absences
from visits.rolling_plan import HORIZON_DAYS, Away, Rep, RollingPlan, Standing
from visits.routes import Route

_REACH = timedelta(weeks=LONGEST_WEEKS)


@dataclass
class PlanFacts:
    """The plans of some reps, worked out. dues: what is stored of what cycles made due, by id."""

    plans: dict[UUID, RollingPlan] = field(default_factory=dict)
    dues: dict[UUID, DueVisit] = field(default_factory=dict)


def lock_cycles(ids: Iterable[UUID]) -> dict[UUID, CallCycle]:
    """Call cycles by id, held against other changes (one query)."""
    rows = CallCycle.objects.filter(id__in=set(ids)).order_by("id").select_for_update(no_key=True)
    return {row.id: row for row in rows}


def list_cycles(actor: Actor, customer_id: UUID | None = None, valid_on: date | None = None) -> QuerySet[CallCycle]:
    """The cycles of classes, and those of customers that the actor sees."""
    rows = CallCycle.objects.filter(Q(customer_id=None) | grants.visible(actor, "customer_id"))
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    if valid_on is not None:
        rows = rows.filter(Q(valid_to=None) | Q(valid_to__gte=valid_on), valid_from__lte=valid_on)
    return rows


def lock_plans(company_id: UUID) -> None:
    """Let nobody else work on the company's plans until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 5))", [str(company_id)])


def work_out(company_id: UUID, rep_ids: Collection[UUID], now: datetime, *, include_today: Iterable[UUID]) -> PlanFacts:
    """The plans of these reps from all that they follow from: a fixed number of queries, whatever the numbers.

    include_today: for whom visits are also added to a shift that has begun.
    """
    reps = accounts.list_users(rep_ids)
    units = accounts.list_org_units(unit for rep in reps.values() if (unit := rep.org_unit_id) is not None)
    today = now.date()
    times = calendars.working_times(
        company_id, {rep.org_unit_id for rep in reps.values()}, today - _REACH, today + 2 * _REACH
    )
    owned = customers.list_visited(rep_ids)
    cycles = [
        row.as_cycle() for row in CallCycle.objects.filter(Q(valid_to=None) | Q(valid_to__gte=today - timedelta(1)))
    ]
    facts = PlanFacts()
    facts.dues = _list_dues(rep_ids, [customer.id for found in owned.values() for customer in found], today)
    away = absences.find_absences(rep_ids, today - timedelta(days=1))
    routes = _list_routes(company_id, rep_ids)
    chosen = {due.id: due.due_on for due in facts.dues.values()}
    added = set(include_today)
    for rep_id, user in reps.items():
        path = units[user.org_unit_id].path if user.org_unit_id in units else []
        found = owned.get(rep_id, ()) if user.is_active else ()
        by_customer = {row.id: applicable(cycles, row.id, row.customer_class, path) for row in found}
        rep = Rep(
            rep_id,
            times[user.org_unit_id],
            {id_: of for id_, of in by_customer.items() if of},
            routes.get(rep_id, ()) if user.is_active else (),
            [Away(row.from_date, row.to_date, row.substitute_id) for row in away.get(rep_id, ())],
            chosen,
        )
        facts.plans[rep_id] = RollingPlan(rep, now, include_today=rep_id in added)
    _wish(facts.plans, today)
    return facts


def _list_routes(company_id: UUID, rep_ids: Collection[UUID]) -> dict[UUID, list[Route]]:
    """The routes of these reps, with the customers that are still visited and that the rep sees (three queries)."""
    found: dict[UUID, list[Route]] = {}
    rows = list(VisitRoute.objects.filter(rep_id__in=rep_ids).order_by("id"))
    stops = {customer_id for row in rows for customer_id in row.customer_ids}
    held = grants.list_held(company_id, rep_ids, stops)
    visited = customers.list_still_visited(stops)
    for row in rows:
        route = row.as_route()
        seen = [id_ for id_ in route.customer_ids if id_ in visited and (row.rep_id, id_) in held]
        found.setdefault(row.rep_id, []).append(replace(route, customer_ids=seen))
    return found


def _wish(plans: Mapping[UUID, RollingPlan], today: date) -> None:
    """Have every plan say what should stand, from the visits that stand now (one query)."""
    standing = list_standing(
        [id_ for plan in plans.values() for id_ in plan.ids()],
        [customer_id for plan in plans.values() for customer_id in plan.rep.cycles],
        list(plans),
        min((plan.earliest() for plan in plans.values()), default=today),
    )
    by_customer: dict[UUID, list[Standing]] = {}
    by_rep: dict[UUID, list[Standing]] = {}
    for visit in standing:
        by_customer.setdefault(visit.customer_id, []).append(visit)
        by_rep.setdefault(visit.rep_id, []).append(visit)
        if visit.for_rep_id is not None:
            by_rep.setdefault(visit.for_rep_id, []).append(visit)
    for rep_id, plan in plans.items():
        concerned = {visit.id: visit for visit in by_rep.get(rep_id, ())}
        for customer_id in plan.rep.cycles:
            concerned |= {visit.id: visit for visit in by_customer.get(customer_id, ())}
        plan.wish(list(concerned.values()))


def list_standing(
    ids: Sequence[UUID], customer_ids: Sequence[UUID], rep_ids: Sequence[UUID], since: date
) -> list[Standing]:
    """The visits with these ids, and since a day those at these customers and those of these reps (one query)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select v.id, v.customer_id, v.rep_id, v.for_rep_id, v.visit_date, v.state, v.origin, v.sequence,
                   v.planned_at, v.moved_at is not null, v.withdrawn is not null, v.ordered_at is not null
            from visits_visit v
            where v.id in (
              select unnest(%(ids)s::uuid[])
              union
              select id from visits_visit where customer_id = any(%(customers)s::uuid[]) and visit_date >= %(since)s
              union
              select id from visits_visit where rep_id = any(%(reps)s::uuid[]) and visit_date >= %(since)s
              union
              select id from visits_visit where for_rep_id = any(%(reps)s::uuid[]) and visit_date >= %(since)s)
            """,
            {"ids": list(ids), "customers": list(customer_ids), "reps": list(rep_ids), "since": since},
        )
        return [Standing(*row) for row in cursor.fetchall()]


def _list_dues(rep_ids: Iterable[UUID], customer_ids: Sequence[UUID], today: date) -> dict[UUID, DueVisit]:
    """What cycles have made due at these customers, or for these reps, in windows that have not ended (one query)."""
    since = today - timedelta(days=HORIZON_DAYS)
    rows = DueVisit.objects.raw(
        "select * from visits_due_visit where id in ("
        "select id from visits_due_visit where customer_id = any(%s::uuid[]) and window_to >= %s"
        " union select id from visits_due_visit where rep_id = any(%s::uuid[]) and window_to >= %s)",
        [list(customer_ids), since, list(rep_ids), since],
    )
    return {row.id: row for row in rows}


def list_planned_rep_ids() -> list[UUID]:
    """Everybody whose plan the company keeps up to date: owners of customers, and who has planned visits."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select distinct owner_id from customers_customer where owner_id is not null and archived_at is null
            union
            select distinct coalesce(for_rep_id, rep_id) from visits_visit
            where state = 'planned' and origin in ('cycle', 'route') and visit_date >= current_date - 1
            order by 1
            """
        )
        return [id_ for (id_,) in cursor.fetchall()]
